"""What subjects are called in a record: names instead of ids, whatever kind they are of."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import Session, aliased

from shopfloor.catalogue.instruction_models import Instruction
from shopfloor.catalogue.models import Bom, Item, Partner, Reason, Routing
from shopfloor.core.shown import show_marked
from shopfloor.core.subjects import KINDS, Subject
from shopfloor.core.types import Json
from shopfloor.core.words import in_words
from shopfloor.labels.models import Printer
from shopfloor.people.models import Crew, Person, Skill
from shopfloor.plant.models import Device, Line, Place, Shift, Site, Station
from shopfloor.production.models import Operation

# Pages that need a right of their own; the others are opened by whoever may see the record.
_PAGES = {
    "person": ("directory.person", "people.edit"),
    "crew": ("crews.crew", "people.edit"),
    "reason": ("reasons.edit_reason", "catalogue.edit"),
    "site": ("plant.piece", "plant.edit"),
    "line": ("plant.piece", "plant.edit"),
    "place": ("plant.piece", "plant.edit"),
    "shift": ("plant.piece", "plant.edit"),
    "printer": ("printers.printer", "plant.edit"),
}


@dataclass(frozen=True)
class Title:
    """What a subject is called: its number, its name, and where it belongs."""

    id: int
    kind: str
    code: str
    number: str | None
    name: str
    names: dict[str, str] | None
    part_of: str  # the item of a revision, the order of an operation
    zone: str | None = None

    @property
    def text(self) -> str:
        """Return what people call it, with nothing in it that acts."""
        said = [self.part_of, self._number, self.name or in_words(self.names)]
        return show_marked(" · ".join(part for part in said if part) or self.code)

    @property
    def _number(self) -> str:
        return "" if self.kind in ("person", "device", "printer") else self.number or ""

    @property
    def page(self) -> tuple[str, str]:
        """Return the page that opens it and the verb it needs; nothing where there is none."""
        return _PAGES.get(self.kind, (KINDS[self.kind].endpoint, ""))


def titles_of(session: Session, ids: Iterable[int | None]) -> dict[int, Title]:
    """Return what many subjects of any kind are called; one statement."""
    wanted = {subject_id for subject_id in ids if subject_id}
    if not wanted:
        return {}
    rows = session.execute(_TITLES.where(Subject.id.in_(wanted))).all()
    return {row.id: _title(row) for row in rows}


def _title(row: Any) -> Title:
    part_of, number = "", row.number
    if row.owner:
        part_of = row.owner
    if row.sequence is not None or row.revision is not None:
        revision = f"R{row.revision}" if row.revision is not None else ""
        number = " ".join(str(part) for part in (row.sequence, revision) if part)
    name = row.name or ""
    return Title(row.id, row.kind, row.code, number, name, row.names, part_of, row.zone)


def _query() -> Select[*tuple[Any, ...]]:
    named = (Item, Site, Line, Station, Place, Shift, Operation, Reason, Crew, Skill, Partner)
    called = (Person, Device, Printer)
    owner = aliased(Subject)
    names: ColumnElement[Any] = func.coalesce(*(table.names for table in named), type_=Json)
    owner_id = case(
        (Operation.id.is_not(None), Operation.order_id),
        else_=func.coalesce(Bom.item_id, Routing.item_id, Instruction.item_id),
    )
    query: Select[*tuple[Any, ...]] = select(
        Subject.id,
        Subject.kind,
        Subject.code,
        Subject.number,
        func.coalesce(*(table.name for table in called)).label("name"),
        names.label("names"),
        func.coalesce(Bom.revision, Routing.revision, Instruction.revision).label("revision"),
        func.coalesce(Operation.sequence, Instruction.sequence).label("sequence"),
        owner.number.label("owner"),
        Site.zone,
    )
    query = query.select_from(Subject)
    for table in (*named, *called, Bom, Routing, Instruction):
        query = query.join(table, table.id == Subject.id, isouter=True)
    return query.join(owner, owner.id == owner_id, isouter=True)


_TITLES = _query()
