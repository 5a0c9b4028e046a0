"""Slowing down whoever guesses: counted per login, per badge holder and per browser."""

from datetime import timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from shopfloor.core import clock
from shopfloor.core.db import db, transaction
from shopfloor.core.refusals import Refused
from shopfloor.people.models import Attempt

# What a guesser is after: one person's password or PIN.
PROOFS = ("login:", "pin:")
FREE_FAILURES = 5
# A browser, a shared device or a whole workshop behind one address gets a longer leash.
FREE_FOR_BROWSER = 50
LONGEST = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(hours=1)
# So many wrong tries in a row are no slip of the finger: administrators hear of them.
TOLD_AFTER = 10


class TooMany(Refused):
    """Too many wrong tries; says how long to wait."""

    status = 429


def require_patience(key: str) -> None:
    """Raise TooMany while the key is blocked."""
    _require_unblocked(db.session.get(Attempt, key))


def count(key: str) -> int:
    """Count a try, and return how many there were; TooMany while the key is blocked.

    From the sixth on each one doubles the wait. A password or PIN is counted before it is
    checked and forgotten when it was right: a thousand guesses sent at one moment are a thousand
    tries, not one.
    """
    now = clock.now()
    with transaction() as session:
        attempt = _locked(session, key)
        _require_unblocked(attempt)
        if now - attempt.last_at > FORGOTTEN_AFTER:
            attempt.failures = 0
        attempt.failures += 1
        attempt.last_at = now
        over = attempt.failures - (FREE_FAILURES if key.startswith(PROOFS) else FREE_FOR_BROWSER)
        if over > 0:
            attempt.blocked_until = now + min(timedelta(seconds=2 ** min(over, 10)), LONGEST)
        return attempt.failures


def forget(key: str) -> None:
    """Forgive a key after a right answer."""
    with transaction() as session:
        row = session.get(Attempt, key)
        if row is not None:
            session.delete(row)


def _locked(session: Session, key: str) -> Attempt:
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    # Two first tries at one moment: the second waits for the row of the first.
    session.execute(
        insert(Attempt).values(key=key, failures=0, last_at=clock.now()).on_conflict_do_nothing()
    )
    return session.get_one(Attempt, key, with_for_update=True)


def _require_unblocked(attempt: Attempt | None) -> None:
    now = clock.now()
    if attempt and attempt.blocked_until and attempt.blocked_until > now:
        seconds = int((attempt.blocked_until - now).total_seconds()) + 1
        raise TooMany(
            _l("Too many wrong tries. Wait %(seconds)s seconds.", seconds=seconds),
            _l("If you have forgotten your PIN, ask your supervisor."),
            rule="too_many",
        )
