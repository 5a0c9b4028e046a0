"""Pages of the revisions of BOMs and routings."""

from flask import Response, render_template, request, url_for
from flask_babel import lazy_gettext as _l

from shopfloor.catalogue import queries, routes
from shopfloor.catalogue.boms import add_bom
from shopfloor.catalogue.models import ITEM
from shopfloor.catalogue.reading import read_materials, read_steps
from shopfloor.catalogue.routings import add_routing
from shopfloor.core.db import db
from shopfloor.core.forms import Form
from shopfloor.core.subjects import find
from shopfloor.core.web import onward
from shopfloor.people.access import act, requires
from shopfloor.plant.queries import station_options

bp = routes.bp  # all pages of the items are one blueprint
EDIT = routes.EDIT


@bp.get("/items/<code>/routing")
@requires(EDIT)
def routing_form(code: str) -> str:
    """Show the form for the next revision of a routing, filled with the last one."""
    return render_template(
        "catalogue/routing.html",
        found=queries.item_page(db.session(), code),
        stations=station_options(db.session()),
    )


@bp.post("/items/<code>/routing")
@requires(EDIT)
def save_routing(code: str) -> Response:
    """Add the next revision of a routing."""
    doing, form = act(), Form(request.form)
    subject = find(db.session(), ITEM, code)
    add_routing(doing, item_id=subject.id, steps=read_steps(form))
    return onward(
        url_for("catalogue.item", code=subject.code, _anchor="routing"),
        doing.id,
        _l("The routing is saved. Orders released from now on follow it."),
    )


@bp.get("/items/<code>/bom")
@requires(EDIT)
def bom_form(code: str) -> str:
    """Show the form for the next revision of a BOM, filled with the last one."""
    return render_template("catalogue/bom.html", found=queries.item_page(db.session(), code))


@bp.post("/items/<code>/bom")
@requires(EDIT)
def save_bom(code: str) -> Response:
    """Add the next revision of a BOM."""
    doing, form = act(), Form(request.form)
    subject = find(db.session(), ITEM, code)
    add_bom(doing, item_id=subject.id, materials=read_materials(db.session(), form))
    return onward(
        url_for("catalogue.item", code=subject.code, _anchor="bom"),
        doing.id,
        _l("The BOM is saved. Orders released from now on follow it."),
    )
