"""An inspection that nobody has done in time calls the inspectors, and climbs like any alert."""

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import exists, select, update

from shopfloor.alerts import refusals
from shopfloor.alerts.kinds import DUE
from shopfloor.alerts.models import Alert
from shopfloor.core import clock
from shopfloor.core.actions import Act
from shopfloor.core.clock import When
from shopfloor.core.commands import Gate, Tx, command
from shopfloor.core.db import db, transaction
from shopfloor.core.events import EventKind, Where
from shopfloor.core.refusals import Refused
from shopfloor.core.subjects import Subject
from shopfloor.production.standing import station_of
from shopfloor.quality.plan_models import Check

OVERDUE = EventKind(
    "inspection.overdue", _l("Inspection overdue"), no_inverse_because="it is over when it is done"
)
AT_ONCE = 200


@dataclass(frozen=True)
class Called:
    """An inspection to which the inspectors were called."""

    check_id: int


@command(Gate.NONE, "an alert tells people; no lot is touched")
def call_to_overdue(tx: Tx, *, check_id: int) -> Called:
    """Call the inspectors to an inspection that is overdue; once for each."""
    check = tx.session.get(Check, check_id)
    if check is None:
        raise refusals.no_alert()
    if check.closed_at is not None or not check.overdue_at or check.overdue_at > clock.now():
        raise refusals.settled()
    site_id = tx.session.scalar(select(Subject.site_id).where(Subject.id == check.lot_id))
    line_id, station_id = station_of(tx.session, check.operation_id) or (None, None)
    facts = {
        "check": str(check.id),
        "lot": str(check.lot_id),
        "operation": str(check.operation_id or 0),
    }
    about = [check.lot_id, check.operation_id]
    tx.record(OVERDUE, Where(site_id, line_id, station_id), facts, about=about)
    return Called(check.id)


def run_overdue() -> int:
    """Call to everything that has become overdue, and return how many there were."""
    _call_off()
    called = exists().where(Alert.matter == DUE, Alert.about_id == Check.id)
    late = select(Check.id).where(
        Check.closed_at.is_(None), Check.overdue_at <= clock.now(), ~called
    )
    ids = db.session.scalars(late.order_by(Check.id).limit(AT_ONCE)).all()
    return sum(_call(check_id) for check_id in ids)


def _call_off() -> None:
    """Close the calls to what is done, or not asked for any more.

    A verdict closes its own. Left to us are the lot that is used up and the order that is closed,
    and the inspection that was judged in the moment in which it was called to.
    """
    gone = select(Check.id).where(Check.closed_at.is_not(None))
    with transaction() as session:
        session.execute(
            update(Alert)
            .where(Alert.matter == DUE, Alert.closed_at.is_(None), Alert.about_id.in_(gone))
            .values(closed_at=clock.now())
            .execution_options(synchronize_session=False)
        )


def _call(check_id: int) -> bool:
    try:
        # However many loops run: the action's id names the inspection.
        act = Act(f"overdue.{check_id}", None, when=When(clock.now()))
        call_to_overdue(act, check_id=check_id)
    except Refused:
        # It was done between our look and now.
        return False
    return True
