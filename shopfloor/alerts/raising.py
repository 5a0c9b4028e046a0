"""Alerts are raised, counted up and closed in the transaction of what they are about."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    SmallInteger,
    cast,
    exists,
    func,
    literal,
    select,
    true,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from shopfloor.alerts.hearing import first_level
from shopfloor.alerts.kinds import (
    ARTICLE,
    DUE,
    ENTRIES,
    FAIL,
    FIRST,
    HOLD,
    LOCK,
    NUDGE,
    OVERDUE,
    PARKED,
    AlertKind,
)
from shopfloor.alerts.models import Alert
from shopfloor.core import clock
from shopfloor.core.commands import Tx
from shopfloor.core.db import metadata
from shopfloor.core.events import Effect, Event, Recorded
from shopfloor.core.parking import ParkedAction
from shopfloor.core.types import UtcDateTime
from shopfloor.holds.models import Hold
from shopfloor.production.commands.setting_apart import PART_HELD
from shopfloor.quality.plan_models import Check, PlanKind
from shopfloor.stock.numbers import HELD

_ALERTS = metadata.tables[Alert.__tablename__]
_OPEN = _ALERTS.c.closed_at.is_(None)
_INSERTS: dict[str, Any] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}


def raise_for_fail(tx: Tx, event: Recorded) -> Effect | None:
    """Let it be known that an inspection has failed; a further fail counts the alert up."""
    if event.payload["verdict"] == "fail":
        _raise_for_lock(tx.session, event, FAIL, Hold.opened_event_id == event.id)
    return None


def raise_for_hold(tx: Tx, event: Recorded) -> Effect | None:
    """Let it be known that somebody has locked something by hand.

    Its row is written after its event: the reaction runs when both are there. Of several lots that
    are held together the first one speaks for all.
    """
    first = select(func.min(Hold.id)).where(Hold.opened_event_id == event.id)
    _raise_for_lock(tx.session, event, HOLD, Hold.id == first.scalar_subquery())
    return None


def raise_for_numbers(tx: Tx, event: Recorded) -> Effect | None:
    """Let it be known that lots were held because their numbers are locked; none mostly are."""
    if event.kind != PART_HELD.name and any(effect.name == HELD for effect in event.effects):
        return raise_for_hold(tx, event)
    return None


def raise_for_nudge(tx: Tx, event: Recorded) -> Effect | None:
    """Count somebody who waits for a release; without an open alert this raises one."""
    held = Hold.id == int(event.payload["hold"])
    _raise_for_lock(tx.session, event, NUDGE, held, times=0, nudges=1)
    return None


def raise_for_parked(session: Session, event: Recorded) -> None:
    """Let it be known that an entry waits for a decision; those of one person count together."""
    person = event.act.actor_id
    if person is not None:
        row = _row(event, PARKED, ENTRIES, _id(person), _id(None), _id(None))
        _upsert(session, select(*row).where(true()))


def raise_for_first_article(tx: Tx, event: Recorded) -> Effect | None:
    """Call the inspectors to a first article that its operator has checked."""
    operation, lot = (_id(int(event.payload[name])) for name in ("operation", "lot"))
    row = _row(event, FIRST, ARTICLE, operation, lot, _id(None))
    _upsert(tx.session, select(*row).where(true()))
    return None


def close_for_verdict(tx: Tx, event: Recorded) -> Effect | None:
    """Close the call to a first article that is judged."""
    waits = exists().where(
        Check.operation_id == Alert.about_id,
        Check.kind == PlanKind.FIRST_ARTICLE,
        Check.self_checked_at.is_not(None),
        Check.closed_at.is_(None),
    )
    _close(tx, Alert.matter == ARTICLE, Alert.about_id == int(event.payload["operation"]), ~waits)
    return None


def raise_for_overdue(tx: Tx, event: Recorded) -> Effect | None:
    """Call the inspectors to an inspection that is overdue."""
    check, lot = (_id(int(event.payload[name])) for name in ("check", "lot"))
    _upsert(tx.session, select(*_row(event, OVERDUE, DUE, check, lot, _id(None))).where(true()))
    return None


def close_for_done(tx: Tx, event: Recorded) -> Effect | None:
    """Close the calls to inspections of a lot that are done now."""
    done = select(Check.id).where(
        Check.lot_id == int(event.payload["lot"]), Check.closed_at.is_not(None)
    )
    _close(tx, Alert.matter == DUE, Alert.about_id.in_(done))
    return None


def close_for_release(tx: Tx, event: Recorded) -> Effect | None:
    """Close the alert about a lock when no lock is left on the thing."""
    held = select(Hold.subject_id).where(Hold.id == int(event.payload["hold"])).scalar_subquery()
    still = exists().where(Hold.subject_id == Alert.subject_id, Hold.released_at.is_(None))
    _close(tx, Alert.matter == LOCK, Alert.about_id == held, ~still)
    return None


def close_for_decision(tx: Tx, event: Recorded) -> Effect | None:
    """Close the alert about a person's parked entries when all of them are decided."""
    made = select(Event.actor_id).where(Event.id == int(event.payload["parked"])).scalar_subquery()
    still = exists().where(
        ParkedAction.decision.is_(None),
        ParkedAction.event_id == Event.id,
        Event.actor_id == Alert.about_id,
    )
    _close(tx, Alert.matter == ENTRIES, Alert.about_id == made, ~still)
    return None


def _close(tx: Tx, *conditions: ColumnElement[bool]) -> None:
    tx.session.execute(
        update(Alert)
        .where(Alert.closed_at.is_(None), *conditions)
        .values(closed_at=clock.now())
        .execution_options(synchronize_session=False)
    )


def _raise_for_lock(
    session: Session,
    event: Recorded,
    kind: AlertKind,
    which: ColumnElement[bool],
    *,
    times: int = 1,
    nudges: int = 0,
) -> None:
    rows = _row(event, kind, LOCK, Hold.subject_id, Hold.subject_id, Hold.id, nudges)
    _upsert(session, select(*rows).where(which), times, nudges)


def _row(
    event: Recorded,
    kind: AlertKind,
    matter: str,
    about: Any,
    subject: Any,
    hold: Any,
    nudges: int = 0,
) -> list[ColumnElement[Any]]:
    at = literal(event.act.when.at, UtcDateTime())
    where = event.where
    site, line, station = (_id(each) for each in (where.site_id, where.line_id, where.station_id))
    return [
        literal(kind.name).label("kind"),
        literal(matter).label("matter"),
        about.label("about_id"),
        subject.label("subject_id"),
        hold.label("hold_id"),
        site.label("site_id"),
        line.label("line_id"),
        station.label("station_id"),
        _id(event.act.leader_id or where.leader_id).label("leader_id"),
        _id(event.act.actor_id).label("raised_by_id"),
        at.label("raised_at"),
        at.label("last_at"),
        literal(1).label("times"),
        literal(nudges).label("nudges"),
        cast(first_level(kind, site, line, station, subject), SmallInteger).label("level"),
        literal(clock.now(), UtcDateTime()).label("level_at"),
        _id(event.id).label("event_id"),
    ]


def _id(value: int | None) -> ColumnElement[Any]:
    return cast(literal(value, BigInteger), BigInteger)


def _upsert(session: Session, rows: Select[Any], times: int = 1, nudges: int = 0) -> None:
    """Write an alert, or count up the open one about the same; one statement.

    Of two who come at once the second waits for the first and counts up: neither is lost.
    """
    connection = session.connection()
    made = _INSERTS[connection.dialect.name](_ALERTS).from_select(
        [column.name for column in rows.selected_columns], rows
    )
    new = made.excluded
    connection.execute(
        made.on_conflict_do_update(
            index_elements=["matter", "about_id"],
            index_where=_OPEN,
            set_={
                "times": _ALERTS.c.times + times,
                "nudges": _ALERTS.c.nudges + nudges,
                "last_at": new.last_at,
                "event_id": new.event_id,
                "hold_id": func.coalesce(new.hold_id, _ALERTS.c.hold_id),
            },
        )
    )
