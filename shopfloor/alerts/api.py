"""Alerts for programs: what is open, who answers it; nudges, and the waiting times."""

from datetime import datetime
from typing import Annotated, Self

from flask import Blueprint
from pydantic import ConfigDict, Field

from shopfloor.alerts import queries
from shopfloor.alerts.commands import (
    Answered,
    Nudged,
    RuleSet,
    acknowledge_alert,
    nudge,
    set_alert_rule,
    take_alert,
)
from shopfloor.alerts.models import Alert
from shopfloor.core.api import call, part_of
from shopfloor.core.api_fields import Asked, Body, Page, Thing, Told
from shopfloor.core.db import db
from shopfloor.people.access import requires, viewer
from shopfloor.people.programs import doing

bp = Blueprint("alerts_api", __name__)
Minutes = Annotated[int, Field(strict=True, ge=1, le=1440)]


class AlertTold(Told):
    """Something that somebody must know; `level` is 0 at the line, 1 at the site, 2 everywhere."""

    id: int
    kind: str
    subject: Thing | None
    hold: int | None
    raised_by: str | None
    raised_at: datetime
    last_at: datetime
    times: int
    nudges: int
    level: int
    acknowledged_by: str | None
    taken_by: str | None

    @classmethod
    def shown(cls, shown: queries.Shown) -> Self:
        """Tell an alert."""
        alert, thing = shown.alert, shown.subject
        return cls(
            id=alert.id,
            kind=alert.kind,
            subject=Thing(kind=thing.kind, code=thing.code, number=thing.number) if thing else None,
            hold=alert.hold_id,
            raised_by=shown.raised_by,
            raised_at=alert.raised_at,
            last_at=alert.last_at,
            times=alert.times,
            nudges=alert.nudges,
            level=alert.level,
            acknowledged_by=shown.acknowledged_by,
            taken_by=shown.taken_by,
        )


class Answer(Body):
    """Nothing more is needed: the token's person answers."""


class AnsweredTold(Told):
    """An alert that somebody has answered."""

    id: int

    @classmethod
    def of(cls, answered: Answered) -> Self:
        """Tell which alert was answered."""
        return cls(id=answered.alert_id)


class NudgedTold(Told):
    """A lock whose releasers have heard that somebody waits."""

    hold: int

    @classmethod
    def of(cls, nudged: Nudged) -> Self:
        """Tell which lock it is."""
        return cls(hold=nudged.hold_id)


class Rule(Body):
    """After how many minutes an alert that nobody acknowledges climbs."""

    line: Minutes
    site: Minutes

    model_config = ConfigDict(json_schema_extra={"examples": [{"line": 10, "site": 30}]})


class RuleTold(Told):
    """How long alerts of a kind wait."""

    kind: str
    line: int
    site: int

    @classmethod
    def of(cls, rule: RuleSet) -> Self:
        """Tell the rule."""
        return cls(kind=rule.kind, line=rule.near, site=rule.site)


@bp.get("/alerts")
@requires("work.view")
@call(asks=Asked, gives=Page[AlertTold])
def alerts(asked: Asked) -> Page[AlertTold]:
    """List the open alerts of which the token's person hears."""
    query = queries.heard_by(viewer())
    rows, after = part_of(db.session(), query, Alert.id, asked)
    told = [AlertTold.shown(queries.Shown(*row[:-1])) for row in rows]
    return Page(entries=told, next=after)


@bp.post("/alerts/<int:alert_id>/acknowledge")
@requires("work.view")
@call(takes=Answer, gives=AnsweredTold)
def acknowledge(alert_id: int, body: Answer) -> AnsweredTold:
    """Say that one knows of it; it goes to nobody else."""
    return AnsweredTold.of(acknowledge_alert(doing(), alert_id=alert_id))


@bp.post("/alerts/<int:alert_id>/take")
@requires("work.view")
@call(takes=Answer, gives=AnsweredTold)
def take(alert_id: int, body: Answer) -> AnsweredTold:
    """Take it as one's own to settle."""
    return AnsweredTold.of(take_alert(doing(), alert_id=alert_id))


@bp.post("/holds/<int:hold_id>/nudge")
@requires("work.view")
@call(takes=Answer, gives=NudgedTold)
def nudge_releasers(hold_id: int, body: Answer) -> NudgedTold:
    """Let those who can release a lock hear that somebody waits; once a minute."""
    return NudgedTold.of(nudge(doing(), hold_id=hold_id))


@bp.put("/alert-rules/<kind>")
@requires("plant.edit")
@call(takes=Rule, gives=RuleTold)
def set_rule(kind: str, body: Rule) -> RuleTold:
    """Set after how many minutes alerts of a kind climb from the line, and from the site."""
    return RuleTold.of(set_alert_rule(doing(), kind=kind, near=body.line, site=body.site))
