"""What goes into an item: a BOM is never changed, a new revision replaces it from a day on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from shopfloor.catalogue import loops
from shopfloor.catalogue.contents import Part, factors_of, parts
from shopfloor.catalogue.limits import MOST_PER_PIECE
from shopfloor.catalogue.models import BOM, ITEM, Bom, BomLine, Item, ItemUnit
from shopfloor.catalogue.revisions import locked_item, newest_revision, require_days
from shopfloor.core import subjects
from shopfloor.core.commands import Gate, Tx, command
from shopfloor.core.editing import Overtaken, last_saver
from shopfloor.core.events import Change, EventKind, Where
from shopfloor.core.refusals import Malformed, Refused
from shopfloor.core.shown import listed, show_quantity
from shopfloor.core.subjects import Made, Subject

MOST_LINES = 1_000
BOM_ADDED = EventKind(
    "catalogue.bom_added",
    _l("BOM revision"),
    no_inverse_because="an entry of the catalogue is replaced by a new revision, never unmade",
)


@dataclass(frozen=True)
class Material:
    """An item of a BOM and how much of it goes into one piece, in `unit` or the item's own.

    Both days are good days. `only_for` names the choices of a model's variants it is for.
    """

    item_id: int
    quantity: Decimal
    unit: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    only_for: Mapping[str, Sequence[str]] = field(default_factory=dict)


@command(Gate.NONE, "the catalogue describes; it touches no lot")
def add_bom(
    tx: Tx,
    *,
    item_id: int,
    materials: tuple[Material, ...],
    valid_from: date | None = None,
    valid_to: date | None = None,
    seen: int | None = None,
) -> Made:
    """Add the next revision of what goes into an item, from a day on and through a last one.

    `seen` is the newest revision that the person knew, 0 for none; Overtaken when somebody else
    has saved one since.
    """
    tx.act.rights.require("catalogue.edit")
    loops.write_alone(tx.session)
    item = locked_item(tx, item_id)
    newest = newest_revision(tx.session, Bom, item.id)
    if seen is not None and seen != newest:
        theirs = fields_of(tx.session, item.id, newest)
        raise Overtaken(newest, theirs, last_saver(tx.session, item.id, "bom"))
    bom = put(tx, item, materials, valid_from=valid_from, valid_to=valid_to)
    tx.record(
        BOM_ADDED,
        Where(),
        {
            "revision": str(bom.revision),
            "lines": [[str(each.item_id), each.quantity, each.unit or ""] for each in materials],
        },
        about=[bom.id, item.id],
        changes=[Change(item.id, "bom", newest or None, bom.revision)],
    )
    return Made(bom.id, tx.session.get_one(Subject, bom.id).code, None)


def put(
    tx: Tx,
    item: Item,
    lines: Sequence[Material],
    *,
    valid_from: date | None = None,
    valid_to: date | None = None,
    loops_looked_for: bool = False,
) -> Bom:
    """Write the next revision of an item's BOM; records no event: a command does that.

    Whoever calls it has called loops.write_alone() and then locked the item. One that writes many
    at once looks for loops through all of them itself, and says so.
    """
    require_days(valid_from, valid_to)
    _require_lines(item, lines)
    known = _require_parts(tx.session, lines)
    _require_units(tx.session, lines, known)
    older = tx.session.scalars(select(Bom).where(Bom.item_id == item.id)).all()
    bom = Bom(
        id=subjects.create(tx.session, BOM, None).id,
        item_id=item.id,
        revision=1 + max((each.revision for each in older), default=0),
        valid_from=valid_from,
        valid_to=valid_to,
        made_at=tx.act.when.at,
    )
    bom.lines = [
        BomLine(
            position=10 * n,
            item_id=line.item_id,
            quantity=line.quantity,
            unit=_other_unit(line, known),
            valid_from=line.valid_from,
            valid_to=line.valid_to,
            only_for={key: sorted(values) for key, values in line.only_for.items()},
        )
        for n, line in enumerate(lines, 1)
    ]
    if not loops_looked_for:
        loops.require_no_loop(tx.session, item, bom, older)
    tx.session.add(bom)
    tx.session.flush()
    return bom


def fields_of(session: Session, item_id: int, revision: int) -> dict[str, str]:
    """Return what a revision holds, by the fields of the form that edits it."""
    rows = session.execute(
        select(BomLine, Subject.number)
        .join(Bom, Bom.id == BomLine.bom_id)
        .join(Subject, Subject.id == BomLine.item_id)
        .where(Bom.item_id == item_id, Bom.revision == revision)
        .order_by(BomLine.position)
    )
    fields = {}
    for n, (line, number) in enumerate(rows, 1):
        fields[f"item_{n}"] = number or ""
        fields[f"quantity_{n}"] = show_quantity(line.quantity)
        fields[f"unit_{n}"] = line.unit or ""
        fields[f"from_{n}"] = line.valid_from.isoformat() if line.valid_from else ""
        fields[f"to_{n}"] = line.valid_to.isoformat() if line.valid_to else ""
    return fields


def _require_lines(item: Item, lines: Sequence[Material]) -> None:
    wrong = [n for n, line in enumerate(lines, 1) if not 0 < line.quantity <= MOST_PER_PIECE]
    if not 0 < len(lines) <= MOST_LINES or wrong:
        raise Malformed(
            _l("A BOM needs at least one item, each with a quantity above zero."),
            rule="bad_bom",
            field=f"quantity_{wrong[0] if wrong else 1}",
        )
    known = {
        feature["key"]: {value["key"] for value in feature["values"]} for feature in item.features
    }
    for n, line in enumerate(lines, 1):
        require_days(line.valid_from, line.valid_to, f"to_{n}")
        for key, values in line.only_for.items():
            if not values or not set(values) <= known.get(key, set()):
                raise Malformed(
                    _l("Line %(line)s is for variants that this item does not have.", line=n),
                    _l("Choose among the features of the model."),
                    rule="bad_only_for",
                    field=f"only_{n}",
                )


def _require_parts(session: Session, lines: Sequence[Material]) -> dict[int, Part]:
    """Return the items of the lines; Refused names the line of one that is not in use."""
    known = parts(session, {line.item_id for line in lines})
    archived = set(
        session.scalars(
            select(Subject.id).where(Subject.id.in_(known), Subject.archived_at.is_not(None))
        )
    )
    for n, line in enumerate(lines, 1):
        if line.item_id not in known or line.item_id in archived:
            raise Refused(
                _l("One entry is not in use any more: %(kind)s.", kind=ITEM.label),
                _l("Choose another one."),
                rule="not_in_use",
                field=f"item_{n}",
            )
    return known


def _other_unit(line: Material, known: Mapping[int, Part]) -> str | None:
    unit = (line.unit or "").strip()
    return None if unit in ("", known[line.item_id].unit) else unit


def _require_units(session: Session, lines: Sequence[Material], known: Mapping[int, Part]) -> None:
    """Refuse a unit that its item does not have, and name those it has."""
    wanted = [(line.item_id, _other_unit(line, known)) for line in lines]
    factors = factors_of(session, wanted)
    for n, (item_id, unit) in enumerate(wanted, 1):
        if unit is not None and (item_id, unit) not in factors:
            raise no_unit(known[item_id], unit, _units_of(session, item_id), f"unit_{n}")


def no_unit(item: Part, unit: str, others: Sequence[str], field: str) -> Malformed:
    """Return the refusal of a unit that an item does not have."""
    return Malformed(
        _l(
            "%(item)s has no unit “%(unit)s”. It has: %(units)s.",
            item=item.number,
            unit=unit[:20],
            units=listed([item.unit, *others]),
        ),
        _l("Choose one of them, or add the unit on the page of the item first."),
        rule="no_unit",
        field=field,
    )


def _units_of(session: Session, item_id: int) -> Sequence[str]:
    return session.scalars(
        select(ItemUnit.unit).where(ItemUnit.item_id == item_id).order_by(ItemUnit.unit)
    ).all()
