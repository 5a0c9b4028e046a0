"""Slowing down whoever guesses: counted per login, per badge holder and per address."""

from datetime import timedelta

from flask_babel import lazy_gettext as _l

from shopfloor.core import clock
from shopfloor.core.db import db, transaction
from shopfloor.core.refusals import Refused
from shopfloor.people.models import Attempt

FREE_FAILURES = 5
# A whole workshop may stand behind one address: it gets a longer leash.
FREE_FOR_ADDRESS = 50
LONGEST = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(hours=1)


class TooMany(Refused):
    """Too many wrong tries; says how long to wait."""

    status = 429


def require_patience(*keys: str) -> None:
    """Raise TooMany while one of the keys is blocked."""
    now = clock.now()
    for key in keys:
        attempt = db.session.get(Attempt, key)
        if attempt and attempt.blocked_until and attempt.blocked_until > now:
            seconds = int((attempt.blocked_until - now).total_seconds()) + 1
            raise TooMany(
                _l("Too many wrong tries. Wait %(seconds)s seconds.", seconds=seconds),
                _l("If you have forgotten your PIN, ask your supervisor."),
                rule="too_many",
            )


def count_failure(*keys: str) -> None:
    """Count a wrong try; from the sixth on each one doubles the wait."""
    now = clock.now()
    with transaction() as session:
        for key in sorted(keys):
            attempt = session.get(Attempt, key, with_for_update=True)
            if attempt is None:
                attempt = Attempt(key=key, failures=0, last_at=now)
                session.add(attempt)
            if now - attempt.last_at > FORGOTTEN_AFTER:
                attempt.failures = 0
            attempt.failures += 1
            attempt.last_at = now
            over = attempt.failures - (
                FREE_FOR_ADDRESS if key.startswith("address:") else FREE_FAILURES
            )
            if over > 0:
                attempt.blocked_until = now + min(timedelta(seconds=2 ** min(over, 10)), LONGEST)


def forget(key: str) -> None:
    """Forgive a key after a right answer."""
    attempt = db.session.get(Attempt, key)
    if attempt is not None and attempt.failures:
        with transaction() as session:
            row = session.get(Attempt, key)
            if row is not None:
                session.delete(row)
