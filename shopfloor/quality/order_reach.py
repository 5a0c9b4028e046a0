"""Who reaches what belongs to an order: who has a right at its site, or at a station of it."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from shopfloor.core.rights import Rights
from shopfloor.core.subjects import Subject
from shopfloor.plant.models import Station
from shopfloor.production.models import Operation
from shopfloor.quality.ncr_models import Nonconformance


def within(scopes: Collection[int], family_id: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """Say of a Subject, whose order this is, that one of these scopes reaches it."""
    operation, station = aliased(Operation), aliased(Station)
    return or_(
        Subject.site_id.in_(scopes),
        exists().where(
            operation.order_id == family_id,
            station.id == operation.station_id,
            or_(station.line_id.in_(scopes), station.id.in_(scopes)),
        ),
    )


def reaches(
    session: Session, rights: Rights, verb: str, subject: Subject, ncr: Nonconformance
) -> bool:
    """Say whether a right reaches a nonconformance; one statement, none for who has it there."""
    if rights.may(verb, subject.site_id):
        return True
    return rights.has(verb) and rights.may(verb, *places_of(session, ncr))


def require(
    session: Session, rights: Rights, verb: str, subject: Subject, ncr: Nonconformance
) -> None:
    """Raise NotYours without the verb, NotFound where it does not reach this; as reaches()."""
    if not reaches(session, rights, verb, subject, ncr):
        rights.require(verb, subject.site_id)


def places_of(session: Session, ncr: Nonconformance) -> set[int]:
    """Return the lines and stations of the order whose pieces are concerned; one statement."""
    rows = session.execute(
        select(Station.line_id, Station.id)
        .join(Operation, Operation.station_id == Station.id)
        .where(Operation.order_id == ncr.family_id)
    )
    return {place for row in rows for place in row}
