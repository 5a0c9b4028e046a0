"""Reading one cell: as text, a number, a day, yes or no, or with a clear word what is expected."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from flask_babel import lazy_gettext as _l

from shopfloor.core.refusals import Sentence
from shopfloor.core.tables.rows import Cell, Fault, Formula
from shopfloor.core.types import plain

POINT, COMMA = ".", ","
DAY_FIRST, MONTH_FIRST = "dmy", "mdy"
_GROUPS = "[ \u00a0\u2009\u2007\u202f'\u2019]"
_TIME = re.compile(r"[ T](\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?$", re.ASCII)
_YEAR_FIRST = re.compile(
    r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})|(\d{4})年(\d{1,2})月(\d{1,2})日?", re.ASCII
)
_IN_ONE = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_YEAR_LAST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})", re.ASCII)
_NAMED = re.compile(r"(\d{1,2})[- ]([A-Za-z]{3,9})\.?[- ](\d{4}|\d{2})", re.ASCII)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_YES = {"1", "true", "yes", "y", "x", "✓", "√", "是", "有", "对"}
_NO = {"0", "false", "no", "n", "-", "否", "无", "没有"}
FIRST_YEAR, LAST_YEAR = 1900, 2199


@dataclass(frozen=True)
class Notation:
    """How numbers and days are written, where that could be read in two ways."""

    decimal: str = POINT
    days: str = ""  # dmy, mdy, or not chosen


class Unreadable(Exception):  # noqa: N818 - it is an answer, not an error
    """A cell that is not what its column holds; says what is expected."""

    def __init__(self, expected: Sentence) -> None:
        super().__init__("unreadable")
        self.expected = expected


def shown(cell: Cell) -> str:
    """Return a cell as people see it."""
    if cell is None:
        return ""
    if isinstance(cell, Formula | Fault):
        return cell.text
    if isinstance(cell, bool):
        return "1" if cell else "0"
    return str(plain(cell)) if isinstance(cell, Decimal) else str(cell)


def read_text(cell: Cell) -> str:
    """Return the text of a cell without outer blanks; Unreadable for a formula."""
    if isinstance(cell, Formula):
        raise Unreadable(_l("a value; this cell holds a formula, which is not computed here"))
    if isinstance(cell, Fault):
        raise Unreadable(_l("a value; this cell shows an error"))
    return shown(cell).strip()


def read_number(cell: Cell, notation: Notation) -> Decimal | None:
    """Return a number exactly as written; None for an empty cell."""
    if isinstance(cell, Decimal):
        return cell
    text = read_text(cell).replace("\u2212", "-")
    if not text:
        return None
    point, group = re.escape(notation.decimal), COMMA if notation.decimal == POINT else POINT
    grouped = rf"-?\d{{1,3}}(?:{_GROUPS}\d{{3}})+(?:{point}\d+)?"
    # A single group, such as 1,500, is a thousand in one country and one and a half in another.
    marked = rf"-?\d{{1,3}}(?:\{group}\d{{3}})+{point}\d+|-?\d{{1,3}}(?:\{group}\d{{3}}){{2,}}"
    if re.fullmatch(rf"-?\d{{1,3}}\{group}\d{{3}}", text, re.ASCII):
        raise Unreadable(
            _l("a number that can be read in one way only, without a mark between thousands")
        )
    if not re.fullmatch(rf"-?\d{{1,15}}(?:{point}\d{{1,12}})?|{grouped}|{marked}", text, re.ASCII):
        raise Unreadable(_expected_number(notation))
    bare = re.sub(_GROUPS, "", text).replace(group, "").replace(notation.decimal, ".")
    return plain(Decimal(bare))


def read_day(cell: Cell, notation: Notation) -> date | None:
    """Return a day; None for an empty cell. A time of day other than midnight is refused."""
    if isinstance(cell, datetime):
        raise Unreadable(_l("a day; this one has a time"))
    if isinstance(cell, date):
        return _within(cell)
    text = read_text(cell)
    if not text:
        return None
    time = _TIME.search(text)
    if time:
        if any(int(part) for part in time.groups() if part):
            raise Unreadable(_l("a day; this one has a time"))
        text = text[: time.start()]
    try:
        return _within(date(*_parts(text.strip(), notation)))
    except ValueError:
        raise Unreadable(_l("a day of the calendar, such as 2026-11-30")) from None


def read_yes(cell: Cell) -> bool | None:
    """Return yes or no; None for an empty cell."""
    if isinstance(cell, bool):
        return cell
    text = read_text(cell).casefold()
    if not text:
        return None
    if text in _YES or text in _NO:
        return text in _YES
    raise Unreadable(_l("yes or no"))


def _parts(text: str, notation: Notation) -> tuple[int, int, int]:
    first = _YEAR_FIRST.fullmatch(text) or _IN_ONE.fullmatch(text)
    if first:
        year, month, day = (int(part) for part in first.groups() if part)
        return year, month, day
    named = _NAMED.fullmatch(text)
    if named and named[2][:3].lower() in _MONTHS:
        return _year(named[3]), _MONTHS.index(named[2][:3].lower()) + 1, int(named[1])
    last = _YEAR_LAST.fullmatch(text)
    if last is None:
        raise Unreadable(_l("a day, such as 2026-11-30"))
    if not notation.days:
        raise Unreadable(_l("a day; choose above whether the day or the month stands first"))
    one, two, year = int(last[1]), int(last[2]), _year(last[3])
    return (year, two, one) if notation.days == DAY_FIRST else (year, one, two)


def _year(text: str) -> int:
    if len(text) == 4:
        return int(text)
    return int(text) + (2000 if int(text) < 69 else 1900)


def _within(day: date) -> date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise Unreadable(_l("a day from %(first)s to %(last)s", first=FIRST_YEAR, last=LAST_YEAR))
    return day


def _expected_number(notation: Notation) -> Sentence:
    sentence: Sentence = _l("a number with a point before its decimals, such as 1234.5")
    if notation.decimal == COMMA:
        sentence = _l("a number with a comma before its decimals, such as 1234,5")
    return sentence
