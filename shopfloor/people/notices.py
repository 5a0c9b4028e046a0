"""What a person is told once, on the next page he sees: somebody else did something to his work."""

from collections.abc import Iterable
from typing import Any

from flask import Flask, Response, g, request
from sqlalchemy import exists, insert, select, update
from sqlalchemy.orm import Session

from shopfloor.core import clock
from shopfloor.core.commands import Tx
from shopfloor.core.db import db, metadata, transaction
from shopfloor.core.events import Event
from shopfloor.people.models import Notice, Person

MOST = 5
_INSERT = insert(metadata.tables[Notice.__tablename__])
# Part of the statement that finds who is there: a page on which nothing is to be told pays nothing.
UNSEEN = exists().where(Notice.person_id == Person.id, Notice.seen_at.is_(None))


def tell(tx: Tx, person_id: int, name: str, facts: dict[str, Any]) -> None:
    """Let a person be told of the event just recorded; `name` is a partial as of an effect."""
    if tx.event is None:
        raise RuntimeError("what nobody has done cannot be told")
    tx.session.add(Notice(person_id=person_id, event_id=tx.event.id, name=name, facts=facts))


def tell_all(tx: Tx, name: str, told: Iterable[tuple[int, dict[str, Any]]]) -> None:
    """Let several people be told of the event just recorded, each with his own facts, at once."""
    if tx.event is None:
        raise RuntimeError("what nobody has done cannot be told")
    rows = [
        {"person_id": person_id, "event_id": tx.event.id, "name": name, "facts": facts}
        for person_id, facts in told
    ]
    if rows:
        tx.session.connection().execute(_INSERT, rows)


def init_notices(app: Flask) -> None:
    """Let every page say what its reader has not been told yet, and note that it did."""
    app.context_processor(lambda: {"untold": _untold})
    app.after_request(_note_told)


def untold(session: Session, person_id: int) -> list[dict[str, Any]]:
    """Return what a person has not been told, oldest first; one statement."""
    rows = session.execute(
        select(Notice, Person.name, Event.happened_at)
        .join(Event, Event.id == Notice.event_id)
        .join(Person, Person.id == Event.actor_id)
        .where(Notice.person_id == person_id, Notice.seen_at.is_(None))
        .order_by(Notice.id)
        .limit(MOST)
    )
    return [
        {"id": told.id, "template": told.template, "by": by, "at": at, **told.facts}
        for told, by, at in rows
    ]


def _untold() -> list[dict[str, Any]]:
    if not g.get("to_be_told"):
        return []
    found = untold(db.session(), g.person_id)
    g.told = [each["id"] for each in found]
    return found


def _note_told(response: Response) -> Response:
    """Note what was told, after the page is made: nothing is written while a page is read."""
    told = g.pop("told", None)
    if told and "prefetch" not in request.headers.get("Sec-Purpose", ""):
        with transaction() as session:
            session.execute(update(Notice).where(Notice.id.in_(told)).values(seen_at=clock.now()))
    return response
