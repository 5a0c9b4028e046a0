"""Pages at the machine on which lots are split and joined, and a part of one is locked."""

from flask import Blueprint, Response, g, render_template, request

from shopfloor.catalogue.models import ReasonKind
from shopfloor.catalogue.queries import offered_reasons
from shopfloor.core.db import db
from shopfloor.core.forms import Form
from shopfloor.core.refusals import Refused
from shopfloor.core.web import done
from shopfloor.people.access import act, requires, viewer
from shopfloor.production import queries
from shopfloor.production.commands.parting import (
    merge_lots,
    require_here,
    require_one_order,
    split_lot,
)
from shopfloor.production.commands.setting_apart import hold_part
from shopfloor.production.portions import Standing
from shopfloor.production.way import Stop

bp = Blueprint("parting", __name__)
REPORTING = "work.report"


@bp.get("/lots/<code>/<int:operation>/split")
@requires(REPORTING)
def split_form(code: str, operation: int) -> str:
    """Ask how many pieces shall become a lot of their own."""
    view, stop = _free(code, operation)
    return render_template("production/split.html", view=view, stop=stop)


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
    view, stop = _free(code, operation)
    scanned = request.args.get("other", "").strip()[:200]
    other = None
    try:
        other = _joinable(view, operation, scanned) if scanned else None
    except Refused as no:
        # What was sent and refused has said so already.
        g.setdefault("refusal", no)
    return render_template(
        "production/join.html", view=view, stop=stop, other=other, scanned=scanned
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
    view, stop = _free(code, operation)
    reasons = offered_reasons(db.session(), ReasonKind.HOLD)
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


def _free(code: str, operation: int) -> tuple[queries.LotView, Stop]:
    """Return a lot at an operation; what is held is refused before anything is typed."""
    view = queries.lot_view(db.session(), viewer(), code)
    stop = view.work.stop(operation)
    queries.require_free(db.session(), view, stop)
    return view, stop


def _joinable(view: queries.LotView, operation: int, scanned: str) -> queries.LotView:
    """Return the lot that was scanned; refused as soon as it is where it cannot be joined."""
    other = queries.lot_view(db.session(), viewer(), scanned)
    require_one_order(view.work, other.work)
    queries.require_free(db.session(), other, other.work.stop(operation))
    require_here(view.work, other.work, operation)
    return other


def _standing(form: Form) -> Standing:
    return Standing.WAITING if form.text("standing") == Standing.WAITING else Standing.LEFT
