"""What the live board asks: how many of each kind there are, and the first of them."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, or_, select
from sqlalchemy.orm import Session, aliased

from shopfloor.catalogue.models import Item, Reason
from shopfloor.core.rights import Rights
from shopfloor.core.subjects import Subject
from shopfloor.holds.models import Hold
from shopfloor.people.models import Person
from shopfloor.plant.models import Line, Station
from shopfloor.production.models import (
    LEFT,
    TO_DO,
    TO_JUDGE,
    WAITING,
    Job,
    LotOperation,
    Operation,
    OrderState,
    WorkOrder,
)
from shopfloor.production.overview import visible
from shopfloor.stock.models import Lot

MOST = 12
OPEN = (OrderState.PLANNED, OrderState.RELEASED)


@dataclass(frozen=True)
class Panel:
    """The first rows of one kind, and how many there are."""

    rows: list[Row[Any]]
    total: int

    @property
    def more(self) -> int:
        """Return how many are not shown."""
        return self.total - len(self.rows)


@dataclass(frozen=True)
class Board:
    """Everything the board shows at one moment."""

    at: datetime
    open_orders: int
    running: int
    held: Panel
    waiting: Panel
    overdue: Panel
    operations: Panel


def board(session: Session, rights: Rights, today: date, at: datetime) -> Board:
    """Return the board for what a person may see; six statements, whatever the factory's size."""
    orders = visible(rights)
    open_orders = select(func.count(WorkOrder.id)).where(WorkOrder.state.in_(OPEN), orders)
    running = (
        select(func.count(Job.lot_id.distinct()))
        .join(Lot, Lot.id == Job.lot_id)
        .join(WorkOrder, WorkOrder.id == Lot.family_id)
        .where(Job.closed_at.is_(None), orders)
    )
    return Board(
        at,
        session.scalar(open_orders) or 0,
        session.scalar(running) or 0,
        _panel(session, _held(rights)),
        _panel(session, _waiting(rights)),
        _panel(session, _overdue(orders, today)),
        _panel(session, _operations(rights)),
    )


def _panel(session: Session, query: Select[*tuple[Any, ...]]) -> Panel:
    # Counted in passing: a statement of its own would do all of the work once more.
    rows = session.execute(query.add_columns(func.count().over().label("of_all")).limit(MOST)).all()
    return Panel(list(rows), rows[0].of_all if rows else 0)


def _held(rights: Rights) -> Select[*tuple[Any, ...]]:
    """The oldest lock first: it has cost most."""
    scopes = rights.scopes("work.view")
    query = (
        select(
            Hold.id,
            func.coalesce(Subject.number, Subject.code).label("number"),
            Subject.code,
            Reason.names.label("reason"),
            Hold.note,
            Person.name.label("opened_by"),
            Hold.opened_at,
        )
        .join(Subject, Subject.id == Hold.subject_id)
        .join(Reason, Reason.id == Hold.reason_id, isouter=True)
        .join(Person, Person.id == Hold.opened_by_id)
        .where(Hold.released_at.is_(None))
        .order_by(Hold.opened_at, Hold.id)
    )
    return query if scopes is None else query.where(_near(scopes))


def _near(scopes: frozenset[int]) -> ColumnElement[bool]:
    """A held thing lies in a scope by its site, or where an operation of its order is done."""
    lot = aliased(Lot)
    orders = (
        select(Operation.order_id)
        .join(Station, Station.id == Operation.station_id)
        .where(Station.id.in_(scopes) | Station.line_id.in_(scopes))
    )
    lots = select(lot.id).where(lot.family_id.in_(orders))
    return or_(
        Subject.site_id.in_(scopes),
        Subject.id.in_(scopes),
        Hold.subject_id.in_(orders),
        Hold.subject_id.in_(lots),
    )


def _at_work(rights: Rights, *columns: Any) -> Select[*tuple[Any, ...]]:
    """Lots of released orders at the operations where they stand, as far as a person sees them."""
    query: Select[*tuple[Any, ...]] = (
        select(*columns)
        .select_from(WorkOrder)
        .join(Operation, Operation.order_id == WorkOrder.id)
        .join(LotOperation, LotOperation.operation_id == Operation.id)
        .join(Station, Station.id == Operation.station_id)
        .join(Line, Line.id == Station.line_id)
        .join(Item, Item.id == WorkOrder.item_id)
        .where(WorkOrder.state == OrderState.RELEASED)
    )
    scopes = rights.scopes("work.view")
    if scopes is None:
        return query
    return query.where(
        or_(WorkOrder.site_id.in_(scopes), Line.id.in_(scopes), Station.id.in_(scopes))
    )


def _waiting(rights: Rights) -> Select[*tuple[Any, ...]]:
    quantity = func.sum(WAITING, type_=LotOperation.came.type).label("quantity")
    return (
        _at_work(
            rights,
            func.coalesce(Subject.number, Subject.code).label("number"),
            Subject.code,
            Item.names.label("item_names"),
            Item.unit,
            Operation.sequence,
            Operation.names,
            quantity,
            WorkOrder.due,
        )
        .join(Subject, Subject.id == LotOperation.lot_id)
        .where(TO_JUDGE)
        .group_by(Subject.id, Item.id, Operation.id, WorkOrder.id)
        .order_by(WorkOrder.priority, WorkOrder.due.is_(None), WorkOrder.due, Subject.id)
    )


def _operations(rights: Rights) -> Select[*tuple[Any, ...]]:
    """Work in progress, station by station: what is there to do, and in how many lots."""
    quantity = func.sum(LEFT, type_=LotOperation.came.type).label("quantity")
    station = aliased(Subject)
    return (
        _at_work(
            rights,
            station.code,
            Station.names.label("station_names"),
            Operation.names,
            Item.unit,
            quantity,
            func.count(LotOperation.lot_id.distinct()).label("lots"),
        )
        .join(station, station.id == Station.id)
        .where(TO_DO)
        .group_by(Station.id, station.id, Operation.names, Item.unit)
        .order_by(Station.line_id, station.number, Operation.names)
    )


def _overdue(orders: ColumnElement[bool], today: date) -> Select[*tuple[Any, ...]]:
    return (
        select(
            func.coalesce(Subject.number, Subject.code).label("number"),
            Subject.code,
            Item.names.label("item_names"),
            Item.unit,
            WorkOrder.quantity,
            WorkOrder.due,
        )
        .join(Subject, Subject.id == WorkOrder.id)
        .join(Item, Item.id == WorkOrder.item_id)
        .where(WorkOrder.state.in_(OPEN), WorkOrder.due < today, orders)
        .order_by(WorkOrder.due, WorkOrder.priority, WorkOrder.id)
    )
