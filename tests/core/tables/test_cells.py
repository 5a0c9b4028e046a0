"""One cell: numbers and days are read exactly, or it is said what is expected."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from shopfloor.core.tables.cells import (
    Notation,
    Unreadable,
    read_day,
    read_number,
    read_text,
    read_yes,
)
from shopfloor.core.tables.rows import Cell, Fault, Formula

POINT, COMMA = Notation(), Notation(decimal=",")


@pytest.mark.parametrize(
    ("text", "notation", "number"),
    [
        ("0", POINT, "0"),
        ("-1", POINT, "-1"),
        ("13.0860", POINT, "13.086"),
        ("1.500", POINT, "1.5"),
        ("1,5", COMMA, "1.5"),
        ("1.234,5", COMMA, "1234.5"),
        ("1,234.5", POINT, "1234.5"),
        ("1 000", POINT, "1000"),
        ("1\u2009000\u202f000,25", COMMA, "1000000.25"),
        ("1,234,567", POINT, "1234567"),
        ("\u22122", POINT, "-2"),
    ],
)
def test_numbers_are_read_exactly_in_the_chosen_notation(
    text: str, notation: Notation, number: str
) -> None:
    """Torture 49."""
    assert str(read_number(text, notation)) == number


@pytest.mark.parametrize(
    "text", ["1,500", "1e308", "NaN", "٣", "1,5", "12 34", "1.2.3", "0x10", "½", "5 kg", "--1"]
)
def test_what_is_no_number_or_could_be_two_is_refused(text: str) -> None:
    """Torture 49."""
    with pytest.raises(Unreadable):
        read_number(text, POINT)


@pytest.mark.parametrize(
    ("cell", "days", "day"),
    [
        ("2010-05-26 00:00:00", "", date(2010, 5, 26)),
        ("2014-02-08 00:00:00.000000000", "", date(2014, 2, 8)),
        ("2010-05-26T00:00", "", date(2010, 5, 26)),
        ("2010/5/6", "", date(2010, 5, 6)),
        ("2026年11月30日", "", date(2026, 11, 30)),
        ("20261130", "", date(2026, 11, 30)),
        ("02-Jun-06", "", date(2006, 6, 2)),
        ("11/13/06", "mdy", date(2006, 11, 13)),
        ("13/11/2006", "dmy", date(2006, 11, 13)),
        ("13.11.2006", "dmy", date(2006, 11, 13)),
        (date(2026, 1, 2), "", date(2026, 1, 2)),
    ],
)
def test_days_are_read_in_every_usual_spelling(cell: Cell, days: str, day: date) -> None:
    """Torture 54."""
    assert read_day(cell, Notation(days=days)) == day


@pytest.mark.parametrize(
    ("cell", "days", "expected"),
    [
        ("1899/12/31 01:49:00", "", "a day; this one has a time"),
        ("1899/12/31", "", "a day from 1900 to 2199"),
        ("03/04/2021", "", "a day; choose above whether the day or the month stands first"),
        ("13/11/2006", "mdy", "a day of the calendar, such as 2026-11-30"),
        ("2026-02-30", "", "a day of the calendar, such as 2026-11-30"),
        ("Date Not Captured", "mdy", "a day, such as 2026-11-30"),
        (datetime(2026, 1, 2, 3), "", "a day; this one has a time"),  # noqa: DTZ001 - as Excel has it
        (Decimal(45000), "", "a day, such as 2026-11-30"),
    ],
)
def test_what_is_no_day_is_refused_with_what_is_expected(
    cell: Cell, days: str, expected: str
) -> None:
    """Torture 54: the row of the 4TU log, and the two spellings of the SCMS file."""
    with pytest.raises(Unreadable) as no:
        read_day(cell, Notation(days=days))
    assert str(no.value.expected) == expected


def test_yes_and_no_are_read_in_both_languages() -> None:
    assert [read_yes(cell) for cell in ("是", "x", "Yes", True, "否", "0", False, None, "")] == [
        *(True,) * 4,
        *(False,) * 3,
        None,
        None,
    ]
    with pytest.raises(Unreadable):
        read_yes("maybe")


@pytest.mark.parametrize("cell", [Formula("=1+1"), Fault("#VALUE!")])
def test_a_formula_or_an_error_is_no_value(cell: Cell) -> None:
    with pytest.raises(Unreadable):
        read_text(cell)
