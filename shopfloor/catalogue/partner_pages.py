"""Pages of partners: suppliers, customers and contract manufacturers."""

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from shopfloor.catalogue import columns, entries
from shopfloor.catalogue.changes import archive_entry, change_partner
from shopfloor.catalogue.models import PARTNER
from shopfloor.catalogue.partners import add_partner
from shopfloor.catalogue.reading_entries import read_contact
from shopfloor.core.db import db
from shopfloor.core.forms import Form
from shopfloor.core.paging import asked_page, page_of
from shopfloor.core.subjects import find
from shopfloor.core.tables.sending import exported
from shopfloor.core.web import onward
from shopfloor.people.access import act, requires

bp = Blueprint("partners", __name__)
EDIT = "catalogue.edit"
ROLES = {
    "supplier": _l("Supplier"),
    "customer": _l("Customer"),
    "contractor": _l("Contract manufacturer"),
}


@bp.get("/partners")
@requires(EDIT)
def partners() -> ResponseReturnValue:
    """List the partners, found by every word that they have, of one role if it is chosen."""
    search, role = request.args.get("q", "").strip()[:80], request.args.get("role", "")
    found = entries.partners(search, archived=bool(request.args.get("archived")), role=role)
    if table := exported("partners", columns.PARTNERS, found):
        return table
    page = page_of(db.session(), found, asked_page())
    return render_template(
        "catalogue/partners.html", page=page, search=search, role=role, roles=ROLES
    )


@bp.get("/partners/new")
@requires(EDIT)
def new_partner() -> str:
    """Show the form for a partner."""
    return render_template("catalogue/partner_new.html", roles=ROLES)


@bp.post("/partners/new")
@requires(EDIT)
def make_partner() -> Response:
    """Add a partner and go on to its page."""
    doing, form = act(), Form(request.form)
    made = add_partner(
        doing, number=form.text("number", 80), names=form.names(), contact=read_contact(form)
    )
    return onward(
        url_for("partners.partner", code=made.code), doing.id, _l("The partner is added.")
    )


@bp.get("/partners/<code>")
# A refused button is shown again at its own address.
@bp.get("/partners/<code>/archive", endpoint="archived")
@requires(EDIT)
def partner(code: str) -> str:
    """Show a partner and the form for everything about it but its number."""
    return render_template(
        "catalogue/partner.html", found=entries.partner_entry(db.session(), code), roles=ROLES
    )


@bp.post("/partners/<code>")
@requires(EDIT)
def save_partner(code: str) -> Response:
    """Change a partner."""
    doing, form = act(), Form(request.form)
    saved = change_partner(
        doing,
        partner_id=find(db.session(), PARTNER, code).id,
        version=form.needed("version"),
        names=form.names(),
        contact=read_contact(form),
    )
    return onward(url_for("partners.partner", code=saved.code), doing.id, _l("Saved."))


@bp.post("/partners/<code>/archive")
@requires(EDIT)
def archive(code: str) -> Response:
    """Take a partner out of use, or into use again."""
    doing, form = act(), Form(request.form)
    subject_id = find(db.session(), PARTNER, code).id
    archive_entry(doing, subject_id=subject_id, archived=form.text("archived") == "1")
    return onward(url_for("partners.partner", code=code), doing.id, _l("Saved."))
