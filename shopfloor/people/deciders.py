"""Whom a worker's objection goes to: the leader of that shift, or else whoever decides there."""

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from shopfloor.core.events import Where
from shopfloor.core.subjects import Subject
from shopfloor.people.models import Grant, Person, RoleVerb

DECIDES = "work.override"
MOST = 5


def deciders(session: Session, where: Where, but: int | None = None) -> list[tuple[int, str]]:
    """Return (id, name) of the people who decide at a place, its leader first; one statement."""
    scopes = [where.site_id, where.line_id, where.station_id]
    found = session.execute(
        select(Person.id, Person.name)
        .join(Subject, Subject.id == Person.id)
        .join(Grant, Grant.person_id == Person.id)
        .join(RoleVerb, RoleVerb.role == Grant.role)
        .where(
            RoleVerb.verb == DECIDES,
            Grant.revoked_at.is_(None),
            Subject.archived_at.is_(None),
            Person.site_id == where.site_id,
            Person.id != (but or 0),
            or_(Grant.scope_id.is_(None), Grant.scope_id.in_([s for s in scopes if s])),
        )
        .distinct()
        .order_by(Person.id)
    ).all()
    people = [(row.id, row.name) for row in found]
    people.sort(key=lambda one: one[0] != where.leader_id)
    return people[:MOST]
