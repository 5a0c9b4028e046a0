"""Retests of lots in stock: the loop looks for what is due again, however often, once for each."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select, update
from sqlalchemy.orm import Session

from shopfloor.core.db import db, transaction
from shopfloor.core.events import Event
from shopfloor.core.subjects import Subject
from shopfloor.holds.models import Hold
from shopfloor.plant.models import Place
from shopfloor.production import work
from shopfloor.quality.asked import in_use
from shopfloor.quality.due import add_due, items_of
from shopfloor.quality.in_stock import STORES, quantity_of, stored
from shopfloor.quality.models import Verdict
from shopfloor.quality.plan_models import Check, Plan, PlanKind, PlanRevision
from shopfloor.stock.models import Balance, Lot, Movement

# So many lots are taken at one look; the next one comes within a minute.
AT_ONCE = 200
_ASKED = in_use(PlanKind.PERIODIC).limit(1)
_OPEN = (Check.kind == PlanKind.PERIODIC) & Check.closed_at.is_(None)


def add_retests(now: datetime) -> int:
    """Make due what lies in stock for too long, each in a transaction; returns how many."""
    session = db.session()
    plans = session.scalars(_periodic()).all()
    if not plans and session.scalar(select(Check.id).where(_OPEN).limit(1)) is None:
        return 0
    _withdraw(now)
    due = [lot_id for plan in plans for lot_id in _due(db.session(), plan, now)]
    return sum(_add(lot_id, now) for lot_id in due[:AT_ONCE])


def asked_again(session: Session, item_id: int, supplier_id: int | None) -> PlanRevision | None:
    """Return the plan by which lots are tested again while they lie in stock; one statement."""
    return session.scalar(_ASKED, {"item": item_id, "supplier": supplier_id})


def _periodic() -> Select[Plan]:
    published = Plan.revisions.any(PlanRevision.published_at.is_not(None))
    return (
        select(Plan)
        .join(Subject, Subject.id == Plan.id)
        .where(Plan.kind == PlanKind.PERIODIC, Subject.archived_at.is_(None), published)
        .order_by(Plan.id)
    )


def _due(session: Session, plan: Plan, now: datetime) -> Iterator[int]:
    """Yield the lots in stock that this plan asks for and no narrower one, when their time is over.

    One statement, and one for each item and supplier of them.
    """
    days = next((r.every_days for r in reversed(plan.revisions) if r.published_at), None)
    if days is None:
        return
    query = (
        select(Lot.id, Lot.item_id, Lot.supplier_id)
        .join(Balance, Balance.lot_id == Lot.id)
        .join(Place, Place.id == Balance.place_id)
        .where(
            *stored(),
            Lot.item_id.in_(items_of(plan)),
            _since() <= now - timedelta(days=days),
            ~select(Check.id).where(_OPEN, Check.lot_id == Lot.id).exists(),
            ~_held(),
        )
        .distinct()
        .order_by(Lot.id)
    )
    if plan.partner_id is not None:
        query = query.where(Lot.supplier_id == plan.partner_id)
    asks: dict[tuple[int, int | None], bool] = {}
    for lot_id, item_id, supplier_id in session.execute(query).all():
        key = item_id, supplier_id
        if key not in asks:
            revision = asked_again(session, item_id, supplier_id)
            asks[key] = revision is not None and revision.plan_id == plan.id
        if asks[key]:
            yield lot_id


def _add(lot_id: int, now: datetime) -> bool:
    with transaction() as session:
        # A verdict may close one at this very moment: the lock lets one of the two come first.
        work.lock_family(session, lot_id)
        lot = session.get_one(Lot, lot_id)
        revision = asked_again(session, lot.item_id, lot.supplier_id)
        if revision is None or not revision.every_days:
            return False
        since = session.scalar(select(_since()).where(Lot.id == lot_id))
        opened = session.scalar(select(Check.id).where(_OPEN, Check.lot_id == lot_id).limit(1))
        quantity = quantity_of(session, lot_id)
        if since is None or opened is not None or not quantity:
            return False
        if since + timedelta(days=revision.every_days) > now:
            return False
        add_due(session, now, revision, PlanKind.PERIODIC, lot_id, None, None, quantity)
        return True


def _withdraw(now: datetime) -> None:
    """Ask no more for what is used up, or is worked on again; what was read of it stays."""
    here = (
        select(Balance.lot_id)
        .join(Place, Place.id == Balance.place_id)
        .join(Lot, Lot.id == Balance.lot_id)
        .where(*stored())
    )
    with transaction() as session:
        session.execute(
            update(Check)
            .where(_OPEN, Check.lot_id.not_in(here))
            .values(closed_at=now)
            .execution_options(synchronize_session=False)
        )


def _since() -> ColumnElement[Any]:
    """Return when a lot last passed a retest, or else when the first of it came into stock."""
    passed = select(func.max(Check.closed_at)).where(
        Check.lot_id == Lot.id,
        Check.kind == PlanKind.PERIODIC,
        Check.verdict == Verdict.PASS,
    )
    came = (
        select(func.min(Event.happened_at))
        .join(Movement, Movement.event_id == Event.id)
        .join(Place, Place.id == Movement.to_place_id)
        .where(Movement.lot_id == Lot.id, Place.kind.in_(STORES))
    )
    both = (each.correlate(Lot).scalar_subquery() for each in (passed, came))
    return func.coalesce(*both, type_=Check.due_at.type)


def _held() -> ColumnElement[bool]:
    """Say that a lot is locked: it is asked for when it is released, and not before."""
    held = or_(Hold.subject_id == Lot.id, Hold.subject_id == Lot.family_id)
    return select(Hold.id).where(held, Hold.released_at.is_(None)).exists()
