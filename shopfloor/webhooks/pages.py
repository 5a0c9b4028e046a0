"""Pages of the webhooks: register one, see how its deliveries went, pause it, remove it."""

from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import lazy_gettext as _l

from shopfloor.core import events
from shopfloor.core.db import db
from shopfloor.core.events import EventKind
from shopfloor.core.forms import Form
from shopfloor.core.web import done, onward
from shopfloor.people.access import act, requires, viewer
from shopfloor.webhooks import queries
from shopfloor.webhooks.commands import (
    EDIT,
    add_webhook,
    change_webhook,
    pause_webhook,
    remove_webhook,
    require_right,
    send_event_again,
)
from shopfloor.webhooks.signing import digest_of, secret_of

bp = Blueprint("webhooks", __name__)


@bp.get("/webhooks")
@requires(EDIT)
def webhooks() -> str:
    """List the addresses to which events are sent."""
    require_right(viewer().rights)
    return render_template("webhooks/webhooks.html", rows=queries.webhooks(db.session()))


@bp.get("/webhooks/new")
@requires(EDIT)
def new_webhook() -> str:
    """Show the form for a webhook."""
    require_right(viewer().rights)
    return render_template("webhooks/new.html", rooms=_kinds(), chosen=_chosen())


@bp.post("/webhooks/new")
@requires(EDIT)
def register() -> Response:
    """Register a webhook and show its secret, this once."""
    doing, form = act(), Form(request.form, many=("kinds",))
    require_right(doing.rights)
    address = form.text("address", 2000)
    queries.require_reachable(address)
    kinds = tuple(form.fields.getlist("kinds"))
    made = add_webhook(
        doing, address=address, kinds=kinds, salt=doing.id, secret_digest=digest_of(doing.id)
    )
    return done("webhooks/secret.html", doing.id, made=made, secret=secret_of(doing.id))


@bp.get("/webhooks/<int:webhook_id>")
# A refused form is shown again at its own address.
@bp.get("/webhooks/<int:webhook_id>/paused", endpoint="paused")
@bp.get("/webhooks/<int:webhook_id>/removed", endpoint="removed")
@bp.get("/webhooks/<int:webhook_id>/deliveries/<int:delivery_id>/again", endpoint="sent_again")
@requires(EDIT)
def webhook(webhook_id: int, delivery_id: int = 0) -> str:
    """Show a webhook with its last deliveries."""
    require_right(viewer().rights)
    found = queries.webhook(db.session(), webhook_id)
    return render_template(
        "webhooks/webhook.html",
        found=found,
        rows=queries.deliveries(db.session(), webhook_id),
        problems=queries.PROBLEMS,
        labels=events.KINDS,
        rooms=_kinds(),
        chosen=_chosen() or found.webhook.kinds,
    )


@bp.post("/webhooks/<int:webhook_id>")
@requires(EDIT)
def save(webhook_id: int) -> Response:
    """Change where to and which events."""
    doing, form = act(), Form(request.form, many=("kinds",))
    require_right(doing.rights)
    address = form.text("address", 2000)
    queries.require_reachable(address)
    change_webhook(
        doing,
        webhook_id=webhook_id,
        version=form.needed("version"),
        address=address,
        kinds=tuple(form.fields.getlist("kinds")),
    )
    return onward(url_for("webhooks.webhook", webhook_id=webhook_id), doing.id, _l("Saved."))


@bp.post("/webhooks/<int:webhook_id>/paused")
@requires(EDIT)
def pause(webhook_id: int) -> Response:
    """Send nothing for a while, or go on."""
    doing, form = act(), Form(request.form)
    pause_webhook(
        doing,
        webhook_id=webhook_id,
        paused=form.text("paused") == "1",
        skip=form.text("skip") == "1",
    )
    return onward(url_for("webhooks.webhook", webhook_id=webhook_id), doing.id, _l("Saved."))


@bp.post("/webhooks/<int:webhook_id>/removed")
@requires(EDIT)
def remove(webhook_id: int) -> Response:
    """Send nothing there any more."""
    doing = act()
    remove_webhook(doing, webhook_id=webhook_id)
    return onward(url_for("webhooks.webhooks"), doing.id, _l("The webhook is removed."))


@bp.post("/webhooks/<int:webhook_id>/deliveries/<int:delivery_id>/again")
@requires(EDIT)
def again(webhook_id: int, delivery_id: int) -> Response:
    """Have an event sent once more."""
    doing = act()
    send_event_again(doing, webhook_id=webhook_id, delivery_id=delivery_id)
    said = _l("It is sent again within a few seconds.")
    return onward(url_for("webhooks.webhook", webhook_id=webhook_id), doing.id, said)


def _kinds() -> dict[str, list[EventKind]]:
    """Return the kinds of events by the room they come from."""
    rooms: dict[str, list[EventKind]] = {}
    for kind in events.KINDS.values():
        rooms.setdefault(kind.name.partition(".")[0], []).append(kind)
    return rooms


def _chosen() -> list[str]:
    return request.form.getlist("kinds") if request.method == "POST" else []
