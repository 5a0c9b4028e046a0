"""Which shift an instant belongs to, and which day it counts for."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from shopfloor.plant.models import Shift
from shopfloor.plant.shifts import find_turn

DAY = Shift(id=1, starts_minute=6 * 60, ends_minute=14 * 60)
LATE = Shift(id=2, starts_minute=14 * 60, ends_minute=22 * 60)
NIGHT = Shift(id=3, starts_minute=22 * 60, ends_minute=6 * 60)
SHIFTS = [DAY, LATE, NIGHT]


def turn(zone: str, *local: int) -> tuple[int | None, date]:
    instant = datetime(*local, tzinfo=ZoneInfo(zone))  # type: ignore[arg-type, misc]  # numbers up to the minute
    found = find_turn(SHIFTS, zone, instant.astimezone(UTC))
    return found.shift_id, found.day


def test_a_night_shift_counts_for_the_day_it_began() -> None:
    """Torture 30."""
    assert turn("Asia/Shanghai", 2026, 3, 31, 23, 59) == (3, date(2026, 3, 31))
    assert turn("Asia/Shanghai", 2026, 4, 1, 0, 0) == (3, date(2026, 3, 31))
    assert turn("Asia/Shanghai", 2026, 4, 1, 5, 59) == (3, date(2026, 3, 31))
    assert turn("Asia/Shanghai", 2026, 4, 1, 6, 0) == (1, date(2026, 4, 1))


def test_the_leap_day_is_a_day() -> None:
    """Torture 30."""
    assert turn("Europe/Berlin", 2028, 3, 1, 3, 0) == (3, date(2028, 2, 29))
    assert turn("Europe/Berlin", 2028, 2, 29, 23, 0) == (3, date(2028, 2, 29))
    assert turn("Europe/Berlin", 2027, 3, 1, 3, 0) == (3, date(2027, 2, 28))


def test_every_minute_of_a_summer_time_night_has_its_shift_and_the_minutes_are_right() -> None:
    """Torture 30: 01:30 to 03:30 on the wall, one hour in spring and three in autumn."""
    berlin = ZoneInfo("Europe/Berlin")
    for day, hours in (
        (datetime(2026, 3, 29, tzinfo=berlin), 1),
        (datetime(2026, 10, 25, tzinfo=berlin), 3),
    ):
        start = day.replace(hour=1, minute=30).astimezone(UTC)
        end = day.replace(hour=3, minute=30).astimezone(UTC)
        assert end - start == timedelta(hours=hours)
        moment = start
        while moment < end:
            found = find_turn(SHIFTS, "Europe/Berlin", moment)
            assert (found.shift_id, found.day) == (3, day.date() - timedelta(days=1))
            moment += timedelta(minutes=1)


def test_the_same_instant_is_another_day_in_another_plant() -> None:
    """Torture 31."""
    instant = datetime(2026, 6, 1, 22, 30, tzinfo=UTC)
    assert find_turn(SHIFTS, "Asia/Shanghai", instant).day == date(2026, 6, 2)
    assert find_turn(SHIFTS, "America/Los_Angeles", instant).day == date(2026, 6, 1)


def test_without_a_shift_the_calendar_day_counts() -> None:
    assert find_turn([DAY], "UTC", datetime(2026, 6, 1, 3, tzinfo=UTC)).shift_id is None
