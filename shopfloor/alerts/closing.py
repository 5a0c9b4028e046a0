"""Alerts are closed in the transaction of what has settled them."""

from sqlalchemy import (
    ColumnElement,
    Executable,
    Select,
    Update,
    bindparam,
    exists,
    func,
    select,
    update,
)

from shopfloor.alerts.kinds import ARTICLE, DUE, ENTRIES, LOCK
from shopfloor.alerts.models import Alert
from shopfloor.core import clock
from shopfloor.core.commands import Tx
from shopfloor.core.db import metadata
from shopfloor.core.events import Effect, Event, EventSubject, Recorded
from shopfloor.core.parking import ParkedAction
from shopfloor.core.types import UtcDateTime
from shopfloor.holds.models import Hold
from shopfloor.production.models import Operation, WorkOrder
from shopfloor.quality.plan_models import Check, PlanKind

_ALERTS = metadata.tables[Alert.__tablename__]


def _open_about(matter: str) -> tuple[ColumnElement[bool], ...]:
    return _ALERTS.c.closed_at.is_(None), _ALERTS.c.matter == matter


def _closed(matter: str, *conditions: ColumnElement[bool]) -> Update:
    """Make the statement that closes alerts."""
    at = bindparam("at", type_=UtcDateTime())
    return update(_ALERTS).where(*_open_about(matter), *conditions).values(closed_at=at)


def _kept(matter: str, about: ColumnElement[bool]) -> Select[int]:
    """Make the statement that keeps alerts from others until we are through.

    Two who settle the last two causes at once would each find the other's still open.
    """
    return select(_ALERTS.c.id).where(*_open_about(matter), about).with_for_update()


# Every verdict runs some of these: making one takes longer than it runs. `about` is what the
# event is about.
_ARTICLE_WAITS = exists().where(
    Check.operation_id == _ALERTS.c.about_id,
    Check.kind == PlanKind.FIRST_ARTICLE,
    Check.self_checked_at.is_not(None),
    Check.closed_at.is_(None),
)
_CLOSE_ARTICLE = _closed(ARTICLE, _ALERTS.c.about_id == bindparam("about"), ~_ARTICLE_WAITS)
# What is due at an operation is judged through whatever lot of the order is at hand.
_DONE = select(Check.id).where(
    (Check.lot_id == bindparam("about")) | (Check.operation_id == bindparam("operation")),
    Check.closed_at.is_not(None),
)
_CLOSE_DUE = _closed(DUE, _ALERTS.c.about_id.in_(_DONE))
_OPERATIONS = select(Operation.id).where(Operation.order_id == bindparam("about"))
_CHECKS = select(Check.id).where(Check.operation_id.in_(_OPERATIONS))
_CLOSE_ARTICLES_OF = _closed(ARTICLE, _ALERTS.c.about_id.in_(_OPERATIONS))
_CLOSE_DUE_OF = _closed(DUE, _ALERTS.c.about_id.in_(_CHECKS))
_HELD = select(Hold.subject_id).where(Hold.id == bindparam("about")).scalar_subquery()
_OF_LOCK = _ALERTS.c.about_id == _HELD
_STILL = (Hold.subject_id == _ALERTS.c.subject_id) & Hold.released_at.is_(None)
_NEWEST = select(func.max(Hold.id)).where(_STILL).scalar_subquery()
_KEEP_LOCK = _kept(LOCK, _OF_LOCK)
_CLOSE_LOCK = _closed(LOCK, _OF_LOCK, ~exists().where(_STILL))
# What stays locked is shown, opened and nudged by a lock that is still in force.
_TURN_LOCK = update(_ALERTS).where(*_open_about(LOCK), _OF_LOCK).values(hold_id=_NEWEST)
_MADE = select(Event.actor_id).where(Event.id == bindparam("about")).scalar_subquery()
_OF_ENTRIES = _ALERTS.c.about_id == _MADE
_STILL_PARKED = exists().where(
    ParkedAction.decision.is_(None),
    ParkedAction.event_id == Event.id,
    Event.actor_id == _ALERTS.c.about_id,
)
_KEEP_ENTRIES = _kept(ENTRIES, _OF_ENTRIES)
_CLOSE_ENTRIES = _closed(ENTRIES, _OF_ENTRIES, ~_STILL_PARKED)


def close_for_verdict(tx: Tx, event: Recorded) -> Effect | None:
    """Close the call to a first article that is judged."""
    _run(tx, int(event.payload["operation"]), _CLOSE_ARTICLE)
    return None


def close_for_done(tx: Tx, event: Recorded) -> Effect | None:
    """Close the calls to inspections of a lot, or of its operation, that are done now."""
    _run(tx, int(event.payload["lot"]), _CLOSE_DUE, operation=int(event.payload["operation"]))
    return None


def close_for_end(tx: Tx, event: Recorded) -> Effect | None:
    """Close the calls to inspections of an order that is closed: nobody can do them any more."""
    order = tx.session.scalar(
        select(WorkOrder.id)
        .join(EventSubject, EventSubject.subject_id == WorkOrder.id)
        .where(EventSubject.event_id == event.id)
    )
    if order is not None:
        _run(tx, order, _CLOSE_ARTICLES_OF, _CLOSE_DUE_OF)
    return None


def close_for_release(tx: Tx, event: Recorded) -> Effect | None:
    """Close the alert about a lock when no lock is left on the thing."""
    _run(tx, int(event.payload["hold"]), _KEEP_LOCK, _CLOSE_LOCK, _TURN_LOCK)
    return None


def close_for_decision(tx: Tx, event: Recorded) -> Effect | None:
    """Close the alert about a person's parked entries when all of them are decided."""
    _run(tx, int(event.payload["parked"]), _KEEP_ENTRIES, _CLOSE_ENTRIES)
    return None


def _run(tx: Tx, about: int, *statements: Executable, **named: int) -> None:
    connection, asked = tx.session.connection(), {"about": about, "at": clock.now(), **named}
    for statement in statements:
        connection.execute(statement, asked)
