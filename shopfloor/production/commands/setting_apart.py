"""Locking a part of a lot: the pieces become a lot of their own, and only that one is held."""

from dataclasses import dataclass
from decimal import Decimal

from flask_babel import lazy_gettext as _l

from shopfloor.catalogue.chosen import require_reason
from shopfloor.catalogue.models import ReasonKind
from shopfloor.core.commands import Gate, Tx, command
from shopfloor.core.events import EventKind
from shopfloor.core.refusals import Malformed
from shopfloor.holds.commands import noted, open_hold
from shopfloor.holds.models import HoldSource
from shopfloor.production.commands.parting import Parted, open_lot, part_off, record_parting
from shopfloor.production.portions import Portion, Standing
from shopfloor.production.progress import require_quantity, set_aside
from shopfloor.production.way import Stop, Work

PART_HELD = EventKind(
    "lot.part_held",
    _l("Part of a lot locked"),
    no_inverse_because="a hold ends by a release, signed by a second person",
)


@dataclass(frozen=True)
class Apart:
    """Pieces of a lot at an operation that become a lot of their own, which is going to be held."""

    source: Work
    stop: Stop
    target: Work
    portions: list[Portion]


@dataclass(frozen=True)
class SetApart:
    """The lot that was made for the locked pieces, and its hold."""

    parted: Parted
    hold_id: int


@command(Gate.MOVE)
def hold_part(
    tx: Tx,
    *,
    lot: str,
    operation: int,
    quantity: Decimal,
    reason_id: int,
    standing: Standing = Standing.LEFT,
    note: str = "",
) -> SetApart:
    """Lock counted pieces of a lot at an operation; the rest of the lot goes on.

    Pieces that wait for an inspection wait for a decision from now on. Refused on a held lot, and
    for all that a lot has: then the lot itself is locked.
    """
    # Whoever works on these pieces waits for their family's lock: nobody else needs to be kept out.
    source, stop = open_lot(tx, lot, operation, "hold.place")
    require_reason(tx.session, reason_id, ReasonKind.HOLD)
    require_quantity(source.item, quantity, "quantity")
    if not quantity:
        raise Malformed(
            _l("Enter how many pieces are locked."), rule="bad_quantity", field="quantity"
        )
    said = noted(note)
    apart = set_apart(tx, source, stop, quantity, standing)
    parted = record_parting(
        tx, PART_HELD, source, apart.target, operation, apart.portions, reason_id=reason_id
    )
    hold_id = open_hold(
        tx,
        apart.target.lot.id,
        HoldSource.PERSON,
        operation_id=stop.operation.id,
        reason_id=reason_id,
        note=said,
    )
    return SetApart(parted, hold_id)


def set_apart(tx: Tx, source: Work, stop: Stop, quantity: Decimal, standing: Standing) -> Apart:
    """Make pieces at an operation a lot of their own, in which those that wait are held."""
    target, portions = part_off(tx, source, stop, quantity, standing)
    set_aside(target.stop(stop.operation.sequence))
    return Apart(source, stop, target, portions)
