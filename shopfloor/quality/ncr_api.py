"""Nonconformances for programs: listed, told with everything about one, completed, closed."""

from typing import Annotated

from flask import Blueprint, Response
from pydantic import Field

from shopfloor.catalogue.models import REASON
from shopfloor.core.api import call, part_of
from shopfloor.core.api_fields import Asked, Booking, Page
from shopfloor.core.db import db
from shopfloor.core.references import id_or_none
from shopfloor.people.access import requires, viewer
from shopfloor.people.models import PERSON
from shopfloor.people.programs import doing
from shopfloor.quality import ncr_queries as queries
from shopfloor.quality.commands.ncrs import Findings, close_ncr, complete_ncr
from shopfloor.quality.ncr_models import NcrState, Nonconformance
from shopfloor.quality.ncr_pictures import send_picture
from shopfloor.quality.ncr_told import KeptTold, NcrChange, NcrListed, NcrTold

bp = Blueprint("ncrs_api", __name__)
SEE, WRITE = "work.view", "hold.place"


class AskedNcrs(Asked):
    """Which part of the nonconformances, and which of them only."""

    search: Annotated[str, Field(max_length=80)] | None = None
    state: NcrState | None = None


@bp.get("/ncrs")
@requires(SEE)
@call(asks=AskedNcrs, gives=Page[NcrListed])
def ncrs(asked: AskedNcrs) -> Page[NcrListed]:
    """List the nonconformances, oldest first."""
    sifted = queries.Sifted(asked.search or "", asked.state)
    query = queries.ncrs(viewer().rights, sifted).order_by(None)
    rows, after = part_of(db.session(), query, Nonconformance.id, asked)
    return Page(entries=[NcrListed.told(row) for row in rows], next=after)


@bp.get("/ncrs/<code>")
@requires(SEE)
@call(gives=NcrTold)
def ncr(code: str) -> NcrTold:
    """Tell everything about a nonconformance."""
    return NcrTold.of(queries.ncr_page(db.session(), viewer(), code))


@bp.get("/ncrs/<code>/photos/<sha256>")
@requires(SEE)
@call(sends="image/jpeg")
def photo(code: str, sha256: str) -> Response:
    """Send a photo of a nonconformance, or the paper of a concession, by its SHA-256."""
    _subject, ncr = queries.found(db.session(), viewer(), code)
    return send_picture(db.session(), ncr, sha256)


@bp.patch("/ncrs/<code>")
@requires(WRITE)
@call(takes=NcrChange, gives=KeptTold)
def complete(code: str, body: NcrChange) -> KeptTold:
    """Write down what was wrong; what is left out stays as it is."""
    _subject, ncr = queries.found(db.session(), viewer(), code)
    kept = complete_ncr(
        doing(),
        ncr_id=ncr.id,
        version=body.version,
        findings=_findings(ncr, body),
        photos=body.photos,
    )
    return KeptTold.of(kept)


@bp.post("/ncrs/<code>/close")
@requires(SEE)
@call(takes=Booking, gives=KeptTold)
def close(code: str, body: Booking) -> KeptTold:
    """Close a nonconformance; 409 with what is open."""
    _subject, ncr = queries.found(db.session(), viewer(), code)
    return KeptTold.of(close_ncr(doing(body), ncr_id=ncr.id))


def _findings(ncr: Nonconformance, body: NcrChange) -> Findings:
    """Return what is known with what was sent put over it."""
    sent, session = body.model_fields_set, db.session()
    reason_id, owner_id = ncr.reason_id, ncr.owner_id
    if "reason" in sent:
        reason_id = id_or_none(session, REASON, body.reason, "reason")
    if "owner" in sent:
        owner_id = id_or_none(session, PERSON, body.owner, "owner")
    return Findings(
        reason_id,
        ncr.quantity if body.quantity is None else body.quantity,
        body.found_at,
        body.made_at,
        body.cause if "cause" in sent else ncr.cause,
        ncr.cause_note if body.cause_note is None else body.cause_note,
        owner_id,
        body.deadline if "deadline" in sent else ncr.deadline,
    )
