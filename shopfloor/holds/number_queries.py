"""What the pages of locked numbers ask."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, aliased

from shopfloor.catalogue.models import Reason
from shopfloor.core.finding import finds
from shopfloor.core.paging import Page, page_of
from shopfloor.core.rights import Rights
from shopfloor.core.subjects import Subject
from shopfloor.holds.models import Hold
from shopfloor.holds.number_commands import no_number_lock
from shopfloor.holds.number_models import NumberLock
from shopfloor.people.models import Person
from shopfloor.plant.models import Site

SEE = "work.view"


@dataclass(frozen=True)
class Locked:
    """A lock on numbers with who and why at both ends, and the lots that it has held."""

    lock: NumberLock
    reason: dict[str, str]
    placed_by: str
    lifted_by: str | None
    lift_reason: dict[str, str] | None
    site: dict[str, str] | None
    lots: Page


def number_locks(rights: Rights, search: str = "", *, lifted: bool = False) -> Select[Any]:
    """Return the query for the locks on numbers within reach, the newest first."""
    held = select(func.count(Hold.id)).where(Hold.number_lock_id == NumberLock.id)
    scopes = rights.scopes(SEE)
    if scopes is not None:
        lot = aliased(Subject)
        held = held.join(lot, lot.id == Hold.subject_id).where(lot.site_id.in_(scopes))
    query = (
        select(NumberLock, Reason.names, Person.name, held.scalar_subquery().label("held"))
        .join(Reason, Reason.id == NumberLock.reason_id)
        .join(Person, Person.id == NumberLock.placed_by_id)
        .where(NumberLock.lifted_at.is_not(None) if lifted else NumberLock.lifted_at.is_(None))
        .order_by(NumberLock.id.desc())
    )
    if search:
        query = query.where(finds(search, NumberLock.first, NumberLock.last, NumberLock.note))
    if scopes is not None:
        query = query.where(or_(NumberLock.site_id.is_(None), NumberLock.site_id.in_(scopes)))
    return query


def number_lock(session: Session, rights: Rights, number: int, page: int = 1) -> Locked:
    """Return one lock on numbers, with a page of its lots; NotFound outside the scope."""
    lifter, lifting = aliased(Person), aliased(Reason)
    row = session.execute(
        select(NumberLock, Reason.names, Person.name, lifter.name, lifting.names, Site.names)
        .join(Reason, Reason.id == NumberLock.reason_id)
        .join(Person, Person.id == NumberLock.placed_by_id)
        .join(lifter, lifter.id == NumberLock.lifted_by_id, isouter=True)
        .join(lifting, lifting.id == NumberLock.lift_reason_id, isouter=True)
        .join(Site, Site.id == NumberLock.site_id, isouter=True)
        .where(NumberLock.id == number)
    ).first()
    if row is None:
        raise no_number_lock()
    if row[0].site_id is not None:
        rights.require(SEE, row[0].site_id)
    lots = (
        select(Hold.id, Hold.released_at, Hold.opened_at, Subject.code, Subject.number)
        .join(Subject, Subject.id == Hold.subject_id)
        .where(Hold.number_lock_id == number)
        .order_by(Hold.released_at.is_not(None), Hold.id.desc())
    )
    # A lock that counts everywhere has lots at sites that are not everybody's.
    scopes = rights.scopes(SEE)
    if scopes is not None:
        lots = lots.where(Subject.site_id.in_(scopes))
    return Locked(*row, page_of(session, lots, page))


def sites(session: Session, rights: Rights, verb: str) -> list[tuple[int, dict[str, str]]]:
    """Return the sites at which somebody has a verb, as a form offers them; one statement."""
    query = select(Site.id, Site.names).join(Subject, Subject.id == Site.id)
    scopes = rights.scopes(verb)
    if scopes is not None:
        query = query.where(Site.id.in_(scopes))
    rows = session.execute(query.where(Subject.archived_at.is_(None)).order_by(Site.id))
    return [(site_id, names) for site_id, names in rows]
