"""The one tap by which somebody says that his share of a report is not right."""

from flask import Blueprint, Response, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from shopfloor.core.shown import listed
from shopfloor.core.web import onward
from shopfloor.people.access import act, requires
from shopfloor.production.commands.sharing import dispute_share

bp = Blueprint("shares", __name__)


@bp.get("/shares/<int:event_id>/dispute")
@requires("work.view")
def dispute_form(event_id: int) -> ResponseReturnValue:
    """Lead to the list of one's shares: each has the button there."""
    return redirect(url_for("pages.my_actions"), code=303)


@bp.post("/shares/<int:event_id>/dispute")
@requires("work.view")
def dispute(event_id: int) -> Response:
    """Tell the supervisor that one's share is not right."""
    doing = act()
    told = dispute_share(doing, event_id=event_id).told
    said = (
        _l("%(names)s hears of it now.", names=listed(told[:1]))
        if told
        else _l("It is on record. Tell your supervisor as well.")
    )
    return onward(url_for("pages.my_actions"), doing.id, said)
