"""The reason a person has chosen: one that is in use and fits, or a clear no."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from shopfloor.catalogue.models import Reason, ReasonKind
from shopfloor.core.refusals import Malformed
from shopfloor.core.subjects import Subject


def explains_undo(session: Session, reason_id: int) -> bool:
    """Say whether a reason is in use and meant for taking an entry back; one statement."""
    return session.scalar(_in_use(reason_id, ReasonKind.UNDO)) is not None


def require_reason(
    session: Session, reason_id: int | None, *kinds: ReasonKind, field: str = "reason"
) -> Reason:
    """Return the reason with this id; Malformed unless it is in use and of one of the kinds."""
    reason: Reason | None = session.scalar(_in_use(reason_id, *kinds))
    if reason is None:
        raise Malformed(
            _l("Choose the reason."),
            _l("Tap one of the reasons."),
            rule="reason_missing",
            field=field,
        )
    return reason


def _in_use(reason_id: int | None, *kinds: ReasonKind) -> Select[Reason]:
    return (
        select(Reason)
        .join(Subject, Subject.id == Reason.id)
        .where(Reason.id == reason_id, Reason.kind.in_(kinds), Subject.archived_at.is_(None))
    )
