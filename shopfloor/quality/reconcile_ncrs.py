"""Recounts nonconformances: one for every fail, and decided about what its release has decided."""

from collections.abc import Iterator

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shopfloor.core.reconcile import Check, Difference
from shopfloor.core.subjects import Subject
from shopfloor.core.types import plain
from shopfloor.holds.models import Hold
from shopfloor.quality.disposing import CONCEDED
from shopfloor.quality.models import Disposition, Inspection, Verdict
from shopfloor.quality.ncr_decisions import decisions
from shopfloor.quality.ncr_models import NcrState, Nonconformance


def find(session: Session) -> Iterator[Difference]:
    """Look for fails without one, wrong sums, and closed ones whose lock is still there."""
    yield from _fails_without(session)
    yield from _wrong_sums(session)
    yield from _closed_too_early(session)
    yield from _not_conceded(session)


def _fails_without(session: Session) -> Iterator[Difference]:
    # Before the first one there were none.
    first = select(func.min(Nonconformance.inspection_id)).scalar_subquery()
    rows = session.execute(
        select(Inspection.id, Subject.number, Subject.code)
        .join(Subject, Subject.id == Inspection.lot_id)
        .join(Nonconformance, Nonconformance.inspection_id == Inspection.id, isouter=True)
        .where(
            Inspection.verdict == Verdict.FAIL,
            Inspection.id >= first,
            Nonconformance.id.is_(None),
        )
        .order_by(Inspection.id)
    )
    for inspection_id, number, code in rows:
        yield Difference("missing", {"inspection": str(inspection_id), "lot": number or code})


def _wrong_sums(session: Session) -> Iterator[Difference]:
    sums = (
        decisions(Nonconformance.id, func.sum(Disposition.quantity).label("decided"))
        .group_by(Nonconformance.id)
        .subquery()
    )
    decided = func.coalesce(sums.c.decided, 0, type_=Disposition.quantity.type)
    rows = session.execute(
        select(Subject.number, Nonconformance.decided, decided)
        .join(Subject, Subject.id == Nonconformance.id)
        .join(sums, sums.c.id == Nonconformance.id, isouter=True)
        .where(Nonconformance.decided != decided)
        .order_by(Nonconformance.id)
    )
    for number, stored, counted in rows:
        facts = {"stored": str(plain(stored)), "counted": str(plain(counted))}
        yield Difference("decided", facts | {"ncr": number or "?"})


def _closed_too_early(session: Session) -> Iterator[Difference]:
    rows = session.scalars(
        select(Subject.number)
        .join(Nonconformance, Nonconformance.id == Subject.id)
        .join(Hold, Hold.id == Nonconformance.hold_id)
        .where(Nonconformance.state == NcrState.CLOSED, Hold.released_at.is_(None))
        .order_by(Nonconformance.id)
    )
    for number in rows:
        yield Difference("locked", {"ncr": number or "?"})


def _not_conceded(session: Session) -> Iterator[Difference]:
    rows = session.scalars(
        select(Subject.number)
        .join(Nonconformance, Nonconformance.id == Subject.id)
        .join(Disposition, Disposition.hold_id == Nonconformance.hold_id)
        .where(Disposition.kind.in_(CONCEDED), Disposition.concession_id.is_(None))
        .distinct()
        .order_by(Subject.number)
    )
    for number in rows:
        yield Difference("not_conceded", {"ncr": number or "?"})


CHECK = Check(
    "ncrs",
    _l("Nonconformances"),
    find,
    {
        "missing": _l("Failed inspection %(inspection)s of lot %(lot)s has no nonconformance."),
        "decided": _l(
            "Nonconformance %(ncr)s: %(stored)s decided as stored, %(counted)s by the decisions."
        ),
        "locked": _l("Nonconformance %(ncr)s is closed, but its lock is not released."),
        "not_conceded": _l("Nonconformance %(ncr)s: pieces went on without a concession."),
    },
)
