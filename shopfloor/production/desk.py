"""Pages of work orders: the list, a new one, and one with its operations, lots and milestones."""

from datetime import date

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

from shopfloor.catalogue.queries import item_ids
from shopfloor.core.db import db
from shopfloor.core.forms import Form
from shopfloor.core.paging import asked_page, page_of
from shopfloor.core.subjects import find
from shopfloor.core.tables.sending import exported
from shopfloor.core.web import onward
from shopfloor.holds import gate
from shopfloor.people.access import act, requires, viewer
from shopfloor.production import columns, overview, refusals, routes
from shopfloor.production.commands.orders import close_order, create_order, release_order
from shopfloor.production.models import ORDER

bp = routes.bp  # the floor and the desk of production are one blueprint
PLAN = "order.plan"
STATES = {
    "open": _l("Planned and released"),
    "planned": _l("Planned"),
    "released": lazy_pgettext("work order", "Released"),
    "finished": _l("Finished"),
    "closed": _l("Closed"),
    "all": _l("All"),
}


@bp.get("/orders")
@requires("work.view")
def orders() -> ResponseReturnValue:
    """List the work orders, the most urgent first."""
    state, search = request.args.get("state", "open"), request.args.get("q", "").strip()[:80]
    found = overview.orders(viewer().rights, state, search)
    if table := exported("orders", columns.ORDERS, found):
        return table
    page = page_of(db.session(), found, asked_page())
    return render_template(
        "orders/orders.html",
        page=page,
        state=state,
        search=search,
        states=STATES,
        today=viewer().today,
    )


@bp.get("/orders/new")
@requires(PLAN)
def new_order() -> str:
    """Show the form for a work order."""
    return render_template(
        "orders/new.html",
        items=overview.item_choices(db.session()),
        sites=overview.site_choices(db.session(), viewer().rights),
    )


@bp.post("/orders/new")
@requires(PLAN)
def enter_order() -> Response:
    """Enter a work order and go on to its page, where it is released."""
    doing, form = act(), Form(request.form)
    number = form.text("item", 80)
    made = create_order(
        doing,
        site_id=form.whole("site") or viewer().site_id,
        item_id=item_ids(db.session(), [("item", number)])[number],
        quantity=form.needed_quantity("quantity"),
        number=form.text("number", 80) or None,
        due=_due(form),
        priority=form.whole("priority") or 5,
    )
    return onward(
        url_for("production.order", code=made.code), doing.id, _l("The order is entered.")
    )


def _due(form: Form) -> date | None:
    """Return the due day; one that has passed is asked about once."""
    due = form.day("due")
    if due and due < viewer().today and form.text("due_kept", 10) != due.isoformat():
        raise refusals.day_passed()
    return due


@bp.get("/orders/<code>")
# A refused button is shown again at its own address.
@bp.get("/orders/<code>/release", endpoint="release_form")
@bp.get("/orders/<code>/close", endpoint="close_form")
@requires("work.view")
def order(code: str) -> str:
    """Show a work order: how far it is, its lots, what stands in its way, and its dates."""
    found = overview.order_page(db.session(), viewer().rights, code)
    return render_template("orders/order.html", found=found, today=viewer().today)


@bp.post("/orders/<code>/release")
@requires(PLAN)
def release(code: str) -> Response:
    """Release a work order: its lot and its operations come into being."""
    doing = act()
    released = release_order(doing, order_id=find(db.session(), ORDER, code).id)
    lot = released.lot
    if gate.in_force(db.session(), [lot.id, released.order.id]):
        said = _l("Released, but lot %(lot)s is locked and cannot be started.", lot=lot.number)
    else:
        said = _l("Released. Lot %(lot)s can be started.", lot=lot.number)
    return onward(url_for("production.order", code=code), doing.id, said)


@bp.post("/orders/<code>/close")
@requires(PLAN)
def close(code: str) -> Response:
    """Close a work order: nothing more can be reported on it."""
    doing = act()
    close_order(doing, order_id=find(db.session(), ORDER, code).id)
    return onward(url_for("production.order", code=code), doing.id, _l("The order is closed."))
