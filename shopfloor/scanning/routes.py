"""Scanning: from a code to the thing, its state, and the next step."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from shopfloor.core import subjects
from shopfloor.core.codes import in_link
from shopfloor.core.db import db
from shopfloor.core.forms import Form
from shopfloor.core.qr import link_text, qr_image
from shopfloor.core.refusals import NotFound
from shopfloor.holds.gate import story
from shopfloor.people import sign_in
from shopfloor.people.access import browser, requires, viewer
from shopfloor.people.routes import let_in
from shopfloor.plant.models import STATION, Station
from shopfloor.production import queries
from shopfloor.production.models import OPERATION, Operation
from shopfloor.production.waiting import ready_work
from shopfloor.scanning import next_steps
from shopfloor.scanning.reach import within_reach
from shopfloor.scanning.resolve import Found, Outcome, Scanned, resolve
from shopfloor.scanning.show import rail

bp = Blueprint("scanning", __name__)


@bp.get("/scan")
@requires("work.view")
def scan() -> ResponseReturnValue:
    """Show the place to scan or type a code; `?code=` opens what it stands for."""
    code = request.args.get("code", "")
    if not code:
        return render_template("scanning/scan.html", scanned=None)
    return _answer(resolve(db.session(), code))


@bp.post("/scan")
@requires("work.view")
def scanned() -> ResponseReturnValue:
    """Open what was scanned or typed; a badge changes the person on a shared device."""
    return open_read(Form(request.form).text("code", 5000))


def open_read(text: str) -> ResponseReturnValue:
    """Open what a posted text stands for, whatever it was read with; a badge signs in."""
    found = resolve(db.session(), text)
    if found.outcome is not Outcome.BADGE:
        return _answer(found)
    if browser().device_id is None:
        flash(gettext("This was a badge. On this phone a badge needs its PIN: sign in here."))
        return redirect(url_for("people.sign_in_form"), code=303)
    return let_in(sign_in.by_badge(in_link(text), "", browser()), "/")


@bp.get("/Q/<code>")
@bp.get("/q/<code>")
@requires("work.view")
def link(code: str) -> ResponseReturnValue:
    """Open what our own QR stands for, as the phone's own camera does."""
    return _answer(resolve(db.session(), code))


@bp.get("/lots/<code>")
@requires("work.view")
def lot(code: str) -> str:
    """Show a lot: what it is, its state, and what this person may do with it now."""
    operation = Form(request.args).whole("operation")
    view = queries.lot_view(db.session(), viewer(), code, operation)
    return render_template(
        "scanning/lot.html",
        view=view,
        rail=rail(view),
        steps=next_steps.for_lot(view),
        why=story(db.session(), view.holds[0]) if view.holds else None,
    )


@bp.get("/lots/<code>/label")
@requires("work.view")
def label(code: str) -> str:
    """Show a lot's label for printing; its QR opens the lot with any phone's camera."""
    work = queries.lot_view(db.session(), viewer(), code).work
    image = qr_image(link_text(work.subject.code), str(_l("Lot %(n)s", n=work.subject.number)))
    return render_template("scanning/label.html", work=work, image=image)


@bp.get("/stations/<code>")
@requires("work.view")
def open_station(code: str) -> str:
    """Show the queue of a station, the most urgent lot first."""
    station = subjects.find(db.session(), STATION, code)
    row = db.session.get_one(Station, station.id)
    viewer().rights.require("work.view", station.site_id, row.line_id, station.id)
    queue = ready_work(db.session(), viewer().rights, Operation.station_id == station.id)
    return render_template("scanning/station.html", names=row.names, queue=queue)


def _answer(read: Scanned) -> ResponseReturnValue:
    """Open the one thing that was meant; show what is archived, has no page, or is not alone."""
    if read.outcome is Outcome.BADGE:
        # Away from an address that would stay in the browser's memory.
        flash(gettext("This is a badge. Scan it into the field to sign in; expected is a code."))
        return redirect(url_for("scanning.scan"), code=303)
    scanned = read.among(within_reach(db.session(), viewer().rights, read.found))
    if scanned.subject is not None and not scanned.subject.archived:
        target = _page_of(scanned.subject)
        if target is not None:
            return redirect(target, code=303)
    status = 200 if scanned.found else 404
    choices = [(found, _page_of(found)) for found in scanned.found]
    return render_template("scanning/scan.html", scanned=scanned, choices=choices), status


def _page_of(found: Found) -> str | None:
    if found.kind == OPERATION.name:
        return _lot_of_operation(found)
    kind = subjects.KINDS[found.kind]
    return url_for(kind.endpoint, code=found.code) if kind.endpoint else None


def _lot_of_operation(found: Found) -> str:
    lots = queries.lots_of_operation(db.session(), found.id)
    if not lots:
        raise NotFound(_l("This operation has no lot yet."), rule="not_found")
    sequence = db.session.get_one(Operation, found.id).sequence
    return url_for("scanning.lot", code=lots[0], operation=sequence)
