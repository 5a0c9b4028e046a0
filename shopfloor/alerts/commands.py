"""What people do about alerts: say that they know, take them, nudge; and what climbs by itself."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from shopfloor.alerts import refusals
from shopfloor.alerts.hearing import may_answer, next_level
from shopfloor.alerts.kinds import EVERYWHERE, KINDS, NEAR, SITE
from shopfloor.alerts.models import Alert, AlertRule
from shopfloor.core import clock
from shopfloor.core.actions import Act
from shopfloor.core.commands import Gate, Tx, command
from shopfloor.core.events import Event, EventKind, EventSubject, Where
from shopfloor.core.rights import Rights
from shopfloor.core.subjects import Subject
from shopfloor.holds.models import Hold
from shopfloor.holds.standing import stands
from shopfloor.people.models import Person
from shopfloor.plant.models import Station
from shopfloor.production.models import Operation
from shopfloor.production.standing import station_of
from shopfloor.stock.models import Lot

ACKNOWLEDGED = EventKind(
    "alert.acknowledged", _l("Alert acknowledged"), no_inverse_because="what is known is known"
)
TAKEN = EventKind(
    "alert.taken", _l("Alert taken"), no_inverse_because="whoever is to take it over takes it"
)
NUDGED = EventKind(
    "alert.nudged", _l("Nudged for a release"), no_inverse_because="a nudge moves nothing"
)
CLIMBED = EventKind(
    "alert.climbed",
    _l("Alert passed on, because nobody answered"),
    no_inverse_because="who has heard of it has heard of it",
)
RULE_SET = EventKind(
    "alert.rule_set", _l("Waiting times of alerts set"), no_inverse_because="they are set anew"
)
_BECAUSE = "an alert tells people; no lot is touched"
NUDGES_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class Answered:
    """An alert, and who has said what about it."""

    alert_id: int
    acknowledged_by_id: int
    taken_by_id: int | None


@dataclass(frozen=True)
class Nudged:
    """A lock whose releasers have been nudged."""

    hold_id: int
    event_id: int


@dataclass(frozen=True)
class Climbed:
    """The level that an alert has reached."""

    alert_id: int
    level: int


@dataclass(frozen=True)
class RuleSet:
    """How long alerts of a kind wait at the line, and at the site."""

    kind: str
    near: int
    site: int


@command(Gate.NONE, _BECAUSE)
def acknowledge_alert(tx: Tx, *, alert_id: int) -> Answered:
    """Say that one knows of it: it climbs no further, and whoever raised it sees the name."""
    alert = _open(tx, alert_id)
    event = tx.record(ACKNOWLEDGED, _where(alert), _facts(alert), about=[alert.subject_id])
    if alert.acknowledged_by_id is None:
        alert.acknowledged_by_id, alert.acknowledged_at = tx.act.actor_id, tx.act.when.at
    alert.event_id = event.id
    return Answered(alert.id, alert.acknowledged_by_id or 0, alert.taken_by_id)


@command(Gate.NONE, _BECAUSE)
def take_alert(tx: Tx, *, alert_id: int) -> Answered:
    """Take it as one's own to settle; refused with the name when another has it."""
    alert = _open(tx, alert_id)
    if alert.taken_by_id not in (None, tx.act.actor_id):
        raise refusals.taken(tx.session.get_one(Person, alert.taken_by_id).name)
    event = tx.record(TAKEN, _where(alert), _facts(alert), about=[alert.subject_id])
    alert.taken_by_id, alert.taken_at = tx.act.actor_id, tx.act.when.at
    if alert.acknowledged_by_id is None:
        alert.acknowledged_by_id, alert.acknowledged_at = tx.act.actor_id, tx.act.when.at
    alert.event_id = event.id
    return Answered(alert.id, alert.acknowledged_by_id or 0, alert.taken_by_id)


@command(Gate.NONE, "who waits asks for a decision; nothing is moved")
def nudge(tx: Tx, *, hold_id: int) -> Nudged:
    """Let those who can release a lock hear that somebody waits; once a minute for each person."""
    # Whoever releases it at this moment is through before, or waits: else nobody closed the alert.
    hold = tx.session.get(Hold, hold_id, with_for_update={"read": True})
    if hold is None:
        raise refusals.no_alert()
    subject = tx.session.get_one(Subject, hold.subject_id)
    where = _where_held(tx.session, hold, subject, tx.act.when.at)
    _require_concerned(tx.session, tx.act.rights, where, subject)
    if hold.released_at is not None:
        raise refusals.free_again()
    if tx.session.scalar(select(_just_nudged(tx.act, hold.subject_id))):
        raise refusals.nudged_just_now()
    event = tx.record(NUDGED, where, {"hold": str(hold.id)}, about=[hold.subject_id])
    return Nudged(hold.id, event.id)


@command(Gate.NONE, _BECAUSE)
def climb_alert(tx: Tx, *, alert_id: int) -> Climbed:
    """Let those further off hear of an alert that nobody near has acknowledged in time."""
    alert = tx.session.get(Alert, alert_id, with_for_update=True)
    if alert is None:
        raise refusals.no_alert()
    if alert.closed_at is not None or alert.acknowledged_at is not None:
        raise refusals.settled()
    kind = KINDS[alert.kind]
    alert.level = tx.session.scalar(select(next_level(kind, alert))) or EVERYWHERE
    alert.level_at = clock.now()
    facts = {**_facts(alert), "level": alert.level}
    alert.event_id = tx.record(CLIMBED, _where(alert), facts, about=[alert.subject_id]).id
    return Climbed(alert.id, alert.level)


@command(Gate.NONE, _BECAUSE)
def set_alert_rule(tx: Tx, *, kind: str, near: int, site: int) -> RuleSet:
    """Set after how many minutes alerts of a kind climb from the line, and from the site."""
    tx.act.rights.require("plant.edit", None)
    if kind not in KINDS:
        raise refusals.no_alert()
    for level, minutes in ((NEAR, near), (SITE, site)):
        if not 1 <= minutes <= 1440:
            raise refusals.no_minutes()
        tx.session.merge(AlertRule(kind=kind, level=level, minutes=minutes))
    tx.record(RULE_SET, Where(), {"alert_kind": kind, "near": near, "site": site})
    return RuleSet(kind, near, site)


def _open(tx: Tx, alert_id: int) -> Alert:
    """Return an open alert, locked, for somebody who can do something about it."""
    alert = tx.session.get(Alert, alert_id, with_for_update=True)
    if alert is None or tx.act.actor_id is None:
        raise refusals.no_alert()
    if not may_answer(alert, tx.act.rights, tx.act.actor_id):
        raise refusals.no_alert()
    if alert.closed_at is not None:
        raise refusals.settled()
    return alert


def _where(alert: Alert) -> Where:
    return Where(alert.site_id, alert.line_id, alert.station_id)


def _facts(alert: Alert) -> dict[str, str]:
    return {"alert": str(alert.id), "alert_kind": alert.kind}


def _where_held(session: Session, hold: Hold, subject: Subject, at: datetime) -> Where:
    """Return where the lock was opened: at the operation that failed, or where the thing stands."""
    station = station_of(session, hold.operation_id)
    return Where(subject.site_id, *station) if station else stands(session, subject, at)


def concerned_by(session: Session, rights: Rights, hold_id: int) -> Hold:
    """Return a lock for whose release somebody with these rights may nudge; NotFound otherwise."""
    hold = session.get(Hold, hold_id)
    if hold is None:
        raise refusals.no_alert()
    subject = session.get_one(Subject, hold.subject_id)
    where = _where_held(session, hold, subject, clock.now())
    _require_concerned(session, rights, where, subject)
    return hold


def _require_concerned(session: Session, rights: Rights, where: Where, subject: Subject) -> None:
    """Refuse to nudge about what one does not see: any station of its order will do."""
    if subject.site_id is None:
        rights.require("work.view", *rights.named("work.view"))
        return
    family = select(Lot.family_id).where(Lot.id == subject.id).scalar_subquery()
    along = session.execute(
        select(Station.id, Station.line_id)
        .join(Operation, Operation.station_id == Station.id)
        .where(Operation.order_id == func.coalesce(family, subject.id))
    ).all()
    places = (where.site_id, where.line_id, where.station_id, subject.id)
    rights.require("work.view", *places, *(place for row in along for place in row))


def _just_nudged(act: Act, subject_id: int) -> ColumnElement[bool]:
    return exists().where(
        Event.actor_id == act.actor_id,
        Event.happened_at > act.when.at - NUDGES_EVERY,
        Event.kind == NUDGED.name,
        EventSubject.event_id == Event.id,
        EventSubject.subject_id == subject_id,
    )
