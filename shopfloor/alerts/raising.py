"""Alerts are raised, counted up and closed in the transaction of what they are about."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Executable,
    Integer,
    SmallInteger,
    String,
    bindparam,
    case,
    cast,
    func,
    select,
    true,
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
from shopfloor.core.events import Effect, Recorded
from shopfloor.core.types import UtcDateTime
from shopfloor.holds.models import Hold
from shopfloor.production.commands.setting_apart import PART_HELD
from shopfloor.stock.numbers import HELD

_ALERTS = metadata.tables[Alert.__tablename__]
_OPEN = _ALERTS.c.closed_at.is_(None)
_INSERTS: dict[str, Any] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}


def _number(name: str) -> ColumnElement[int | None]:
    return cast(bindparam(name, type_=BigInteger()), BigInteger)


def _raised(
    lock: ColumnElement[bool] | None = None, *, graver: bool = False
) -> Mapping[str, Executable]:
    """Make the statement that writes an alert, or counts up the open one about the same.

    It is about a lock, which `lock` finds, or about what is named with it. Of two who come at once
    the second waits for the first and counts up: neither is lost. What is `graver` than the open
    one takes its place: who knew of that one does not know of this.
    """
    about, subject, hold = (
        (_number("about"), _number("subject"), _number("hold"))
        if lock is None
        else (Hold.subject_id, Hold.subject_id, Hold.id)
    )
    site, line, station = (_number(name) for name in ("site", "line", "station"))
    at = bindparam("at", type_=UtcDateTime())
    nearest = first_level(bindparam("verb", type_=String()), site, line, station, subject)
    row: dict[str, Any] = {
        "kind": bindparam("new_kind", type_=String()),
        "matter": bindparam("new_matter", type_=String()),
        "about_id": about,
        "subject_id": subject,
        "hold_id": hold,
        "site_id": site,
        "line_id": line,
        "station_id": station,
        "leader_id": _number("leader"),
        "raised_by_id": _number("actor"),
        "raised_at": at,
        "last_at": at,
        "times": cast(1, Integer),
        "nudges": bindparam("more_nudges", type_=Integer()),
        "level": cast(nearest, SmallInteger),
        "level_at": bindparam("now", type_=UtcDateTime()),
        "event_id": _number("event"),
    }
    rows = select(*row.values()).where(true() if lock is None else lock)
    made = {name: insert(_ALERTS).from_select([*row], rows) for name, insert in _INSERTS.items()}
    return {
        name: insert.on_conflict_do_update(
            index_elements=["matter", "about_id"],
            index_where=_OPEN,
            set_={
                "times": _ALERTS.c.times + bindparam("more_times", type_=Integer()),
                "nudges": _ALERTS.c.nudges + bindparam("more_nudges", type_=Integer()),
                "last_at": insert.excluded.last_at,
                "event_id": insert.excluded.event_id,
                "hold_id": func.coalesce(insert.excluded.hold_id, _ALERTS.c.hold_id),
                **(_anew(insert.excluded) if graver else {}),
            },
        )
        for name, insert in made.items()
    }


def _anew(new: Any) -> dict[str, Any]:
    """Let an alert that becomes another kind begin where a new one would; one of its kind stays."""
    names = ("acknowledged_at", "acknowledged_by_id", "taken_at", "taken_by_id")
    same, old = _ALERTS.c.kind == new.kind, _ALERTS.c
    begins = {name: case((same, old[name]), else_=new[name]) for name in ("level", "level_at")}
    return begins | {name: case((same, old[name])) for name in names} | {"kind": new.kind}


# Every fail runs one of these: making it takes longer than it runs.
_FIRST = select(func.min(Hold.id)).where(Hold.opened_event_id == bindparam("event"))
_RAISE_FAIL = _raised(Hold.opened_event_id == bindparam("event"), graver=True)
_RAISE_HOLD = _raised(Hold.id == _FIRST.scalar_subquery())
_RAISE_NUDGE = _raised(Hold.id == bindparam("hold"))
_RAISE = _raised()


def raise_for_fail(tx: Tx, event: Recorded) -> Effect | None:
    """Let it be known that an inspection has failed; a further fail counts the alert up."""
    if event.payload["verdict"] == "fail":
        _raise(tx.session, _RAISE_FAIL, event, FAIL, LOCK)
    return None


def raise_for_hold(tx: Tx, event: Recorded) -> Effect | None:
    """Let it be known that somebody has locked something by hand.

    Its row is written after its event: the reaction runs when both are there. Of several lots that
    are held together the first one speaks for all.
    """
    _raise(tx.session, _RAISE_HOLD, event, HOLD, LOCK)
    return None


def raise_for_numbers(tx: Tx, event: Recorded) -> Effect | None:
    """Let it be known that lots were held because their numbers are locked; none mostly are."""
    if event.kind != PART_HELD.name and any(effect.name == HELD for effect in event.effects):
        return raise_for_hold(tx, event)
    return None


def raise_for_nudge(tx: Tx, event: Recorded) -> Effect | None:
    """Count somebody who waits for a release; without an open alert this raises one."""
    held = int(event.payload["hold"])
    _raise(tx.session, _RAISE_NUDGE, event, NUDGE, LOCK, hold=held, more_times=0, more_nudges=1)
    return None


def raise_for_parked(session: Session, event: Recorded) -> None:
    """Let it be known that an entry waits for a decision; those of one person count together."""
    person = event.act.actor_id
    if person is not None:
        _raise(session, _RAISE, event, PARKED, ENTRIES, about=person)


def raise_for_first_article(tx: Tx, event: Recorded) -> Effect | None:
    """Call the inspectors to a first article that its operator has checked."""
    operation, lot = (int(event.payload[name]) for name in ("operation", "lot"))
    _raise(tx.session, _RAISE, event, FIRST, ARTICLE, about=operation, subject=lot)
    return None


def raise_for_overdue(tx: Tx, event: Recorded) -> Effect | None:
    """Call the inspectors to an inspection that is overdue."""
    check, lot = (int(event.payload[name]) for name in ("check", "lot"))
    _raise(tx.session, _RAISE, event, OVERDUE, DUE, about=check, subject=lot)
    return None


def _raise(
    session: Session,
    statements: Mapping[str, Executable],
    event: Recorded,
    kind: AlertKind,
    matter: str,
    **given: int,
) -> None:
    connection, where = session.connection(), event.where
    connection.execute(
        statements[connection.dialect.name],
        {
            "new_kind": kind.name,
            "verb": kind.verb,
            "new_matter": matter,
            "site": where.site_id,
            "line": where.line_id,
            "station": where.station_id,
            "leader": event.act.leader_id or where.leader_id,
            "actor": event.act.actor_id,
            "at": event.act.when.at,
            "now": clock.now(),
            "event": event.id,
            "subject": None,
            "hold": None,
            "more_times": 1,
            "more_nudges": 0,
            **given,
        },
    )
