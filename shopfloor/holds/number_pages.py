"""Pages on which numbers of lots to come are locked, and such a lock is lifted."""

from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import lazy_gettext as _l

from shopfloor.catalogue.models import ReasonKind
from shopfloor.catalogue.queries import offered_reasons
from shopfloor.core.db import db
from shopfloor.core.forms import Form
from shopfloor.core.paging import asked_page, page_of
from shopfloor.core.refusals import NotYours
from shopfloor.core.web import done, onward
from shopfloor.holds import number_queries as queries
from shopfloor.holds.number_commands import MEANING, lift_numbers, lock_numbers
from shopfloor.holds.number_models import NumberKind
from shopfloor.people import sign_in
from shopfloor.people.access import act, browser, requires, viewer

bp = Blueprint("numbers", __name__)
SEE, LOCK = "work.view", "hold.place"


@bp.get("/number-locks")
@requires(SEE)
def number_locks() -> str:
    """List the locked numbers: those in force, or those that were lifted."""
    search, show = (request.args.get(name, "").strip()[:80] for name in ("q", "show"))
    query = queries.number_locks(viewer().rights, search, lifted=show == "lifted")
    return render_template(
        "holds/number_locks.html",
        page=page_of(db.session(), query, asked_page()),
        search=search,
        show=show,
        may_lock=_may_lock(),
    )


@bp.get("/number-locks/new")
@requires(LOCK)
def new() -> str:
    """Ask which numbers are locked, and why."""
    rights = viewer().rights
    if not _may_lock():
        raise NotYours(
            _l("Numbers are locked at a whole site, and your right to lock is for less."),
            _l("Ask somebody who may lock at the whole site."),
            rule="no_right",
        )
    return render_template(
        "holds/number_lock_new.html",
        sites=queries.sites(db.session(), rights, LOCK),
        everywhere=rights.scopes(LOCK) is None,
        reasons=offered_reasons(db.session(), ReasonKind.HOLD),
    )


@bp.post("/number-locks/new")
@requires(LOCK)
def make() -> Response:
    """Lock the numbers; lots that exist with them are held at once."""
    form, doing = Form(request.form), act()
    supplier = form.text("kind", 20) == NumberKind.SUPPLIER
    locked = lock_numbers(
        doing,
        kind=NumberKind.SUPPLIER if supplier else NumberKind.LOT,
        first=form.text("first"),
        last=form.text("last") or None,
        site_id=form.whole("site"),
        reason_id=form.whole("reason") or 0,
        note=form.text("note"),
    )
    return done("holds/numbers_locked.html", doing.id, locked=locked)


@bp.get("/number-locks/<int:number>")
@requires(SEE)
def number_lock(number: int) -> str:
    """Show a lock on numbers with the lots that it has held, and the form that lifts it."""
    found = queries.number_lock(db.session(), viewer().rights, number, asked_page())
    reasons = offered_reasons(db.session(), ReasonKind.RELEASE)
    return render_template("holds/number_lock.html", found=found, reasons=reasons)


@bp.post("/number-locks/<int:number>")
@requires(SEE)
def lift(number: int) -> Response:
    """Lift a lock on numbers, signed with a second person's badge and PIN on any phone."""
    form, doing = Form(request.form), act()
    queries.number_lock(db.session(), viewer().rights, number)
    reason_id = form.whole("reason") or 0
    signature_id = sign_in.sign(form.text("badge"), form.text("pin"), MEANING, browser())
    lift_numbers(doing, number_lock_id=number, signature_id=signature_id, reason_id=reason_id)
    said = _l("The numbers are free. Lots that are held are released one by one.")
    return onward(url_for("numbers.number_lock", number=number), doing.id, said)


def _may_lock() -> bool:
    """Say whether this person may lock numbers: everywhere, or at a site; not on a line only."""
    rights = viewer().rights
    if not rights.has(LOCK):
        return False
    return rights.scopes(LOCK) is None or bool(queries.sites(db.session(), rights, LOCK))
