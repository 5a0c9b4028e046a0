"""Events: one append-only row per done action, who it concerns, and what else it caused."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    Index,
    PrimaryKeyConstraint,
    SmallInteger,
    String,
    Text,
    cast,
    func,
    insert,
    text,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from shopfloor.core import clock
from shopfloor.core.actions import Act
from shopfloor.core.db import Base, metadata
from shopfloor.core.effects import Effect as Effect
from shopfloor.core.event_parts import Change as Change
from shopfloor.core.event_parts import Where as Where
from shopfloor.core.refusals import Sentence
from shopfloor.core.types import canonical, choice

if TYPE_CHECKING:
    from shopfloor.core.commands import Tx


_CAUSED = text("caused_by_id IS NOT NULL")


class Role(StrEnum):
    """What an event did with a subject; used, made and moved are what genealogy reads."""

    ABOUT = "about"
    USED = "used"
    MADE = "made"
    MOVED = "moved"


class Event(Base):
    """A fact. Never changed: a correction is a new event that names the one it corrects."""

    __tablename__ = "event"
    __table_args__ = (
        Index("ix_event_actor_id_id", "actor_id", "id"),
        Index("ix_event_actor_id_happened_at", "actor_id", "happened_at"),
        Index("ix_event_kind_id", "kind", "id"),
        Index("ix_event_station_id_id", "station_id", "id"),
        Index("ix_event_device_id_id", "device_id", "id"),
        # Few events have a cause: the rest would only be passed by, and written, in vain.
        Index(
            "ix_event_caused_by_id", "caused_by_id", sqlite_where=_CAUSED, postgresql_where=_CAUSED
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(60))
    version: Mapped[int] = mapped_column(SmallInteger, default=1)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("subject.id"))
    device_id: Mapped[int | None] = mapped_column(ForeignKey("subject.id"))
    on_behalf_of_id: Mapped[int | None] = mapped_column(ForeignKey("subject.id"))
    site_id: Mapped[int | None] = mapped_column(ForeignKey("subject.id"))
    line_id: Mapped[int | None] = mapped_column(ForeignKey("subject.id"))
    station_id: Mapped[int | None] = mapped_column(ForeignKey("subject.id"))
    place_id: Mapped[int | None] = mapped_column(ForeignKey("subject.id"))
    crew_id: Mapped[int | None] = mapped_column(ForeignKey("subject.id"))
    shift_id: Mapped[int | None] = mapped_column(ForeignKey("subject.id"))
    leader_id: Mapped[int | None] = mapped_column(ForeignKey("subject.id"))
    happened_at: Mapped[datetime] = mapped_column(index=True)
    offset_minutes: Mapped[int] = mapped_column(SmallInteger, default=0)
    phone_said: Mapped[str] = mapped_column(String(40), default="")
    phone_doubtful: Mapped[bool] = mapped_column(default=False)
    recorded_at: Mapped[datetime]
    reason_id: Mapped[int | None] = mapped_column(ForeignKey("subject.id"))
    caused_by_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"))
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"), unique=True)
    payload: Mapped[str] = mapped_column(Text)
    # PostgreSQL's transaction id: a reader of the stream stops before the oldest one still open.
    xid: Mapped[int | None] = mapped_column(BigInteger)


class EventSubject(Base):
    """Which subjects an event concerns and how; undo, audit and trace ask here."""

    __tablename__ = "event_subject"
    __table_args__ = (
        PrimaryKeyConstraint("event_id", "subject_id", "role"),
        Index("ix_event_subject_subject_id_event_id", "subject_id", "event_id"),
    )

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    subject_id: Mapped[int] = mapped_column(ForeignKey("subject.id"))
    role: Mapped[Role] = mapped_column(choice(Role, "role"))


class EventChange(Base):
    """One field before and after; the audit list of a record is made of these."""

    __tablename__ = "event_change"
    __table_args__ = (
        Index("ix_event_change_subject_id_event_id", "subject_id", "event_id"),
        Index("ix_event_change_field_event_id", "field", "event_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    subject_id: Mapped[int] = mapped_column(ForeignKey("subject.id"))
    field: Mapped[str] = mapped_column(String(60))
    before: Mapped[str | None] = mapped_column(Text)
    after: Mapped[str | None] = mapped_column(Text)


@dataclass
class Recorded:
    """An event just written, with the effects its reactions have had so far."""

    id: int
    kind: str
    act: Act
    where: Where
    payload: Mapping[str, Any]
    effects: list[Effect] = field(default_factory=list)


Inverse = Callable[["Tx", Event, Mapping[str, Any]], "Undone"]


@dataclass(frozen=True)
class Undone:
    """What an inverse has put back: the subjects concerned and the facts of the counter-entry."""

    about: tuple[int, ...]
    where: Where
    payload: Mapping[str, Any]
    # Rows that stand under the counter-entry are written when it has its id.
    afterwards: Callable[["Tx"], None] = lambda _tx: None


@dataclass(frozen=True)
class EventKind:
    """A kind of event: its words for people, and its inverse or why it has none.

    `edits` says that it changes the text of a record, for which a late save names its actor.
    """

    name: str
    label: Sentence
    inverse: Inverse | None = None
    no_inverse_because: str = ""
    version: int = 1
    edits: bool = False


# Every command writes an event: its statements are made once, below the ORM.
_EVENTS = metadata.tables[Event.__tablename__]
_INSERT = insert(_EVENTS).returning(_EVENTS.c.id)
_INSERT_ON_POSTGRES = _INSERT.values(xid=cast(cast(func.pg_current_xact_id(), Text), BigInteger))
_INSERT_SUBJECTS = insert(metadata.tables[EventSubject.__tablename__])

Reaction = Callable[["Tx", Recorded], Effect | None]
KINDS: dict[str, EventKind] = {}
REACTIONS: dict[str, list[Reaction]] = {}


def register(kinds: Iterable[EventKind], reactions: Iterable[tuple[str, Reaction]]) -> None:
    """Take the kinds and the reactions, in the order in which they shall run."""
    KINDS.clear()
    REACTIONS.clear()
    KINDS.update((kind.name, kind) for kind in kinds)
    for kind_name, reaction in reactions:
        if kind_name not in KINDS:
            raise LookupError(f"no event kind {kind_name}")
        REACTIONS.setdefault(kind_name, []).append(reaction)


def write(
    session: Session,
    kind: EventKind,
    act: Act,
    where: Where,
    subjects: Iterable[tuple[int, Role]],
    payload: Mapping[str, Any],
    changes: Iterable[Change] = (),
    **links: int | None,
) -> Recorded:
    """Append the event with its subjects and changes; `links` name reason, cause, undone event."""
    connection = session.connection()
    event_id = connection.execute(
        _INSERT_ON_POSTGRES if connection.dialect.name == "postgresql" else _INSERT,
        {
            "kind": kind.name,
            "version": kind.version,
            "actor_id": act.actor_id,
            "device_id": act.device_id,
            "on_behalf_of_id": act.on_behalf_of_id,
            "crew_id": act.crew_id,
            **vars(where),
            "leader_id": act.leader_id or where.leader_id,
            "happened_at": act.when.at,
            "offset_minutes": act.when.offset_minutes,
            "phone_said": act.when.phone_said,
            "phone_doubtful": act.when.doubtful,
            "recorded_at": clock.now(),
            "payload": canonical(payload),
            **({"caused_by_id": act.caused_by_id} | links),
        },
    ).scalar_one()
    if rows := sorted(set(subjects)):
        connection.execute(
            _INSERT_SUBJECTS,
            [{"event_id": event_id, "subject_id": s, "role": role} for s, role in rows],
        )
    changed = [
        {
            "event_id": event_id,
            **vars(change),
            "before": _text(change.before),
            "after": _text(change.after),
        }
        for change in changes
        if change.before != change.after
    ]
    if changed:
        session.execute(insert(EventChange), changed)
    return Recorded(event_id, kind.name, act, where, payload)


def _text(value: object) -> str | None:
    return value if value is None or isinstance(value, str) else canonical(value)
