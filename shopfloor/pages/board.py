"""The live board: orders, work in progress, locks and inspections, for phone, desk and wall."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from shopfloor.alerts.live_pages import streaming
from shopfloor.core import clock
from shopfloor.core.db import db
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
    return streaming()


def _now() -> board_queries.Board:
    return board_queries.board(db.session(), viewer().rights, viewer().today, clock.now())
