"""How quantities, units, times, money and rows of names are written for a reader."""

import re
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel import dates, numbers
from flask_babel import (
    format_currency,
    format_time,
    format_timedelta,
    get_locale,
    gettext,
    lazy_pgettext,
    pgettext,
    to_user_timezone,
)

from shopfloor.core import clock
from shopfloor.core.logs import ACTING
from shopfloor.core.types import plain
from shopfloor.core.words import in_words, reading

# A unit is what the factory wrote; these it may write in one language for all of them.
UNITS = {
    "pcs": lazy_pgettext("unit", "pcs"),
    "set": lazy_pgettext("unit", "set"),
    "pair": lazy_pgettext("unit", "pair"),
    "box": lazy_pgettext("unit", "box"),
    "roll": lazy_pgettext("unit", "roll"),
    "sheet": lazy_pgettext("unit", "sheet"),
    "g": lazy_pgettext("unit", "g"),
    "kg": lazy_pgettext("unit", "kg"),
    "t": lazy_pgettext("unit", "t"),
    "mm": lazy_pgettext("unit", "mm"),
    "m": lazy_pgettext("unit", "m"),
    "m²": lazy_pgettext("unit", "m²"),
    "l": lazy_pgettext("unit", "l"),
}

# How a day is written: day before month and the month in letters, so that nobody reads it the
# other way round, whichever country the reader learned dates in.
DAYS = {
    "en": {"day": "d MMM", "dated": "d MMM y", "weekday": "EEE d MMM", "whole": "EEEE, d MMMM y"},
    "zh": {"day": "M月d日", "dated": "y年M月d日", "weekday": "M月d日EEE", "whole": "y年M月d日EEEE"},
}


def show_quantity(value: Decimal | int | None) -> str:
    """Write a quantity without thousands separators, which two halves of the world read apart."""
    return "" if value is None else str(plain(Decimal(value)))


def in_unit(unit: str) -> str:
    """Return a unit as the reader writes it, or as the factory wrote it."""
    return str(UNITS.get(unit, unit))


def counted(quantity: str, unit: str) -> str:
    """Return a quantity for the middle of a sentence: in Chinese a number has its unit there."""
    return f"{quantity} {in_unit(unit)}" if reading() == "zh" else quantity


def listed(names: Iterable[str], more: int = 0) -> str:
    """Return names in a row, with the sign between them that the reader's language has.

    `more` is how many there are beside those named.
    """
    row = str(pgettext("between names", ", ")).join(names)
    if not more:
        return row
    return str(
        gettext("%(names)s and one more", names=row)
        if more == 1
        else gettext("%(names)s and %(count)s others", names=row, count=more)
    )


def show_moment(value: datetime | None) -> str:
    """Write an instant on the plant's clock: the time alone today, with the date before."""
    if value is None:
        return ""
    now, local = to_user_timezone(clock.now()), to_user_timezone(value)
    time = f"{local:%H:%M}"
    if local.date() == now.date():
        return time
    return f"{_day(local, 'weekday' if local.year == now.year else 'dated')} {time}"


def show_instant(value: datetime, zone: str | None = None) -> str:
    """Write an instant to the second with its whole date, on the clock of a site or the reader's.

    This is how records are dated: the same words today and in ten years.
    """
    local = value.astimezone(ZoneInfo(zone)) if zone else to_user_timezone(value)
    return f"{show_dated(local)} {local:%H:%M:%S}"


def show_on_paper(value: datetime) -> str:
    """Write an instant for paper, which is read on another day and elsewhere: year and zone."""
    local = to_user_timezone(value)
    # A short name such as CST is another zone in another country.
    zone = f"{local:%z}"
    return f"{show_dated(local)} {local:%H:%M} UTC{zone[:3]}:{zone[3:5]}"


def show_marked(text: object) -> str:
    """Write a text in which nothing acts: line ends and terminal commands as visible marks."""
    return ACTING.sub(_mark, str(text))


def _mark(found: re.Match[str]) -> str:
    code = ord(found.group())
    if code < 0x20:
        return chr(0x2400 + code)
    return "\u2421" if code == 0x7F else f"⟨U+{code:04X}⟩"


def show_age(value: datetime) -> str:
    """Write how long ago something was, in its largest unit."""
    return str(format_timedelta(clock.now() - value, granularity="minute"))


def show_day(value: date | None) -> str:
    """Write a day; its year only when that is not this one."""
    if value is None:
        return ""
    if value.year != to_user_timezone(clock.now()).year:
        return show_dated(value)
    return _day(value, "day")


def show_dated(value: date) -> str:
    """Write a day with its year, whatever year it is."""
    return _day(value, "dated")


def show_whole_day(value: date) -> str:
    """Write a day with its weekday and its year."""
    return _day(value, "whole")


def _day(value: date, length: str) -> str:
    return dates.format_date(value, DAYS[reading()][length], locale=get_locale())


def show_price(amount: Decimal, currency: str) -> str:
    """Write a rate with all its decimals, which may be finer than the currency's coins."""
    return numbers.format_currency(
        amount, currency, locale=get_locale(), decimal_quantization=False
    )


def show_money(amount: Decimal | str, currency: str) -> str:
    """Write an amount of money as the reader's country does."""
    return str(format_currency(Decimal(amount), currency))


FILTERS = {
    "qty": show_quantity,
    "unit": in_unit,
    "counted": counted,
    "words": in_words,
    "listed": listed,
    "moment": show_moment,
    "clock": format_time,
    "age": show_age,
    "instant": show_instant,
    "marked": show_marked,
    "day": show_day,
    "whole_day": show_whole_day,
    "price": show_price,
}
