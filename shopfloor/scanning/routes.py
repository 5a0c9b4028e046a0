"""Scanning: from a code to the thing, its state, and the next step."""

from dataclasses import replace

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from shopfloor.core import clock, subjects
from shopfloor.core.db import db
from shopfloor.core.forms import Form
from shopfloor.core.outbox import scanned_by_script
from shopfloor.core.refusals import NotFound, Refused
from shopfloor.holds.gate import story
from shopfloor.people import sign_in
from shopfloor.people.access import act, browser, requires, viewer
from shopfloor.people.routes import let_in
from shopfloor.people.sign_in import Browser
from shopfloor.plant.models import STATION, Station
from shopfloor.production import queries
from shopfloor.production.models import Operation
from shopfloor.production.notes import handed_on, unseen
from shopfloor.production.pieces import operation_page
from shopfloor.production.waiting import ready_work
from shopfloor.quality import next_steps as quality_steps
from shopfloor.scanning import answers, log, next_steps
from shopfloor.scanning.answers import Answer
from shopfloor.scanning.commands import choose_station
from shopfloor.scanning.in_stock import InStock, in_stock
from shopfloor.scanning.models import Outcome, Source
from shopfloor.scanning.posted import posted_scan, scan_of
from shopfloor.scanning.resolve import Scan
from shopfloor.scanning.show import rail
from shopfloor.scanning.stations import my_station

bp = Blueprint("scanning", __name__)


@bp.get("/scan")
@requires("work.view")
def scan() -> ResponseReturnValue:
    """Show the place to scan or type a code; `?code=` opens what it stands for."""
    if not request.args.get("code", ""):
        return render_template("scanning/scan.html", scanned=None)
    return _shown(answers.answer(scan_of(request.args)))


@bp.post("/scan")
@requires("work.view")
def scanned() -> ResponseReturnValue:
    """Open what was scanned or typed; a badge changes the person, a station becomes one's own."""
    try:
        return open_read(posted_scan(request.form))
    except Refused as refusal:
        if not scanned_by_script():
            raise
        return answers.refused(refusal)


def open_read(read: Scan) -> ResponseReturnValue:
    """Open what a posted text stands for, whatever it was read with; a badge signs in."""
    answer, phone = answers.answer(read), browser()
    log.keep(phone, viewer(), answer.scan, answer.scanned, answer.message)
    if answer.scanned.outcome is Outcome.BADGE:
        return _badge(answer, phone)
    only = answer.scanned.subject
    if only and only.kind == STATION.name and answer.opens:
        chosen = choose_station(act(), station=only.code)
        said = gettext("You work at %(station)s now.", station=chosen.number or chosen.code)
        answer = replace(answer, message=said)
    return answers.told(answer) if scanned_by_script() else _shown(answer)


@bp.get("/Q/<code>")
@bp.get("/q/<code>")
@requires("work.view")
def link(code: str) -> ResponseReturnValue:
    """Open what our own QR stands for, as the phone's own camera does."""
    return _shown(answers.answer(Scan(code, Source.CAMERA)))


@bp.get("/lots/<code>")
@requires("work.view")
def lot(code: str) -> str:
    """Show a lot: what it is, its state, and what this person may do with it now."""
    operation = Form(request.args).whole("operation")
    try:
        view = queries.lot_view(db.session(), viewer(), code, operation)
    except NotFound as no:
        return _stock_page(in_stock(db.session(), viewer().rights, code, no))
    return render_template(
        "scanning/lot.html",
        view=view,
        rail=rail(view),
        steps=next_steps.for_lot(view),
        why=story(db.session(), view.holds[0]) if view.holds else None,
        **handed_on(db.session(), view),
    )


def _stock_page(found: InStock) -> str:
    why = story(db.session(), found.holds[0]) if found.holds else None
    retest, subject = quality_steps.retest_of(db.session(), found.lot.id), found.subject
    return render_template(
        "scanning/in_stock.html",
        lot=found,
        why=why,
        retest=retest,
        late=retest is not None and retest.overdue_at and retest.overdue_at <= clock.now(),
        steps=quality_steps.in_stock(viewer(), retest, subject.code, subject.site_id, found.holds),
    )


@bp.get("/operations/<code>")
@requires("work.view")
def operation(code: str) -> ResponseReturnValue:
    """Open the lot that has pieces at an operation; show which have, or where all are instead."""
    found = answers.seen_operation(code)
    page = operation_page(db.session(), found.id)
    if len(page.here) == 1:
        return redirect(answers.at_operation(page, found.code), code=303)
    return render_template("scanning/operation.html", page=page, code=found.code)


@bp.get("/stations/<code>")
@requires("work.view")
def open_station(code: str) -> str:
    """Show the queue of a station, the most urgent lot first."""
    station = subjects.find(db.session(), STATION, code)
    row = db.session.get_one(Station, station.id)
    viewer().rights.require("work.view", station.site_id, row.line_id, station.id)
    queue = ready_work(db.session(), viewer(), Operation.station_id == station.id)
    mine = my_station(db.session(), viewer())
    return render_template(
        "scanning/station.html",
        names=row.names,
        queue=queue,
        code=station.code,
        notes=unseen(db.session(), [station.id], viewer().person_id),
        is_mine=mine is not None and mine.id == station.id,
    )


def _shown(answer: Answer) -> ResponseReturnValue:
    """Open the one thing that was meant; show what is archived, has no page, or is not alone."""
    scanned = answer.scanned
    if scanned.outcome is Outcome.BADGE:
        # Away from an address that would stay in the browser's memory.
        flash(gettext("This is a badge. Scan it into the field to sign in; expected is a code."))
        return redirect(url_for("scanning.scan"), code=303)
    if answer.url:
        for warning in scanned.warnings:
            flash(str(warning))
        return redirect(answer.url, code=303)
    choices = [(found, answers.page_of(found)) for found in (*scanned.found, *scanned.near)]
    page = render_template("scanning/scan.html", scanned=scanned, choices=choices, scan=answer.scan)
    return page, 200 if scanned.found else 404


def _badge(answer: Answer, phone: Browser) -> ResponseReturnValue:
    """Change the person on a device of the factory; lead to the PIN on any other phone."""
    if phone.device_id is None:
        said = gettext("This was a badge. On this phone a badge needs its PIN: sign in here.")
        flash(said)
        target = url_for("people.sign_in_form")
        return answers.told(answer, target) if scanned_by_script() else redirect(target, code=303)
    response = let_in(sign_in.by_badge(answer.scanned.badge, "", phone), "/")
    return answers.told_with(response, answer, "/") if scanned_by_script() else response
