"""The one clock of the product, and how a phone's own clock is reconciled with it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

# A phone that was offline over a long weekend is believed; one that says 1970 is not.
BELIEVED_PAST = timedelta(days=14)
# A clock that is further off than this has been set wrongly; its times are corrected and marked.
BELIEVED_ERROR = timedelta(hours=1)


def now() -> datetime:
    """Return this instant in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class When:
    """When something happened: the instant we order by, and what the phone said.

    `undated` says that `at` is only when we heard of it: it may have happened at any time before.
    """

    at: datetime
    offset_minutes: int = 0
    phone_said: str = ""
    doubtful: bool = False
    undated: bool = False


def reckon(phone_happened: str, phone_sent: str = "") -> When:
    """Correct a phone's ISO 8601 time by the error of its clock at sending.

    A time that cannot be read, lies in the future or is older than BELIEVED_PAST after the
    correction is replaced by our own and marked undated and doubtful; doubtful is also one whose
    clock was more than BELIEVED_ERROR off. The phone's text is kept either way.
    """
    here = now()
    said = "".join(c if c.isprintable() else "\ufffd" for c in phone_happened.strip()[:40])
    if not said:
        return When(here)
    try:
        happened = datetime.fromisoformat(said)
        sent = datetime.fromisoformat(phone_sent.strip()) if phone_sent.strip() else None
        if happened.tzinfo is None or (sent and sent.tzinfo is None):
            return When(here, 0, said, doubtful=True, undated=True)
        offset = happened.utcoffset() or timedelta()
        error = here - sent if sent else timedelta()
        at = (happened + error).astimezone(UTC)
    except (ValueError, OverflowError):
        return When(here, 0, said, doubtful=True, undated=True)
    minutes = int(offset.total_seconds() // 60)
    if not here - BELIEVED_PAST <= at <= here + timedelta(seconds=5):
        return When(here, minutes, said, doubtful=True, undated=True)
    return When(min(at, here), minutes, said, doubtful=abs(error) > BELIEVED_ERROR)
