"""The page on which pieces get serial numbers: scanned one by one, or a row from a first one on."""

from flask import Blueprint, Response, render_template, request
from flask_babel import lazy_gettext as _l

from shopfloor.core import codes
from shopfloor.core.db import db
from shopfloor.core.forms import Form
from shopfloor.core.refusals import Malformed, Sentence
from shopfloor.core.web import done
from shopfloor.people.access import act, requires, viewer
from shopfloor.people.secrets import read_badge
from shopfloor.production import queries
from shopfloor.production.commands.serialising import serialise_pieces
from shopfloor.production.serials import following
from shopfloor.scanning import gs1
from shopfloor.scanning.label import Unreadable

bp = Blueprint("serials", __name__)


@bp.get("/lots/<code>/<int:operation>/serials")
@requires("work.report")
def form(code: str, operation: int) -> str:
    """Ask for the serial numbers of pieces at an operation."""
    view = queries.lot_view(db.session(), viewer(), code)
    return render_template("scanning/serials.html", view=view, stop=view.work.stop(operation))


@bp.post("/lots/<code>/<int:operation>/serials")
@requires("work.report", parks=True)
def give(code: str, operation: int) -> Response:
    """Give pieces their serial numbers; one that was scanned is a row of one."""
    form, doing = Form(request.form), act()
    first, count = read_serial(form.text("first", 4_000)), form.whole("count") or 1
    serialised = serialise_pieces(
        doing,
        lot=code,
        operation=operation,
        serials=(first,) if count == 1 else following(first, count),
    )
    return done("scanning/serialised.html", doing.id, serialised=serialised)


def read_serial(text: str) -> str:
    """Return the serial number that a label says: GS1's field 21, or else the text itself.

    Refuses our own labels and badges, which are scanned here by mistake.
    """
    if codes.read_code(text) is not None or read_badge(text) is not None:
        raise _no_serial(_l("Scan the serial number on the piece itself."))
    try:
        label = gs1.read(text)
    except Unreadable as trouble:
        raise _no_serial(trouble.sentence) from trouble
    if label is None:
        return text
    if label.serial is None:
        raise _no_serial(_l("The label on the piece has no field 21."))
    return label.serial


def _no_serial(hint: Sentence | str) -> Malformed:
    return Malformed(_l("This is no serial number."), hint, rule="no_serial", field="first")
