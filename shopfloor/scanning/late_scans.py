"""What a scan made without network was about, when others have done that work before it came in."""

import json
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from shopfloor.core.actions import Act
from shopfloor.core.events import Event, EventSubject
from shopfloor.production.commands.reports import REPORTED
from shopfloor.production.queries import LotView
from shopfloor.production.way import Stop

_PIECES = ("good", "scrap", "rework")


def booked_meanwhile(session: Session, act: Act, view: LotView) -> tuple[Stop, Decimal] | None:
    """Return the operation that was next at the scan, and the pieces others have booked there.

    None unless all of them are booked by now: of what is left somebody has to say how much it is.
    One statement, for what was done offline only.
    """
    if not act.offline or act.when.undated:
        return None
    taken_back = select(Event.undoes_id).where(Event.undoes_id.is_not(None))
    found = session.scalars(
        select(Event.payload)
        .join(EventSubject, EventSubject.event_id == Event.id)
        .where(
            EventSubject.subject_id == view.work.lot.id,
            Event.kind == REPORTED.name,
            Event.actor_id != act.actor_id,
            Event.recorded_at > act.when.at,
            Event.id.not_in(taken_back),
        )
        .order_by(Event.id)
    )
    told = [json.loads(payload) for payload in found]
    if not told:
        return None
    # The first to come after the scan has booked what was next then.
    sequence = told[0]["sequence"]
    stop = view.work.stop(int(sequence))
    there = [facts for facts in told if facts["sequence"] == sequence]
    booked = sum((Decimal(facts[of]) for facts in there for of in _PIECES), Decimal(0))
    return (stop, booked) if booked and not stop.left else None
