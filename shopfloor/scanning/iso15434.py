"""ISO/IEC 15434 labels of suppliers: fields with the data identifiers of ANSI MH10.8.2."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l

from shopfloor.core.refusals import Sentence
from shopfloor.scanning import gs1
from shopfloor.scanning.label import Label, Unreadable

_START = "[)>"
_RS, _GS, _EOT = "\x1e", "\x1d", "\x04"
# What some readers send for the control characters.
_SHOWN = {0x241D: _GS, 0x241E: _RS, 0x2404: _EOT}
_FORMAT = re.compile(r"\[\)>\x1e?(\d\d)(\x1d?)", re.ASCII)
_FIELD = re.compile(r"(\d{0,3}[A-Z])(.+)", re.ASCII)
_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_WEEK = re.compile(r"(\d{2}|\d{4})(\d{2})", re.ASCII)
_AMOUNT = re.compile(r"\d{1,12}(?:[.,]\d{1,6})?", re.ASCII)
# The first that is there counts: a lot of the supplier before one of the customer.
_TEXTS = {
    "part": ("P", "26P"),
    "supplier_part": ("1P",),
    "lot": ("1T", "T", "25T", "30T"),
    "serial": ("S", "25S", "30S"),
    "sscc": ("1J", "2J", "3J", "4J", "5J", "6J", "J"),
    "order": ("K", "1K"),
    "order_line": ("4K",),
    "supplier": ("V", "1V", "21V", "3V"),
}
_DATES = {"expiry": ("14D",), "made_on": ("16D", "10D", "9D")}
_QUANTITIES = ("Q", "7Q")
_MEANT = {key for keys in (*_TEXTS.values(), *_DATES.values(), _QUANTITIES) for key in keys}


def read(text: str) -> Label | None:
    """Return what an ISO/IEC 15434 label says; None when the text is none.

    Raises Unreadable when its separators were lost, or a quantity or a date is wrong.
    """
    if not text.startswith(_START):
        return None
    text = text.translate(_SHOWN)
    form = _FORMAT.match(text)
    if form is None or form[1] not in ("05", "06"):
        raise Unreadable(_l("This supplier label has a format that is not read here."))
    if not form[2]:
        # Without separators nobody knows where the lot number ends.
        raise Unreadable(_l("The separators of this label are missing: the reader swallows them."))
    body = text[form.end() :].split(_RS)[0].rstrip(_EOT)
    return gs1.read(body, "]d2") if form[1] == "05" else _label(body.split(_GS))


def _label(parts: list[str]) -> Label:
    fields: dict[str, str] = {}
    warnings: list[Sentence] = []
    for part in parts:
        found = _FIELD.fullmatch(part.strip())
        if found is None:
            if part:
                warnings.append(
                    _l("“%(rest)s” is not known here and was left out.", rest=part[:40])
                )
        elif fields.setdefault(found[1], found[2]) != found[2]:
            warnings.append(_l("A field stands twice with different values; the first one counts."))
    if not fields:
        raise Unreadable(_l("This supplier label is empty."))
    return Label(
        standard="iso15434",
        pairs=tuple(fields.items()),
        others=tuple(pair for pair in fields.items() if pair[0] not in _MEANT),
        warnings=tuple(warnings),
        **_told(fields),
    )


def _told(fields: Mapping[str, str]) -> dict[str, Any]:
    told: dict[str, Any] = {
        name: next((fields[key] for key in keys if key in fields), None)
        for name, keys in _TEXTS.items()
    }
    for name, keys in _DATES.items():
        key = next((key for key in keys if key in fields), None)
        if key:
            told[name] = _day(key, fields[key])
    if "Q" in fields:
        told["quantity"] = _quantity("Q", fields["Q"])
    elif "7Q" in fields:
        # A quantity followed by a unit of two letters, ANSI X12 355.
        told["quantity"], told["unit"] = _quantity("7Q", fields["7Q"][:-2]), fields["7Q"][-2:]
    return told


def _quantity(key: str, text: str) -> Decimal:
    if not _AMOUNT.fullmatch(text):
        raise _wrong(key, text)
    return Decimal(text.replace(",", "."))


def _day(key: str, text: str) -> date | None:
    """Return the day of YYYYMMDD; a date code of year and week is its Monday; others are none."""
    day, week = _DAY.fullmatch(text), _WEEK.fullmatch(text)
    try:
        if day:
            return date(int(day[1]), int(day[2]), int(day[3]))
        if week and key in ("9D", "10D"):
            year = int(week[1])
            return date.fromisocalendar(year if year > 99 else 2000 + year, int(week[2]), 1)
    except ValueError:
        raise _wrong(key, text) from None
    if key in ("14D", "16D"):
        raise _wrong(key, text)
    return None


def _wrong(key: str, value: str) -> Unreadable:
    return Unreadable(_l("“%(value)s” is no value for %(field)s.", value=value[:40], field=key))
