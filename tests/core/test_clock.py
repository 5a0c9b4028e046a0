"""The one clock, and the clocks of phones."""

from datetime import UTC, datetime, timedelta

import pytest

from shopfloor.core import clock
from shopfloor.core.clock import reckon

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOON)


def iso(moment: datetime, hours: int = 8) -> str:
    return (moment + timedelta(hours=hours)).replace(tzinfo=None).isoformat() + f"+{hours:02d}:00"


@pytest.mark.parametrize(
    "error", [timedelta(days=d) for d in (1, -1, 3653, -3653, -20000)] + [timedelta(0)]
)
def test_a_phones_wrong_clock_is_corrected_kept_and_marked(error: timedelta) -> None:
    """Torture 28: one day, ten years, 1970."""
    happened = NOON - timedelta(minutes=30)
    said = iso(happened + error)
    when = reckon(said, iso(NOON + error))
    assert when.at == happened
    assert when.phone_said == said
    assert when.offset_minutes == 480
    assert when.doubtful == bool(error)
    assert not when.undated


@pytest.mark.parametrize("said", [NOON + timedelta(hours=1), NOON - timedelta(days=15)])
def test_a_time_that_cannot_be_is_replaced_by_ours(said: datetime) -> None:
    when = reckon(iso(said))
    assert (when.at, when.doubtful, when.phone_said) == (NOON, True, iso(said))
    assert when.undated


@pytest.mark.parametrize(
    "said",
    ["2026-06-01T12:00:00", "yesterday", "\x00", "9999-12-31T23:59:59-23:59", "\ud800", "9" * 500],
)
def test_a_time_that_cannot_be_read_is_replaced_and_kept_readable(said: str) -> None:
    when = reckon(said, "1970-01-01T00:00:00+00:00")
    assert when.doubtful
    assert when.undated
    assert when.at == NOON
    assert len(when.phone_said) <= 40
    assert "\x00" not in when.phone_said
    when.phone_said.encode()


def test_nothing_said_is_now() -> None:
    assert reckon("") == clock.When(NOON)
    assert not reckon(" ", "nonsense").doubtful
