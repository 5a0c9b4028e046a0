"""The stream that every open page may hold, and the lock that appears on the page of its lot."""

from collections.abc import Callable

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from shopfloor.core import live
from shopfloor.core.db import db
from shopfloor.core.refusals import NotFound
from shopfloor.core.subjects import find
from shopfloor.core.this_app import this_app
from shopfloor.holds.gate import story
from shopfloor.people.access import requires, signed_in, viewer
from shopfloor.production.queries import lot_view
from shopfloor.stock.models import LOT, Lot

bp = Blueprint("live", __name__)


@bp.get("/live")
@signed_in
def stream() -> ResponseReturnValue:
    """Tell an open page whenever there is news; 503 when all places are taken."""
    return streaming()


@bp.get("/locked/<code>")
@requires("work.view")
def locked(code: str) -> ResponseReturnValue:
    """Show the lock that is on a lot now, for an open page of it; nothing when it is free."""
    try:
        view = lot_view(db.session(), viewer(), code)
    except NotFound:
        _require_in_stock(code)
        return Response("", 204)
    if not view.holds:
        return Response("", 204)
    why = story(db.session(), view.holds[0])
    begun = any(view.in_hand_at(stop) for stop in view.work.stops)
    return render_template("alerts/_locked.html", why=why, code=code, begun=begun)


def _require_in_stock(code: str) -> None:
    """Raise NotFound, unless it is a lot of no work order: no work that a lock would stop."""
    subject = find(db.session(), LOT, code)
    lot = db.session.get_one(Lot, subject.id)
    viewer().rights.require("work.view", subject.site_id if lot.family_id == lot.id else None)


def streaming() -> ResponseReturnValue:
    """Answer with the stream of this process, if it has a place left."""
    if not live.TICKER.enter():
        return Response("", 503, {"Retry-After": "60"})
    # A stream waits for hours; it gives its place among those being answered to others.
    leave: Callable[[], None] = request.environ.get("shopfloor.waits", lambda: None)
    leave()
    answer = Response(
        live.stream(live.TICKER, this_app()),
        mimetype="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )
    answer.call_on_close(live.TICKER.leave)
    return answer
