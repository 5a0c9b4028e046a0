"""A nonconformance is opened with the lock, in the same transaction, and follows its release."""

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam, func, insert, select
from sqlalchemy.orm import Session

from shopfloor.core import subjects
from shopfloor.core.commands import Tx
from shopfloor.core.db import rows
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


_INSERT = insert(Nonconformance)
_FAILED = (
    select(
        Inspection.id,
        Hold.id.label("hold_id"),
        Hold.reason_id,
        Lot.family_id,
        Lot.item_id,
    )
    .join(Hold, Hold.opened_event_id == Inspection.event_id)
    .join(Lot, Lot.id == Inspection.lot_id)
    .where(Inspection.event_id == bindparam("event"))
)
_PHOTOS = (
    select(Value.sha256)
    .join(Check, Check.id == Value.check_id)
    .where(
        Check.inspection_id == bindparam("inspection"),
        Value.good.is_(False),
        Value.sha256.is_not(None),
        Value.replaced_at.is_(None),
    )
    .distinct()
)
_START = Subject.number.startswith(bindparam("start"))
_COUNT = select(func.count(Subject.id)).where(Subject.kind == NCR.name, _START)


def open_for_verdict(tx: Tx, event: Recorded) -> Effect | None:
    """Open the nonconformance of a failed inspection, with the photos of what has failed."""
    if event.payload["verdict"] != "fail":
        return None
    failed = rows(tx.session, _FAILED, {"event": event.id})[0]
    lot_id, operation_id = int(event.payload["lot"]), int(event.payload["operation"]) or None
    made = _open(
        tx,
        event,
        hold_id=failed.hold_id,
        reason_id=failed.reason_id,
        inspection_id=failed.id,
        family_id=failed.family_id,
        lot_id=lot_id,
        item_id=failed.item_id,
        quantity=Decimal(event.payload["quantity"]),
        found_at_id=operation_id,
        made_at_id=operation_id,
    )
    for (sha256,) in rows(tx.session, _PHOTOS, {"inspection": failed.id}):
        tx.session.add(NonconformancePhoto(ncr_id=made.id, sha256=sha256, added_at=tx.act.when.at))
    return _effect(made)


def open_for_hold(tx: Tx, event: Recorded) -> Effect | None:
    """Open the nonconformance of a lock by hand, where whoever locks asks for one."""
    if not event.payload.get("nonconformance"):
        return None
    hold = tx.session.scalars(select(Hold).where(Hold.opened_event_id == event.id)).one()
    pieces = _pieces_of(tx.session, hold.subject_id)
    if pieces is None:
        return None
    held = {"hold_id": hold.id, "reason_id": hold.reason_id, "quantity": Decimal(0)}
    return _effect(_open(tx, event, **held, **pieces))


def note_decided(tx: Tx, event: Recorded) -> Effect | None:
    """Keep how many pieces were decided about, and close what is settled with that."""
    ncr_state.count_decided(tx, event)
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


def _open(tx: Tx, event: Recorded, **facts: Any) -> Made:
    site_id = event.where.site_id
    made = _numbered(tx.session, site_id, day_at(tx.session, site_id or 0, tx.act.when.at))
    row = {
        "id": made.id,
        "opened_at": tx.act.when.at,
        "opened_by_id": tx.act.actor_id,
        "opened_event_id": event.id,
    }
    tx.session.connection().execute(_INSERT, {**row, **facts})
    return made


def _numbered(session: Session, site_id: int | None, day: date) -> Made:
    """Make the subject under the next number of its day; two at once take turns for it."""
    start = f"NCR-{day:%y%m%d}-"
    n = rows(session, _COUNT, {"start": start})[0][0]
    while True:
        n += 1
        try:
            return subjects.create(session, NCR, f"{start}{n:03d}", site_id)
        except Refused as taken:
            if taken.rule != "number_taken":
                raise


def _pieces_of(session: Session, subject_id: int) -> dict[str, int] | None:
    """Return which pieces a nonconformance of a locked lot or order is about."""
    lot = session.get(Lot, subject_id)
    if lot is not None:
        return {"family_id": lot.family_id, "lot_id": lot.id, "item_id": lot.item_id}
    order = session.get(WorkOrder, subject_id)
    return {"family_id": order.id, "item_id": order.item_id} if order else None


def _effect(made: Made) -> Effect:
    return Effect(OPENED, {"code": made.code, "number": made.number or ""})
