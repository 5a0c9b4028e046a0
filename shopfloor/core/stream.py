"""Reading events in the order of their numbers, without ever skipping one that commits late."""

import time
from collections.abc import Iterable, Sequence

from sqlalchemy import BigInteger, ColumnElement, Function, Text, cast, func, select, text, true
from sqlalchemy.orm import Session

from shopfloor.core.events import Event

PATIENCE_SECONDS = 1.0
_PAUSE_SECONDS = 0.005


def read_on(
    session: Session, after: int, limit: int, *conditions: ColumnElement[bool]
) -> Sequence[Event]:
    """Return the next events behind one, in order; ends the session's read.

    On PostgreSQL a number is given out before its event is committed, so a higher one may be seen
    first: only what is final is returned, and what is not yet final comes with the next call.
    """
    query = select(Event).where(Event.id > after, *conditions).order_by(Event.id).limit(limit)
    if session.get_bind().dialect.name == "postgresql":
        final = _final_number(session)
        if final is None:
            return []
        query = query.where(Event.id <= final)
    return session.scalars(query).all()


def within(scopes: Iterable[int] | None) -> ColumnElement[bool]:
    """Return the condition for events at one of these sites, lines or stations; None is all."""
    if scopes is None:
        return true()
    kept = set(scopes)
    return Event.site_id.in_(kept) | Event.line_id.in_(kept) | Event.station_id.in_(kept)


def _final_number(session: Session) -> int | None:
    """Return a number up to which nothing can appear any more; None while somebody keeps us.

    Whoever holds a number up to the last one given out has an older transaction than the one that
    we begin now. Stopping at the oldest open transaction alone would not do: an older transaction
    may take the higher number and commit first.
    """
    session.rollback()
    last: int | None = session.scalar(text("SELECT last_value FROM event_id_seq"))
    ours = session.scalar(select(_whole(func.pg_current_xact_id())))
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        session.rollback()
        oldest_open = _whole(func.pg_snapshot_xmin(func.pg_current_snapshot()))
        if (session.scalar(select(oldest_open)) or 0) >= (ours or 0):
            return last
        if time.monotonic() > deadline:
            return None
        time.sleep(_PAUSE_SECONDS)


def _whole(transaction_id: Function[object]) -> ColumnElement[int]:
    return cast(cast(transaction_id, Text), BigInteger)
