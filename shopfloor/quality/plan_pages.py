"""Pages of inspection plans: the list, one with its revisions, and its life from draft on."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from flask import Blueprint, Response, g, render_template, request, url_for
from flask_babel import lazy_gettext as _l

from shopfloor.catalogue import queries as catalogue
from shopfloor.catalogue.entries import categories
from shopfloor.catalogue.models import PARTNER
from shopfloor.configure.models import FieldKind, Weight
from shopfloor.core.db import db
from shopfloor.core.forms import Form
from shopfloor.core.paging import asked_page, page_of
from shopfloor.core.references import id_or_none
from shopfloor.core.refusals import Malformed, Refused
from shopfloor.core.subjects import find
from shopfloor.core.web import onward
from shopfloor.people.access import act, requires, viewer
from shopfloor.production.overview import item_choices
from shopfloor.quality import plan_queries as queries
from shopfloor.quality import plan_words as words
from shopfloor.quality.check_view import Asked
from shopfloor.quality.commands.plans import add_plan, archive_plan, publish_plan, revise_plan
from shopfloor.quality.judging import sample_of
from shopfloor.quality.plan_models import DUE_KINDS, PLAN, PlanKind, PlanRevision
from shopfloor.quality.plan_writing import PlanWritten, as_written

bp = Blueprint("plans", __name__)
EDIT, SEE = "plan.edit", "work.view"
TRIED = 200  # the lot that a page begins with


@bp.get("/plans")
@requires(SEE)
def plans() -> str:
    """List the plans, found by number, name and item."""
    search, item = (request.args.get(name, "").strip()[:80] for name in ("q", "item"))
    found = queries.plans(search, bool(request.args.get("archived")), item)
    page = page_of(db.session(), found, asked_page())
    return render_template("quality/plans.html", page=page, search=search, item=item, words=words)


@bp.get("/plans/new")
@requires(EDIT)
def new_plan() -> str:
    """Show the form for a plan; of an item with a routing its operations are offered."""
    asked = g.get("typed") or request.args
    kind = asked.get("kind", PlanKind.OPERATION.value)
    return render_template("quality/plan_new.html", kind=kind, **_offered(asked))


@bp.post("/plans/new")
@requires(EDIT)
def make_plan() -> Response:
    """Add a plan and go on to its draft."""
    doing, form = act(), Form(request.form)
    made = add_plan(doing, **_where(form), names=form.names(), number=form.text("number") or None)
    said = _l("The plan is added. Write now what is inspected.")
    return onward(url_for("drafts.draft", code=made.code), doing.id, said)


@bp.get("/plans/<code>")
# Refused buttons are shown again at their own addresses.
@bp.get("/plans/<code>/revise", endpoint="revise_form")
@bp.get("/plans/<code>/publish", endpoint="publish_form")
@bp.get("/plans/<code>/archive", endpoint="archive_form")
@requires(SEE)
def plan(code: str) -> str:
    """Show a revision of a plan as it asks, and all there are."""
    number = request.args.get("revision", "")
    asked = int(number) if number.isascii() and number.isdigit() and len(number) < 8 else None
    found = queries.plan_page(db.session(), code, asked)
    fields = found.shown.form.fields
    return render_template(
        "quality/plan.html",
        found=found,
        words=words,
        due_kinds=DUE_KINDS,
        asked=[Asked(each, 1) for each in fields if each.kind is not FieldKind.COMPUTED],
        **tried(found.shown, request.args.get("lot")),
    )


@bp.post("/plans/<code>/revise")
@requires(EDIT)
def revise(code: str) -> Response:
    """Begin the next revision with what the last one says."""
    doing = act()
    made = revise_plan(doing, plan_id=find(db.session(), PLAN, code).id)
    return onward(url_for("drafts.draft", code=made.code), doing.id)


@bp.post("/plans/<code>/publish")
@requires(EDIT)
def publish(code: str) -> Response:
    """Publish a draft as it is saved."""
    doing, form = act(), Form(request.form)
    plan_id = find(db.session(), PLAN, code).id
    publish_plan(doing, plan_id=plan_id, version=form.needed("version"))
    said = _l("Published. Inspections that begin from now on ask for it.")
    return onward(url_for("plans.plan", code=code), doing.id, said)


@bp.post("/plans/<code>/archive")
@requires(EDIT)
def archive(code: str) -> Response:
    """Take a plan out of use, or into use again."""
    doing, form = act(), Form(request.form)
    plan_id = find(db.session(), PLAN, code).id
    archive_plan(doing, plan_id=plan_id, archived=form.text("archived") == "1")
    return onward(url_for("plans.plan", code=code), doing.id, _l("Saved."))


@bp.get("/plans/<code>/copy")
@requires(EDIT)
def copy_form(code: str) -> str:
    """Show the form for a copy of a plan for another item or operation."""
    found = queries.plan_page(db.session(), code)
    offered = _offered(g.get("typed") or {})
    kind = found.plan.kind.value
    return render_template("quality/plan_copy.html", found=found, kind=kind, **offered)


@bp.post("/plans/<code>/copy")
@requires(EDIT)
def copy(code: str) -> Response:
    """Add a plan that begins with what the shown revision of another one says."""
    doing, form = act(), Form(request.form)
    shown = queries.plan_page(db.session(), code).shown
    made = add_plan(
        doing,
        **_where(form),
        names=form.names(),
        number=form.text("number") or None,
        draft=as_written(shown),
    )
    said = _l("The copy is a draft: look through it and publish it.")
    return onward(url_for("drafts.draft", code=made.code), doing.id, said)


def tried(sample: PlanRevision | PlanWritten, lot: str | None) -> dict[str, Any]:
    """Return a lot size and what is drawn from it, as the pages show both."""
    typed = (lot or "").strip()
    pieces = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else TRIED
    size, numbers = sample_of(sample, Decimal(max(1, pieces)))
    rows = [(words.WEIGHTS[weight], *numbers[weight]) for weight in Weight]
    return {"lot": pieces, "size": size, "numbers": rows}


def _where(form: Form) -> dict[str, Any]:
    number, supplier = form.text("item", 80), form.text("partner", 80)
    kind = form.text("kind", 20) or PlanKind.OPERATION.value
    if kind not in tuple(PlanKind):
        raise Malformed(_l("Choose one of the list."), rule="bad_choice", field="kind")
    return {
        "kind": PlanKind(kind),
        "item_id": catalogue.item_ids(db.session(), [("item", number)])[number] if number else None,
        "category": form.text("category", 80) or None,
        "sequence": form.whole("sequence"),
        "partner_id": id_or_none(db.session(), PARTNER, supplier or None, "partner"),
    }


def _offered(asked: Mapping[str, str]) -> dict[str, Any]:
    """Return what the form for a plan offers to choose from."""
    item = asked.get("item", "").strip()[:80]
    return {
        "item": item,
        "category": asked.get("category", "").strip()[:80],
        "steps": _steps(item),
        "kinds": words.KINDS,
        "items": item_choices(db.session()),
        "categories": categories(db.session()),
        "suppliers": queries.suppliers(db.session()),
    }


def _steps(item: str) -> list[tuple[int, dict[str, str]]]:
    """Return the operations of the item that was typed; none while there is no such item."""
    if not item:
        return []
    try:
        found = catalogue.item_page(db.session(), item, viewer().today)
    except Refused:
        return []
    return [(step.sequence, step.names) for step in found.steps]
