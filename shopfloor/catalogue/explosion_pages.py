"""Pages of what goes into an item, and of what the item goes into."""

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from flask import Response, render_template, request
from flask_babel import gettext

from shopfloor.catalogue import routes
from shopfloor.catalogue.contents import Part, parts, variants_of
from shopfloor.catalogue.explosion import Branch, Explosion, explode
from shopfloor.catalogue.explosion_told import MOST_MADE, quantity_cell, shown, too_much
from shopfloor.catalogue.models import ITEM
from shopfloor.catalogue.where_used import where_used
from shopfloor.core.db import db
from shopfloor.core.forms import Form
from shopfloor.core.subjects import find
from shopfloor.core.tables.sending import as_file, asked_form
from shopfloor.core.tables.writing import Value
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
def explosion(code: str) -> str | Response:
    """Show everything that goes into a quantity of an item on a day: the tree and the totals.

    With ?file=csv or xlsx the tree is a table, with ?what=totals too the totals are.
    """
    item, day, quantity = _asked(code)
    form = asked_form()
    if item.features and form is None:
        variants = variants_of(db.session(), [item.id])[item.id]
        return render_template("catalogue/of_model.html", item=item, variants=variants)
    found = explode(db.session(), item.id, day, quantity)
    return _shown(found) if form is None else _exported(found, form)


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
    if quantity > MOST_MADE:
        raise too_much()
    return item, form.day("on") or viewer().today, Fraction(quantity)


def _shown(found: Explosion) -> str:
    lines = found.lines(MOST_SHOWN + 1)
    return render_template(
        "catalogue/explosion.html",
        item=found.item,
        found=found,
        tree=_tree(lines[:MOST_SHOWN]),
        cut=len(lines) > MOST_SHOWN,
        shown=shown,
    )


def _exported(found: Explosion, form: str) -> Response:
    totals = request.args.get("what") == "totals"
    head, rows = _totals(found) if totals else _lines(found)
    return as_file(f"{'totals' if totals else 'explosion'}-{found.day}", form, head, rows)


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
