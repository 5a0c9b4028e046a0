"""Which shift an instant belongs to, and which working day: computed in the plant's own zone."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, bindparam, select
from sqlalchemy.orm import Session

from shopfloor.core.db import rows
from shopfloor.plant.models import Shift, Site

_SHIFTS = (
    select(
        Site.zone,
        Site.currency,
        Shift.id,
        Shift.starts_minute,
        Shift.ends_minute,
        Shift.leader_id,
    )
    .select_from(Site)
    .join(Shift, Shift.site_id == Site.id, isouter=True)
    .where(Site.id == bindparam("site"))
    .order_by(Shift.starts_minute)
)
_ZONE = select(Site.zone).where(Site.id == bindparam("site"))


@dataclass(frozen=True)
class Turn:
    """The shift that was on, who leads it, and the day it counts for."""

    shift_id: int | None
    leader_id: int | None
    day: date
    currency: str = ""


def turn_of(session: Session, site_id: int, instant: datetime) -> Turn:
    """Return the shift of a site at an instant; one statement."""
    found = rows(session, _SHIFTS, {"site": site_id})
    shifts = [row for row in found if row.id is not None]
    turn = find_turn(shifts, found[0].zone, instant)
    return replace(turn, currency=found[0].currency)


def day_at(session: Session, site_id: int, instant: datetime) -> date:
    """Return the day of the calendar that an instant falls on at a site; one statement."""
    found = rows(session, _ZONE, {"site": site_id})
    return instant.astimezone(ZoneInfo(found[0].zone if found else "UTC")).date()


def find_turn(
    shifts: Iterable[Shift | Row[*tuple[Any, ...]]], zone: str, instant: datetime
) -> Turn:
    """Return the shift and its day; after midnight a night shift still counts for the day before.

    Wall-clock minutes decide, so a shift keeps its name through a change to summer time.
    """
    local = instant.astimezone(ZoneInfo(zone))
    minute = local.hour * 60 + local.minute
    for shift in shifts:
        overnight = shift.ends_minute <= shift.starts_minute
        if not overnight and shift.starts_minute <= minute < shift.ends_minute:
            return Turn(shift.id, shift.leader_id, local.date())
        if overnight and minute >= shift.starts_minute:
            return Turn(shift.id, shift.leader_id, local.date())
        if overnight and minute < shift.ends_minute:
            return Turn(shift.id, shift.leader_id, local.date() - timedelta(days=1))
    return Turn(None, None, local.date())
