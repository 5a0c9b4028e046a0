"""A lot that lies in stock, where no operation is: what a retest looks at, drawn as one stop."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, select
from sqlalchemy.orm import Session, aliased

from shopfloor.catalogue.models import Item
from shopfloor.core.commands import Tx
from shopfloor.core.events import Where
from shopfloor.core.parking import Told
from shopfloor.core.subjects import Subject, named
from shopfloor.holds import gate
from shopfloor.people.viewer import Viewer
from shopfloor.plant.models import Place, PlaceKind
from shopfloor.plant.shifts import turn_of
from shopfloor.production import parked, work
from shopfloor.production.models import OrderState, WorkOrder
from shopfloor.production.queries import LotView, lot_view
from shopfloor.production.way import (
    ItemFacts,
    Label,
    LotFacts,
    OperationFacts,
    OrderFacts,
    StationFacts,
    Stop,
    Work,
)
from shopfloor.stock.ledger import Spot
from shopfloor.stock.models import LOT, Balance, Lot

# The number of no operation: what is inspected there lies in stock.
IN_STOCK = 0
_NAMES = {"en": "In stock", "zh": "在库"}
ZERO = Decimal(0)
STORES = (PlaceKind.STORE, PlaceKind.FINISHED)


def stored() -> tuple[ColumnElement[bool], ...]:
    """Say of a balance at a place that it is in stock, of a lot whose order runs no more."""
    running = select(WorkOrder.id).where(
        WorkOrder.id == Lot.family_id,
        WorkOrder.state.not_in([OrderState.FINISHED, OrderState.CLOSED]),
    )
    return Balance.quantity > 0, Place.kind.in_(STORES), ~running.exists()


def work_at(session: Session, lot: str | int, operation: int) -> tuple[Work, Stop]:
    """Return a lot with the operation of its order, or with its place in stock."""
    if operation != IN_STOCK:
        found = work.load(session, lot)
        return found, found.stop(operation)
    found = _in_stock(session, lot)
    return found, found.stops[0]


def work_of(session: Session, lot_id: int) -> Work:
    """Return a lot with the operations of its order, or with its place where no order made it."""
    if session.get(WorkOrder, session.get_one(Lot, lot_id).family_id) is not None:
        return work.load(session, lot_id)
    return _in_stock(session, lot_id, gone=True)


def view_at(
    session: Session, viewer: Viewer, lot: str, operation: int, *, gone: bool = False
) -> LotView:
    """Return a lot as a person sees it, at an operation or in stock; NotFound out of his reach.

    With `gone` also one that was in stock when it was inspected, and is there no more.
    """
    if operation != IN_STOCK:
        return lot_view(session, viewer, lot)
    found = _in_stock(session, lot, gone=gone)
    viewer.rights.require("work.view", found.order.site_id)
    held = gate.in_force(session, [found.lot.id, found.lot.family_id, found.item.id])
    return LotView(found, held, [], viewer)


def where(tx: Tx, lot_work: Work, stop: Stop) -> Where:
    """Return the place in the plant, as the event of an inspection keeps it."""
    if stop.operation.sequence != IN_STOCK:
        return work.where(tx, lot_work, stop)[0]
    turn = turn_of(tx.session, lot_work.order.site_id, tx.act.when.at)
    return Where(
        lot_work.order.site_id,
        place_id=lot_work.wip.id,
        shift_id=turn.shift_id,
        leader_id=turn.leader_id,
    )


def about(lot_work: Work, stop: Stop) -> list[int]:
    """Return what an inspection is about: lot, order, and the operation if there is one."""
    found = {lot_work.lot.id: 0, lot_work.order.id: 0, stop.operation.id: 0}
    return [subject_id for subject_id in found if subject_id]


def parked_at(session: Session, arguments: Mapping[str, Any]) -> Told:
    """Return the place of an entry that waits for a decision, in stock or at an operation."""
    if arguments["operation"] != IN_STOCK:
        return parked.at_operation(session, arguments)
    return parked_in_stock(session, arguments)


def parked_in_stock(session: Session, arguments: Mapping[str, Any]) -> Told:
    """Return the place of a verdict on a retest that waits for a decision."""
    found = _in_stock(session, arguments["lot"])
    return Told(Where(found.order.site_id), (found.lot.id,))


def _in_stock(session: Session, lot: str | int, *, gone: bool = False) -> Work:
    """Return a lot at the place where most of it is in stock; one statement, NotFound if none."""
    row = session.execute(_query(lot)).first()
    if row is None or not (gone or row.here):
        raise work.unknown_lot(str(lot) if row is None else row.number or row.code)
    facts = OperationFacts(0, IN_STOCK, _NAMES, inspect=False, tolerance_percent=0)
    return Work(
        LotFacts(*row[work.OF_LOT]),
        Label(row.code, row.number),
        Label(row.family_code, row.family_number),
        _order(row),
        ItemFacts(row.item_id, row.names, row.unit, row.decimals),
        Spot(row.place_id or 0, row.kind or PlaceKind.STORE),
        [Stop(facts, StationFacts(0, 0, row.place_names or {}), "", [])],
    )


def _query(lot: str | int) -> Select[Any]:
    family, here = aliased(Subject), and_(*stored())
    query = (
        select(Lot.id, Lot.family_id, Lot.supplier_lot, Lot.serial, Lot.supplier_id, Lot.suspect)
        .add_columns(Subject.code, Subject.number, Subject.site_id)
        .add_columns(family.code.label("family_code"), family.number.label("family_number"))
        .add_columns(Item.id.label("item_id"), Item.names, Item.unit, Item.decimals)
        .add_columns(Place.id.label("place_id"), Place.kind, Place.names.label("place_names"))
        .add_columns(here.label("here"))
        .join(Subject, Subject.id == Lot.id)
        .join(family, family.id == Lot.family_id)
        .join(Item, Item.id == Lot.item_id)
        .join(Balance, Balance.lot_id == Lot.id, isouter=True)
        .join(Place, Place.id == Balance.place_id, isouter=True)
        .order_by(case((here, 0), else_=1), Balance.quantity.desc(), Place.id)
        .limit(1)
    )
    if isinstance(lot, int):
        return query.where(Lot.id == lot)
    return query.where(Lot.id.in_(named(lot, LOT).with_only_columns(Subject.id)))


def _order(row: Row[Any]) -> OrderFacts:
    """Return the order of a lot in stock: over, or none at all."""
    return OrderFacts(
        row.family_id,
        row.site_id,
        quantity=ZERO,
        due=None,
        released_at=None,
        state=OrderState.FINISHED,
        first_start_at=None,
        last_finish_at=None,
    )


def quantity_of(session: Session, lot_id: int) -> Decimal:
    """Return how much of a lot is in stock, over all places; one statement."""
    total = func.sum(Balance.quantity, type_=Balance.quantity.type)
    query = (
        select(func.coalesce(total, 0, type_=Balance.quantity.type))
        .join(Place, Place.id == Balance.place_id)
        .join(Lot, Lot.id == Balance.lot_id)
        .where(Lot.id == lot_id, *stored())
    )
    return session.scalar(query) or ZERO
