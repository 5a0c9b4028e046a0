"""Pages on which files come in: choose one, match its columns, look at the check, book it."""

from dataclasses import replace

from flask import Blueprint, Response, g, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from shopfloor.core.db import db
from shopfloor.core.files import path_of
from shopfloor.core.forms import Form
from shopfloor.core.refusals import Refused
from shopfloor.core.tables.csv_in import DELIMITERS, ENCODINGS
from shopfloor.core.tables.sending import as_file, sent_file
from shopfloor.core.web import onward
from shopfloor.exchange import mapping, states, uploads
from shopfloor.exchange.findings import Kind
from shopfloor.exchange.kinds import KINDS, kind_of
from shopfloor.exchange.mapping import Settings, settings_of
from shopfloor.exchange.models import Import, ImportState
from shopfloor.exchange.running import WAITS
from shopfloor.exchange.uploads import Columns
from shopfloor.people.access import act, requires, viewer
from shopfloor.plant.queries import sites

bp = Blueprint("exchange", __name__)
# Whoever imports works at a desk on what the factory is; each kind asks for its own verb, too.
EDIT = "catalogue.edit"


@bp.get("/import")
@requires(EDIT)
def start() -> str:
    """Show what can be imported, and the last imports."""
    rights = viewer().rights
    return render_template(
        "exchange/start.html",
        kinds=uploads.allowed(rights),
        runs=uploads.latest(db.session(), rights),
        all_kinds=KINDS,
        sites=sites(db.session(), rights.scopes(EDIT)),
        chosen=request.args.get("kind", ""),
    )


@bp.post("/import")
@requires(EDIT)
def upload() -> Response:
    """Keep a file and go on to its columns."""
    doing, form = act(), Form(request.form)
    kind = kind_of(form.text("kind", 20))
    site_id = form.whole("site") or viewer().site_id
    viewer().rights.require(kind.verb, site_id)
    run = uploads.take(request.files.get("file"), kind, site_id, viewer().person_id)
    return onward(url_for("exchange.run", number=run.id), doing.id)


@bp.get("/import/template/<name>")
@requires(EDIT)
def template(name: str) -> Response:
    """Send an empty table with the right headings and one row as an example."""
    kind = kind_of(name)
    head = [str(each.label) for each in kind.fields]
    return as_file(f"{name}-template", "xlsx", head, [[each.example for each in kind.fields]])


@bp.get("/import/<int:number>")
# A refused button is shown again at its own address.
@bp.get("/import/<int:number>/apply", endpoint="apply_form")
@bp.get("/import/<int:number>/columns", endpoint="columns_form")
@requires(EDIT)
def run(number: int) -> str:
    """Show an import: its columns, its check, its way, or what it has brought."""
    found = uploads.run_of(db.session(), viewer().rights, number)
    if found.state is ImportState.UPLOADED:
        return _columns_page(found)
    return render_template(
        "exchange/run.html",
        run=found,
        kind=kind_of(found.kind),
        waits=found.state in WAITS,
    )


@bp.post("/import/<int:number>")
@requires(EDIT)
def check(number: int) -> Response:
    """Check a file with the chosen columns; nothing is booked by it."""
    doing, form = act(), Form(request.form)
    found = uploads.run_of(db.session(), viewer().rights, number)
    kind = kind_of(found.kind)
    settings = _settings(form, kind, settings_of(found.settings))
    shown = uploads.columns(db.session(), found, settings)
    states.ask_check(number, kind, settings, shown.headings, form.text("save_as", 80))
    return onward(url_for("exchange.run", number=number), doing.id)


@bp.post("/import/<int:number>/apply")
@requires(EDIT)
def apply(number: int) -> Response:
    """Book what the check has shown, as one action under the id of this form."""
    doing = act()
    found = uploads.run_of(db.session(), viewer().rights, number)
    states.ask_booking(found.id, doing.id)
    return onward(url_for("exchange.run", number=number), doing.id)


@bp.post("/import/<int:number>/columns")
@requires(EDIT)
def again(number: int) -> Response:
    """Go back to the columns of a file that was checked."""
    doing = act()
    found = uploads.run_of(db.session(), viewer().rights, number)
    states.go_back(found.id)
    return onward(url_for("exchange.run", number=number), doing.id)


@bp.get("/import/<int:number>/errors.csv")
@requires(EDIT)
def errors(number: int) -> Response:
    """Send all errors of a check as a table."""
    found = uploads.run_of(db.session(), viewer().rights, number)
    if found.problems is None:
        raise Refused(_l("This file has no errors."), rule="no_errors")
    return sent_file(path_of(found.problems).open("rb"), f"errors-{number}", "csv")


def _columns_page(found: Import) -> str:
    settings = settings_of(found.settings)
    settings = replace(
        settings,
        encoding=request.args.get("encoding") or settings.encoding,
        delimiter=request.args.get("delimiter") or settings.delimiter,
        sheet=request.args.get("sheet") or settings.sheet,
    )
    shown: Columns
    try:
        shown = uploads.columns(db.session(), found, settings, Form(request.args).whole("saved"))
    except Refused as no:
        # The file cannot be read as chosen: as it was first, and with the sentence.
        g.refusal = no
        shown = uploads.columns(db.session(), found, settings_of(found.settings))
    return render_template(
        "exchange/columns.html",
        run=found,
        kind=kind_of(found.kind),
        shown=shown,
        encodings=ENCODINGS,
        delimiters=DELIMITERS,
        decimals=mapping.DECIMALS,
        days=mapping.DAYS,
        nowhere=_("Not in the file"),
    )


def _settings(form: Form, kind: Kind, before: Settings) -> Settings:
    columns = {each.name: form.whole(f"column_{each.name}") for each in kind.fields}
    fixed = {each.name: form.text(f"fixed_{each.name}") for each in kind.fields}
    return Settings(
        form.text("encoding", 20) or before.encoding,
        form.fields.get("delimiter", "")[:1] or before.delimiter,
        form.text("sheet", 200) or before.sheet,
        form.text("decimal", 1) or ".",
        form.text("days", 3),
        {name: column for name, column in columns.items() if column is not None},
        {name: text for name, text in fixed.items() if text},
        tuple(o.name for o in kind.options if form.text(f"option_{o.name}")),
    )
