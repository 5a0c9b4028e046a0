"""What pages show of an item's BOMs and routings: all revisions, and the lines of one of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, select
from sqlalchemy.orm import Session, aliased

from shopfloor.catalogue import days
from shopfloor.catalogue.contents import Contents, Part, contents, fits, parts, variants_of
from shopfloor.catalogue.days import Days
from shopfloor.catalogue.models import ITEM, Bom, BomLine, Item, Routing, RoutingOperation
from shopfloor.catalogue.revisions import Revised, holding_days
from shopfloor.core.refusals import NotFound
from shopfloor.core.subjects import Subject, find
from shopfloor.people.models import Skill
from shopfloor.plant.models import Station

MOST_REVISIONS = 200


@dataclass(frozen=True)
class Head:
    """A revision without its lines; `holds` on the day that is asked about."""

    id: int
    item_id: int
    revision: int
    valid_from: date | None
    valid_to: date | None
    made_at: datetime
    holds: bool


@dataclass(frozen=True)
class LineShown:
    """One line of a BOM, as it was written."""

    position: int
    item_id: int
    code: str
    number: str
    names: dict[str, str]
    own_unit: str
    quantity: Decimal
    unit: str | None
    valid_from: date | None
    valid_to: date | None
    only_for: dict[str, list[str]]

    @property
    def unit_typed(self) -> str:
        """Return the unit as it is typed into a form: in no language but the factory's own."""
        return self.unit or ""

    def holds(self, day: date) -> bool:
        """Say whether the line's own days contain a day."""
        ordinal = day.toordinal()
        return any(a <= ordinal <= b for a, b in days.between(self.valid_from, self.valid_to))


@dataclass(frozen=True)
class StepShown:
    """One operation of a routing, as it was written."""

    sequence: int
    names: dict[str, str]
    station_id: int
    station_names: dict[str, str]
    inspect: bool
    tolerance_percent: int
    skill_id: int | None
    skill_names: dict[str, str] | None
    serialise: bool
    confirm_count: bool


@dataclass(frozen=True)
class Structure:
    """What an item is made of and how, on a day; what it has not itself comes from its model."""

    item: Part
    model: Part | None
    day: date
    boms: list[Head]
    routings: list[Head]
    bom: Head | None
    routing: Head | None
    lines: list[LineShown]
    steps: list[StepShown]
    contents: Contents
    variants: list[Part]

    def concerns(self, line: LineShown) -> bool:
        """Say whether a line is for this item: those of other variants are not its business."""
        asked = {key: values for key, values in line.only_for.items() if key in self.item.choices}
        return bool(self.item.features) or fits(asked, self.item.choices)

    def resolved(self, line: LineShown) -> Part | None:
        """Return the variant that goes in where a line names a model, if that is another item."""
        for need in self.contents.needs:
            if need.position == line.position and need.part and need.part.id != line.item_id:
                return need.part
        return None


def structure(session: Session, item_id: int, day: date) -> Structure:
    """Return what an item is made of and how, on a day; at most twelve statements."""
    item = parts(session, [item_id])[item_id]
    model = parts(session, [item.model_id])[item.model_id] if item.model_id else None
    boms, routings = heads(session, Bom, item, day), heads(session, Routing, item, day)
    bom, routing = _holding(boms, item), _holding(routings, item)
    return Structure(
        item,
        model,
        day,
        [head for head in boms if head.item_id == item.id],
        [head for head in routings if head.item_id == item.id],
        bom,
        routing,
        lines_of(session, bom.id) if bom else [],
        steps_of(session, routing.id) if routing else [],
        contents(session, [item], day)[item.id] if bom else Contents(item),
        variants_of(session, [item.id])[item.id] if item.features else [],
    )


def heads(session: Session, table: Revised, item: Part, day: date) -> list[Head]:
    """Return an item's revisions and its model's, the newest first; one statement."""
    query: Any = select(table).where(table.item_id.in_([item.id, item.model_id]))
    ordered = query.order_by(table.revision.desc()).limit(MOST_REVISIONS)
    found: Sequence[Bom | Routing] = session.scalars(ordered).all()
    held: dict[int, Days] = {}
    for owner in {row.item_id for row in found}:
        held |= holding_days([row for row in found if row.item_id == owner])
    ordinal = day.toordinal()
    return [
        Head(
            row.id,
            row.item_id,
            row.revision,
            row.valid_from,
            row.valid_to,
            row.made_at,
            any(a <= ordinal <= b for a, b in held[row.id]),
        )
        for row in found
    ]


def newest(session: Session, table: Revised, code: str, day: date) -> tuple[Part, list[Head]]:
    """Return an item and its own revisions, the newest first; three statements."""
    item_id = find(session, ITEM, code).id
    item = parts(session, [item_id])[item_id]
    found = heads(session, table, item, day)
    return item, [head for head in found if head.item_id == item.id]


def revision_named(found: Sequence[Head], text: str) -> Head:
    """Return the revision with a number as it was typed or linked; NotFound when there is none."""
    for head in found:
        if str(head.revision) == text:
            return head
    raise NotFound(_l("There is no such revision."), rule="not_found")


def lines_of(session: Session, bom_id: int) -> list[LineShown]:
    """Return the lines of a BOM in their order; one statement."""
    query: Select[*tuple[Any, ...]] = (
        select(
            BomLine.position,
            BomLine.item_id,
            Subject.code,
            Subject.number,
            Item.names,
            Item.unit,
            BomLine.quantity,
            BomLine.unit.label("line_unit"),
            BomLine.valid_from,
            BomLine.valid_to,
            BomLine.only_for,
        )
        .join(Item, Item.id == BomLine.item_id)
        .join(Subject, Subject.id == Item.id)
        .where(BomLine.bom_id == bom_id)
        .order_by(BomLine.position)
    )
    return [LineShown(*row) for row in session.execute(query)]


def steps_of(session: Session, routing_id: int) -> list[StepShown]:
    """Return the operations of a routing in their order; one statement."""
    skill = aliased(Skill)
    step = RoutingOperation
    query: Select[*tuple[Any, ...]] = (
        select(
            step.sequence,
            step.names,
            step.station_id,
            Station.names,
            step.inspect,
            step.tolerance_percent,
            step.skill_id,
            skill.names,
            step.serialise,
            step.confirm_count,
        )
        .join(Station, Station.id == step.station_id)
        .join(skill, skill.id == step.skill_id, isouter=True)
        .where(step.routing_id == routing_id)
        .order_by(step.sequence)
    )
    return [StepShown(*row) for row in session.execute(query)]


def _holding(found: Sequence[Head], item: Part) -> Head | None:
    own = [head for head in found if head.item_id == item.id and head.holds]
    shared = [head for head in found if head.item_id == item.model_id and head.holds]
    return next(iter(own or shared), None)
