"""One thing done with many lots: chosen once, then every scan does it, without a tap."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from flask import Blueprint, Response, render_template, request
from flask_babel import lazy_gettext as _l

from shopfloor.core import parking
from shopfloor.core.actions import Act, Action, Outcome
from shopfloor.core.commands import AlreadyBooked, Command
from shopfloor.core.db import db
from shopfloor.core.forms import Form
from shopfloor.core.refusals import NotFound, Refused, Sentence
from shopfloor.core.shown import counted, show_quantity
from shopfloor.core.web import done
from shopfloor.people.access import act, requires, viewer
from shopfloor.production import queries
from shopfloor.production.commands.jobs import JobAnswer, start_work
from shopfloor.production.commands.reports import Booked, report_quantities
from shopfloor.production.queries import LotView
from shopfloor.production.refusals import nothing_left
from shopfloor.production.way import Stop
from shopfloor.scanning import late_scans, unusual
from shopfloor.scanning.models import Outcome as Read
from shopfloor.scanning.reach import within_reach
from shopfloor.scanning.resolve import resolve, visible
from shopfloor.stock.models import LOT

bp = Blueprint("each", __name__)


@dataclass(frozen=True)
class EachDone:
    """What one scan did: the lot, the sentence about it, and the event to take it back by."""

    lot: str
    said: Sentence
    event_id: int | None


@dataclass(frozen=True)
class Way:
    """One thing to do with many lots: its word, its command, how it is asked and answered."""

    label: Sentence
    command: Command[..., Any]
    book: Callable[[Act, LotView, Stop, Decimal], Any]
    said: Callable[[Any], EachDone]


@bp.get("/each")
@requires("work.report")
def choose() -> str:
    """Show what can be done with many lots, one scan each."""
    ways = {what: (way.label,) for what, way in WAYS.items()}
    return render_template("scanning/each_choose.html", ways=ways)


@bp.get("/each/<what>")
@requires("work.report")
def each(what: str) -> str:
    """Wait for the codes of lots; what was done with each is listed."""
    return render_template("scanning/each.html", what=what, label=_way(what).label)


@bp.post("/each/<what>")
@requires("work.report", parks=True)
def do(what: str) -> Response:
    """Do it with the lot that was scanned, where this person most likely works on it."""
    way, this, form = _way(what), act(), Form(request.form)
    code = form.text("code", 5000)
    sure = form.text("confirm", 5000) == code
    row = _booked_before(way, this, code) or _book(way, this, code, sure=sure)
    return done("scanning/each.html", this.id, what=what, label=way.label, row=row)


def _way(what: str) -> Way:
    try:
        return WAYS[what]
    except KeyError:
        raise NotFound(_l("There is nothing here."), rule="not_found") from None


def _booked_before(way: Way, this: Act, code: str) -> EachDone | None:
    """Return what an earlier send of this entry has done: by now another operation is next."""
    prior = db.session.get(Action, this.id)
    # Of somebody else's entry nothing is said here; the command refuses the id.
    if prior is None or (prior.actor_id, prior.token_id) != (this.actor_id, this.token_id):
        return None
    if prior.command != way.command.name:
        raise AlreadyBooked(prior.command)
    if prior.outcome is Outcome.PARKED:
        raise parking.parked_before(db.session(), prior.id)
    answer = way.command.answer_type.validate_json(prior.answer or "null")
    if set(_lots(code)) - {json.loads(prior.arguments)["lot"]}:
        raise AlreadyBooked(prior.command, answer)
    return way.said(answer)


def _book(way: Way, this: Act, code: str, *, sure: bool) -> EachDone:
    try:
        view = queries.lot_view(db.session(), viewer(), _lot(code))
        late = late_scans.booked_meanwhile(db.session(), this, view)
        if late is not None:
            # The command keeps it for the supervisor, whatever a tolerance would let through.
            no = nothing_left(late[0].operation.sequence)
            return way.said(way.book(replace(this, no=this.no or no), view, *late))
        stop = _here(view)
        unusual.require_not_moved_on(db.session(), this, view)
        if not sure:
            unusual.require_first(db.session(), this, view, stop)
            unusual.require_own_station(db.session(), view, stop)
        return way.said(way.book(this, view, stop, stop.left))
    except Refused:
        # Another send of the same entry may have been booked meanwhile: then that is the answer.
        db.session.rollback()
        before = _booked_before(way, this, code)
        if before is None:
            raise
        return before


def _lots(text: str) -> list[str]:
    read = resolve(db.session(), text)
    if read.outcome is Read.BADGE:
        raise Refused(
            _l("This was a badge, not a lot. Nothing was booked."),
            _l("Scan the code on the traveller or on the label of the lot."),
            rule="badge_here",
            field="code",
        )
    found = within_reach(db.session(), viewer().rights, read.found)
    return [each.code for each in found if each.kind == LOT.name]


def _lot(text: str) -> str:
    lots = _lots(text)
    if len(lots) == 1:
        return lots[0]
    raise NotFound(
        _l("“%(code)s” is not one lot that is known here.", code=visible(text)[:80]),
        _l("Scan the code on the traveller or on the label of the lot."),
        rule="no_lot",
        field="code",
    )


def _here(view: LotView) -> Stop:
    if view.here is None:
        raise NotFound(
            _l("Lot %(lot)s has nothing left to do.", lot=view.work.subject.number),
            rule="nothing_left",
            field="code",
        )
    return view.here


def _report(doing: Act, view: LotView, stop: Stop, good: Decimal) -> Booked:
    return report_quantities(
        doing, lot=view.work.subject.code, operation=stop.operation.sequence, good=good
    )


def _reported(booked: Booked) -> EachDone:
    quantity = counted(show_quantity(booked.good), booked.unit)
    return EachDone(booked.lot, _l("%(good)s good booked", good=quantity), booked.event_id)


def _start(doing: Act, view: LotView, stop: Stop, _good: Decimal) -> JobAnswer:
    return start_work(doing, lot=view.work.subject.code, operation=stop.operation.sequence)


def _started(job: JobAnswer) -> EachDone:
    return EachDone(job.lot, _l("Started"), None)


WAYS: dict[str, Way] = {
    "report": Way(_l("Report all that is left as good"), report_quantities, _report, _reported),
    "start": Way(_l("Start work"), start_work, _start, _started),
}
