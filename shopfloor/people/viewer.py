"""Who is looking: the person behind a session cookie or a program's token, as plain values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask_login import UserMixin
from sqlalchemy import Row, bindparam, select
from sqlalchemy.orm import Session

from shopfloor.core import clock
from shopfloor.core.actions import Act
from shopfloor.core.clock import When
from shopfloor.core.db import rows
from shopfloor.core.rights import Rights
from shopfloor.core.subjects import Subject
from shopfloor.people.models import (
    ApiToken,
    Badge,
    Crew,
    Grant,
    Person,
    RoleVerb,
    SessionKind,
    SignIn,
)
from shopfloor.people.notices import UNSEEN
from shopfloor.people.roles import REPORTING
from shopfloor.people.secrets import digest
from shopfloor.plant.models import Device, Site

# A reporting session on a shared device ends soon; a full one lasts a working day.
IDLE = {SessionKind.REPORTING: timedelta(hours=1), SessionKind.FULL: timedelta(hours=12)}
# On a device that everybody passes by, all rights of somebody who walked away end sooner.
IDLE_IN_PASSING = timedelta(minutes=15)
# However busy it is kept, a session ends: a cookie that was stolen is not worth something for ever.
LONGEST = timedelta(days=7)
LONGEST_ON_SHARED = timedelta(hours=24)


# Every request runs one of these two: they are made once.
_PERSON = (
    select(
        Person.id,
        Person.name,
        Person.language,
        Person.site_id,
        Person.crew_id,
        Site.zone,
        Crew.leader_id,
        RoleVerb.verb,
        Grant.scope_id,
    )
    .select_from(Person)
    .join(Subject, Subject.id == Person.id)
    .join(Site, Site.id == Person.site_id)
    .join(Crew, Crew.id == Person.crew_id, isouter=True)
    .join(Grant, (Grant.person_id == Person.id) & Grant.revoked_at.is_(None), isouter=True)
    .join(RoleVerb, RoleVerb.role == Grant.role, isouter=True)
    .where(Subject.archived_at.is_(None))
)
_BY_COOKIE = (
    _PERSON.add_columns(SignIn.id.label("sign_in_id"), SignIn.kind, SignIn.seen_at)
    .add_columns(SignIn.began_at, SignIn.device_id, UNSEEN.label("to_be_told"))
    .join(SignIn, SignIn.person_id == Person.id)
    .join(Badge, Badge.id == SignIn.badge_id, isouter=True)
    .join(Device, Device.id == SignIn.device_id, isouter=True)
    .where(
        SignIn.token_hash == bindparam("digest"),
        SignIn.ended_at.is_(None),
        Badge.revoked_at.is_(None),
        Device.revoked_at.is_(None),
    )
)
_BY_TOKEN = (
    _PERSON.add_columns(ApiToken.id.label("token_id"), ApiToken.verbs)
    .join(ApiToken, ApiToken.person_id == Person.id)
    .where(ApiToken.token_hash == bindparam("digest"), ApiToken.revoked_at.is_(None))
)


@dataclass(frozen=True)
class Viewer(UserMixin):  # type: ignore[misc]  # Flask-Login brings no types
    """The person of this request, what he may do, and where he stands in the factory."""

    person_id: int
    name: str
    language: str
    site_id: int
    zone: str
    crew_id: int | None
    leader_id: int | None
    rights: Rights
    sign_in_id: int | None = None
    device_id: int | None = None
    token_id: int | None = None
    reporting_only: bool = False
    seen_at: datetime | None = None
    to_be_told: bool = False

    def get_id(self) -> str:
        """Return the person's id as Flask-Login asks for it."""
        return str(self.person_id)

    @property
    def today(self) -> date:
        """Return today's date at the person's site."""
        return clock.now().astimezone(ZoneInfo(self.zone)).date()

    def act(self, action_id: str, when: When | None = None) -> Act:
        """Return this person about to do something under an action id."""
        return Act(
            id=action_id,
            actor_id=self.person_id,
            rights=self.rights,
            when=when or When(clock.now()),
            device_id=self.device_id,
            token_id=self.token_id,
            crew_id=self.crew_id,
            leader_id=self.leader_id,
        )


def rights_of(session: Session, person_id: int) -> Rights:
    """Return everything a person may do; one statement."""
    granted = session.execute(
        select(RoleVerb.verb, Grant.scope_id)
        .join(Grant, Grant.role == RoleVerb.role)
        .where(Grant.person_id == person_id, Grant.revoked_at.is_(None))
    )
    return Rights(frozenset((verb, scope) for verb, scope in granted))


def by_cookie(session: Session, token: str) -> Viewer | None:
    """Return who signed in with this cookie, or None when that session has ended; one statement."""
    found = rows(session, _BY_COOKIE, {"digest": digest(token)})
    if not found:
        return None
    sign_in = found[0]
    reporting = sign_in.kind is SessionKind.REPORTING
    shared = sign_in.device_id is not None
    idle = IDLE_IN_PASSING if shared and not reporting else IDLE[sign_in.kind]
    now, longest = clock.now(), LONGEST_ON_SHARED if shared else LONGEST
    if now - sign_in.seen_at > idle or now - sign_in.began_at > longest:
        return None
    return _viewer(
        found,
        REPORTING if reporting else None,
        sign_in_id=sign_in.sign_in_id,
        device_id=sign_in.device_id,
        reporting_only=reporting,
        seen_at=sign_in.seen_at,
        to_be_told=sign_in.to_be_told,
    )


def by_token(session: Session, token: str) -> Viewer | None:
    """Return the person a program acts for, or None when its token was revoked; one statement."""
    found = rows(session, _BY_TOKEN, {"digest": digest(token)})
    if not found:
        return None
    return _viewer(found, frozenset(found[0].verbs), token_id=found[0].token_id)


def _viewer(found: Sequence[Row[Any]], only: frozenset[str] | None, **more: Any) -> Viewer:
    person = found[0]
    rights = Rights(frozenset((row.verb, row.scope_id) for row in found if row.verb))
    return Viewer(
        person_id=person.id,
        name=person.name,
        language=person.language,
        site_id=person.site_id,
        zone=person.zone,
        crew_id=person.crew_id,
        leader_id=person.leader_id,
        rights=rights if only is None else rights.only(only),
        **more,
    )
