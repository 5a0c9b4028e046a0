"""Pages of what was handed over: the count at the machine, and the differences to decide about."""

from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import lazy_gettext as _l

from shopfloor.core.db import db
from shopfloor.core.forms import Form
from shopfloor.core.shown import show_quantity
from shopfloor.core.web import onward
from shopfloor.people.access import act, requires, viewer
from shopfloor.production import counting, queries
from shopfloor.production.commands.counting import count_pieces
from shopfloor.production.commands.differences import correct_count, keep_count
from shopfloor.production.differences import DECIDES, open_differences

bp = Blueprint("counts", __name__)


@bp.get("/lots/<code>/<int:operation>/count")
@requires("work.report")
def count_form(code: str, operation: int) -> str:
    """Ask how many pieces have really come, with the number that was reported in the field."""
    view = queries.lot_view(db.session(), viewer(), code)
    stop = view.work.stop(operation)
    handed = counting.handed_over(db.session(), view.work, stop, viewer().person_id)
    if handed is None:
        raise counting.nothing_to_count()
    return render_template("production/count.html", view=view, stop=stop, handed=handed)


@bp.post("/lots/<code>/<int:operation>/count")
@requires("work.report")
def count(code: str, operation: int) -> Response:
    """Keep the count and go back to the lot; a difference goes to the supervisor."""
    doing = act()
    counted = Form(request.form).needed_quantity("counted")
    made = count_pieces(doing, lot=code, operation=operation, counted=counted)
    said = (
        _l("%(counted)s received. Thank you.", counted=show_quantity(made.counted))
        if made.counted == made.told
        else _l(
            "Your count of %(counted)s is with the supervisor. Go on working.",
            counted=show_quantity(made.counted),
        )
    )
    return onward(url_for("scanning.lot", code=code, operation=operation), doing.id, said)


@bp.get("/differences")
# A refused decision is shown again at its own address.
@bp.get("/differences/<int:count_id>/correct", endpoint="correct_form")
@bp.get("/differences/<int:count_id>/keep", endpoint="keep_form")
@requires(DECIDES)
def differences(count_id: int = 0) -> str:
    """List what was counted otherwise than reported, the oldest first."""
    found = open_differences(db.session(), viewer().rights)
    return render_template("production/differences.html", found=found, asked=count_id)


@bp.post("/differences/<int:count_id>/correct")
@requires(DECIDES)
def correct(count_id: int) -> Response:
    """Correct the earlier report to what was counted."""
    doing = act()
    correct_count(doing, count_id=count_id)
    said = _l("Corrected. Both hear of it, and the pay follows.")
    return onward(url_for("counts.differences"), doing.id, said)


@bp.post("/differences/<int:count_id>/keep")
@requires(DECIDES)
def keep(count_id: int) -> Response:
    """Keep the earlier report as it was."""
    doing = act()
    keep_count(doing, count_id=count_id)
    return onward(url_for("counts.differences"), doing.id, _l("Kept. Both hear of it."))
