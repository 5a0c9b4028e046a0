"""Pages on which an inspector judges and a second person decides."""

import re
from decimal import Decimal
from typing import Any

from flask import Blueprint, Response, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shopfloor.catalogue.models import ReasonKind
from shopfloor.catalogue.queries import offered_reasons
from shopfloor.core.actions import Act
from shopfloor.core.db import db
from shopfloor.core.forms import Form
from shopfloor.core.web import done
from shopfloor.holds import gate
from shopfloor.people import sign_in
from shopfloor.people.access import act, browser, requires, viewer
from shopfloor.production.queries import LotView
from shopfloor.production.way import Stop
from shopfloor.quality import queries, refusals
from shopfloor.quality.again import Again, again_at
from shopfloor.quality.check_view import CheckView, check_view
from shopfloor.quality.commands.inspections import Judged, record_inspection
from shopfloor.quality.commands.releases import MEANING, Decided, release_hold
from shopfloor.quality.commands.retests import judge_retest
from shopfloor.quality.conceding import read_conceded
from shopfloor.quality.disposing import AGAIN
from shopfloor.quality.evidence import evidence_of
from shopfloor.quality.in_stock import IN_STOCK, view_at
from shopfloor.quality.models import DispositionKind, Verdict
from shopfloor.quality.next_steps import failed_already
from shopfloor.quality.reach import reach_of
from shopfloor.quality.samples import samples_of

bp = Blueprint("quality", __name__)
_PIECE = re.compile(r"(.+):(\d{1,9}):(\d{1,4}):([a-z_]{1,20})", re.ASCII)


@bp.get("/lots/<code>/<int:operation>/inspect")
@requires("inspection.record")
def inspect_form(code: str, operation: int) -> ResponseReturnValue:
    """Show what is to be judged, with the two keys and what a fail does; a plan's values first."""
    view = view_at(db.session(), viewer(), code, operation)
    stop = view.work.stop(operation)
    check = check_view(db.session(), view.work, stop)
    if check and not check.decided and "ng" not in request.args and "refusal" not in g:
        return redirect(url_for("checks.read", code=code, operation=operation), code=303)
    return render_template(
        "quality/inspect.html",
        view=view,
        stop=stop,
        check=check,
        **_before(view, stop, check),
        reasons=offered_reasons(db.session(), ReasonKind.HOLD),
        samples=samples_of(db.session(), view.work.item.id),
        today=viewer().today,
    )


@bp.post("/lots/<code>/<int:operation>/inspect")
@requires("inspection.record", parks=True)
def inspect(code: str, operation: int) -> Response:
    """Record the verdict; a fail locks what the page has named before this answers."""
    form, doing = Form(request.form), act()
    judged = _judge(doing, code, operation, form)
    return done("quality/judged.html", doing.id, judged=judged)


@bp.get("/holds/<int:hold_id>/release")
@requires("work.view")
def release_form(hold_id: int) -> str:
    """Show what is held and ask what becomes of every piece."""
    return render_template(
        "quality/release.html",
        held=queries.held_pieces(db.session(), viewer(), hold_id),
        known=evidence_of(db.session(), hold_id),
        reasons=offered_reasons(db.session(), ReasonKind.RELEASE),
    )


@bp.post("/holds/<int:hold_id>/release")
@requires("work.view")
def release(hold_id: int) -> Response:
    """Release the hold as decided, signed with a second person's badge and PIN on any phone."""
    form, doing = Form(request.form), act()
    queries.within_reach(db.session(), viewer(), hold_id, "work.view")
    concession = read_conceded(form, request.files)
    reason, dispositions = _reason(form), _decided(form)
    signature = sign_in.sign(form.text("badge"), form.text("pin"), MEANING, browser())
    freed = release_hold(
        doing,
        hold_id=hold_id,
        signature_id=signature,
        reason_id=reason,
        dispositions=dispositions,
        concession=concession,
    )
    return done("quality/freed.html", doing.id, freed=freed)


@bp.app_template_global("work_again")
def work_again(view: LotView) -> tuple[Decimal, list[Again]]:
    """Tell the page of a lot how many pieces run again here, and what was wrong with them."""
    return again_at(db.session(), view)


def _before(view: LotView, stop: Stop, check: CheckView | None) -> dict[str, Any]:
    """Return what is said before the tap: what NG would lock, and whether it has done so."""
    begun = check.check if check else None
    # Only sorted pieces leave their lot; whether they may is asked as the command asks it.
    apart = check is not None and check.sorting
    free = apart and not gate.in_force(db.session(), view.work.held_by(stop))
    reach = reach_of(db.session(), view.work, stop, begun, free=free)
    return {"reach": reach, "over": failed_already(view) and not stop.waiting}


def _judge(doing: Act, code: str, operation: int, form: Form) -> Judged:
    """Give the verdict of the form: on a lot in stock, or on pieces at an operation."""
    verdict = form.text("verdict", 10)
    if verdict not in list(Verdict):
        raise refusals.verdict_missing()
    said: dict[str, Any] = {
        "lot": code,
        "verdict": Verdict(verdict),
        "reason_id": form.whole("reason"),
        "note": form.text("note"),
        "check_id": form.whole("check"),
    }
    if operation == IN_STOCK:
        return judge_retest(doing, **said)
    quantity = form.quantity("quantity") if form.text("quantity") else None
    return record_inspection(doing, operation=operation, quantity=quantity, **said)


def _reason(form: Form) -> int:
    reason = form.whole("reason")
    if reason is None:
        raise refusals.reason_missing()
    return reason


def _decided(form: Form) -> tuple[Decided, ...]:
    """Read the fields that the release form has for every held piece: lot:operation:pass:kind."""
    decided = []
    for name in form.fields:
        match = _PIECE.fullmatch(name)
        if match and match[4] in list(DispositionKind) and (quantity := form.quantity(name)):
            lot, operation, pass_, kind = match.groups()
            piece = f"{lot}:{operation}:{pass_}"
            decided.append(
                Decided(
                    lot,
                    int(operation),
                    DispositionKind(kind),
                    quantity,
                    int(pass_),
                    form.whole(f"{piece}:back_to") if kind in list(AGAIN) else None,
                    form.text(f"{piece}:to_item", 80) or None,
                    form.text(f"{piece}:place", 80) or None,
                )
            )
    return tuple(decided)
