"""Recounts locks: each was opened once and, if it ended, was released by who signed for it."""

from collections.abc import Iterable, Iterator
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased

from shopfloor.core.events import Event
from shopfloor.core.reconcile import Check, Difference
from shopfloor.core.subjects import Subject
from shopfloor.holds.models import Hold
from shopfloor.people.models import Signature

OPENERS = ("hold.placed", "inspection.recorded", "lot.part_held")
RELEASE = "hold.released"


def find(session: Session) -> Iterator[Difference]:
    """Look at both ends of every lock."""
    opened, released = aliased(Event), aliased(Event)
    rows: Iterable[Any] = session.execute(
        select(Hold, Subject, opened, released, Signature)
        .join(Subject, Subject.id == Hold.subject_id, isouter=True)
        .join(opened, opened.id == Hold.opened_event_id, isouter=True)
        .join(released, released.id == Hold.released_event_id, isouter=True)
        .join(Signature, Signature.id == Hold.signature_id, isouter=True)
        .where(
            or_(
                opened.id.is_(None),
                opened.kind.not_in(OPENERS),
                Hold.released_at.is_not(None),
                Hold.released_by_id.is_not(None),
                Hold.released_event_id.is_not(None),
            )
        )
        .order_by(Hold.id)
        .execution_options(yield_per=1000)
    )
    for hold, subject, opening, release, signature in rows:
        facts = {"hold": str(hold.id), "subject": _name(subject)}
        # A lock on numbers opens holds with whatever makes the lots.
        if opening is None or (opening.kind not in OPENERS and hold.number_lock_id is None):
            yield Difference("not_opened", facts)
        if hold.released_at or hold.released_by_id or hold.released_event_id:
            yield from _end(hold, release, signature, facts)


def _end(
    hold: Hold, release: Event | None, signature: Signature | None, facts: dict[str, str]
) -> Iterator[Difference]:
    if (
        hold.released_at is None
        or release is None
        or release.kind != RELEASE
        or release.id <= hold.opened_event_id
    ):
        yield Difference("half_released", facts)
    if (
        signature is None
        or signature.person_id != hold.released_by_id
        or signature.used_by_event_id != hold.released_event_id
    ):
        yield Difference("not_signed", facts)
    if hold.released_by_id == hold.opened_by_id:
        yield Difference("two_eyes", facts)


def _name(subject: Subject | None) -> str:
    return (subject.number or subject.code) if subject else "?"


CHECK = Check(
    "holds",
    _l("Locks"),
    find,
    {
        "not_opened": _l("Lock %(hold)s on %(subject)s has no entry that opened it."),
        "half_released": _l("Lock %(hold)s on %(subject)s is only half released."),
        "not_signed": _l("The release of lock %(hold)s on %(subject)s lacks its signature."),
        "two_eyes": _l("Lock %(hold)s on %(subject)s was released by the one who opened it."),
    },
)
