"""Entering, releasing and closing work orders."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, func, select, union_all
from sqlalchemy.orm import selectinload

from shopfloor.catalogue.contents import contents, parts
from shopfloor.catalogue.explosion import require_no_model
from shopfloor.catalogue.models import ITEM, Item, Routing
from shopfloor.catalogue.routings import routing_on
from shopfloor.core import subjects
from shopfloor.core.commands import Gate, Tx, command
from shopfloor.core.events import Change, EventKind, Where
from shopfloor.core.refusals import Malformed, NotFound, Refused
from shopfloor.core.subjects import Made, Subject
from shopfloor.holds import gate
from shopfloor.holds.models import Hold
from shopfloor.plant.models import STATION, PlaceKind, Site
from shopfloor.plant.shifts import day_at
from shopfloor.production import copying, refusals
from shopfloor.production.models import (
    ORDER,
    Operation,
    OrderState,
    WorkOrder,
)
from shopfloor.production.progress import require_quantity
from shopfloor.stock import ledger
from shopfloor.stock.ledger import Spot
from shopfloor.stock.models import LOT, Lot

ORDER_CREATED = EventKind(
    "order.created", _l("Work order entered"), no_inverse_because="an order is closed instead"
)
ORDER_RELEASED = EventKind(
    "order.released",
    _l("Work order released"),
    no_inverse_because="its traveller may already be on the floor; the order is closed instead",
)
ORDER_CLOSED = EventKind(
    "order.closed", _l("Work order closed"), no_inverse_because="a new order takes what is left"
)


# Lots and operations carry the order's number before their own, in 80 characters.
LONGEST_NUMBER = 70


@dataclass(frozen=True)
class Released:
    """A released order: its lot and its operations as they were copied."""

    order: Made
    lot: Made
    sequences: tuple[int, ...]


@command(Gate.NONE, "an order that is not released has no lot yet")
def create_order(
    tx: Tx,
    *,
    site_id: int,
    item_id: int,
    quantity: Decimal,
    number: str | None = None,
    due: date | None = None,
    priority: int = 5,
) -> Made:
    """Enter a work order for a quantity of an item, in the item's unit."""
    tx.act.rights.require("order.plan", site_id)
    item = tx.session.get(Item, item_id)
    if item is None or tx.session.get(Site, site_id) is None:
        raise NotFound(_l("There is no such item."), rule="not_found", field="item")
    subjects.require_in_use(tx.session, ITEM, [item.id], "item")
    require_no_model(tx.session, parts(tx.session, [item.id])[item.id])
    require_quantity(item, quantity, "quantity")
    if number is not None and len(number) > LONGEST_NUMBER:
        raise Malformed(
            _l("The number is too long: its lots and operations are numbered after it."),
            _l("Write at most %(longest)s characters.", longest=LONGEST_NUMBER),
            rule="bad_number",
            field="number",
        )
    if quantity == 0:
        raise Malformed(
            _l("An order needs a quantity above zero."), rule="bad_quantity", field="quantity"
        )
    if not 1 <= priority <= 9:
        raise Malformed(
            _l("The priority is a number from 1 to 9."), rule="bad_priority", field="priority"
        )
    if number is None:
        made = _numbered(tx, site_id)
    else:
        made = subjects.create(tx.session, ORDER, number, site_id)
    tx.session.add(
        WorkOrder(
            id=made.id,
            site_id=site_id,
            item_id=item.id,
            quantity=quantity,
            state=OrderState.PLANNED,
            due=due,
            priority=priority,
            confirmed_at=tx.act.when.at,
        )
    )
    tx.session.flush()
    tx.record(
        ORDER_CREATED,
        Where(site_id=site_id),
        {"number": made.number, "quantity": quantity},
        about=[made.id, item.id],
        changes=[Change(made.id, "state", None, OrderState.PLANNED.value)],
    )
    return made


@command(Gate.USE)
def release_order(tx: Tx, *, order_id: int, routing_id: int | None = None) -> Released:
    """Release an order: copies BOM and routing that hold today at its site, makes its lot.

    A variant takes its model's where it has none of its own. `routing_id` names a revision of the
    item's routing; without it the one that holds is taken.
    """
    order, subject = _locked_order(tx, order_id)
    tx.act.rights.require("order.plan", order.site_id)
    gate.require_free(tx, [order.id, order.item_id])
    if order.state is not OrderState.PLANNED:
        raise Refused(_l("This order has already been released."), rule="already_released")
    subjects.require_in_use(tx.session, ITEM, [order.item_id], "item")
    day = day_at(tx.session, order.site_id, tx.act.when.at)
    part = parts(tx.session, [order.item_id])[order.item_id]
    require_no_model(tx.session, part)
    routing = _routing(tx, order, routing_id, day)
    stations = (step.station_id for step in routing.operations)
    subjects.require_in_use(tx.session, STATION, stations, "routing")
    made_of = contents(tx.session, [part], day)[part.id]
    order.routing_id, order.bom_id = routing.id, made_of.bom_id
    order.state, order.released_at = OrderState.RELEASED, tx.act.when.at
    order.wip_place_id = copying.wip_place(tx, order, subject)
    lot = subjects.create(tx.session, LOT, f"{subject.number}-1", order.site_id)
    tx.session.add(Lot(id=lot.id, item_id=order.item_id, family_id=order.id))
    tx.session.flush()
    copying.copy_materials(tx, order, made_of)
    operations = copying.copy_operations(tx, order, subject, routing, lot)
    tx.record(
        ORDER_RELEASED,
        Where(site_id=order.site_id, place_id=order.wip_place_id),
        {
            "lot": str(lot.id),
            "quantity": order.quantity,
            "routing_revision": str(routing.revision),
            "bom_revision": str(made_of.revision or ""),
        },
        about=[order.id],
        made=[lot.id],
        changes=[Change(order.id, "state", OrderState.PLANNED, OrderState.RELEASED)],
    )
    wip = Spot(order.wip_place_id, PlaceKind.WIP)
    production = ledger.place_of(tx.session, order.site_id, PlaceKind.PRODUCTION)
    ledger.post(tx, [ledger.Move(lot.id, production, wip, order.quantity)])
    return Released(
        Made(order.id, subject.code, subject.number),
        lot,
        tuple(operation.sequence for operation in operations),
    )


@command(Gate.USE)
def close_order(tx: Tx, *, order_id: int) -> Made:
    """Close an order: nothing more can be started or reported on it.

    Refused while it is locked, or one of its lots or operations: somebody has to decide first.
    """
    order, subject = _locked_order(tx, order_id)
    tx.act.rights.require("order.plan", order.site_id)
    if order.state is OrderState.CLOSED:
        raise refusals.order_over(subject.number)
    gate.require_free(tx, [order.id, *tx.session.scalars(_locked_parts(order.id))])
    before, order.state, order.closed_at = order.state, OrderState.CLOSED, tx.act.when.at
    tx.session.flush()
    tx.record(
        ORDER_CLOSED,
        Where(site_id=order.site_id),
        {"number": subject.number},
        about=[order.id],
        changes=[Change(order.id, "state", before, OrderState.CLOSED)],
    )
    return Made(order.id, subject.code, subject.number)


def _locked_parts(order_id: int) -> Select[int]:
    """Return the lots and operations of an order that are locked."""
    parts = union_all(
        select(Lot.id).where(Lot.family_id == order_id),
        select(Operation.id).where(Operation.order_id == order_id),
    )
    return select(Hold.subject_id).where(Hold.released_at.is_(None), Hold.subject_id.in_(parts))


def _locked_order(tx: Tx, order_id: int) -> tuple[WorkOrder, Subject]:
    subjects.lock(tx.session, order_id)
    order = tx.session.get(WorkOrder, order_id)
    if order is None:
        raise NotFound(_l("There is no such work order."), rule="not_found")
    return order, tx.session.get_one(Subject, order_id)


def _numbered(tx: Tx, site_id: int) -> Made:
    """Make an order under the next free number, which nobody has who was refused.

    Two at once want the same number: the second waits for the first and then takes the next.
    """
    n = 1 + (tx.session.scalar(select(func.count()).select_from(WorkOrder)) or 0)
    while True:
        try:
            return subjects.create(tx.session, ORDER, f"{n:04d}", site_id)
        except Refused as taken:
            if taken.rule != "number_taken":
                raise
            n += 1


def _routing(tx: Tx, order: WorkOrder, routing_id: int | None, day: date) -> Routing:
    item = tx.session.get_one(Item, order.item_id)
    if routing_id is None:
        routing = routing_on(tx.session, item, day)
    else:
        named = Routing.item_id.in_([item.id, item.model_id]) & (Routing.id == routing_id)
        routing = tx.session.scalar(
            select(Routing).where(named).options(selectinload(Routing.operations))
        )
    if routing is None:
        raise Refused(
            _l("This item has no routing that holds today, so nobody would know what to do."),
            _l("Enter its operations first, then release the order."),
            rule="no_routing",
        )
    return routing
