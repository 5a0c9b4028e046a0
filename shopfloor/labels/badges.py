"""The label of a badge: printed from the page that has just issued it, and nowhere else."""

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shopfloor.core.forms import Form
from shopfloor.core.web import done
from shopfloor.labels import svg
from shopfloor.labels.asking import ask_labels
from shopfloor.labels.content import badge_label
from shopfloor.labels.designs import Label
from shopfloor.labels.models import Way
from shopfloor.labels.paper import A4, ROLL, require_few
from shopfloor.labels.printing import print_labels
from shopfloor.labels.routes import as_pdf, chosen_printer, how_to_print, paper_pdf
from shopfloor.people.access import act, requires
from shopfloor.people.directory import found_person

bp = Blueprint("badges", __name__)
EDIT = "people.edit"


@bp.get("/people/<code>/badge/label")
@requires(EDIT)
def lost(code: str) -> ResponseReturnValue:
    """Lead back to the person: a badge's code is kept nowhere, so an address cannot show it."""
    return redirect(url_for("directory.person", code=code, _anchor="badge"), code=303)


@bp.post("/people/<code>/badge/label")
@requires(EDIT)
def show(code: str) -> str:
    """Show the label of a badge that was just issued, and ask where it comes out."""
    label, text = _badge(code)
    return render_template("labels/badge.html", text=text, code=code, **how_to_print([label]))


@bp.post("/people/<code>/badge/printed")
@requires(EDIT)
def print_badge(code: str) -> Response:
    """Print a badge; what is recorded is the person, never the secret."""
    doing, form = act(), Form(request.form)
    (label, text), where = _badge(code), form.text("printer", 20)
    copies, why = form.whole("copies") or 1, form.text("why", 20)
    if where.isdigit():
        outcome = print_labels(doing, [label], chosen_printer(int(where)), copies, why)
        shown = {"outcome": outcome, "text": text, "code": code, **how_to_print([label])}
        return done("labels/badge_printed.html", doing.id, **shown)
    way = Way.PDF if where.endswith("-pdf") else Way.PAGE
    require_few(1, copies)
    ask_labels(doing, subject_ids=(label.subject_id,), way=way, copies=copies, why=why)
    return _sheet(doing.id, label, copies, where)


def _badge(code: str) -> tuple[Label, str]:
    text = Form(request.form).text("text", 40)
    return badge_label(found_person(code), text), text


def _sheet(action_id: str, label: Label, copies: int, where: str) -> Response:
    """Answer with the sheet itself: a secret is never part of an address."""
    paper, _, form = where.partition("-")
    if form:
        return as_pdf(paper_pdf([label], copies, paper), "badge")
    paper = ROLL if paper == ROLL else A4
    pages = svg.pages([label], paper, copies)
    return done("labels/sheet.html", action_id, pages=pages, paper=paper, secret=True)
