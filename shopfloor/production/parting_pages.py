"""Pages at the machine on which lots are split and joined, and a part of one is locked."""

from flask import Blueprint, Response, render_template, request

from shopfloor.catalogue.models import ReasonKind
from shopfloor.catalogue.queries import offered_reasons
from shopfloor.core.db import db
from shopfloor.core.forms import Form
from shopfloor.core.web import done
from shopfloor.people.access import act, requires, viewer
from shopfloor.production import queries
from shopfloor.production.commands.parting import merge_lots, split_lot
from shopfloor.production.commands.setting_apart import hold_part
from shopfloor.production.portions import Standing

bp = Blueprint("parting", __name__)
REPORTING = "work.report"


@bp.get("/lots/<code>/<int:operation>/split")
@requires(REPORTING)
def split_form(code: str, operation: int) -> str:
    """Ask how many pieces shall become a lot of their own."""
    view = queries.lot_view(db.session(), viewer(), code)
    return render_template("production/split.html", view=view, stop=view.work.stop(operation))


@bp.post("/lots/<code>/<int:operation>/split")
@requires(REPORTING, parks=True)
def split(code: str, operation: int) -> Response:
    """Split a lot and lead to the label of the new one."""
    form, doing = Form(request.form), act()
    parted = split_lot(
        doing,
        lot=code,
        operation=operation,
        quantity=form.needed_quantity("quantity"),
        standing=_standing(form),
    )
    return done("production/parted.html", doing.id, parted=parted, joined=False)


@bp.get("/lots/<code>/<int:operation>/join")
@requires(REPORTING)
def join_form(code: str, operation: int) -> str:
    """Ask for the other lot, and show what would come together."""
    view = queries.lot_view(db.session(), viewer(), code)
    other = request.args.get("other", "").strip()[:200]
    return render_template(
        "production/join.html",
        view=view,
        stop=view.work.stop(operation),
        other=queries.lot_view(db.session(), viewer(), other) if other else None,
    )


@bp.post("/lots/<code>/<int:operation>/join")
@requires(REPORTING, parks=True)
def join(code: str, operation: int) -> Response:
    """Let the other lot's pieces join this one."""
    form, doing = Form(request.form), act()
    parted = merge_lots(doing, lot=code, operation=operation, other=form.text("other", 200))
    return done("production/parted.html", doing.id, parted=parted, joined=True)


@bp.get("/lots/<code>/<int:operation>/lock-part")
@requires("hold.place")
def lock_part_form(code: str, operation: int) -> str:
    """Ask how many pieces are locked, and why; the rest goes on."""
    view = queries.lot_view(db.session(), viewer(), code)
    reasons = offered_reasons(db.session(), ReasonKind.HOLD)
    stop = view.work.stop(operation)
    return render_template("production/lock_part.html", view=view, stop=stop, reasons=reasons)


@bp.post("/lots/<code>/<int:operation>/lock-part")
@requires("hold.place", parks=True)
def lock_part(code: str, operation: int) -> Response:
    """Lock a part of a lot and lead to the label of the locked pieces."""
    form, doing = Form(request.form), act()
    apart = hold_part(
        doing,
        lot=code,
        operation=operation,
        quantity=form.needed_quantity("quantity"),
        reason_id=form.whole("reason") or 0,
        standing=_standing(form),
        note=form.text("note"),
    )
    return done("production/part_locked.html", doing.id, parted=apart.parted)


def _standing(form: Form) -> Standing:
    return Standing.WAITING if form.text("standing") == Standing.WAITING else Standing.LEFT
