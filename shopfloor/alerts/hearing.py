"""Who hears of an alert: asked of the rights of the moment, copied nowhere."""

from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, false, or_, true

from shopfloor.alerts.kinds import EVERYWHERE, KINDS, NEAR, SITE, AlertKind, heard_with
from shopfloor.alerts.models import Alert
from shopfloor.core.rights import Rights
from shopfloor.core.subjects import Subject
from shopfloor.people.models import Grant, RoleVerb


# Every page asks for its person, and rights change seldom.
@lru_cache(maxsize=1_000)
def hears(rights: Rights, person_id: int) -> ColumnElement[bool]:
    """Say of an alert that this person hears of it at the level it has reached."""
    return or_(Alert.leader_id == person_id, *(_by_right(rights, kind) for kind in KINDS.values()))


def may_hear(rights: Rights) -> bool:
    """Say whether somebody hears of alerts by his rights, without asking the database."""
    return any(rights.has(verb) for verb in heard_with())


def may_answer(alert: Alert, rights: Rights, person_id: int | None) -> bool:
    """Say whether somebody can do something about an alert, whatever its level."""
    scopes = (alert.site_id, alert.line_id, alert.station_id, alert.subject_id)
    return alert.leader_id == person_id or rights.may(KINDS[alert.kind].verb, *scopes)


def first_level(verb: Any, site: Any, line: Any, station: Any, subject: Any) -> ColumnElement[int]:
    """Return the nearest level at which there is anybody, asked within the statement."""
    return case(
        (_anybody(verb, line, station, subject), NEAR),
        (_anybody(verb, site), SITE),
        else_=EVERYWHERE,
    )


def next_level(kind: AlertKind, alert: Alert) -> ColumnElement[int]:
    """Return the next level at which there is anybody."""
    further = false() if alert.level >= SITE else _anybody(kind.verb, alert.site_id)
    return case((further, SITE), else_=EVERYWHERE)


def _by_right(rights: Rights, kind: AlertKind) -> ColumnElement[bool]:
    if not rights.has(kind.verb):
        return false()
    if kind.at_once and rights.has(kind.at_once):
        return and_(Alert.kind == kind.name, _reached(rights, kind.verb))
    # Who is also responsible everywhere hears at once of what happens where he is named for it.
    named = rights.named(kind.verb)
    everywhere = true() if rights.scopes(kind.verb) is None else false()
    return and_(
        Alert.kind == kind.name,
        or_(
            Alert.line_id.in_(named),
            Alert.station_id.in_(named),
            Alert.subject_id.in_(named),
            and_(Alert.site_id.in_(named), Alert.level >= SITE),
            and_(everywhere, Alert.level >= EVERYWHERE),
        ),
    )


def _reached(rights: Rights, verb: str) -> ColumnElement[bool]:
    if not rights.has(verb):
        return false()
    scopes = rights.scopes(verb)
    if scopes is None:
        return Alert.id.is_not(None)
    places = (Alert.site_id, Alert.line_id, Alert.station_id, Alert.subject_id)
    return or_(*(place.in_(scopes) for place in places))


def _anybody(verb: Any, *scopes: Any) -> ColumnElement[bool]:
    return (
        exists()
        .where(
            RoleVerb.verb == verb,
            Grant.role == RoleVerb.role,
            Grant.revoked_at.is_(None),
            Grant.scope_id.in_(scopes),
            Subject.id == Grant.person_id,
            Subject.archived_at.is_(None),
        )
        .correlate_except(RoleVerb, Grant, Subject)
    )
