"""What was entered under a badge that was revoked since: somebody looks at it first."""

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased

from shopfloor.core.refusals import NotYours, Refused
from shopfloor.people.models import Badge, SignIn
from shopfloor.people.viewer import Viewer


def under_revoked_badge(session: Session, viewer: Viewer, at: datetime) -> Refused | None:
    """Return the no to an entry made under an earlier sign-in whose badge was revoked since.

    The phone keeps whose entry it is, not by which sign-in: one that was open then and was opened
    with such a badge is enough for a look. One statement.
    """
    current = aliased(SignIn)
    found = session.scalar(
        select(SignIn.id)
        .join(Badge, Badge.id == SignIn.badge_id)
        .join(current, current.id == viewer.sign_in_id)
        .where(
            SignIn.person_id == viewer.person_id,
            SignIn.id != current.id,
            SignIn.began_at <= at,
            current.began_at > at,
            Badge.revoked_at.is_not(None),
            or_(
                SignIn.ended_at.is_(None),
                SignIn.ended_at >= at,
                SignIn.ended_at >= Badge.revoked_at,
            ),
        )
        .limit(1)
    )
    if found is None:
        return None
    return NotYours(
        _l("The badge that was used for this has been revoked since."),
        _l("Your supervisor looks at it first."),
        rule="badge_revoked",
    )
