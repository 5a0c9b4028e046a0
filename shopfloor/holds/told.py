"""Holds as programs hear of them: what is locked, why, since when, and who can release it."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shopfloor.catalogue.models import Reason
from shopfloor.core.api_fields import Thing, Told
from shopfloor.core.subjects import Subject
from shopfloor.core.words import in_words
from shopfloor.holds.gate import in_force, others, releasers, said
from shopfloor.holds.models import Hold
from shopfloor.people.models import Person


class HoldTold(Told):
    """A lock in force; its id is what a release names."""

    id: int
    subject: Thing
    reason: str
    opened_by: str
    since: datetime
    releasers: list[str]


def holds_on(session: Session, subject_ids: Iterable[int | None]) -> list[HoldTold]:
    """Return the open holds on any of these subjects, oldest first; at most three statements."""
    holds = in_force(session, subject_ids)
    if not holds:
        return []
    rows = session.execute(
        select(Hold.id, Subject, Person.name, Reason.names)
        .join(Subject, Subject.id == Hold.subject_id)
        .join(Person, Person.id == Hold.opened_by_id)
        .join(Reason, Reason.id == Hold.reason_id, isouter=True)
        .where(Hold.id.in_([hold.id for hold in holds]))
    )
    may_release = releasers(session, holds)
    facts = {row.id: row for row in rows}
    return [
        HoldTold(
            id=hold.id,
            subject=Thing(
                kind=facts[hold.id].Subject.kind,
                code=facts[hold.id].Subject.code,
                number=facts[hold.id].Subject.number,
            ),
            reason=said(in_words(facts[hold.id].names), hold.note),
            opened_by=facts[hold.id].name,
            since=hold.opened_at,
            releasers=list(others(may_release, hold.opened_by_id)),
        )
        for hold in holds
    ]
