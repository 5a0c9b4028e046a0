"""One thing done with many lots: chosen once, then every scan does it, without a tap."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, Response, render_template, request
from flask_babel import lazy_gettext as _l

from shopfloor.core.actions import Act
from shopfloor.core.db import db
from shopfloor.core.forms import Form
from shopfloor.core.refusals import NotFound, Refused, Sentence
from shopfloor.core.shown import counted, show_quantity
from shopfloor.core.web import done
from shopfloor.core.words import in_words
from shopfloor.people.access import act, requires, viewer
from shopfloor.production import queries
from shopfloor.production.commands.jobs import start_work
from shopfloor.production.commands.reports import report_quantities
from shopfloor.production.queries import LotView
from shopfloor.production.way import Stop
from shopfloor.scanning.reach import within_reach
from shopfloor.scanning.resolve import resolve
from shopfloor.scanning.stations import my_station
from shopfloor.stock.models import LOT

bp = Blueprint("each", __name__)


@dataclass(frozen=True)
class EachDone:
    """What one scan did: the lot, the sentence about it, and the event to take it back by."""

    lot: str
    said: Sentence
    event_id: int | None


# Unusual but legal: the second scan of the same code is the yes.
SCAN_AGAIN = "scan_again"
Doing = Callable[[Act, LotView, Stop], EachDone]


@bp.get("/each")
@requires("work.report")
def choose() -> str:
    """Show what can be done with many lots, one scan each."""
    return render_template("scanning/each_choose.html", ways=WAYS)


@bp.get("/each/<what>")
@requires("work.report")
def each(what: str) -> str:
    """Wait for the codes of lots; what was done with each is listed."""
    return render_template("scanning/each.html", what=what, label=_way(what)[0])


@bp.post("/each/<what>")
@requires("work.report", parks=True)
def do(what: str) -> Response:
    """Do it with the lot that was scanned, where this person most likely works on it."""
    label, doing = _way(what)
    this = act()
    form = Form(request.form)
    code = form.text("code", 5000)
    view = queries.lot_view(db.session(), viewer(), _lot(code))
    stop = _here(view)
    if form.text("confirm", 5000) != code:
        _require_usual(view, stop)
    row = doing(this, view, stop)
    return done("scanning/each.html", this.id, what=what, label=label, row=row)


def _way(what: str) -> tuple[Sentence, Doing]:
    try:
        return WAYS[what]
    except KeyError:
        raise NotFound(_l("There is nothing here."), rule="not_found") from None


def _lot(text: str) -> str:
    read = resolve(db.session(), text)
    lots = [
        found
        for found in within_reach(db.session(), viewer().rights, read.found)
        if found.kind == LOT.name
    ]
    if len(lots) == 1:
        return lots[0].code
    raise NotFound(
        _l("“%(code)s” is not one lot that is known here.", code=read.shown[:80]),
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


def _require_usual(view: LotView, stop: Stop) -> None:
    mine = my_station(db.session(), viewer())
    if mine is not None and mine.id != stop.station.id:
        raise Refused(
            _l(
                "Lot %(lot)s is at %(station)s, you work at %(mine)s. Scan it again to confirm.",
                lot=view.work.subject.number,
                station=in_words(stop.station.names),
                mine=in_words(mine.names),
            ),
            rule=SCAN_AGAIN,
            field="code",
        )


def _report(doing: Act, view: LotView, stop: Stop) -> EachDone:
    booked = report_quantities(
        doing, lot=view.work.subject.code, operation=stop.operation.sequence, good=stop.left
    )
    quantity = counted(show_quantity(booked.good), booked.unit)
    return EachDone(booked.lot, _l("%(good)s good booked", good=quantity), booked.event_id)


def _start(doing: Act, view: LotView, stop: Stop) -> EachDone:
    start_work(doing, lot=view.work.subject.code, operation=stop.operation.sequence)
    return EachDone(str(view.work.subject.number), _l("Started"), None)


WAYS: dict[str, tuple[Sentence, Doing]] = {
    "report": (_l("Report all that is left as good"), _report),
    "start": (_l("Start work"), _start),
}
