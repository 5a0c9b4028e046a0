"""Parked actions: done offline and refused on arrival, kept with their own time for a decision."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from flask_babel import force_locale
from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, Select, String, Text, func, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from shopfloor.core import actions, events
from shopfloor.core.actions import Act, Action, Outcome
from shopfloor.core.db import Base
from shopfloor.core.events import Event, EventKind, EventSubject, Role, Where
from shopfloor.core.refusals import NotFound, NotYours, Parked, Refused, Sentence
from shopfloor.core.rights import Rights
from shopfloor.core.subjects import Subject
from shopfloor.core.types import Json, canonical, choice
from shopfloor.core.words import LOCALES, in_words

# Whoever may book against the rules with a reason decides about what met them too late.
DECIDES = "work.override"
PARKED = EventKind(
    "action.parked",
    _l("With the supervisor"),
    no_inverse_because="the supervisor books it or drops it",
)
# A second tap of the person himself, not something that has changed while he was away.
_OWN_DOING = {"already_booked", "foreign_action", "already_started"}


class Decision(StrEnum):
    """What became of a parked action."""

    ACCEPTED = "accepted"
    DROPPED = "dropped"


class ParkedAction(Base):
    """An action that waits for a decision, and who has decided what."""

    __tablename__ = "parked_action"
    __table_args__ = (
        CheckConstraint(
            "(decision IS NULL) = (decided_at IS NULL)"
            " AND (decision IS NULL) = (decided_event_id IS NULL)",
            name="decided",
        ),
    )

    event_id: Mapped[int] = mapped_column(
        ForeignKey("event.id"), primary_key=True, autoincrement=False
    )
    action_id: Mapped[str] = mapped_column(ForeignKey("action.id"), unique=True)
    rule: Mapped[str] = mapped_column(String(60))
    # Why it was not booked, in every language: whoever decides need not read the worker's.
    sentence: Mapped[dict[str, str]] = mapped_column(Json)
    decision: Mapped[Decision | None] = mapped_column(choice(Decision, "decision"), index=True)
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("subject.id"))
    decided_event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"))
    note: Mapped[str] = mapped_column(Text, default="")


@dataclass(frozen=True)
class Told:
    """Where in the plant a parked action belongs, and the subjects it was about."""

    where: Where = field(default_factory=Where)
    about: tuple[int, ...] = ()


Tell = Callable[[Session, Mapping[str, Any]], Told]


@dataclass(frozen=True)
class Parks:
    """A command that may be parked: its word for people, and where its arguments belong.

    `reason` names the argument that takes the reason of whoever decides, if there is one.
    """

    command: str
    label: Sentence
    tell: Tell
    reason: str = ""


PARKS: dict[str, Parks] = {}
RightsOf = Callable[[Session, int], Rights]
Heard = Callable[[Session, events.Recorded], None]
_RIGHTS_OF: list[RightsOf] = []
_HEARD: list[Heard] = []


def register(parks: Iterable[Parks], rights: RightsOf, heard: Heard | None = None) -> None:
    """Take the commands that may be parked, what a person may do today, and who else hears."""
    PARKS.clear()
    PARKS.update((each.command, each) for each in parks)
    _RIGHTS_OF[:] = [rights]
    _HEARD[:] = [heard] if heard else []


def rights_of(session: Session, person_id: int | None) -> Rights:
    """Return what a person may do today."""
    return Rights() if person_id is None else _RIGHTS_OF[0](session, person_id)


def parks(act: Act, command: str, no: Refused) -> bool:
    """Say whether this no is kept for a decision: the world has changed, not the entry is wrong."""
    by_the_world = no.status in (Refused.status, NotYours.status, NotFound.status)
    return act.offline and command in PARKS and by_the_world and no.rule not in _OWN_DOING


def park(
    session: Session, act: Act, command: str, arguments: dict[str, Any], no: Refused
) -> Action | None:
    """Keep what was refused under its own id and time; or return the action that has this id."""
    prior = actions.claim(session, act, command, arguments, passes=False, outcome=Outcome.PARKED)
    if prior is not None:
        return prior
    sentence = in_all_languages(no.sentence)
    told = _told(session, act, command, arguments)
    event = events.write(
        session,
        PARKED,
        act,
        told.where,
        [(subject_id, Role.ABOUT) for subject_id in told.about],
        {"command": command, "rule": no.rule, "sentence": sentence},
    )
    actions.settle(session, act, event.id, "null", canonical([]))
    session.add(ParkedAction(event_id=event.id, action_id=act.id, rule=no.rule, sentence=sentence))
    for heard in _HEARD:
        heard(session, event)
    return None


def parked(sentence: Sentence | str) -> Parked:
    """Return the answer to an entry that is kept for a decision."""
    return Parked(
        _l("Not booked yet: %(sentence)s", sentence=sentence),
        _l(
            "You did this without network. It is kept with its time, and your supervisor decides; "
            "you see it under My actions."
        ),
        rule="parked",
    )


def parked_before(session: Session, action_id: str) -> Parked:
    """Return the same answer for a repeat, whatever was decided meanwhile."""
    row = session.scalars(select(ParkedAction).where(ParkedAction.action_id == action_id)).one()
    return parked(in_words(row.sentence))


def in_all_languages(sentence: Sentence) -> dict[str, str]:
    """Return a sentence in every language of the product."""
    said = {}
    for language, locale in LOCALES.items():
        with force_locale(locale):
            said[language] = str(sentence)
    return said


def waiting(rights: Rights) -> Select[Event, ParkedAction, Action]:
    """Return the query for what waits where these rights decide, in the order it was done."""
    query = (
        select(Event, ParkedAction, Action)
        .join(ParkedAction, ParkedAction.event_id == Event.id)
        .join(Action, Action.id == ParkedAction.action_id)
        .where(ParkedAction.decision.is_(None))
        .order_by(Event.happened_at, Event.id)
    )
    scopes = rights.scopes(DECIDES)
    if scopes is None:
        return query
    places = (Event.site_id, Event.line_id, Event.station_id)
    return query.where(or_(*(place.in_(scopes) for place in places)))


def count_waiting(session: Session, rights: Rights) -> int:
    """Return how much waits for a decision of these rights; one statement."""
    ids = waiting(rights).with_only_columns(Event.id).order_by(None).subquery()
    return session.scalar(select(func.count()).select_from(ids)) or 0


def about_event(session: Session, arguments: Mapping[str, Any]) -> Told:
    """Return where the event belongs that an undo would take back."""
    event = session.get(Event, arguments["event_id"])
    if event is None:
        return Told()
    where = Where(event.site_id, event.line_id, event.station_id, event.place_id)
    return Told(where, subjects_of(session, event.id))


def about_subject(session: Session, arguments: Mapping[str, Any]) -> Told:
    """Return where the subject belongs that the arguments name."""
    subject = session.get(Subject, arguments["subject_id"])
    return Told() if subject is None else Told(Where(subject.site_id), (subject.id,))


def subjects_of(session: Session, event_id: int) -> tuple[int, ...]:
    """Return the subjects an event was about."""
    return tuple(
        session.scalars(
            select(EventSubject.subject_id)
            .where(EventSubject.event_id == event_id, EventSubject.role == Role.ABOUT)
            .order_by(EventSubject.subject_id)
        )
    )


def _told(session: Session, act: Act, command: str, arguments: Mapping[str, Any]) -> Told:
    try:
        told = PARKS[command].tell(session, arguments)
    except Refused:
        # What it names is not there at all: then it is decided where the person belongs.
        told = Told()
    if told.where.site_id is None and act.actor_id is not None:
        person = session.get_one(Subject, act.actor_id)
        told = Told(Where(person.site_id), told.about)
    return told
