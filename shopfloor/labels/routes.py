"""Pages of labels: what to print, how many, where; and the sheet itself."""

from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from shopfloor.core.db import db
from shopfloor.core.forms import Form
from shopfloor.core.paging import asked_page, page_of
from shopfloor.core.subjects import KINDS
from shopfloor.core.tables.sending import Column, exported
from shopfloor.core.web import done, onward
from shopfloor.labels import pdf, queries, svg
from shopfloor.labels.asking import WHYS, ask_labels, times_printed
from shopfloor.labels.content import labels, read_codes
from shopfloor.labels.designs import OFFERED, Label, design_of
from shopfloor.labels.hosts import links_fit
from shopfloor.labels.models import Printer, Speech, Way
from shopfloor.labels.paper import A4, ROLL, SINGLE, require_few
from shopfloor.labels.printers import no_printer
from shopfloor.labels.printing import print_labels, size_of
from shopfloor.people.access import act, requires, viewer

bp = Blueprint("labels", __name__)
SEE = "work.view"
LABELS = (
    Column(_l("Code"), lambda row: row.code),
    Column(_l("Number"), lambda row: row.number),
    Column(_l("Name"), lambda row: row.names),
    Column(_l("Belongs to"), lambda row: row.detail),
)


@bp.get("/labels")
@requires(SEE)
def choose() -> ResponseReturnValue:
    """Show things of one kind, to tick those that need a label."""
    rights = viewer().rights
    offered = [kind for kind in OFFERED if rights.has(design_of(kind.name).verb)]
    names = [kind.name for kind in offered]
    kind = request.args.get("kind", "")
    kind = kind if kind in names else names[0]
    search = request.args.get("q", "").strip()[:80]
    found = queries.choices(rights, kind, search)
    if table := exported(f"{kind}s", LABELS, found):
        return table
    page = page_of(db.session(), found, asked_page())
    return render_template(
        "labels/choose.html", page=page, kind=kind, search=search, kinds=offered, fits=links_fit()
    )


@bp.get("/labels/print")
@requires(SEE)
def print_form() -> str:
    """Show the labels of some codes as they will be, and ask how many, where and why again."""
    return render_template("labels/print.html", **how_to_print(_wanted()), fits=links_fit())


@bp.post("/labels/print")
@requires(SEE)
def print_now() -> Response:
    """Print: at a printer at once, or as a page or PDF that opens and is printed from there."""
    doing, form = act(), Form(request.form, many=("codes",))
    wanted, copies = _wanted(), form.whole("copies") or 1
    where, why = form.text("printer", 20) or A4, form.text("why", 20)
    if where.isdigit():
        printer = chosen_printer(int(where))
        outcome = print_labels(doing, wanted, printer, copies, why)
        return done("labels/printed.html", doing.id, outcome=outcome, **how_to_print(wanted))
    way = Way.PDF if where.endswith("pdf") else Way.PAGE
    ids = tuple(label.subject_id for label in wanted)
    require_few(len(wanted), copies)
    ask_labels(doing, subject_ids=ids, way=way, copies=copies, why=why)
    return onward(_sheet_url(where, wanted, copies), doing.id)


@bp.get("/labels/sheet")
@requires(SEE)
def sheet() -> str:
    """Show labels on sheets, to be printed from the browser's menu; any codes, in their order."""
    wanted = _wanted()
    paper = ROLL if request.args.get("paper") == ROLL else A4
    pages = svg.pages(wanted, paper, _copies(wanted))
    return render_template("labels/sheet.html", pages=pages, paper=paper)


@bp.get("/labels/sheet.pdf")
@requires(SEE)
def sheet_pdf() -> Response:
    """Return labels as PDF: sheets of A4, or one a page in the size of a printer's labels."""
    wanted = _wanted()
    return as_pdf(paper_pdf(wanted, _copies(wanted), request.args.get("paper", A4)), "labels")


@bp.get("/lots/<code>/label")
@requires(SEE)
def of_lot(code: str) -> ResponseReturnValue:
    """Lead on to the form that prints a lot's label."""
    return redirect(url_for("labels.print_form", codes=code), code=303)


def paper_pdf(wanted: list[Label], copies: int, paper: str) -> bytes:
    """Return the PDF for a paper: `a4`, `single`, or the id of a printer with a driver."""
    title = gettext("Labels")
    if paper == A4:
        return pdf.sheet(wanted, copies, title)
    size = size_of(chosen_printer(int(paper))) if paper.isdigit() else SINGLE
    return pdf.singles(wanted, copies, size, title)


def as_pdf(content: bytes, name: str) -> Response:
    """Return a PDF that the browser shows, under a name for whoever saves it."""
    response = make_response(content)
    response.mimetype = "application/pdf"
    response.headers["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return response


def offered_printers() -> list[Printer]:
    """Return the printers that this person may use; one statement."""
    query = queries.printers_for(viewer().rights, viewer().site_id)
    return [row.Printer for row in db.session.execute(query)]


def _wanted() -> list[Label]:
    codes = read_codes(request.values.getlist("codes"))
    return labels(db.session(), viewer().rights, codes)


def _copies(wanted: list[Label]) -> int:
    return require_few(len(wanted), Form(request.args, many=("codes",)).whole("copies") or 1)


def chosen_printer(printer_id: int) -> Printer:
    """Return the printer that a form names; NotFound for one that this person may not use."""
    for printer in offered_printers():
        if printer.id == printer_id:
            return printer
    raise no_printer()


def how_to_print(wanted: list[Label]) -> dict[str, Any]:
    """Return what the form shows: the labels, where they can come out, and how often they have."""
    printers = offered_printers()
    usual = queries.default_printers(db.session(), wanted[0].site_id or viewer().site_id)
    times = times_printed(db.session(), tuple(label.subject_id for label in wanted))
    kind = wanted[0].kind
    return {
        "wanted": wanted,
        "pictures": [svg.picture(label, SINGLE) for label in wanted[:6]],
        "printers": [p for p in printers if p.speech is not Speech.PDF],
        "drivers": [p for p in printers if p.speech is Speech.PDF],
        "usual": str(usual.get(kind, "")) or A4,
        "times": max(times.values(), default=0),
        "whys": WHYS,
        "back": url_for(KINDS[kind].endpoint, code=wanted[0].code)
        if KINDS[kind].endpoint and len(wanted) == 1
        else url_for("labels.choose", kind=kind),
    }


def _sheet_url(where: str, wanted: list[Label], copies: int) -> str:
    """Return the address of the sheet: `a4`, `single`, each with `-pdf`, or a driver's id."""
    paper, _, form = where.partition("-")
    endpoint = "labels.sheet_pdf" if form == "pdf" else "labels.sheet"
    codes = ",".join(label.code for label in wanted)
    return url_for(endpoint, codes=codes, copies=copies, paper=paper)
