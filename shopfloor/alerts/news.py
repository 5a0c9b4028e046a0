"""What open pages are told of alerts and locks: that there is news, not what it is."""

from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from shopfloor.alerts.models import Alert
from shopfloor.holds.models import Hold

# On PostgreSQL an older entry may be committed after a younger one: the last ones are counted.
_RECENT = 500


def _last(column: InstrumentedAttribute[int] | InstrumentedAttribute[int | None]) -> object:
    last = select(func.max(column)).scalar_subquery()
    return select(func.count(column)).where(column > last - _RECENT).scalar_subquery() + last


def _of_open(value: object) -> ScalarSelect[int]:
    return select(func.coalesce(value, 0)).where(Alert.closed_at.is_(None)).scalar_subquery()


# Whatever is said about an alert gives it another event, and what is closed leaves the sum.
_MARKS = select(
    _of_open(func.sum(Alert.event_id)).label("alerts"),
    func.coalesce(_last(Hold.opened_event_id), 0).label("opened"),
    func.coalesce(_last(Hold.released_event_id), 0).label("released"),
)


def marks(session: Session) -> dict[str, object]:
    """Return for each kind of news what changes when there is some; one statement."""
    row = session.execute(_MARKS).one()
    return {"alerts": row.alerts, "locks": (row.opened, row.released)}
