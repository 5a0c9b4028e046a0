"""Pages on which work is started, paused, reported and finished."""

from typing import Any

from flask import Blueprint, Response, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shopfloor.catalogue.models import Reason, ReasonKind
from shopfloor.catalogue.queries import offered_reasons
from shopfloor.core import files
from shopfloor.core.db import db
from shopfloor.core.forms import Form
from shopfloor.core.references import id_or_none
from shopfloor.core.web import done
from shopfloor.core.words import in_words
from shopfloor.holds import gate
from shopfloor.people.access import act, requires, viewer
from shopfloor.plant.models import STATION
from shopfloor.production import queries, refusals
from shopfloor.production.commands.jobs import finish_work, pause_work, resume_work, start_work
from shopfloor.production.commands.reports import report_quantities
from shopfloor.production.commands.taking_over import take_over_work
from shopfloor.production.elsewhere import other_stations
from shopfloor.production.models import Job, JobKind
from shopfloor.production.queries import LotView
from shopfloor.production.sharing import candidates, shares_in
from shopfloor.production.team import MOST
from shopfloor.production.waiting import next_card
from shopfloor.production.way import Stop

bp = Blueprint("production", __name__)


@bp.app_template_filter("tile")
def tile(reason: Reason) -> tuple[int, str]:
    """Return a reason as a tile to tap: its id and its name in the reader's language."""
    return reason.id, in_words(reason.names)


@bp.app_template_filter("stop_choice")
def stop_choice(stop: Stop) -> tuple[int, str]:
    """Return an operation as a line of a list: its number and its name."""
    return stop.operation.sequence, f"{stop.operation.sequence} {in_words(stop.operation.names)}"


REPORTING = "work.report"


def _stations(view: LotView, usual_id: int) -> list[tuple[str, str]]:
    """Return the other stations where the viewer may work."""
    return other_stations(db.session(), viewer().rights, view.work.order.site_id, usual_id)


def _pieces(form: Form) -> dict[str, Any]:
    """Return the quantities of a report, and whose the good pieces are."""
    pieces: dict[str, Any] = {name: form.quantity(name) for name in ("good", "scrap", "rework")}
    return pieces | {"shares": shares_in(form, pieces["good"])}


def _named() -> list[int]:
    """Return who was on the shared report that was refused, also by a badge that was scanned."""
    typed = g.get("typed")
    named = typed.getlist("with") if typed else []
    return [int(each) for each in named[:MOST] if each.isdecimal() and len(each) < 19]


def _station(form: Form) -> int | None:
    """Return the other station that was chosen, by its code."""
    return id_or_none(db.session(), STATION, form.text("station", 80) or None, "station")


@bp.get("/lots/<code>/<int:operation>/report")
@requires(REPORTING)
def report_form(code: str, operation: int) -> str:
    """Show the form for good, scrap and rework, or why nothing of a locked lot is reported."""
    view = queries.lot_view(db.session(), viewer(), code)
    stop = view.work.stop(operation)
    if (locks := view.holds_at(stop)) and not view.in_hand_at(stop):
        raise gate.held(db.session(), locks[0])
    own = view.own_job_at(stop)
    return render_template(
        "production/report.html",
        view=view,
        stop=stop,
        own=own,
        mates=candidates(db.session(), viewer(), view, stop, _named()),
        left=stop.left,
        stations=_stations(view, own.station_id if own else stop.station.id),
        reasons=offered_reasons(db.session(), ReasonKind.SCRAP, ReasonKind.OVERRIDE),
    )


@bp.post("/lots/<code>/<int:operation>/report")
@requires(REPORTING, parks=True)
def report(code: str, operation: int) -> Response:
    """Book the reported pieces and show what was booked and what it pays."""
    form, doing = Form(request.form, many=("with",)), act()
    booked = report_quantities(
        doing,
        lot=code,
        operation=operation,
        **_pieces(form),
        scrap_reason_id=form.whole("scrap_reason"),
        made_at=form.whole("made_at"),
        photo=files.photo_of(request.files.get("photo"), form.text("sha256_photo", 64)),
        station_id=_station(form),
        override_reason_id=form.whole("override_reason"),
        finish=bool(form.text("finish")),
    )
    return done("production/booked.html", doing.id, booked=booked)


@bp.get("/next")
@requires(REPORTING)
def next_job() -> ResponseReturnValue:
    """Open the next card of the viewer's work; it is looked for only when it is wanted."""
    card = next_card(db.session(), viewer())
    if card is None:
        return redirect("/", code=303)
    return redirect(url_for("scanning.lot", code=card.lot_code, operation=card.operation), code=303)


@bp.get("/lots/<code>/<int:operation>/start")
@requires(REPORTING)
def start_form(code: str, operation: int) -> ResponseReturnValue:
    """Show the choice of what to start; whoever taps twice sees the job that runs."""
    if isinstance(no := g.get("refusal"), refusals.AlreadyStarted):
        return job(no.job_id)
    view = queries.lot_view(db.session(), viewer(), code)
    stop = view.work.stop(operation)
    queries.require_free(db.session(), view, stop)
    return render_template(
        "production/start.html",
        view=view,
        stop=stop,
        stations=_stations(view, stop.station.id),
        reasons=offered_reasons(db.session(), ReasonKind.OVERRIDE),
    )


@bp.post("/lots/<code>/<int:operation>/start")
@requires(REPORTING, parks=True)
def start(code: str, operation: int) -> Response:
    """Start a job on a lot."""
    form, doing = Form(request.form), act()
    kind = form.text("kind", 20) or JobKind.PRODUCTION
    if kind not in list(JobKind):
        raise refusals.unknown_kind()
    job = start_work(
        doing,
        lot=code,
        operation=operation,
        kind=JobKind(kind),
        station_id=_station(form),
        override_reason_id=form.whole("override_reason"),
    )
    return done("production/job_done.html", doing.id, job=job, what="started")


@bp.get("/jobs/<int:job_id>")
@bp.get("/jobs/<int:job_id>/pause")
@bp.get("/jobs/<int:job_id>/resume")
@bp.get("/jobs/<int:job_id>/finish")
@requires(REPORTING)
def job(job_id: int) -> ResponseReturnValue:
    """Show one's own job with what can be done to it."""
    known = db.session.get(Job, job_id)
    if known is None or known.person_id != viewer().person_id:
        raise refusals.unknown_job()
    found = queries.own_job(db.session(), viewer().person_id, job_id)
    if found is None:
        raise refusals.no_open_job()
    return render_template(
        "production/job.html",
        job=found,
        reasons=offered_reasons(db.session(), ReasonKind.PAUSE),
    )


@bp.get("/jobs/<int:job_id>/take-over")
@requires(REPORTING)
def take_over_form(job_id: int) -> str:
    """Ask before somebody else's open work is taken over."""
    theirs = queries.open_job(db.session(), job_id)
    if theirs is None:
        raise refusals.no_open_job()
    view = queries.lot_view(db.session(), viewer(), theirs.lot_code)
    return render_template("production/take_over.html", job=theirs, view=view)


@bp.post("/jobs/<int:job_id>/take-over")
@requires(REPORTING)
def take_over(job_id: int) -> Response:
    """Take over somebody else's open work; he is told on his next page."""
    doing = act()
    job = take_over_work(doing, job_id=job_id)
    return done("production/job_done.html", doing.id, job=job, what="taken_over")


@bp.post("/jobs/<int:job_id>/pause")
@requires(REPORTING, parks=True)
def pause(job_id: int) -> Response:
    """Pause one's own job for a reason."""
    doing = act()
    reason = Form(request.form).whole("reason")
    if reason is None:
        raise refusals.reason_missing("reason")
    job = pause_work(doing, job_id=job_id, reason_id=reason)
    return done("production/job_done.html", doing.id, job=job, what="paused")


@bp.post("/jobs/<int:job_id>/resume")
@requires(REPORTING, parks=True)
def resume(job_id: int) -> Response:
    """Go on with one's own paused job."""
    doing = act()
    job = resume_work(doing, job_id=job_id)
    return done("production/job_done.html", doing.id, job=job, what="resumed")


@bp.post("/jobs/<int:job_id>/finish")
@requires(REPORTING, parks=True)
def finish(job_id: int) -> Response:
    """Finish one's own job without pieces."""
    doing = act()
    job = finish_work(doing, job_id=job_id)
    return done(
        "production/job_done.html",
        doing.id,
        job=job,
        what="finished",
        upcoming=next_card(db.session(), viewer()),
    )
