"""Sweeps away rows that prove nothing any more: old sign-ins, unused signatures, wrong tries."""

from datetime import timedelta

from sqlalchemy import delete, or_

from shopfloor.core import clock
from shopfloor.core.db import transaction
from shopfloor.people.models import Attempt, Signature, SignIn

KEEP_SIGN_INS = timedelta(days=90)
KEEP_SIGNATURES = timedelta(days=1)
# Longer than any wait that follows from them.
KEEP_ATTEMPTS = timedelta(days=1)


def sweep() -> None:
    """Delete sign-ins that ended or went silent long ago, signatures left unused, wrong tries."""
    now = clock.now()
    with transaction() as session:
        session.execute(
            delete(SignIn).where(
                or_(SignIn.ended_at < now - KEEP_SIGN_INS, SignIn.seen_at < now - KEEP_SIGN_INS)
            )
        )
        session.execute(
            delete(Signature).where(
                Signature.used_by_event_id.is_(None), Signature.signed_at < now - KEEP_SIGNATURES
            )
        )
        session.execute(delete(Attempt).where(Attempt.last_at < now - KEEP_ATTEMPTS))
