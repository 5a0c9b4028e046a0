"""Holds as programs hear of them: what is locked, why, since when, and who can release it."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from shopfloor.catalogue.models import Reason
from shopfloor.core.api_fields import Thing, Told
from shopfloor.core.subjects import Subject
from shopfloor.core.words import in_words
from shopfloor.holds.gate import MOST_NAMED, releasers, said
from shopfloor.holds.models import Hold
from shopfloor.people.models import Person

_TOLD = (
    select(Hold, Subject, Person.name, Reason.names)
    .join(Subject, Subject.id == Hold.subject_id)
    .join(Person, Person.id == Hold.opened_by_id)
    .join(Reason, Reason.id == Hold.reason_id, isouter=True)
    .where(Hold.subject_id.in_(bindparam("ids", expanding=True)), Hold.released_at.is_(None))
    .order_by(Hold.id)
)


class HoldTold(Told):
    """A lock in force; its id is what a release names. `number_lock` has opened it by itself."""

    id: int
    subject: Thing
    reason: str
    opened_by: str
    since: datetime
    releasers: list[str]
    number_lock: int | None


def holds_on(session: Session, subject_ids: Iterable[int | None]) -> list[HoldTold]:
    """Return the open holds on any of these subjects, oldest first; at most two statements."""
    ids = {subject_id for subject_id in subject_ids if subject_id is not None}
    found = session.execute(_TOLD, {"ids": sorted(ids)}).all() if ids else []
    may_release = releasers(session, [row.Hold for row in found]) if found else {}
    return [
        HoldTold(
            id=row.Hold.id,
            subject=Thing(kind=row.Subject.kind, code=row.Subject.code, number=row.Subject.number),
            reason=said(in_words(row.names), row.Hold.note, row.Hold.source),
            opened_by=row.name,
            since=row.Hold.opened_at,
            releasers=may_release[row.Hold.id][:MOST_NAMED],
            number_lock=row.Hold.number_lock_id,
        )
        for row in found
    ]
