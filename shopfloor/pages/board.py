"""The live board: orders, work in progress, locks and inspections, for phone, desk and wall."""

from collections.abc import Callable

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from shopfloor.core import clock, live
from shopfloor.core.db import db
from shopfloor.core.this_app import this_app
from shopfloor.pages import board_queries
from shopfloor.people.access import requires, viewer

bp = Blueprint("board", __name__)


@bp.get("/board")
@requires("work.view")
def board() -> str:
    """Show the board; `?wall=1` fills a screen that is read from afar."""
    return render_template("pages/board.html", board=_now(), wall=bool(request.args.get("wall")))


@bp.get("/board/now")
@requires("work.view")
def now() -> str:
    """Show the part of the board that changes."""
    return render_template("pages/_board.html", board=_now())


@bp.get("/board/stream")
@requires("work.view")
def stream() -> ResponseReturnValue:
    """Tell an open board whenever something was recorded; 503 when all places are taken."""
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


def _now() -> board_queries.Board:
    return board_queries.board(db.session(), viewer().rights, viewer().today, clock.now())
