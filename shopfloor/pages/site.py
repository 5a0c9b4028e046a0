"""The page of a site's clock, money and language."""

from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import lazy_gettext as _l

from shopfloor.core.db import db
from shopfloor.core.forms import Form
from shopfloor.core.refusals import NotFound
from shopfloor.core.subjects import Subject
from shopfloor.core.web import onward
from shopfloor.people.access import act, requires, viewer
from shopfloor.people.founding import CURRENCIES, zones
from shopfloor.plant.changes import piece_of
from shopfloor.plant.models import Site
from shopfloor.plant.sites import change_site, is_money_booked, site_fields

bp = Blueprint("site", __name__)


@bp.get("/plant/<code>/setting")
@requires("plant.edit")
def setting(code: str) -> str:
    """Show the form for a site's clock, money and language, and what a change does."""
    subject, site = _site(code)
    return render_template(
        "plant/site.html",
        subject=subject,
        site=site,
        stored=site_fields(site),
        # A site may have one that is offered to nobody else.
        zones=sorted({*zones(), site.zone}),
        currencies=list(dict.fromkeys([*CURRENCIES.split(), site.currency])),
        money_booked=is_money_booked(db.session(), site),
    )


@bp.post("/plant/<code>/setting")
@requires("plant.edit")
def change(code: str) -> Response:
    """Change a site's clock, money and language."""
    doing, form = act(), Form(request.form)
    change_site(
        doing,
        site_id=_site(code)[1].id,
        version=form.needed("version"),
        zone=form.text("zone", 60),
        currency=form.text("currency", 3).upper(),
        language=form.text("language", 10),
    )
    return onward(url_for("plant.plant"), doing.id, _l("Saved."))


def _site(code: str) -> tuple[Subject, Site]:
    subject, found = piece_of(db.session(), code, viewer().rights)
    if not isinstance(found, Site):
        raise NotFound(_l("There is no such site."), rule="not_found")
    return subject, found
