"""The reason a person has chosen: one that is in use and fits, or a clear no."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from shopfloor.catalogue.models import Reason, ReasonKind
from shopfloor.core.refusals import Malformed
from shopfloor.core.subjects import Subject


def require_reason(
    session: Session, reason_id: int | None, *kinds: ReasonKind, field: str = "reason"
) -> Reason:
    """Return the reason with this id; Malformed unless it is in use and of one of the kinds."""
    reason: Reason | None = session.scalar(
        select(Reason)
        .join(Subject, Subject.id == Reason.id)
        .where(Reason.id == reason_id, Reason.kind.in_(kinds), Subject.archived_at.is_(None))
    )
    if reason is None:
        raise Malformed(
            _l("Choose the reason."),
            _l("Tap one of the reasons."),
            rule="reason_missing",
            field=field,
        )
    return reason
