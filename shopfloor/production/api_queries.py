"""What programs ask of production, within the token's scope and in a fixed number of statements."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, aliased

from shopfloor.catalogue.models import Item
from shopfloor.core import subjects
from shopfloor.core.api import part_of
from shopfloor.core.api_fields import Named, Page, name_of
from shopfloor.core.references import names_of
from shopfloor.core.rights import Rights
from shopfloor.core.sought import Sought, narrowed
from shopfloor.core.subjects import Subject
from shopfloor.holds.told import holds_on
from shopfloor.people.viewer import Viewer
from shopfloor.plant.models import Place, Station
from shopfloor.production import work
from shopfloor.production.api_told import (
    BalanceTold,
    LotTold,
    MaterialTold,
    OperationTold,
    OrderLotTold,
    OrderTold,
    PassTold,
    ProgressTold,
    WholeOrderTold,
)
from shopfloor.production.models import (
    ORDER,
    LotOperation,
    Operation,
    OrderMaterial,
    OrderState,
    WorkOrder,
)
from shopfloor.stock.models import Balance, Lot

VIEW = "work.view"
_item, _site = aliased(Subject), aliased(Subject)


@dataclass(frozen=True)
class Wanted:
    """Which orders only."""

    state: OrderState | None = None
    item_id: int | None = None
    due_by: date | None = None


def orders(session: Session, asked: Sought, rights: Rights, wanted: Wanted) -> Page[OrderTold]:
    """Return a part of the orders; one statement."""
    query, scopes = narrowed(_orders(), asked), rights.scopes(VIEW)
    if scopes is not None:
        query = query.where(reached(scopes))
    if wanted.state is not None:
        query = query.where(WorkOrder.state == wanted.state)
    if wanted.item_id is not None:
        query = query.where(WorkOrder.item_id == wanted.item_id)
    if wanted.due_by is not None:
        query = query.where(WorkOrder.due <= wanted.due_by)
    rows, after = part_of(session, query, WorkOrder.id, asked)
    return Page(entries=[OrderTold(**_order(*row[:5])) for row in rows], next=after)


def whole_order(session: Session, rights: Rights, reference: str) -> WholeOrderTold:
    """Return an order with operations, quantities, lots and holds; at most ten statements."""
    subject = subjects.find(session, ORDER, reference)
    row = session.execute(_orders().where(WorkOrder.id == subject.id)).one()
    order = row.WorkOrder
    steps = session.execute(
        select(Operation, Station)
        .join(Station, Station.id == Operation.station_id)
        .where(Operation.order_id == order.id)
        .order_by(Operation.sequence)
    ).all()
    reach = [scope for _operation, station in steps for scope in (station.line_id, station.id)]
    rights.require(VIEW, order.site_id, *reach)
    lots = session.scalars(select(Lot.id).where(Lot.family_id == order.id).order_by(Lot.id)).all()
    progress = session.scalars(select(LotOperation).where(LotOperation.lot_id.in_(lots))).all()
    balances = balances_of(session, lots)
    materials = session.scalars(
        select(OrderMaterial)
        .where(OrderMaterial.order_id == order.id)
        .order_by(OrderMaterial.position)
    ).all()
    names = names_of(
        session,
        [
            *lots,
            *(line.item_id for line in materials),
            *(each.id for step in steps for each in step),
        ],
    )
    held = [order.id, order.item_id, *lots, *(each.id for step in steps for each in step)]
    return WholeOrderTold(
        **_order(*row),
        operations=[
            OperationTold(
                code=names[operation.id].code,
                number=names[operation.id].number,
                sequence=operation.sequence,
                names=operation.names,
                station=names[station.id],
                inspect=operation.inspect,
                progress=ProgressTold.over(p for p in progress if p.operation_id == operation.id),
            )
            for operation, station in steps
        ],
        materials=[MaterialTold(item=names[m.item_id], quantity=m.quantity) for m in materials],
        lots=[
            OrderLotTold(
                code=names[lot].code, number=names[lot].number, balances=balances.get(lot, [])
            )
            for lot in lots
        ],
        holds=holds_on(session, held),
    )


def whole_lot(session: Session, viewer: Viewer, reference: str) -> LotTold:
    """Return a lot with its passes, balances and holds; at most six statements."""
    found = work.load(session, reference)
    viewer.rights.require(VIEW, *found.scopes())
    held = [found.lot.id, found.order.id, found.item.id]
    held += [each for stop in found.stops for each in (stop.operation.id, stop.station.id)]
    return LotTold(
        code=found.subject.code,
        number=found.subject.number,
        item=names_of(session, [found.item.id])[found.item.id],
        names=found.item.names,
        unit=found.item.unit,
        work_order=Named(code=found.order_subject.code, number=found.order_subject.number),
        state=found.order.state,
        supplier_lot=found.lot.supplier_lot,
        passes=[
            PassTold.at(stop.operation.sequence, row) for stop in found.stops for row in stop.passes
        ],
        balances=balances_of(session, [found.lot.id]).get(found.lot.id, []),
        holds=holds_on(session, held),
    )


def _orders() -> Select[*tuple[Any, ...]]:
    return (
        select(Subject, WorkOrder, Item.unit, _item, _site)
        .join(WorkOrder, WorkOrder.id == Subject.id)
        .join(Item, Item.id == WorkOrder.item_id)
        .join(_item, _item.id == WorkOrder.item_id)
        .join(_site, _site.id == WorkOrder.site_id)
    )


def _order(
    subject: Subject, order: WorkOrder, unit: str, item: Subject, site: Subject
) -> dict[str, Any]:
    return {
        "code": subject.code,
        "number": subject.number,
        "site": name_of(site),
        "item": name_of(item),
        "quantity": order.quantity,
        "unit": unit,
        "state": order.state,
        "due": order.due,
        "priority": order.priority,
        "released_at": order.released_at,
        "closed_at": order.closed_at,
    }


def reached(scopes: Collection[int]) -> Any:
    """Return the condition for orders of a site, or with work at a line or station."""
    at_station = (
        select(Operation.id)
        .join(Station, Station.id == Operation.station_id)
        .where(
            Operation.order_id == WorkOrder.id,
            or_(Station.id.in_(scopes), Station.line_id.in_(scopes)),
        )
        .exists()
    )
    return or_(WorkOrder.site_id.in_(scopes), at_station)


def balances_of(session: Session, lots: Iterable[int]) -> dict[int, list[BalanceTold]]:
    """Return where the pieces of lots are; one statement."""
    rows = session.execute(
        select(Balance, Place, Subject)
        .join(Place, Place.id == Balance.place_id)
        .join(Subject, Subject.id == Place.id)
        .where(Balance.lot_id.in_(list(lots)), Balance.quantity > 0)
        .order_by(Place.id)
    )
    found: dict[int, list[BalanceTold]] = {}
    for balance, place, subject in rows:
        told = BalanceTold(
            place=Named(code=subject.code, number=subject.number),
            names=place.names,
            kind=place.kind,
            quantity=balance.quantity,
        )
        found.setdefault(balance.lot_id, []).append(told)
    return found
