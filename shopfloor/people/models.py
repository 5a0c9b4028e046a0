"""Tables of people, roles, badges, sessions and signatures."""

from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import (
    ColumnElement,
    Date,
    ForeignKey,
    Index,
    PrimaryKeyConstraint,
    String,
    Text,
    or_,
)
from sqlalchemy.orm import Mapped, mapped_column

from shopfloor.core.db import Base
from shopfloor.core.finding import Findable
from shopfloor.core.subjects import Kind
from shopfloor.core.types import Json, choice

PERSON = Kind("person", "H", _l("Person"), holdable=True)
CREW = Kind("crew", "G", _l("Crew"))
SKILL = Kind("skill", "Q", _l("Skill"), "skills.skill")


class SessionKind(StrEnum):
    """How far a sign-in reaches: a badge on a shared device opens reporting only."""

    FULL = "full"
    REPORTING = "reporting"


class Crew(Findable, Base):
    """People who work together under one leader."""

    __tablename__ = "crew"

    id: Mapped[int] = mapped_column(ForeignKey("subject.id"), primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), index=True)
    names: Mapped[dict[str, str]] = mapped_column(Json)
    # The leader is a person, but a person has a crew: by way of the subject neither comes first.
    leader_id: Mapped[int | None] = mapped_column(ForeignKey("subject.id"))
    version: Mapped[int] = mapped_column(default=1)

    def found_words(self) -> Iterable[str | None]:
        """Return every text by which people look for it."""
        return self.names.values()


class Person(Findable, Base):
    """Somebody who can sign in."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(ForeignKey("subject.id"), primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), index=True)
    login: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    language: Mapped[str] = mapped_column(String(10))
    crew_id: Mapped[int | None] = mapped_column(ForeignKey("crew.id"))
    password_hash: Mapped[str | None] = mapped_column(Text)
    pin_hash: Mapped[str | None] = mapped_column(Text)
    version: Mapped[int] = mapped_column(default=1)

    def found_words(self) -> Iterable[str | None]:
        """Return every text by which people look for it."""
        return (self.name, self.login)


class Skill(Findable, Base):
    """What somebody must be able to do before he may work at some operations."""

    __tablename__ = "skill"

    id: Mapped[int] = mapped_column(ForeignKey("subject.id"), primary_key=True)
    names: Mapped[dict[str, str]] = mapped_column(Json)
    version: Mapped[int] = mapped_column(default=1)

    def found_words(self) -> Iterable[str | None]:
        """Return every text by which people look for it."""
        return self.names.values()


class PersonSkill(Base):
    """A skill that somebody has, through a last day if it must be shown again."""

    __tablename__ = "person_skill"
    __table_args__ = (PrimaryKeyConstraint("person_id", "skill_id"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    skill_id: Mapped[int] = mapped_column(ForeignKey("skill.id"), index=True)
    last_day: Mapped[date | None] = mapped_column(Date)

    @classmethod
    def holds_on(cls, day: date) -> ColumnElement[bool]:
        """Say of a skill that somebody has that it is still good on a day."""
        return or_(cls.last_day.is_(None), cls.last_day >= day)


class Badge(Base):
    """A card whose code says who somebody is; only its hash is kept."""

    __tablename__ = "badge"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    issued_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class RoleVerb(Base):
    """Roles are data: which verbs a role has."""

    __tablename__ = "role_verb"
    __table_args__ = (PrimaryKeyConstraint("role", "verb"),)

    role: Mapped[str] = mapped_column(String(40))
    verb: Mapped[str] = mapped_column(String(40))


class Grant(Base):
    """A role given to a person, everywhere or within one site, line, station or place."""

    __tablename__ = "role_grant"
    __table_args__ = (Index("ix_role_grant_person_id_revoked_at", "person_id", "revoked_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    role: Mapped[str] = mapped_column(String(40))
    scope_id: Mapped[int | None] = mapped_column(ForeignKey("subject.id"))
    given_at: Mapped[datetime]
    given_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    revoked_at: Mapped[datetime | None]


class SignIn(Base):
    """A session on the server: one person on one browser, ended by a row."""

    __tablename__ = "sign_in"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    device_id: Mapped[int | None] = mapped_column(ForeignKey("device.id"), index=True)
    badge_id: Mapped[int | None] = mapped_column(ForeignKey("badge.id"))
    kind: Mapped[SessionKind] = mapped_column(choice(SessionKind, "kind"))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    began_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class ApiToken(Base):
    """A program's key, bound to a person's rights and cut down to some verbs."""

    __tablename__ = "api_token"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    verbs: Mapped[list[str]] = mapped_column(Json)
    issued_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class Attempt(Base):
    """How often somebody or some device has failed to prove who it is, and until when it waits."""

    __tablename__ = "attempt"

    key: Mapped[str] = mapped_column(String(120), primary_key=True)
    failures: Mapped[int]
    last_at: Mapped[datetime]
    blocked_until: Mapped[datetime | None]


class SetupLink(Base):
    """The one-time link by which an empty factory gets its first administrator."""

    __tablename__ = "setup_link"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Notice(Base):
    """What a person is told once, on the next page he sees: a partial's name and its facts."""

    __tablename__ = "notice"
    __table_args__ = (Index("ix_notice_person_id_seen_at", "person_id", "seen_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    facts: Mapped[dict[str, Any]] = mapped_column(Json)
    seen_at: Mapped[datetime | None]

    @property
    def template(self) -> str:
        """Return the partial of the room that tells, as an effect has it."""
        room, _, partial = self.name.partition("/")
        return f"{room}/_told_{partial}.html"


class Signature(Base):
    """Somebody's badge and PIN under one meaning; a command stores its id and uses it once."""

    __tablename__ = "signature"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    meaning: Mapped[str] = mapped_column(String(60))
    signed_at: Mapped[datetime]
    used_by_event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"), unique=True)
