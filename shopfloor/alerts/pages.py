"""Pages of alerts: the list behind the bell, its answers, nudges, and how long each kind waits."""

from flask import Blueprint, Flask, Response, render_template, request, url_for
from flask_babel import gettext

from shopfloor.alerts import queries, refusals
from shopfloor.alerts.climbing import minutes
from shopfloor.alerts.commands import (
    acknowledge_alert,
    concerned_by,
    nudge,
    set_alert_rule,
    take_alert,
)
from shopfloor.alerts.kinds import KINDS, NEAR, SITE
from shopfloor.core.db import db
from shopfloor.core.forms import Form
from shopfloor.core.same_origin import safe_path
from shopfloor.core.web import onward
from shopfloor.holds import gate
from shopfloor.people.access import act, requires, signed_in, viewer, viewer_or_none

bp = Blueprint("alerts", __name__)
# A page that hears of more at once shows the oldest; the list has them all.
AT_ONCE = 20


def init_alerts(app: Flask) -> None:
    """Let every page show the bell, and every lock say who has answered."""
    app.context_processor(
        lambda: {
            "bell": _bell,
            "alert_about": lambda hold_id: queries.about(db.session(), hold_id),
            "raised_alerts": lambda: queries.raised_by(db.session(), viewer()),
        }
    )


def _bell() -> int | None:
    person = viewer_or_none()
    if person is None or not queries.hears_at_all(person):
        return None
    return queries.count_heard(db.session(), person)


@bp.get("/alerts")
@signed_in
def alerts() -> str:
    """List what this person must know, and what has become of what he raised himself."""
    return render_template(
        "alerts/alerts.html",
        heard=queries.heard(db.session(), viewer()),
        raised=queries.raised_by(db.session(), viewer()),
    )


@bp.get("/alerts/now")
@signed_in
def now() -> str:
    """Show the alerts as cards for an open page, and how many there are."""
    heard = queries.heard(db.session(), viewer(), AT_ONCE)
    more = len(heard) == AT_ONCE
    total = queries.count_heard(db.session(), viewer()) if more else len(heard)
    return render_template("alerts/_cards.html", heard=heard, total=total)


@bp.post("/alerts/<int:alert_id>/acknowledge")
@signed_in
def acknowledge(alert_id: int) -> Response:
    """Say that one knows of it."""
    doing = act()
    acknowledge_alert(doing, alert_id=alert_id)
    return onward(_back(), doing.id, gettext("Whoever raised it sees that you know."))


@bp.post("/alerts/<int:alert_id>/take")
@signed_in
def take(alert_id: int) -> Response:
    """Take it as one's own to settle."""
    doing = act()
    take_alert(doing, alert_id=alert_id)
    return onward(_back(), doing.id, gettext("It is yours now; whoever raised it sees your name."))


@bp.get("/holds/<int:hold_id>/nudge")
@requires("work.view")
def nudge_card(hold_id: int) -> str:
    """Show why one must wait: the card from which a nudge was refused, and the way back."""
    hold = concerned_by(db.session(), viewer().rights, hold_id)
    no = None if hold.released_at else gate.held(db.session(), hold)
    return render_template("alerts/nudge.html", no=no, next=_back("/"))


@bp.post("/holds/<int:hold_id>/nudge")
@requires("work.view")
def nudge_releasers(hold_id: int) -> Response:
    """Let those who can release a lock hear that somebody waits."""
    doing = act()
    nudge(doing, hold_id=hold_id)
    return onward(_back("/"), doing.id, gettext("They have been told that you wait."))


@bp.get("/alert-rules")
@requires("plant.edit")
def rules() -> str:
    """Show after how many minutes each kind of alert climbs."""
    rows = minutes(db.session())
    return render_template(
        "alerts/rules.html", kinds=KINDS.values(), minutes=rows, near=NEAR, site=SITE
    )


@bp.post("/alert-rules")
@requires("plant.edit")
def set_rule() -> Response:
    """Set how long alerts of a kind wait."""
    doing, form = act(), Form(request.form)
    near, site = form.whole("near"), form.whole("site")
    if near is None or site is None:
        raise refusals.no_minutes()
    set_alert_rule(doing, kind=form.text("form", 20), near=near, site=site)
    return onward(url_for("alerts.rules"), doing.id, gettext("Set."))


def _back(otherwise: str = "/alerts") -> str:
    return safe_path(request.values.get("next", "")) or otherwise
