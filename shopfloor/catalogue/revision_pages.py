"""Pages of the revisions of BOMs and routings: the next one, and two of them side by side."""

from typing import Any

from flask import Response, g, render_template, request, url_for
from flask_babel import lazy_gettext as _l

from shopfloor.catalogue import routes
from shopfloor.catalogue.affected import orders_affected
from shopfloor.catalogue.boms import add_bom
from shopfloor.catalogue.comparing import compare_lines, compare_steps, compare_typed
from shopfloor.catalogue.contents import Part
from shopfloor.catalogue.models import ITEM, Bom, Routing
from shopfloor.catalogue.reading import read_materials, read_steps
from shopfloor.catalogue.revisions import Revised
from shopfloor.catalogue.routings import add_routing
from shopfloor.catalogue.structure import Head, lines_of, newest, revision_named, steps_of
from shopfloor.core.db import db
from shopfloor.core.editing import Overtaken
from shopfloor.core.forms import Form
from shopfloor.core.subjects import find
from shopfloor.core.web import onward
from shopfloor.people.access import act, requires, viewer
from shopfloor.people.skill_queries import skill_choices
from shopfloor.plant.queries import station_options

bp = routes.bp  # all pages of the items are one blueprint
EDIT = routes.EDIT


@bp.get("/items/<code>/routing")
@requires(EDIT)
def routing_form(code: str) -> str:
    """Show the form for the next revision of a routing, filled with the last one."""
    item, heads = newest(db.session(), Routing, code, viewer().today)
    return render_template(
        "catalogue/routing.html",
        **_form(item, heads),
        steps=steps_of(db.session(), heads[0].id) if heads else [],
        stations=station_options(db.session()),
        skills=skill_choices(db.session()),
    )


@bp.post("/items/<code>/routing")
@requires(EDIT)
def save_routing(code: str) -> Response:
    """Add the next revision of a routing."""
    doing, form = act(), Form(request.form)
    subject = find(db.session(), ITEM, code)
    add_routing(
        doing,
        item_id=subject.id,
        steps=read_steps(form),
        valid_from=form.day("valid_from"),
        valid_to=form.day("valid_to"),
        seen=form.whole("version"),
    )
    return onward(
        url_for("catalogue.item", code=subject.code, saved="routing", _anchor="routing"),
        doing.id,
        _l("The routing is saved. Orders released while it holds follow it."),
    )


@bp.get("/items/<code>/bom")
@requires(EDIT)
def bom_form(code: str) -> str:
    """Show the form for the next revision of a BOM, filled with the last one."""
    item, heads = newest(db.session(), Bom, code, viewer().today)
    late = g.get("refusal")
    return render_template(
        "catalogue/bom.html",
        **_form(item, heads),
        lines=lines_of(db.session(), heads[0].id) if heads else [],
        sides=compare_typed(late.now, g.typed) if isinstance(late, Overtaken) else [],
    )


@bp.post("/items/<code>/bom")
@requires(EDIT)
def save_bom(code: str) -> Response:
    """Add the next revision of a BOM."""
    doing, form = act(), Form(request.form)
    subject = find(db.session(), ITEM, code)
    add_bom(
        doing,
        item_id=subject.id,
        materials=read_materials(db.session(), form),
        valid_from=form.day("valid_from"),
        valid_to=form.day("valid_to"),
        seen=form.whole("version"),
    )
    return onward(
        url_for("catalogue.item", code=subject.code, saved="bom", _anchor="bom"),
        doing.id,
        _l("The BOM is saved. Orders released while it holds follow it."),
    )


@bp.get("/items/<code>/bom/compare")
@requires("work.view")
def compare_boms(code: str) -> str:
    """Show two revisions of a BOM side by side; without numbers the newest two."""
    item, heads, left, right = _two(code, Bom)
    pairs = compare_lines(lines_of(db.session(), left.id), lines_of(db.session(), right.id))
    return render_template(
        "catalogue/compare.html", item=item, heads=heads, left=left, right=right, pairs=pairs
    )


@bp.get("/items/<code>/routing/compare")
@requires("work.view")
def compare_routings(code: str) -> str:
    """Show two revisions of a routing side by side; without numbers the newest two."""
    item, heads, left, right = _two(code, Routing)
    pairs = compare_steps(steps_of(db.session(), left.id), steps_of(db.session(), right.id))
    return render_template(
        "catalogue/compare.html", item=item, heads=heads, left=left, right=right, pairs=pairs
    )


def _form(item: Part, heads: list[Head]) -> dict[str, Any]:
    return {
        "item": item,
        "newest": heads[0].revision if heads else 0,
        "today": viewer().today,
        "orders": orders_affected(item),
    }


def _two(code: str, table: Revised) -> tuple[Part, list[Head], Head, Head]:
    item, heads = newest(db.session(), table, code, viewer().today)
    numbers = [str(head.revision) for head in heads[:2]]
    left = revision_named(heads, request.args.get("a") or next(iter(numbers[::-1]), ""))
    right = revision_named(heads, request.args.get("b") or next(iter(numbers), ""))
    return item, heads, left, right
