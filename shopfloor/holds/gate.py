"""The gate itself: every use and every move asks here, under the family's lock."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import and_, bindparam, func, or_, select
from sqlalchemy.orm import Session, aliased

from shopfloor.catalogue.models import Reason
from shopfloor.core.actions import GATE_LOCK, NUMBERS_LOCK
from shopfloor.core.commands import Gate, Tx
from shopfloor.core.db import rows
from shopfloor.core.refusals import Refused, Why
from shopfloor.core.shown import listed
from shopfloor.core.subjects import Subject
from shopfloor.core.words import in_words
from shopfloor.holds.models import Hold, HoldSource
from shopfloor.holds.standing import signed_at
from shopfloor.people.models import Grant, Person, RoleVerb

# A refusal names so many people who can release, and counts the others up to a limit.
MOST_NAMED = 3
MOST_COUNTED = 100
_IN_FORCE = select(Hold.id).where(
    Hold.subject_id.in_(bindparam("ids", expanding=True)), Hold.released_at.is_(None)
)

_ENTER = select(func.pg_advisory_xact_lock_shared(GATE_LOCK))
_CLOSE = select(func.pg_advisory_xact_lock(GATE_LOCK))
_ENTER_NUMBERS = select(func.pg_advisory_xact_lock_shared(NUMBERS_LOCK))
_CLOSE_NUMBERS = select(func.pg_advisory_xact_lock(NUMBERS_LOCK))


@dataclass(frozen=True)
class ReasonSaid:
    """Why something is locked, in the words of whoever reads it, now or later."""

    names: Mapping[str, str] | None
    note: str
    source: HoldSource

    def __str__(self) -> str:
        """Return the reason with the note behind it."""
        return said(in_words(self.names), self.note, self.source)


def in_force(session: Session, subject_ids: Iterable[int | None]) -> list[Hold]:
    """Return the open holds on any of these subjects, oldest first; one statement if none is."""
    ids = {subject_id for subject_id in subject_ids if subject_id is not None}
    found = [row.id for row in rows(session, _IN_FORCE, {"ids": sorted(ids)})]
    if not found:
        return []
    return list(session.scalars(select(Hold).where(Hold.id.in_(found)).order_by(Hold.id)))


def ask(tx: Tx, subject_ids: Iterable[int | None]) -> Hold | None:
    """Ask on behalf of a command, and return the hold that is in the way, if there is one.

    No hold can appear between this answer and the commit: the caller has passed the gate, which
    whoever places a hold closes first, and holds the lock of the family that a verdict would hold.
    """
    if tx.gate not in (Gate.USE, Gate.MOVE) and not tx.gate_asked:
        raise RuntimeError("enter() comes first, before anything is locked")
    tx.gate_asked = True
    holds = in_force(tx.session, subject_ids)
    return holds[0] if holds else None


def enter(tx: Tx) -> None:
    """Pass the gate as a judge, whose claim has not done so; before anything else is locked."""
    tx.gate_asked = True
    if tx.session.get_bind().dialect.name == "postgresql":
        tx.session.connection().execute(_ENTER)


def close(session: Session) -> None:
    """Wait for all who have passed the gate, and let nobody through before this transaction ends.

    It comes before every other lock: whoever waits here must not keep those who are inside.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.connection().execute(_CLOSE)


def enter_numbers(tx: Tx) -> None:
    """Make sure that no number is locked between the next look at the locks and the commit.

    Whoever has passed the gate has this already; imports and releases make lots without it. It may
    come last: whoever locks numbers waits for nothing more when he has closed them.
    """
    passed = tx.gate in (Gate.USE, Gate.MOVE)
    if not passed and tx.session.get_bind().dialect.name == "postgresql":
        tx.session.connection().execute(_ENTER_NUMBERS)


def close_numbers(session: Session) -> None:
    """Wait for all who make lots without passing the gate; after close(), before all else."""
    if session.get_bind().dialect.name == "postgresql":
        session.connection().execute(_CLOSE_NUMBERS)


def require_free(tx: Tx, subject_ids: Iterable[int | None]) -> None:
    """Refuse, with the whole story, when any of these subjects is held."""
    hold = ask(tx, subject_ids)
    if hold is not None:
        raise held(tx.session, hold)


def held(session: Session, hold: Hold) -> Refused:
    """Return the refusal that says why, who opened it, since when and who can release it."""
    why = story(session, hold)
    return Refused(
        _l("Locked: %(reason)s", reason=why.reason),
        _l(
            "%(names)s can release it. Take another lot until then.",
            names=listed(why.releasers, why.more),
        )
        if why.releasers
        else _l("Tell your supervisor. Take another lot until then."),
        rule="held",
        why=why,
    )


def story(session: Session, hold: Hold) -> Why:
    """Return the facts behind a hold; three statements."""
    opener = session.get_one(Person, hold.opened_by_id)
    free = releasers(session, [hold])[hold.id]
    named, more = tuple(free[:MOST_NAMED]), len(free[MOST_NAMED:])
    return Why(
        _reason(session, hold),
        opener.name,
        hold.opened_at,
        named,
        hold_id=hold.id,
        more=more,
    )


def _reason(session: Session, hold: Hold) -> ReasonSaid:
    reason = session.get(Reason, hold.reason_id) if hold.reason_id else None
    return ReasonSaid(reason.names if reason else None, hold.note, hold.source)


def said(reason: str, note: str, source: HoldSource) -> str:
    """Return a reason with the note behind it; a lock by hand without a reason has its note."""
    if not reason and source is HoldSource.INSPECTION:
        reason = str(_l("inspection failed"))
    return " – ".join(part for part in (reason, note) if part)


def releasers(session: Session, holds: Sequence[Hold]) -> dict[int, list[str]]:
    """Return by hold the names of who may release it, never of who locked it; one statement.

    A right counts where the signature is asked for it: at the site, at the thing itself, and at
    the line and the station of what is locked.
    """
    held = aliased(Subject)
    reach = [held.site_id, held.id, *signed_at()]
    found = session.execute(
        select(Hold.id, Person.name)
        .join(held, held.id == Hold.subject_id)
        .join(RoleVerb, RoleVerb.verb == "hold.release")
        .join(Grant, and_(Grant.role == RoleVerb.role, Grant.revoked_at.is_(None)))
        .join(Person, and_(Person.id == Grant.person_id, Person.id != Hold.opened_by_id))
        .join(Subject, and_(Subject.id == Person.id, Subject.archived_at.is_(None)))
        .where(
            Hold.id.in_([hold.id for hold in holds]),
            or_(Grant.scope_id.is_(None), *(Grant.scope_id == place for place in reach)),
        )
        .group_by(Hold.id, Person.id)
        .order_by(Person.name, Person.id)
        .limit(MOST_COUNTED * len(holds))
    )
    names: dict[int, list[str]] = {hold.id: [] for hold in holds}
    for hold_id, name in found:
        names[hold_id].append(name)
    return names
