"""Which decisions are about a nonconformance: its lock's, and what its lock has left to another."""

from typing import Any

from sqlalchemy import Select, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from shopfloor.holds.models import Hold
from shopfloor.quality.models import Disposition, Inspection
from shopfloor.quality.ncr_models import Nonconformance
from shopfloor.stock.models import Lot

_OWN, _BY, _BEFORE = aliased(Hold), aliased(Hold), aliased(Hold)
_FIRST = aliased(Disposition)
# One decision is about everything that waits at an operation: the first one since pieces have
# failed is about them, whichever lock was the last on them.
_FAILED = and_(
    exists().where(
        Inspection.id == Nonconformance.inspection_id,
        Inspection.lot_id == Disposition.lot_id,
        Inspection.operation_id == Disposition.operation_id,
    ),
    ~exists().where(
        _FIRST.lot_id == Disposition.lot_id,
        _FIRST.operation_id == Disposition.operation_id,
        _BEFORE.id == _FIRST.hold_id,
        _BEFORE.released_event_id > Nonconformance.opened_event_id,
        _BEFORE.released_event_id < _BY.released_event_id,
    ),
)
# Another lock that was there when its own was released.
_LEFT = and_(
    _BY.opened_event_id < _OWN.released_event_id,
    _OWN.subject_id.in_((Lot.id, Lot.family_id)),
    func.coalesce(_OWN.operation_id, Disposition.operation_id) == Disposition.operation_id,
)


def decisions(*wanted: Any) -> Select[*tuple[Any, ...]]:
    """Return a query over nonconformances and the decisions about their pieces."""
    ended = func.coalesce(Nonconformance.closed_event_id, _BY.released_event_id)
    return (
        select(*wanted)
        .select_from(Nonconformance)
        .join(_OWN, _OWN.id == Nonconformance.hold_id)
        .join(_BY, _BY.released_event_id >= _OWN.released_event_id)
        .join(Disposition, Disposition.hold_id == _BY.id)
        .join(Lot, Lot.id == Disposition.lot_id)
        .where(
            or_(
                _BY.id == _OWN.id,
                and_(_BY.released_event_id <= ended, or_(_FAILED, _LEFT)),
            )
        )
    )
