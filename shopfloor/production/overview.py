"""What the pages of work orders ask."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Row, Select, case, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from shopfloor.catalogue.models import ITEM, Item, Routing, RoutingOperation
from shopfloor.catalogue.queries import of_item
from shopfloor.core.finding import finds
from shopfloor.core.refusals import NotFound
from shopfloor.core.rights import Rights
from shopfloor.core.subjects import Subject, find
from shopfloor.holds import gate
from shopfloor.holds.models import Hold
from shopfloor.plant.models import Site, Station
from shopfloor.production.models import (
    LEFT,
    ORDER,
    LotOperation,
    Operation,
    OrderMaterial,
    OrderState,
    WorkOrder,
)
from shopfloor.stock.models import Lot

SEE = "work.view"
ItemSubject = aliased(Subject, name="item_subject")


@dataclass(frozen=True)
class Progress:
    """How far one operation of an order is, over all its lots and passes."""

    operation: Operation
    station_names: dict[str, str]
    came: Decimal
    good: Decimal
    scrap: Decimal
    rework: Decimal
    waiting: Decimal
    held: Decimal
    redo: Decimal  # of what is left: in a later pass
    again: Decimal  # of what is good: counted in an earlier pass, too

    @property
    def left(self) -> Decimal:
        """Pieces that are here and not yet reported."""
        return self.came - self.good - self.scrap - self.rework


@dataclass(frozen=True)
class OrderPage:
    """Everything the page of a work order shows."""

    subject: Subject
    order: WorkOrder
    item: Item
    item_subject: Subject
    operations: list[Progress]
    lots: Sequence[Row[Lot, Subject]]
    materials: Sequence[Row[OrderMaterial, Item, Subject]]
    holds: list[Hold]
    planned: Sequence[Row[RoutingOperation, dict[str, str]]]

    @property
    def open_pieces(self) -> Decimal:
        """Pieces that are still in work, waiting or held."""
        return sum((p.left + p.waiting + p.held for p in self.operations), Decimal(0))


def orders(rights: Rights, state: str, search: str) -> Select[*tuple[Any, ...]]:
    """Return the query for the orders a person may see: the open ones unless a state is asked."""
    query = (
        select(WorkOrder, Subject, Item, ItemSubject.number.label("item_number"))
        .add_columns(_is_held().label("held"))
        .join(Subject, Subject.id == WorkOrder.id)
        .join(Item, Item.id == WorkOrder.item_id)
        .join(ItemSubject, ItemSubject.id == Item.id)
        .where(visible(rights))
        .order_by(WorkOrder.priority, WorkOrder.due.is_(None), WorkOrder.due, WorkOrder.id.desc())
    )
    if state in tuple(OrderState):
        query = query.where(WorkOrder.state == OrderState(state))
    elif state != "all":
        query = query.where(WorkOrder.state.in_((OrderState.PLANNED, OrderState.RELEASED)))
    if search:
        # By its kind an order's number stands in an index; it is one subject of a great many.
        query = query.where(Subject.kind == ORDER.name)
        query = query.where(finds(search, Subject.number, also=of_item(WorkOrder.item_id)))
    return query


def visible(rights: Rights) -> ColumnElement[bool]:
    """Return the condition that an order lies where the person may see work."""
    scopes = rights.scopes(SEE)
    if scopes is None:
        return WorkOrder.id.is_not(None)
    here = exists(
        select(Operation.id)
        .join(Station, Station.id == Operation.station_id)
        .where(
            Operation.order_id == WorkOrder.id,
            Station.id.in_(scopes) | Station.line_id.in_(scopes),
        )
    )
    return or_(WorkOrder.site_id.in_(scopes), here)


def _is_held() -> ColumnElement[bool]:
    # The few open locks are read once, and not again for every order.
    locked = select(Hold.subject_id).where(Hold.released_at.is_(None))
    families = (
        select(Lot.family_id)
        .join(Hold, Hold.subject_id == Lot.id)
        .where(Hold.released_at.is_(None))
    )
    return or_(WorkOrder.id.in_(locked), WorkOrder.id.in_(families))


def order_page(session: Session, rights: Rights, reference: str) -> OrderPage:
    """Return an order by code or number; NotFound when the person may not see it.

    Seven statements, whatever the number of operations and lots.
    """
    subject = find(session, ORDER, reference)
    row = session.execute(
        select(WorkOrder, Item, ItemSubject)
        .join(Item, Item.id == WorkOrder.item_id)
        .join(ItemSubject, ItemSubject.id == Item.id)
        .where(WorkOrder.id == subject.id, visible(rights))
    ).first()
    if row is None:
        raise NotFound(
            _l("There is no work order “%(code)s”.", code=reference[:80]), rule="not_found"
        )
    order, item, item_subject = row
    operations = _operations(session, order.id)
    lots = session.execute(
        select(Lot, Subject)
        .join(Subject, Subject.id == Lot.id)
        .where(Lot.family_id == order.id)
        .order_by(Lot.id)
        .limit(200)
    ).all()
    held = [order.id, item.id, *(lot.id for lot, _ in lots), *(p.operation.id for p in operations)]
    return OrderPage(
        subject,
        order,
        item,
        item_subject,
        operations,
        lots,
        _materials(session, order.id),
        gate.in_force(session, held),
        _planned(session, order),
    )


def _operations(session: Session, order_id: int) -> list[Progress]:
    rows = session.execute(
        select(
            Operation,
            Station.names,
            *(
                func.coalesce(func.sum(column), 0, type_=LotOperation.came.type)
                for column in (
                    LotOperation.came,
                    LotOperation.good,
                    LotOperation.scrap,
                    LotOperation.rework,
                    LotOperation.good - LotOperation.onward - LotOperation.held,
                    LotOperation.held,
                    case((LotOperation.pass_ > 1, LEFT), else_=0),
                    case((LotOperation.pass_ > 1, LotOperation.good), else_=0),
                )
            ),
        )
        .join(Station, Station.id == Operation.station_id)
        .join(LotOperation, LotOperation.operation_id == Operation.id, isouter=True)
        .where(Operation.order_id == order_id)
        .group_by(Operation.id, Station.id)
        .order_by(Operation.sequence)
    )
    return [Progress(*row) for row in rows]


def _materials(session: Session, order_id: int) -> Sequence[Row[OrderMaterial, Item, Subject]]:
    return session.execute(
        select(OrderMaterial, Item, Subject)
        .join(Item, Item.id == OrderMaterial.item_id)
        .join(Subject, Subject.id == Item.id)
        .where(OrderMaterial.order_id == order_id)
        .order_by(OrderMaterial.position)
    ).all()


def _planned(session: Session, order: WorkOrder) -> Sequence[Row[RoutingOperation, dict[str, str]]]:
    if order.state is not OrderState.PLANNED:
        return []
    newest = (
        select(Routing.id)
        .where(Routing.item_id == order.item_id)
        .order_by(Routing.revision.desc())
        .limit(1)
        .scalar_subquery()
    )
    return session.execute(
        select(RoutingOperation, Station.names)
        .join(Station, Station.id == RoutingOperation.station_id)
        .where(RoutingOperation.routing_id == newest)
        .order_by(RoutingOperation.sequence)
    ).all()


def item_choices(session: Session) -> Sequence[Row[str | None, dict[str, str]]]:
    """Return numbers and names of the items that have a routing, at most 200; one statement."""
    return session.execute(
        select(Subject.number, Item.names)
        .join(Item, Item.id == Subject.id)
        .where(
            Subject.kind == ITEM.name,
            Subject.archived_at.is_(None),
            exists(select(Routing.id).where(Routing.item_id == Item.id)),
        )
        .order_by(Subject.number)
        .limit(200)
    ).all()


def site_choices(session: Session, rights: Rights) -> Sequence[Row[int, dict[str, str]]]:
    """Return the sites where a person may plan orders; one statement."""
    scopes = rights.scopes("order.plan")
    query = select(Site.id, Site.names).order_by(Site.id)
    return session.execute(query if scopes is None else query.where(Site.id.in_(scopes))).all()
