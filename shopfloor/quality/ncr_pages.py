"""Pages of nonconformances: the list, one with everything about it, and its form."""

from flask import (
    Blueprint,
    Response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from shopfloor.catalogue.models import ReasonKind
from shopfloor.catalogue.queries import offered_reasons
from shopfloor.core.db import db
from shopfloor.core.files import photos_of
from shopfloor.core.forms import Form
from shopfloor.core.paging import asked_page, page_of
from shopfloor.core.tables.sending import exported
from shopfloor.core.web import done, onward
from shopfloor.people import sign_in
from shopfloor.people.access import act, browser, requires, viewer
from shopfloor.quality import ncr_queries as queries
from shopfloor.quality.commands.concessions import MEANING, approve_concession
from shopfloor.quality.commands.ncrs import (
    Findings,
    close_ncr,
    complete_ncr,
    fields_of,
)
from shopfloor.quality.conceding import read_conceded
from shopfloor.quality.evidence import evidence_of
from shopfloor.quality.ncr_models import Cause, NcrState
from shopfloor.quality.ncr_pictures import send_picture
from shopfloor.quality.ncr_words import CAUSES, COLUMNS
from shopfloor.quality.queries import held_pieces, within_reach

bp = Blueprint("ncrs", __name__)
SEE, WRITE = "work.view", "hold.place"


@bp.get("/ncrs")
@requires(SEE)
def ncrs() -> ResponseReturnValue:
    """List the nonconformances: open ones first asked for, found by number, lot, order and item."""
    search, show = (request.args.get(name, "").strip()[:80] for name in ("q", "show"))
    me = viewer()
    sifted = queries.Sifted(
        search,
        None if show in ("all", "closed", "late") else NcrState.OPEN,
        me.person_id if show == "mine" else None,
        me.today if show == "late" else None,
    )
    if show == "closed":
        sifted = queries.Sifted(search, NcrState.CLOSED)
    found = queries.ncrs(me.rights, sifted)
    if table := exported("ncrs", COLUMNS, found):
        return table
    page = page_of(db.session(), found, asked_page())
    return render_template("quality/ncrs.html", page=page, search=search, show=show, today=me.today)


@bp.get("/ncrs/<code>")
# A refused button is shown again at its own address.
@bp.get("/ncrs/<code>/close", endpoint="close_form")
@requires(SEE)
def ncr(code: str) -> str:
    """Show everything about a nonconformance, and what keeps it open."""
    found = queries.ncr_page(db.session(), viewer(), code)
    return render_template(
        "quality/ncr.html",
        found=found,
        known=evidence_of(db.session(), found.hold.id),
        causes=CAUSES,
        today=viewer().today,
    )


@bp.get("/holds/<int:hold_id>/ncr")
@requires(SEE)
def of_lock(hold_id: int) -> ResponseReturnValue:
    """Lead from a lock to its nonconformance."""
    code = queries.code_of_lock(db.session(), viewer(), hold_id)
    return redirect(url_for("ncrs.ncr", code=code), code=303)


@bp.get("/ncrs/<code>/complete")
@requires(WRITE)
def complete(code: str) -> str:
    """Show the form with everything that is known so far."""
    found = queries.ncr_page(db.session(), viewer(), code)
    session = db.session()
    return render_template(
        "quality/ncr_form.html",
        found=found,
        stored=fields_of(found.ncr),
        causes=CAUSES,
        owners=queries.owners(session, found.subject.site_id, found.ncr.owner_id),
        reasons=offered_reasons(session, ReasonKind.HOLD),
    )


@bp.post("/ncrs/<code>/complete")
@requires(WRITE)
def keep(code: str) -> Response:
    """Keep what was wrong, with photos from the camera."""
    doing, form = act(), Form(request.form, many=("sha256_photo",))
    _subject, ncr = queries.found(db.session(), viewer(), code)
    kept = complete_ncr(
        doing,
        ncr_id=ncr.id,
        version=form.needed("version"),
        findings=_findings(form),
        photos=photos_of(request.files.getlist("photo"), form.fields.getlist("sha256_photo")),
    )
    return onward(url_for("ncrs.ncr", code=kept.code), doing.id, _l("Saved."))


@bp.post("/ncrs/<code>/close")
@requires(SEE)
def close(code: str) -> Response:
    """Close a nonconformance; what is open is said instead."""
    doing = act()
    _subject, ncr = queries.found(db.session(), viewer(), code)
    kept = close_ncr(doing, ncr_id=ncr.id)
    return onward(url_for("ncrs.ncr", code=kept.code), doing.id, _l("Closed."))


@bp.get("/ncrs/<code>/photos/<sha256>")
@requires(SEE)
def photo(code: str, sha256: str) -> Response:
    """Send a photo of a nonconformance, or of the customer's consent."""
    _subject, ncr = queries.found(db.session(), viewer(), code)
    return send_picture(db.session(), ncr, sha256)


@bp.get("/holds/<int:hold_id>/concession")
@requires(SEE)
def concession_form(hold_id: int) -> str:
    """Show what is held and ask why it may go on."""
    held = held_pieces(db.session(), viewer(), hold_id)
    return render_template("quality/concession.html", held=held)


@bp.post("/holds/<int:hold_id>/concession")
@requires(SEE)
def concede(hold_id: int) -> Response:
    """Approve a concession before the release, signed with badge and PIN on any phone."""
    form, doing = Form(request.form), act()
    within_reach(db.session(), viewer(), hold_id, SEE)
    written, quantity = read_conceded(form, request.files), form.needed_quantity("quantity")
    signature = sign_in.sign(form.text("badge"), form.text("pin"), MEANING, browser())
    approved = approve_concession(
        doing, hold_id=hold_id, signature_id=signature, quantity=quantity, concession=written
    )
    return done("quality/conceded.html", doing.id, approved=approved)


def _findings(form: Form) -> Findings:
    cause = form.text("cause", 20)
    return Findings(
        form.whole("reason"),
        form.quantity("quantity"),
        form.whole("found_at"),
        form.whole("made_at"),
        Cause(cause) if cause in list(Cause) else None,
        form.text("cause_note"),
        form.whole("owner"),
        form.day("deadline"),
    )
