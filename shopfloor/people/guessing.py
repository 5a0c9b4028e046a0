"""Telling administrators that somebody guesses: whose proof, from where, and how often."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from shopfloor.core import clock
from shopfloor.core.commands import Gate, Tx, command
from shopfloor.core.events import Event, EventKind, EventSubject, Where
from shopfloor.core.rights import Rights
from shopfloor.people.models import Person

SIGN_IN_BLOCKED = EventKind(
    "people.sign_in_blocked",
    _l("Wrong tries to sign in"),
    no_inverse_because="what was tried was tried",
)
SHOWN_FOR = timedelta(days=7)


@dataclass(frozen=True)
class Told:
    """The entry that administrators read."""

    event_id: int


@command(Gate.NONE, "nobody has signed in; no lot is touched")
def tell_of_guessing(tx: Tx, *, person_id: int | None, tries: int, address: str) -> Told:
    """Write down that somebody has failed again and again to prove who he is; nobody is the actor.

    What was typed is not kept: it may be a password that went into the wrong field.
    """
    person = tx.session.get(Person, person_id) if person_id is not None else None
    event = tx.record(
        SIGN_IN_BLOCKED,
        Where(site_id=person.site_id if person else None),
        {"tries": str(tries), "address": address},
        about=[person_id],
    )
    return Told(event.id)


@dataclass(frozen=True)
class Guessed:
    """Wrong tries as administrators see them; `name` is empty when they concern no one person."""

    at: datetime
    tries: str
    name: str
    address: str


def guessed_lately(session: Session, rights: Rights) -> list[Guessed]:
    """Return the wrong tries of the last days at the sites that the asker administers.

    What concerns no one person is for those who administer the whole company. One statement.
    """
    query = (
        select(Event.happened_at, Event.payload, Person.name)
        .join(EventSubject, EventSubject.event_id == Event.id, isouter=True)
        .join(Person, Person.id == EventSubject.subject_id, isouter=True)
        .where(Event.kind == SIGN_IN_BLOCKED.name, Event.happened_at > clock.now() - SHOWN_FOR)
        .order_by(Event.id.desc())
        .limit(20)
    )
    scopes = rights.scopes("people.edit")
    if scopes is not None:
        query = query.where(Event.site_id.in_(scopes))
    found = []
    for at, payload, name in session.execute(query):
        facts = json.loads(payload)
        found.append(Guessed(at, facts["tries"], name or "", facts["address"]))
    return found
