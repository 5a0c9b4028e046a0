"""Pages that look across all rooms: my work, my actions, more, and the server's health."""

from flask import Blueprint, Response, current_app, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import text

import shopfloor
from shopfloor.catalogue.models import ReasonKind
from shopfloor.catalogue.queries import offered_reasons
from shopfloor.core.db import db
from shopfloor.core.forms import Form
from shopfloor.core.undo import undo_event
from shopfloor.core.web import done
from shopfloor.pages import queries
from shopfloor.people.access import act, public, requires, signed_in, viewer
from shopfloor.production.sharing import shared_with
from shopfloor.quality.plan_words import DUE

bp = Blueprint("pages", __name__)


@bp.get("/")
@signed_in
def my_work() -> str:
    """Show what is running, what waits for this person, and what comes next."""
    return render_template(
        "pages/my_work.html", mine=queries.my_work(db.session(), viewer()), due_kinds=DUE
    )


@bp.get("/my-actions")
@signed_in
def my_actions() -> str:
    """Show the person's last entries, each with its undo while that is possible."""
    return render_template(
        "pages/my_actions.html",
        entries=queries.my_actions(db.session(), viewer()),
        shared=shared_with(db.session(), viewer().person_id),
    )


@bp.get("/more")
@signed_in
def more() -> str:
    """Show what is used less often: desk places, language, light and dark."""
    return render_template("pages/more.html")


@bp.get("/undo/<int:event_id>")
@requires("undo.own")
def undo_form(event_id: int) -> str:
    """Show what would be taken back, and ask for the reason when it is late."""
    return render_template(
        "pages/undo.html",
        entry=queries.one_action(db.session(), viewer(), event_id),
        reasons=offered_reasons(db.session(), ReasonKind.UNDO),
    )


@bp.post("/undo/<int:event_id>")
@requires("undo.own", parks=True)
def undo(event_id: int) -> Response:
    """Take an entry back."""
    doing = act()
    undone = undo_event(doing, event_id=event_id, reason_id=Form(request.form).whole("reason"))
    after = queries.taken_back(db.session(), viewer(), undone.facts)
    return done("pages/undone.html", doing.id, undone=undone, after=after)


@bp.get("/healthz")
@public("the watchdog has no account")
def healthz() -> ResponseReturnValue:
    """Say whether the server and its database answer."""
    try:
        db.session.execute(text("SELECT 1"))
    except Exception:
        current_app.logger.exception("the database does not answer")
        return jsonify(status="error", database="error", version=shopfloor.__version__), 503
    return jsonify(status="ok", database="ok", version=shopfloor.__version__)
