"""Which of the things that a code stands for lie within a person's scope."""

from collections.abc import Collection, Iterable

from sqlalchemy import or_, select, union
from sqlalchemy.orm import Session

from shopfloor.core.rights import Rights
from shopfloor.plant.models import SITE, Station
from shopfloor.production.models import Operation
from shopfloor.quality.ncr_models import Nonconformance
from shopfloor.scanning.resolve import Found
from shopfloor.stock.models import Lot


def within_reach(session: Session, rights: Rights, found: Iterable[Found]) -> list[Found]:
    """Return what this person may see; at most two statements.

    A right at a line or station reaches the orders that are worked on there, their lots and their
    nonconformances.
    """
    found, scopes = list(found), rights.scopes("work.view")
    if scopes is None or not found:
        return found
    reached = _worked_on(session, {each.id for each in found}, scopes)
    return [
        each
        for each in found
        if (each.site_id is None and each.kind != SITE.name)
        or {each.site_id, each.id} & scopes
        or each.id in reached
    ]


def _worked_on(session: Session, ids: set[int], scopes: Collection[int]) -> set[int]:
    families = select(Lot.family_id).where(Lot.id.in_(ids))
    rows = session.execute(
        select(Station.id, Operation.id, Operation.order_id, Lot.id)
        .join(Operation, Operation.station_id == Station.id)
        .join(Lot, Lot.family_id == Operation.order_id, isouter=True)
        .where(
            or_(
                Operation.order_id.in_(ids),
                Operation.order_id.in_(families),
                Operation.id.in_(ids),
            ),
            or_(Station.id.in_(scopes), Station.line_id.in_(scopes)),
        )
    )
    stations = select(Station.id).where(Station.id.in_(ids), Station.line_id.in_(scopes))
    ncrs = (
        select(Nonconformance.id)
        .join(Operation, Operation.order_id == Nonconformance.family_id)
        .join(Station, Station.id == Operation.station_id)
        .where(Nonconformance.id.in_(ids), or_(Station.id.in_(scopes), Station.line_id.in_(scopes)))
    )
    others = session.scalars(union(stations, ncrs))
    return ids & {*others, *(subject_id for row in rows for subject_id in row)}
