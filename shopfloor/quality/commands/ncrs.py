"""Completing a nonconformance with what is known about it, and closing it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from shopfloor.catalogue.chosen import require_reason
from shopfloor.catalogue.models import Item, ReasonKind
from shopfloor.core import subjects
from shopfloor.core.commands import Gate, Tx, command
from shopfloor.core.editing import require_unchanged
from shopfloor.core.events import Change, EventKind, Where
from shopfloor.core.subjects import Subject
from shopfloor.core.types import plain
from shopfloor.holds.commands import LONGEST_NOTE
from shopfloor.people.models import PERSON, Person
from shopfloor.plant.shifts import day_at
from shopfloor.production.models import Operation
from shopfloor.production.progress import MOST
from shopfloor.quality import ncr_refusals as refusals
from shopfloor.quality import ncr_state
from shopfloor.quality.ncr_models import (
    Cause,
    NcrState,
    Nonconformance,
    NonconformancePhoto,
)
from shopfloor.quality.order_reach import require
from shopfloor.quality.values import hang, require_sent

NCR_COMPLETED = EventKind(
    "ncr.completed",
    _l("Nonconformance completed"),
    no_inverse_because="what is written is changed by writing it anew; the old text stays readable",
    edits=True,
)
NCR_CLOSED = EventKind(
    "ncr.closed",
    _l("Nonconformance closed"),
    no_inverse_because="what is settled stays so; other pieces that are bad open another one",
)
MOST_PHOTOS = 20
FIELDS = (
    "reason_id",
    "quantity",
    "found_at_id",
    "made_at_id",
    "cause",
    "cause_note",
    "owner_id",
    "deadline",
)


@dataclass(frozen=True)
class Findings:
    """What is known about what was wrong: one form, all of it optional."""

    reason_id: int | None = None
    quantity: Decimal = Decimal(0)
    found_at: int | None = None
    made_at: int | None = None
    cause: Cause | None = None
    cause_note: str = ""
    owner_id: int | None = None
    deadline: date | None = None


@dataclass(frozen=True)
class NcrKept:
    """A nonconformance as it stands after somebody has written about it, or closed it."""

    event_id: int
    code: str
    number: str
    version: int
    state: NcrState


@command(Gate.NONE, "it is written down what was wrong; no lot is touched")
def complete_ncr(
    tx: Tx, *, ncr_id: int, version: int, findings: Findings, photos: tuple[str, ...] = ()
) -> NcrKept:
    """Write down what was wrong, where it was found and made, who sees to it and until when.

    It may also be completed when it is closed: what was decided does not change with that.
    """
    subject, ncr = _locked(tx, ncr_id)
    require(tx.session, tx.act.rights, "hold.place", subject, ncr)
    require_unchanged(tx.session, ncr, version, fields_of(ncr))
    require_sent(tx, photos)
    before = {name: getattr(ncr, name) for name in FIELDS}
    after = _checked(tx, ncr, findings)
    for name, value in after.items():
        setattr(ncr, name, value)
    ncr.version += 1
    event = tx.record(
        NCR_COMPLETED,
        Where(site_id=subject.site_id),
        {"ncr": str(ncr.id), "photos": str(len(photos))},
        about=[ncr.id, ncr.lot_id, ncr.family_id],
        changes=[Change(ncr.id, name, before[name], after[name]) for name in FIELDS],
    )
    _keep_photos(tx, ncr.id, photos)
    return NcrKept(event.id, subject.code, subject.number or "", ncr.version, ncr.state)


@command(Gate.NONE, "it is said that all is settled; no lot is touched")
def close_ncr(tx: Tx, *, ncr_id: int) -> NcrKept:
    """Close a nonconformance: its owner, or who may release a lock, when nothing is open."""
    subject, ncr = _locked(tx, ncr_id)
    if ncr.owner_id is None or ncr.owner_id != tx.act.actor_id:
        require(tx.session, tx.act.rights, "hold.release", subject, ncr)
    if ncr.state is NcrState.CLOSED:
        raise refusals.closed_already()
    points = ncr_state.still_open(tx.session, ncr)
    if points:
        raise refusals.not_done(points)
    event = tx.record(
        NCR_CLOSED,
        Where(site_id=subject.site_id),
        {"ncr": str(ncr.id)},
        about=[ncr.id, ncr.lot_id, ncr.family_id],
        changes=[Change(ncr.id, "state", NcrState.OPEN, NcrState.CLOSED)],
    )
    ncr_state.close(tx, ncr, event.id, tx.act.actor_id)
    return NcrKept(event.id, subject.code, subject.number or "", ncr.version, ncr.state)


def fields_of(ncr: Nonconformance) -> dict[str, str]:
    """Return what is stored of a nonconformance, by the fields of its form."""
    return {
        "reason": str(ncr.reason_id or ""),
        "quantity": f"{plain(ncr.quantity):f}",
        "cause": ncr.cause.value if ncr.cause else "",
        "cause_note": ncr.cause_note,
        "owner": str(ncr.owner_id or ""),
        "deadline": ncr.deadline.isoformat() if ncr.deadline else "",
    }


def _locked(tx: Tx, ncr_id: int) -> tuple[Subject, Nonconformance]:
    subjects.lock(tx.session, ncr_id)
    ncr = tx.session.get(Nonconformance, ncr_id, populate_existing=True)
    if ncr is None:
        raise refusals.nothing_there()
    return tx.session.get_one(Subject, ncr_id), ncr


def _checked(tx: Tx, ncr: Nonconformance, findings: Findings) -> dict[str, Any]:
    """Return the columns of what was written; Refused for the first field that does not fit."""
    item, quantity = tx.session.get_one(Item, ncr.item_id), findings.quantity
    if (
        not quantity.is_finite()
        or not 0 <= quantity <= MOST
        or quantity != round(quantity, item.decimals)
    ):
        raise refusals.bad_field("quantity")
    note = " ".join(findings.cause_note.split())
    if len(note) > LONGEST_NOTE:
        raise refusals.bad_field("cause_note")
    if findings.reason_id is not None:
        require_reason(tx.session, findings.reason_id, ReasonKind.HOLD, ReasonKind.SCRAP)
    # Who sees to it already may be archived meanwhile: he stays until somebody else is named.
    if findings.owner_id is not None and findings.owner_id != ncr.owner_id:
        if tx.session.get(Person, findings.owner_id) is None:
            raise refusals.bad_field("owner")
        subjects.require_in_use(tx.session, PERSON, [findings.owner_id], "owner")
    # One that has passed meanwhile stays; nobody is told to be ready by yesterday.
    if findings.deadline is not None and findings.deadline != ncr.deadline:
        site_id = tx.session.get_one(Subject, ncr.id).site_id
        if findings.deadline < day_at(tx.session, site_id or 0, tx.act.when.at):
            raise refusals.bad_field("deadline")
    found_at, made_at = _operations(tx, ncr, findings)
    return {
        "reason_id": findings.reason_id,
        "quantity": quantity,
        "found_at_id": found_at,
        "made_at_id": made_at,
        "cause": findings.cause,
        "cause_note": note,
        "owner_id": findings.owner_id,
        "deadline": findings.deadline,
    }


def _operations(tx: Tx, ncr: Nonconformance, findings: Findings) -> tuple[int | None, int | None]:
    """Return where it was found and where it was made; what is not said stays as it is."""
    rows = tx.session.execute(
        select(Operation.sequence, Operation.id).where(Operation.order_id == ncr.family_id)
    )
    ids = {row.sequence: row.id for row in rows}
    sequences = {operation_id: sequence for sequence, operation_id in ids.items()}
    found_at, made_at = ncr.found_at_id, ncr.made_at_id
    if findings.found_at is not None:
        found_at = ids.get(findings.found_at)
        if found_at is None:
            raise refusals.bad_field("found_at")
    if findings.made_at is not None:
        made_at = ids.get(findings.made_at)
        if made_at is None:
            raise refusals.bad_field("made_at_unknown", "made_at")
    if found_at and made_at and sequences[made_at] > sequences[found_at]:
        raise refusals.bad_field("made_at")
    return found_at, made_at


def _keep_photos(tx: Tx, ncr_id: int, photos: tuple[str, ...]) -> None:
    own = NonconformancePhoto.ncr_id == ncr_id
    known = set(tx.session.scalars(select(NonconformancePhoto.sha256).where(own)))
    fresh = [sha256 for sha256 in dict.fromkeys(photos) if sha256 not in known]
    if len(known) + len(fresh) > MOST_PHOTOS:
        raise refusals.bad_field("photos")
    hang(tx, fresh)
    for sha256 in fresh:
        tx.session.add(NonconformancePhoto(ncr_id=ncr_id, sha256=sha256, added_at=tx.act.when.at))
