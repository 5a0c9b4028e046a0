"""What the floor keeps open: locks, pieces that wait for an inspection, entries for a decision."""

from collections.abc import Iterator
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, func, or_, select, type_coerce
from sqlalchemy.orm import Session, aliased

from shopfloor.alerts.kinds import LOCK
from shopfloor.alerts.models import Alert
from shopfloor.catalogue.models import Item, Reason
from shopfloor.core import clock, parking
from shopfloor.core.events import Event, EventSubject
from shopfloor.core.open_things import OpenKind, OpenThing
from shopfloor.core.rights import Rights
from shopfloor.core.subjects import Subject
from shopfloor.holds.models import Hold
from shopfloor.people.models import Person
from shopfloor.plant.models import Place, PlaceKind, Station
from shopfloor.production.commands.reports import REPORTED
from shopfloor.production.models import (
    TO_JUDGE,
    WAITING,
    LotOperation,
    Operation,
    OrderState,
    WorkOrder,
)
from shopfloor.production.standing import line_of
from shopfloor.stock.models import Balance, Lot

SEE = "work.view"
_WAITING = type_coerce(WAITING, LotOperation.came.type)


def locks(session: Session, rights: Rights) -> Iterator[OpenThing]:
    """Tell the open locks with all pieces that they keep on the floor; one statement."""
    scopes = rights.scopes(SEE)
    doer = aliased(Person)
    # Where the lock was placed, else where most of its pieces are now.
    line = func.coalesce(Station.line_id, Event.line_id, line_of(Hold.subject_id))
    query = (
        select(Hold.id, Hold.opened_at, Hold.note, Subject.number, Subject.code, Reason.names)
        .add_columns(Item.names, Item.unit, Item.cost, Item.cost_currency)
        .add_columns(line)
        .add_columns(_kept().label("pieces"), doer.name)
        .join(Subject, Subject.id == Hold.subject_id)
        .join(Event, Event.id == Hold.opened_event_id)
        .join(Reason, Reason.id == Hold.reason_id, isouter=True)
        .join(Operation, Operation.id == Hold.operation_id, isouter=True)
        .join(Station, Station.id == Operation.station_id, isouter=True)
        .join(WorkOrder, WorkOrder.id == Hold.subject_id, isouter=True)
        .join(Lot, Lot.id == Hold.subject_id, isouter=True)
        .join(Item, Item.id == func.coalesce(WorkOrder.item_id, Lot.item_id), isouter=True)
        .join(Alert, about_lock(), isouter=True)
        .join(
            doer,
            doer.id == func.coalesce(Alert.taken_by_id, Alert.acknowledged_by_id),
            isouter=True,
        )
        .where(Hold.released_at.is_(None))
    )
    if scopes is not None:
        places = (Subject.site_id, Subject.id, Station.id, Event.station_id)
        query = query.where(or_(line.in_(scopes), *(place.in_(scopes) for place in places)))
    for row in session.execute(query):
        yield OpenThing(
            "lock",
            row[0],
            row[3] or row[4],
            row[1],
            f"/holds/{row[0]}/release",
            names=row[6],
            reason=row[5],
            note=row[2],
            owner=row[12] or "",
            quantity=row[11],
            unit=row[7] or "",
            cost=row[8],
            currency=row[9],
            line_id=row[10],
            hold_id=row[0],
        )


def about_lock() -> ColumnElement[bool]:
    """Say of an alert that it is the open one about the thing that a lock is on."""
    return and_(Alert.matter == LOCK, Alert.about_id == Hold.subject_id, Alert.closed_at.is_(None))


def _kept() -> ScalarSelect[Any]:
    """Return how many pieces of a held lot, or of the lots of a held order, are on the floor."""
    lot = aliased(Lot)
    return (
        select(func.sum(Balance.quantity, type_=Balance.quantity.type))
        .join(lot, lot.id == Balance.lot_id)
        .join(Place, Place.id == Balance.place_id)
        .where(
            or_(lot.id == Hold.subject_id, lot.family_id == Hold.subject_id),
            Place.kind.in_((PlaceKind.WIP, PlaceKind.STORE, PlaceKind.FINISHED)),
        )
        .correlate(Hold)
        .scalar_subquery()
    )


def inspections(session: Session, rights: Rights) -> Iterator[OpenThing]:
    """Tell the pieces that wait for an inspection, since the last of them came; one statement."""
    query: Select[*tuple[Any, ...]] = (
        select(Subject.id, Subject.number, Subject.code, Operation.sequence, Operation.names)
        .add_columns(_WAITING.label("pieces"), Item.names, Item.unit, Item.cost, Item.cost_currency)
        .add_columns(Station.line_id, _reported().label("since"))
        .select_from(LotOperation)
        .join(Operation, Operation.id == LotOperation.operation_id)
        .join(WorkOrder, WorkOrder.id == Operation.order_id)
        .join(Subject, Subject.id == LotOperation.lot_id)
        .join(Item, Item.id == WorkOrder.item_id)
        .join(Station, Station.id == Operation.station_id)
        .where(WorkOrder.state == OrderState.RELEASED, TO_JUDGE)
    )
    scopes = rights.scopes(SEE)
    if scopes is not None:
        places = (WorkOrder.site_id, Station.line_id, Station.id)
        query = query.where(or_(*(place.in_(scopes) for place in places)))
    for row in session.execute(query):
        yield OpenThing(
            "inspection",
            row[0],
            row[1] or row[2],
            row[11] or clock.now(),
            f"/lots/{row[2]}/{row[3]}/inspect",
            names=row[6],
            reason=row[4],
            quantity=row[5],
            unit=row[7],
            cost=row[8],
            currency=row[9],
            line_id=row[10],
        )


def _reported() -> ScalarSelect[Any]:
    at_lot, at_operation = aliased(EventSubject), aliased(EventSubject)
    return (
        select(func.max(Event.happened_at, type_=Event.happened_at.type))
        .join(at_lot, at_lot.event_id == Event.id)
        .join(at_operation, at_operation.event_id == Event.id)
        .where(
            Event.kind == REPORTED.name,
            at_lot.subject_id == LotOperation.lot_id,
            at_operation.subject_id == LotOperation.operation_id,
        )
        .correlate(LotOperation)
        .scalar_subquery()
    )


def entries(session: Session, rights: Rights) -> Iterator[OpenThing]:
    """Tell the entries that wait for a decision of these rights; one statement."""
    if not rights.has(parking.DECIDES):
        return
    query = parking.waiting(rights).with_only_columns(
        Event.id, Event.happened_at, Person.name, parking.ParkedAction.sentence, Event.line_id
    )
    for row in session.execute(query.join(Person, Person.id == Event.actor_id)):
        yield OpenThing(
            "entry",
            row[0],
            row[2],
            row[1],
            f"/parked/{row[0]}",
            reason=row[3],
            line_id=row[4],
        )


OPEN_KINDS = [
    OpenKind("lock", _l("Locked"), "lock", locks),
    OpenKind("inspection", _l("Awaiting inspection"), "inspect", inspections),
    OpenKind("entry", _l("Waits for a decision"), "clock", entries),
]
