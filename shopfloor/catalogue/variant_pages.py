"""Pages of models and their variants, and of an item copied as a template."""

from itertools import islice

from flask import Response, render_template, request, url_for
from flask_babel import lazy_gettext as _l

from shopfloor.catalogue import entries, routes
from shopfloor.catalogue.contents import choices_in_words, contents, parts, variants_of
from shopfloor.catalogue.copies import copy_item
from shopfloor.catalogue.features import write_features
from shopfloor.catalogue.models import ITEM
from shopfloor.catalogue.variants import (
    MOST_AT_ONCE,
    add_variants,
    missing_choices,
    set_features,
)
from shopfloor.core.db import db
from shopfloor.core.forms import Form
from shopfloor.core.paging import asked_page, page_of_list
from shopfloor.core.subjects import find
from shopfloor.core.web import onward
from shopfloor.people.access import act, requires, viewer

bp = routes.bp  # all pages of the items are one blueprint
EDIT = routes.EDIT


@bp.get("/items/<code>/variants")
@requires("work.view")
def variants(code: str) -> str:
    """Show how the BOM of a model resolves for each variant, and which variants are missing."""
    subject = find(db.session(), ITEM, code)
    item = parts(db.session(), [subject.id])[subject.id]
    found = variants_of(db.session(), [item.id])[item.id]
    missing = missing_choices(item.features, (variant.choices for variant in found))
    page = page_of_list(found, asked_page())
    return render_template(
        "catalogue/variants.html",
        item=item,
        page=page,
        made=contents(db.session(), page.rows, viewer().today),
        missing=list(islice(missing, MOST_AT_ONCE)),
        in_words=choices_in_words,
    )


@bp.post("/items/<code>/variants")
@requires(EDIT)
def make_variants(code: str) -> Response:
    """Add the variants that were ticked."""
    doing, form = act(), Form(request.form)
    subject = find(db.session(), ITEM, code)
    features = parts(db.session(), [subject.id])[subject.id].features
    keys = [feature["key"] for feature in features]
    ticked = (name[4:].split("_") for name in form.fields if name.startswith("add_"))
    chosen = [dict(zip(keys, values, strict=False)) for values in ticked]
    add_variants(doing, model_id=subject.id, choices=tuple(chosen))
    return onward(
        url_for("catalogue.variants", code=subject.code), doing.id, _l("The variants are added.")
    )


@bp.get("/items/<code>/features")
@requires(EDIT)
def features_form(code: str) -> str:
    """Show the form for what the variants of an item differ in."""
    found = entries.item_entry(db.session(), code, used=False)
    return render_template(
        "catalogue/features.html", found=found, text=write_features(found.item.features)
    )


@bp.post("/items/<code>/features")
@requires(EDIT)
def save_features(code: str) -> Response:
    """Say what the variants of an item differ in."""
    doing, form = act(), Form(request.form)
    saved = set_features(
        doing,
        item_id=find(db.session(), ITEM, code).id,
        version=form.needed("version"),
        features=form.lines("features", 4000),
    )
    return onward(url_for("catalogue.variants", code=saved.code), doing.id, _l("Saved."))


@bp.get("/items/<code>/copy")
@requires(EDIT)
def copy_form(code: str) -> str:
    """Show the form that copies an item with its BOM and routing."""
    return render_template(
        "catalogue/copy.html", found=entries.item_entry(db.session(), code, used=False)
    )


@bp.post("/items/<code>/copy")
@requires(EDIT)
def save_copy(code: str) -> Response:
    """Copy an item with its BOM and routing and go on to the copy."""
    doing, form = act(), Form(request.form)
    made = copy_item(
        doing,
        item_id=find(db.session(), ITEM, code).id,
        number=form.text("number", 80),
        names=form.names(),
        day=viewer().today,
    )
    return onward(url_for("catalogue.item", code=made.code), doing.id, _l("The item is copied."))
