"""Pages of the printers: add one, change it, try it, take it out of use."""

from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import lazy_gettext as _l

from shopfloor.core.db import db
from shopfloor.core.forms import Form
from shopfloor.core.paging import asked_page, page_of
from shopfloor.core.refusals import Malformed, Sentence
from shopfloor.core.subjects import Subject, find
from shopfloor.core.web import done, onward
from shopfloor.labels import queries
from shopfloor.labels.asking import Why
from shopfloor.labels.content import labels
from shopfloor.labels.designs import DESIGNS
from shopfloor.labels.models import PRINTER, Printer, Speech
from shopfloor.labels.printers import (
    EDIT,
    Setup,
    add_printer,
    archive_printer,
    change_printer,
    printer_fields,
)
from shopfloor.labels.printing import print_labels
from shopfloor.people.access import act, requires, viewer
from shopfloor.plant.queries import sites

bp = Blueprint("printers", __name__)
SPEECHES: dict[str, Sentence] = {
    Speech.ZPL: _l("ZPL (Zebra and many others)"),
    Speech.TSPL: _l("TSPL (TSC, Gprinter and many others)"),
    Speech.PDF: _l("only through a computer’s driver, as PDF"),
}


@bp.get("/printers")
@requires(EDIT)
def printers() -> str:
    """List the printers of the viewer's sites."""
    found = queries.all_printers(viewer().rights.scopes(EDIT))
    page = page_of(db.session(), found, asked_page())
    return render_template("labels/printers.html", page=page)


@bp.get("/printers/new")
@requires(EDIT)
def new_printer() -> str:
    """Show the form for a printer."""
    return render_template(
        "labels/printer_new.html",
        sites=sites(db.session(), viewer().rights.scopes(EDIT)),
        speeches=SPEECHES,
        designs=DESIGNS,
    )


@bp.post("/printers/new")
@requires(EDIT)
def make_printer() -> Response:
    """Add a printer and go on to its page, where it is tried."""
    doing, form = act(), Form(request.form, many=("defaults",))
    made = add_printer(doing, site_id=form.whole("site") or viewer().site_id, setup=_setup(form))
    said = _l("The printer is added. Print a test label to see that it answers.")
    return onward(url_for("printers.printer", code=made.code), doing.id, said)


@bp.get("/printers/<code>")
# A refused button is shown again at its own address.
@bp.get("/printers/<code>/test", endpoint="test_form")
@requires(EDIT)
def printer(code: str) -> str:
    """Show a printer: how it is reached, what is in it, and the button that tries it."""
    subject, found = _printer(code)
    return render_template(
        "labels/printer.html",
        subject=subject,
        printer=found,
        stored=printer_fields(found),
        defaults=queries.defaults_of(db.session(), found.id),
        speeches=SPEECHES,
        designs=DESIGNS,
    )


@bp.post("/printers/<code>")
@requires(EDIT)
def save_printer(code: str) -> Response:
    """Change a printer."""
    doing, form = act(), Form(request.form, many=("defaults",))
    _subject, found = _printer(code)
    setup = _setup(form)
    change_printer(doing, printer_id=found.id, version=form.needed("version"), setup=setup)
    return onward(url_for("printers.printer", code=code), doing.id, _l("Saved."))


@bp.post("/printers/<code>/test")
@requires(EDIT)
def test_printer(code: str) -> Response:
    """Print one label with the printer's own name, and say what came of it."""
    doing, (_subject, found) = act(), _printer(code)
    wanted = labels(db.session(), viewer().rights, [code])
    outcome = print_labels(doing, wanted, found, 1, Why.MORE)
    return done("labels/tested.html", doing.id, outcome=outcome, printer=found, code=code)


@bp.post("/printers/<code>/archive")
@requires(EDIT)
def archive(code: str) -> Response:
    """Take a printer out of use, or into use again."""
    doing, form = act(), Form(request.form)
    _subject, found = _printer(code)
    archive_printer(doing, printer_id=found.id, archived=form.text("archived") == "1")
    return onward(url_for("printers.printers"), doing.id, _l("Saved."))


def _printer(code: str) -> tuple[Subject, Printer]:
    subject = find(db.session(), PRINTER, code)
    viewer().rights.require(EDIT, subject.site_id)
    return subject, db.session.get_one(Printer, subject.id)


def _setup(form: Form) -> Setup:
    speech = form.text("speech", 10)
    if speech not in tuple(Speech):
        raise Malformed(_l("Choose what the printer understands."), rule="bad_speech",
                        field="speech")  # fmt: skip
    return Setup(
        name=form.text("name", 80),
        host=form.text("host", 255),
        port=form.whole("port") or 9100,
        speech=Speech(speech),
        dpi=form.whole("dpi") or 203,
        width_mm=form.needed("width"),
        height_mm=form.needed("height"),
        default_for=tuple(form.fields.getlist("defaults")),
    )
