"""What nobody acknowledges in time climbs to the next level; the loop looks for it."""

import logging
from datetime import timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from shopfloor.alerts.commands import climb_alert
from shopfloor.alerts.kinds import KINDS, USUAL_MINUTES
from shopfloor.alerts.models import Alert, AlertRule
from shopfloor.core import clock
from shopfloor.core.actions import Act
from shopfloor.core.clock import When
from shopfloor.core.db import db
from shopfloor.core.refusals import Refused

log = logging.getLogger(__name__)


def minutes(session: Session) -> dict[tuple[str, int], int]:
    """Return how many minutes each kind waits at each level; one statement."""
    usual = {(kind, level): usual for kind in KINDS for level, usual in USUAL_MINUTES.items()}
    rules = session.scalars(select(AlertRule))
    return usual | {(rule.kind, rule.level): rule.minutes for rule in rules}


def run_climbs() -> int:
    """Let every alert climb that has waited too long, and return how many have.

    The action's id names the alert and its level: however many loops run, each climb is one.
    """
    db.session.rollback()
    now = clock.now()
    late = [
        and_(
            Alert.kind == kind,
            Alert.level == level,
            Alert.level_at <= now - timedelta(minutes=waits),
        )
        for (kind, level), waits in minutes(db.session()).items()
    ]
    due = db.session.execute(
        select(Alert.id, Alert.level)
        .where(Alert.closed_at.is_(None), Alert.acknowledged_at.is_(None), or_(*late))
        .order_by(Alert.id)
    ).all()
    return sum(_climb(alert_id, level) for alert_id, level in due)


def _climb(alert_id: int, level: int) -> bool:
    try:
        climb_alert(
            Act(f"climb.{alert_id}.{level}", None, when=When(clock.now())), alert_id=alert_id
        )
    except Refused:
        # Somebody has answered between our look and the lock of the row.
        return False
    return True
