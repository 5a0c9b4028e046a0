"""How pieces get on: to an operation, over it, out of WIP and back again."""

from decimal import Decimal

from sqlalchemy import bindparam, select

from shopfloor.catalogue.models import Item
from shopfloor.core.commands import Tx
from shopfloor.core.db import rows
from shopfloor.core.forms import below_zero
from shopfloor.plant.models import PlaceKind
from shopfloor.production import refusals
from shopfloor.production.models import LotOperation, OrderState
from shopfloor.production.way import ItemFacts, Pass, Stop, Work
from shopfloor.stock import ledger
from shopfloor.stock.models import Lot

MOST = 1_000_000_000
_OTHERS_AT_WORK = (
    select(LotOperation.lot_id)
    .join(Lot, Lot.id == LotOperation.lot_id)
    .where(
        Lot.family_id == bindparam("order"),
        Lot.id != bindparam("lot"),
        LotOperation.came - LotOperation.scrap - LotOperation.rework - LotOperation.onward != 0,
    )
    .limit(1)
)


def require_quantity(
    item: Item | ItemFacts, quantity: Decimal, field: str, left: Decimal | None = None
) -> None:
    """Refuse a quantity below zero, too large, or finer than the item's decimals.

    `left` is what there is at most, to be said to whoever wrote far more.
    """
    if not quantity.is_finite():
        raise refusals.no_quantity(field)
    if quantity < 0:
        raise below_zero(field)
    if quantity > MOST:
        raise refusals.too_large(field, left)
    if quantity != round(quantity, item.decimals):
        raise refusals.too_fine(field, item.decimals)


def feed(stop: Stop, pass_: int, quantity: Decimal, inspect: bool) -> None:
    """Let pieces come to an operation; `inspect` makes them wait for an inspection there."""
    row = next((row for row in stop.passes if row.pass_ == pass_), None)
    if row is None:
        row = Pass(pass_, inspect)
        stop.passes.append(row)
    # Once pieces that must be inspected have come, all that are not reported yet wait with them.
    row.inspect = row.inspect or inspect
    row.came += quantity


def pass_on(tx: Tx, work: Work, stop: Stop, row: Pass, quantity: Decimal) -> list[ledger.Move]:
    """Let good pieces go on to the next operation, or out of WIP behind the last one."""
    if not quantity:
        return []
    row.onward += quantity
    following = work.after(stop)
    if following is not None:
        feed(following, row.pass_, quantity, following.operation.inspect)
        return []
    finished = ledger.place_of(tx.session, work.order.site_id, PlaceKind.FINISHED)
    return [ledger.Move(work.lot.id, work.wip, finished, quantity)]


def set_aside(stop: Stop) -> dict[int, Decimal]:
    """Let every piece that waits for an inspection wait for a decision; returns them by pass."""
    parts = {row.pass_: row.waiting for row in stop.passes if row.waiting}
    for row in stop.passes:
        row.held += row.waiting
    return parts


def fetch_back(tx: Tx, work: Work, stop: Stop, row: Pass, quantity: Decimal) -> list[ledger.Move]:
    """Take good pieces back from where pass_on() brought them; refused when they have gone on."""
    if not quantity:
        return []
    if row.onward < quantity:
        raise refusals.gone_on()
    row.onward -= quantity
    following = work.after(stop)
    if following is not None:
        shrink(next((r for r in following.passes if r.pass_ == row.pass_), None), quantity)
        return []
    finished = ledger.place_of(tx.session, work.order.site_id, PlaceKind.FINISHED)
    return [ledger.Move(work.lot.id, finished, work.wip, quantity)]


def shrink(row: Pass | None, quantity: Decimal) -> None:
    """Let pieces not have come to an operation; refused when they are already reported there."""
    if not quantity:
        return
    if row is None or row.left < quantity:
        raise refusals.gone_on()
    row.came -= quantity


def scrap_out(tx: Tx, work: Work, quantity: Decimal) -> list[ledger.Move]:
    """Return the movement that takes scrapped pieces out of WIP."""
    if not quantity:
        return []
    scrap = ledger.place_of(tx.session, work.order.site_id, PlaceKind.SCRAP)
    return [ledger.Move(work.lot.id, work.wip, scrap, quantity)]


def scrap_back(tx: Tx, work: Work, quantity: Decimal) -> list[ledger.Move]:
    """Return the movement that brings scrapped pieces back into WIP."""
    return [
        ledger.Move(move.lot_id, move.target, move.source, move.quantity)
        for move in scrap_out(tx, work, quantity)
    ]


def settle_order(tx: Tx, work: Work) -> None:
    """Call the order finished when no piece of any of its lots is left, waiting or held.

    It is open again when one is. One statement more when this lot has none.
    """
    order = work.order
    if order.state not in (OrderState.RELEASED, OrderState.FINISHED):
        return
    done = all(not (stop.left or stop.waiting or stop.held) for stop in work.stops)
    done = done and not rows(tx.session, _OTHERS_AT_WORK, {"order": order.id, "lot": work.lot.id})
    order.state = OrderState.FINISHED if done else OrderState.RELEASED
    if done:
        order.last_finish_at = max(tx.act.when.at, order.last_finish_at or tx.act.when.at)


def note_start(tx: Tx, work: Work) -> None:
    """Keep when the first work on the order began, also when that is reported later."""
    at = tx.act.when.at
    work.order.first_start_at = min(at, work.order.first_start_at or at)
