"""Pages of the catalogue: items with their routings, BOMs and rates."""

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from shopfloor.catalogue import columns, entries, queries
from shopfloor.catalogue.affected import orders_affected
from shopfloor.catalogue.changes import archive_entry, change_item
from shopfloor.catalogue.commands import add_item, set_piece_rate
from shopfloor.catalogue.models import ITEM
from shopfloor.catalogue.reading_entries import read_details
from shopfloor.core.db import db
from shopfloor.core.forms import Form
from shopfloor.core.paging import asked_page, page_of
from shopfloor.core.subjects import find
from shopfloor.core.tables.sending import exported
from shopfloor.core.web import onward
from shopfloor.people.access import act, requires, viewer

bp = Blueprint("catalogue", __name__)
EDIT = "catalogue.edit"


@bp.get("/items")
@requires("work.view")
def items() -> ResponseReturnValue:
    """List the items, found by every word and number that they have."""
    search = request.args.get("q", "").strip()[:80]
    category = request.args.get("category", "").strip()[:80]
    found = entries.items(search, bool(request.args.get("archived")), category)
    if table := exported("items", columns.ITEMS, found):
        return table
    page = page_of(db.session(), found, asked_page())
    return render_template(
        "catalogue/items.html",
        page=page,
        search=search,
        category=category,
        categories=entries.categories(db.session()),
    )


@bp.get("/items/new")
@requires(EDIT)
def new_item() -> str:
    """Show the form for an item."""
    currency = queries.currency_of(db.session(), viewer().site_id)
    categories = entries.categories(db.session())
    return render_template("catalogue/item_new.html", currency=currency, categories=categories)


@bp.post("/items/new")
@requires(EDIT)
def make_item() -> Response:
    """Add an item and go on to its page."""
    doing, form = act(), Form(request.form)
    made = add_item(
        doing,
        number=form.text("number", 80),
        names=form.names(),
        unit=form.text("unit", 20),
        decimals=form.whole("decimals") or 0,
        details=read_details(form),
    )
    return onward(url_for("catalogue.item", code=made.code), doing.id, _l("The item is added."))


@bp.get("/items/<code>")
@requires("work.view")
def item(code: str) -> str:
    """Show an item: how it is made, of what, and what its operations pay."""
    found = queries.item_page(db.session(), code, viewer().today)
    return render_template(
        "catalogue/item.html",
        found=found,
        entry=entries.item_entry(db.session(), code),
        rates=queries.rates_on(found.rates, viewer().today),
        orders=orders_affected(found.made.item) if request.args.get("saved") else None,
    )


@bp.get("/items/<code>/edit")
@requires(EDIT)
def edit_item(code: str) -> str:
    """Show the form for everything about an item but its number."""
    return render_template(
        "catalogue/item_edit.html",
        found=entries.item_entry(db.session(), code, used=False),
        currency=queries.currency_of(db.session(), viewer().site_id),
        categories=entries.categories(db.session()),
    )


@bp.post("/items/<code>/edit")
@requires(EDIT)
def save_item(code: str) -> Response:
    """Change everything about an item but its number."""
    doing, form = act(), Form(request.form)
    saved = change_item(
        doing,
        item_id=find(db.session(), ITEM, code).id,
        version=form.needed("version"),
        names=form.names(),
        unit=form.text("unit", 20),
        decimals=form.whole("decimals") or 0,
        details=read_details(form),
    )
    return onward(url_for("catalogue.item", code=saved.code), doing.id, _l("Saved."))


@bp.post("/items/<code>/archive")
@requires(EDIT)
def archive_item(code: str) -> Response:
    """Take an item out of use, or into use again."""
    doing, form = act(), Form(request.form)
    saved = archive_entry(
        doing,
        subject_id=find(db.session(), ITEM, code).id,
        archived=form.text("archived") == "1",
    )
    return onward(url_for("catalogue.item", code=saved.code), doing.id, _l("Saved."))


@bp.get("/items/<code>/rates")
@requires("rate.edit")
def rates_form(code: str) -> str:
    """Show what the operations of an item pay, and the form for a new rate."""
    return render_template(
        "catalogue/rates.html",
        found=queries.item_page(db.session(), code, viewer().today),
        today=viewer().today,
        currency=queries.currency_of(db.session(), viewer().site_id),
    )


@bp.post("/items/<code>/rates")
@requires("rate.edit")
def save_rate(code: str) -> Response:
    """Set what a good piece of an operation pays from a day on."""
    doing, form, subject = act(), Form(request.form), find(db.session(), ITEM, code)
    currency = queries.currency_of(db.session(), viewer().site_id)
    set_piece_rate(
        doing,
        item_id=subject.id,
        sequence=form.needed("sequence"),
        valid_from=form.needed_day("valid_from"),
        amount=form.needed_quantity("amount"),
        currency=currency,
    )
    return onward(
        url_for("catalogue.rates_form", code=subject.code), doing.id, _l("The rate is set.")
    )
