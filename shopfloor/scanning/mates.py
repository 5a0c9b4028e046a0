"""A badge that is scanned to share a report: it says who somebody is, and signs nobody in."""

from flask import Blueprint, render_template, request
from flask_babel import lazy_gettext as _l

from shopfloor.core.db import db
from shopfloor.core.refusals import Malformed, NotFound
from shopfloor.people import sign_in
from shopfloor.people.access import browser, requires, viewer
from shopfloor.production.sharing import Candidate
from shopfloor.scanning.models import Outcome
from shopfloor.scanning.posted import posted_scan
from shopfloor.scanning.resolve import resolve

bp = Blueprint("mates", __name__)


@bp.post("/mates")
@requires("work.report")
def mate() -> str:
    """Return the line of a shared report for whose badge was scanned."""
    read = resolve(db.session(), posted_scan(request.form))
    if read.outcome is not Outcome.BADGE:
        raise Malformed(
            _l("This is not a badge."),
            _l("Scan the badge of the person who worked with you."),
            rule="no_badge",
            field="code",
        )
    person = sign_in.holder(read.badge, browser())[1]
    if person.site_id != viewer().site_id:
        raise NotFound(_l("Somebody named here does not work at this site."), rule="not_found")
    return render_template("production/_mate.html", mate=Candidate(person.id, person.name, True))
