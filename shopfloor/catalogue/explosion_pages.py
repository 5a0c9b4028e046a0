"""Pages of what goes into an item, and of what the item goes into."""

import io
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from flask import Response, render_template, request
from flask_babel import gettext

from shopfloor.catalogue import routes
from shopfloor.catalogue.contents import Part, parts, variants_of
from shopfloor.catalogue.explosion import Branch, Explosion, explode
from shopfloor.catalogue.explosion_told import quantity_cell, shown
from shopfloor.catalogue.models import ITEM
from shopfloor.catalogue.where_used import where_used
from shopfloor.core.db import db
from shopfloor.core.forms import Form
from shopfloor.core.refusals import Malformed
from shopfloor.core.subjects import find
from shopfloor.core.tables.writing import FORMS, Value, write_csv, write_xlsx
from shopfloor.core.words import in_words
from shopfloor.people.access import requires, viewer

bp = routes.bp  # all pages of the items are one blueprint
SEE = "work.view"
# More lines of a tree than anybody reads; the export has them all.
MOST_SHOWN = 1_000


@dataclass
class Twig:
    """A line of the tree with what hangs below it."""

    branch: Branch
    below: list["Twig"] = field(default_factory=list)


@bp.get("/items/<code>/explosion")
@requires(SEE)
def explosion(code: str) -> str:
    """Show everything that goes into a quantity of an item on a day: the tree and the totals."""
    item, day, quantity = _asked(code)
    if item.features:
        variants = variants_of(db.session(), [item.id])[item.id]
        return render_template("catalogue/of_model.html", item=item, variants=variants)
    found = explode(db.session(), item.id, day, quantity)
    lines = found.lines(MOST_SHOWN + 1)
    return render_template(
        "catalogue/explosion.html",
        item=item,
        found=found,
        tree=_tree(lines[:MOST_SHOWN]),
        cut=len(lines) > MOST_SHOWN,
        shown=shown,
        today=viewer().today,
    )


@bp.get("/items/<code>/explosion.<any(csv, xlsx):form>")
@requires(SEE)
def export_explosion(code: str, form: str) -> Response:
    """Write the tree, or with ?what=totals the totals, of an explosion as a table."""
    item, day, quantity = _asked(code)
    found = explode(db.session(), item.id, day, quantity)
    totals = request.args.get("what") == "totals"
    head, rows = _totals(found) if totals else _lines(found)
    target = io.BytesIO()
    if form == "csv":
        write_csv(target, head, rows)
    else:
        write_xlsx(target, item.number, head, rows)
    response = Response(target.getvalue(), content_type=FORMS[form])
    name = f"explosion-{day.isoformat()}.{form}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@bp.get("/items/<code>/where-used")
@requires(SEE)
def used_where(code: str) -> str:
    """Show what an item goes into: directly or up to the products, on a day or ever."""
    form = Form(request.args)
    subject = find(db.session(), ITEM, code)
    day = None if form.text("ever", 1) else form.day("on") or viewer().today
    deep = form.text("levels", 10) != "one"
    return render_template(
        "catalogue/where_used.html",
        item=parts(db.session(), [subject.id])[subject.id],
        uses=where_used(db.session(), subject.id, day, deep),
        day=day,
        deep=deep,
        today=viewer().today,
    )


def _asked(code: str) -> tuple[Part, date, Fraction]:
    form = Form(request.args)
    subject = find(db.session(), ITEM, code)
    item = parts(db.session(), [subject.id])[subject.id]
    quantity = form.quantity("quantity") if form.text("quantity", 40) else 1
    if quantity > 10**9:
        raise Malformed(gettext("This is more than anybody makes."), rule="bad_quantity")
    return item, form.day("on") or viewer().today, Fraction(quantity)


def _tree(lines: list[Branch]) -> list[Twig]:
    """Return the lines nested, each under what it goes into."""
    top: list[Twig] = []
    open_at: list[list[Twig]] = [top]
    for branch in lines:
        twig = Twig(branch)
        del open_at[branch.level :]
        open_at[-1].append(twig)
        open_at.append(twig.below)
    return top


def _lines(found: Explosion) -> tuple[list[str], list[list[Value]]]:
    head = [
        gettext("Level"),
        gettext("Goes into"),
        gettext("Number"),
        gettext("Name"),
        gettext("For one"),
        gettext("Unit"),
        gettext("In all"),
        gettext("Unit of the item"),
        gettext("Assembly"),
    ]
    rows: list[list[Value]] = []
    for branch in found.lines():
        need = branch.need
        part = need.part or need.named
        rows.append(
            [
                branch.level,
                branch.path[-1].number,
                part.number,
                in_words(part.names),
                need.quantity,
                need.unit,
                quantity_cell(branch.total),
                part.unit,
                branch.assembly,
            ]
        )
    return head, rows


def _totals(found: Explosion) -> tuple[list[str], list[list[Value]]]:
    head = [
        gettext("Number"),
        gettext("Name"),
        gettext("In all"),
        gettext("Unit"),
        gettext("Assembly"),
    ]
    rows: list[list[Value]] = [
        [
            total.part.number,
            in_words(total.part.names),
            quantity_cell(total.quantity),
            total.part.unit,
            total.assembly,
        ]
        for total in (*found.assemblies, *found.leaves)
    ]
    return head, rows
