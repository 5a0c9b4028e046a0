"""Taking over orders that were begun elsewhere: their pieces stand where they stand."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select

from shopfloor.catalogue.contents import contents, parts
from shopfloor.catalogue.models import Item, Routing
from shopfloor.core import subjects
from shopfloor.core.commands import Tx
from shopfloor.core.subjects import Made, Subject
from shopfloor.plant.models import PlaceKind
from shopfloor.production import copying
from shopfloor.production.models import ORDER, LotOperation, Operation, OrderState, WorkOrder
from shopfloor.stock import ledger
from shopfloor.stock.ledger import Move, Spot
from shopfloor.stock.models import LOT, Lot


@dataclass(frozen=True)
class Opened:
    """An order taken over; its lot and movement, when its pieces are on the floor already."""

    order: Made
    lot: Made | None = None
    standing: tuple[tuple[int, Decimal], ...] = ()
    moves: tuple[Move, ...] = ()


def enter_order(
    tx: Tx,
    site_id: int,
    item_id: int,
    quantity: Decimal,
    number: str,
    due: date | None,
    priority: int,
) -> tuple[WorkOrder, Made]:
    """Insert a planned order, for the command that records it."""
    made = subjects.create(tx.session, ORDER, number, site_id)
    order = WorkOrder(
        id=made.id,
        site_id=site_id,
        item_id=item_id,
        quantity=quantity,
        state=OrderState.PLANNED,
        due=due,
        priority=priority,
        confirmed_at=tx.act.when.at,
    )
    tx.session.add(order)
    tx.session.flush()
    return order, made


def put_on_the_floor(
    tx: Tx, order: WorkOrder, made: Made, routing: Routing, standing: Mapping[int, Decimal]
) -> Opened:
    """Release an order whose pieces stand at operations, given by their numbers.

    The operations before count as done before the start: nobody reported them here, so they pay
    nobody. The caller posts the moves when its event is recorded.
    """
    subject = tx.session.get_one(Subject, order.id)
    item = tx.session.get_one(Item, order.item_id)
    part = parts(tx.session, [item.id])[item.id]
    made_of = contents(tx.session, [part], tx.act.when.at.date())[part.id]
    order.routing_id, order.bom_id = routing.id, made_of.bom_id
    order.state, order.released_at = OrderState.RELEASED, tx.act.when.at
    order.wip_place_id = copying.wip_place(tx, order, subject)
    lot = subjects.create(tx.session, LOT, f"{subject.number}-1", order.site_id)
    tx.session.add(Lot(id=lot.id, item_id=order.item_id, family_id=order.id))
    tx.session.flush()
    copying.copy_materials(tx, order, made_of)
    operations = copying.copy_operations(tx, order, subject, routing, lot)
    _stand(tx, lot, operations, standing)
    if any(operation.sequence in standing for operation in operations[1:]):
        order.first_start_at = tx.act.when.at
    tx.session.flush()
    production = ledger.place_of(tx.session, order.site_id, PlaceKind.PRODUCTION)
    wip = Spot(order.wip_place_id, PlaceKind.WIP)
    here = tuple(
        (operation.id, standing[operation.sequence])
        for operation in operations
        if standing.get(operation.sequence)
    )
    return Opened(made, lot, here, (Move(lot.id, production, wip, order.quantity),))


def _stand(tx: Tx, lot: Made, operations: list[Operation], standing: Mapping[int, Decimal]) -> None:
    """Let the pieces have come as far as they are: what stands behind has passed all before."""
    rows = {
        row.operation_id: row
        for row in tx.session.scalars(select(LotOperation).where(LotOperation.lot_id == lot.id))
    }
    further = Decimal(0)
    for operation in reversed(operations):
        row = rows[operation.id]
        row.good = row.onward = further
        further += standing.get(operation.sequence, Decimal(0))
        row.came = further
