"""Lots that are locked together: all of them or none, and none that is locked already."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from shopfloor.core import clock
from shopfloor.core.rights import Rights
from shopfloor.core.subjects import Subject, find
from shopfloor.holds.gate import in_force
from shopfloor.holds.standing import stands
from shopfloor.stock.models import LOT


def free_lots(session: Session, rights: Rights, codes: Iterable[str]) -> list[Subject]:
    """Return the lots without a lock of their own; Refused unless all of them may be locked.

    Each is locked in a transaction of its own, so a "no" must come before the first one. Two who
    lock at once lock a lot twice, which does no harm.
    """
    lots = [find(session, LOT, code) for code in codes]
    for lot in lots:
        at = stands(session, lot, clock.now())
        rights.require("hold.place", lot.site_id, at.line_id, at.station_id)
    held = {hold.subject_id for hold in in_force(session, [lot.id for lot in lots])}
    return [lot for lot in lots if lot.id not in held]
