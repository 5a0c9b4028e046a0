"""A nonconformance is opened with the lock, in the same transaction, and follows its release."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shopfloor.core import subjects
from shopfloor.core.commands import Tx
from shopfloor.core.events import Effect, Recorded
from shopfloor.core.refusals import Refused
from shopfloor.core.subjects import Made, Subject
from shopfloor.holds.models import Hold
from shopfloor.plant.shifts import day_at
from shopfloor.production.models import WorkOrder
from shopfloor.quality import ncr_state
from shopfloor.quality.models import Inspection
from shopfloor.quality.ncr_models import NCR, Nonconformance, NonconformancePhoto
from shopfloor.quality.plan_models import Check, Value
from shopfloor.stock.models import Lot

# What a verdict's answer tells of it; its template is quality/_ncr.html.
OPENED = "quality/ncr"


@dataclass(frozen=True)
class _Pieces:
    """Which pieces a nonconformance is about."""

    family_id: int
    lot_id: int | None
    item_id: int


def open_for_verdict(tx: Tx, event: Recorded) -> Effect | None:
    """Open the nonconformance of a failed inspection, with the photos of what has failed."""
    if event.payload["verdict"] != "fail":
        return None
    inspection = tx.session.scalars(select(Inspection).where(Inspection.event_id == event.id)).one()
    hold = tx.session.scalars(select(Hold).where(Hold.opened_event_id == event.id)).one()
    lot = tx.session.get_one(Lot, inspection.lot_id)
    pieces = _Pieces(lot.family_id, lot.id, lot.item_id)
    made, ncr = _open(tx, event, hold, pieces, inspection)
    photos = select(Value.sha256).join(Check, Check.id == Value.check_id)
    photos = photos.where(
        Check.inspection_id == inspection.id,
        Value.good.is_(False),
        Value.sha256.is_not(None),
        Value.replaced_at.is_(None),
    )
    for sha256 in set(tx.session.scalars(photos)):
        tx.session.add(NonconformancePhoto(ncr_id=ncr.id, sha256=sha256, added_at=tx.act.when.at))
    return _effect(made)


def open_for_hold(tx: Tx, event: Recorded) -> Effect | None:
    """Open the nonconformance of a lock by hand, where whoever locks asks for one."""
    if not event.payload.get("nonconformance"):
        return None
    hold = tx.session.scalars(select(Hold).where(Hold.opened_event_id == event.id)).one()
    pieces = _pieces_of(tx.session, hold.subject_id)
    if pieces is None:
        return None
    made, _ncr = _open(tx, event, hold, pieces)
    return _effect(made)


def note_decided(tx: Tx, event: Recorded) -> Effect | None:
    """Keep how many pieces were decided about, and close what is settled with that."""
    ncr = tx.session.scalars(
        select(Nonconformance).where(Nonconformance.hold_id == int(event.payload["hold"]))
    ).first()
    if ncr is not None:
        decided = (Decimal(each["quantity"]) for each in event.payload["dispositions"])
        ncr.decided = sum(decided, Decimal(0))
    return ncr_state.settle(tx, event)


def note_judged(tx: Tx, event: Recorded) -> Effect | None:
    """Close what a passed inspection of reworked or sorted pieces has settled."""
    return ncr_state.settle(tx, event) if event.payload["verdict"] == "pass" else None


def note_scrapped(tx: Tx, event: Recorded) -> Effect | None:
    """Close what is settled when the last reworked piece is scrapped by whoever works on it."""
    again = (part for part in event.payload["parts"] if int(part["pass"]) > 1)
    return ncr_state.settle(tx, event) if any(part["scrap"] for part in again) else None


def note_undone(tx: Tx, event: Recorded) -> Effect | None:
    """Open again what a scrap has settled that is taken back."""
    if Decimal(event.payload.get("scrap", 0)):
        ncr_state.reopen(tx, int(event.payload["lot"]), int(event.payload["undoes"]))
    return None


def _open(
    tx: Tx, event: Recorded, hold: Hold, pieces: _Pieces, failed: Inspection | None = None
) -> tuple[Made, Nonconformance]:
    site_id = event.where.site_id
    made = _numbered(tx.session, site_id, day_at(tx.session, site_id or 0, tx.act.when.at))
    ncr = Nonconformance(
        id=made.id,
        hold_id=hold.id,
        family_id=pieces.family_id,
        lot_id=pieces.lot_id,
        item_id=pieces.item_id,
        reason_id=hold.reason_id,
        quantity=failed.quantity if failed else Decimal(0),
        inspection_id=failed.id if failed else None,
        found_at_id=failed.operation_id if failed else None,
        made_at_id=failed.operation_id if failed else None,
        cause_note="",
        opened_at=tx.act.when.at,
        opened_by_id=tx.act.actor_id,
        opened_event_id=event.id,
    )
    tx.session.add(ncr)
    tx.session.flush()
    return made, ncr


def _numbered(session: Session, site_id: int | None, day: date) -> Made:
    """Make the subject under the next number of its day; two at once take turns for it."""
    start = f"NCR-{day:%y%m%d}-"
    own = Subject.kind == NCR.name, Subject.number.startswith(start)
    n = session.scalar(select(func.count(Subject.id)).where(*own)) or 0
    while True:
        n += 1
        try:
            return subjects.create(session, NCR, f"{start}{n:03d}", site_id)
        except Refused as taken:
            if taken.rule != "number_taken":
                raise


def _pieces_of(session: Session, subject_id: int) -> _Pieces | None:
    lot = session.get(Lot, subject_id)
    if lot is not None:
        return _Pieces(lot.family_id, lot.id, lot.item_id)
    order = session.get(WorkOrder, subject_id)
    return _Pieces(order.id, None, order.item_id) if order else None


def _effect(made: Made) -> Effect:
    return Effect(OPENED, {"code": made.code, "number": made.number or ""})
