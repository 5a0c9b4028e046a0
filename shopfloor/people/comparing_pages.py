"""The page on which an administrator names the roles that see people ranked by name."""

from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import lazy_gettext as _l

from shopfloor.core.db import db
from shopfloor.core.forms import Form
from shopfloor.core.web import onward
from shopfloor.people.access import act, requires, viewer
from shopfloor.people.comparing import EDIT, allow_comparing, comparing
from shopfloor.people.queries import roles
from shopfloor.people.roles import ROLE_NAMES

bp = Blueprint("comparing", __name__)


@bp.get("/people/comparing")
@requires(EDIT)
def form() -> str:
    """Show which roles see people ranked by name."""
    viewer().rights.require(EDIT, None)
    return render_template(
        "people/comparing.html",
        roles=roles(db.session()),
        chosen=comparing(db.session()),
        role_names=ROLE_NAMES,
    )


@bp.post("/people/comparing")
@requires(EDIT)
def save() -> Response:
    """Name the roles that see people ranked by name."""
    doing, posted = act(), Form(request.form, many=("roles",))
    allow_comparing(doing, roles=tuple(posted.fields.getlist("roles")))
    return onward(url_for("directory.people"), doing.id, _l("Saved."))
