"""What goes into an item: a BOM is never changed, a new revision replaces it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from flask_babel import lazy_gettext as _l

from shopfloor.catalogue.limits import MOST_PER_PIECE
from shopfloor.catalogue.loops import require_no_loop
from shopfloor.catalogue.models import BOM, ITEM, Bom, BomLine, Item
from shopfloor.catalogue.revisions import locked_item, next_revision
from shopfloor.core import subjects
from shopfloor.core.commands import Gate, Tx, command
from shopfloor.core.events import EventKind, Where
from shopfloor.core.refusals import Malformed
from shopfloor.core.subjects import Made

BOM_ADDED = EventKind(
    "catalogue.bom_added",
    _l("BOM revision"),
    no_inverse_because="an entry of the catalogue is replaced by a new revision, never unmade",
)


@dataclass(frozen=True)
class Material:
    """An item of a BOM and how much of it goes into one piece, in the item's unit."""

    item_id: int
    quantity: Decimal


@command(Gate.NONE, "the catalogue describes; it touches no lot")
def add_bom(tx: Tx, *, item_id: int, materials: tuple[Material, ...]) -> Made:
    """Add the next revision of what goes into an item."""
    tx.act.rights.require("catalogue.edit")
    bom = put(tx, locked_item(tx, item_id), materials)
    subject = tx.session.get_one(subjects.Subject, bom.id)
    tx.record(
        BOM_ADDED,
        Where(),
        {"revision": str(bom.revision), "lines": [[str(m.item_id), m.quantity] for m in materials]},
        about=[bom.id, item_id],
    )
    return Made(bom.id, subject.code, None)


def put(
    tx: Tx,
    item: Item,
    lines: Sequence[Material],
    *,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> Bom:
    """Write the next revision of an item's BOM; whoever calls it has locked the item.

    Records no event: a command does that, once for all that it writes.
    """
    if not lines or any(not 0 < line.quantity <= MOST_PER_PIECE for line in lines):
        raise Malformed(
            _l("A BOM needs at least one item, each with a quantity above zero."),
            rule="bad_bom",
            field="quantity_1",
        )
    parts = [line.item_id for line in lines]
    subjects.require_in_use(tx.session, ITEM, parts, "item_1")
    require_no_loop(tx.session, item.id, parts)
    bom = Bom(
        id=subjects.create(tx.session, BOM, None).id,
        item_id=item.id,
        revision=next_revision(tx.session, Bom, item.id),
        valid_from=valid_from,
        valid_to=valid_to,
        made_at=tx.act.when.at,
    )
    bom.lines = [
        BomLine(position=10 * n, item_id=line.item_id, quantity=line.quantity)
        for n, line in enumerate(lines, 1)
    ]
    tx.session.add(bom)
    tx.session.flush()
    return bom
