"""What was entered under a badge that was revoked since: somebody looks at it first."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import and_, or_, select, true
from sqlalchemy.orm import Session, aliased

from shopfloor.core.clock import When
from shopfloor.core.refusals import NotYours, Refused
from shopfloor.people.models import Badge, SignIn
from shopfloor.people.viewer import Viewer


def under_revoked_badge(session: Session, viewer: Viewer, when: When) -> Refused | None:
    """Return the no to an entry made under an earlier sign-in whose badge was revoked since.

    The phone keeps whose entry it is, not by which sign-in: one that was open then and was opened
    with such a badge is enough for a look. When it is not known when the entry was made, each of
    his earlier ones may have been open then. One statement.
    """
    current, at = aliased(SignIn), when.at
    open_then = and_(
        SignIn.began_at <= at,
        current.began_at > at,
        or_(
            SignIn.ended_at.is_(None),
            SignIn.ended_at >= at,
            SignIn.ended_at >= Badge.revoked_at,
        ),
    )
    found = session.scalar(
        select(SignIn.id)
        .join(Badge, Badge.id == SignIn.badge_id)
        .join(current, current.id == viewer.sign_in_id)
        .where(
            SignIn.person_id == viewer.person_id,
            SignIn.id != current.id,
            Badge.revoked_at.is_not(None),
            true() if when.undated else open_then,
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
