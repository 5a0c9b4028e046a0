"""GS1 labels: recognised by us, checked by us, and told as plain values."""

import calendar
import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l

from shopfloor.core import clock
from shopfloor.core.gtin import LENGTHS, check_digit_fits
from shopfloor.core.refusals import Sentence
from shopfloor.scanning.gs1_forms import Pairs, is_open, pairs_of, with_separators
from shopfloor.scanning.label import Label, Unreadable

# EAN-13 (and UPC) and EAN-8, by ISO/IEC 15424: a GTIN of this length without identifier.
_RETAIL = {"]E0": 13, "]E4": 8}
_TEXTS = {"01": "gtin", "10": "lot", "21": "serial", "00": "sscc", "400": "order", "414": "place"}
_DATES = {"11": "made_on", "13": "packed_on", "15": "best_before", "17": "expiry"}
_UNITS = {"310": "kg", "314": "m²", "315": "l", "316": "m³", "311": "m", "312": "m", "313": "m"}
# A count says more than a weight, and what is bought by the metre is not bought by its width.
_QUANTITIES = ("30", "37", "310", "315", "316", "314", "311")
_WITH_CHECK_DIGIT = ("00", "01", "02", "414")
# Two of these that differ are two things.
_ONE_THING = ("00", "01", "10", "21")
# GS1 syntax dictionary: what stands with what. Suppliers' labels break this, so it only warns.
_NEEDS: dict[str, tuple[tuple[str, ...], ...]] = {
    **dict.fromkeys(("10", "11", "13", "15", "17", "240", "241"), (("01", "02", "8006", "8026"),)),
    **dict.fromkeys(("21", "251"), (("01", "8006"),)),
    **dict.fromkeys(("30", *_UNITS), (("01", "02"),)),
    "02": (("37",),),
    "37": (("00",), ("02", "8026")),
}
_EXCLUDES = {"01": ("02", "37")}
# What follows a lot number on a label and could have slipped into it when a separator was lost.
_SLIPPED_DATE = re.compile(r"(?:11|13|15|17)(\d{6})$", re.ASCII)


def read(text: str, symbology: str = "") -> Label | None:
    """Return what a GS1 label says; None when the text does not show that it is one.

    Raises Unreadable when it shows it, and a check digit, a date or a length is wrong.
    """
    if symbology in _RETAIL:
        return _retail(text, _RETAIL[symbology])
    text = with_separators(text)
    pairs = pairs_of(text, symbology)
    if pairs is None:
        return None
    known = [pair for pair in pairs if pair[0]]
    if not known:
        raise Unreadable(_l("This GS1 code holds no field that is known here."))
    # Brackets, links and separators delimit by themselves.
    closed = "\x1d" in text or text[:1] == "(" or "://" in text[:8]
    regained = not closed and any(is_open(key) for key, _value in known[:-1])
    fields, repeated = _by_key(known)
    for key in _WITH_CHECK_DIGIT:
        if key in fields and not check_digit_fits(fields[key]):
            raise Unreadable(
                _l("The check digit of “%(value)s” is wrong.", value=f"({key}){fields[key]}")
            )
    doubtful = not closed and bool(_slipped_date(fields.get("10", "")))
    return Label(
        standard="gs1",
        pairs=tuple(fields.items()),
        warnings=tuple(_warnings(fields, pairs, repeated, regained, doubtful)),
        doubtful=doubtful,
        others=tuple(pair for pair in fields.items() if not _is_told(pair[0])),
        **_told(fields),
    )


def gtin_14(text: str) -> str | None:
    """Return a bare GTIN of 8, 12, 13 or 14 digits as fourteen; None for anything else."""
    if len(text) in LENGTHS and check_digit_fits(text):
        return text.zfill(14)
    return None


def _retail(text: str, length: int) -> Label:
    # What stands behind the bar belongs to the small code above the bars.
    digits = text.partition("|")[0]
    gtin = gtin_14(digits)
    if gtin is None or len(digits) != length:
        raise Unreadable(_l("The check digit of “%(value)s” is wrong.", value=text[:40]))
    return Label("gs1", (("01", gtin),), gtin=gtin)


def read_date(digits: str, this_year: int | None = None) -> date:
    """Return the day of YYMMDD; day 00 is the month's last, and the century is the nearest one.

    GS1 General Specifications, 7.12: from 49 years back to 50 years ahead. ValueError otherwise.
    """
    this_year = this_year or clock.now().year
    year = this_year // 100 * 100 + int(digits[:2])
    if year - this_year > 50:
        year -= 100
    elif year - this_year < -49:
        year += 100
    month, day = int(digits[2:4]), int(digits[4:])
    if not 1 <= month <= 12:
        raise ValueError(digits)
    return date(year, month, day or calendar.monthrange(year, month)[1])


def _told(fields: Mapping[str, str]) -> dict[str, Any]:
    told: dict[str, Any] = {name: fields[key] for key, name in _TEXTS.items() if key in fields}
    told.setdefault("gtin", fields.get("02"))
    for key, name in _DATES.items():
        if key in fields:
            told[name] = _date(key, fields[key])
    measure = next(
        (
            key
            for short in _QUANTITIES
            for key in fields
            if key == short or (len(key) == 4 and key.startswith(short) and short in _UNITS)
        ),
        None,
    )
    if measure:
        decimals = int(measure[3]) if len(measure) == 4 else 0
        told["quantity"] = Decimal(fields[measure]).scaleb(-decimals)
        told["unit"] = _UNITS.get(measure[:3])
    return told


def _date(key: str, digits: str) -> date:
    try:
        return read_date(digits)
    except ValueError:
        raise Unreadable(
            _l("“%(value)s” is no value for %(field)s.", value=digits, field=f"({key})")
        ) from None


def _is_told(key: str) -> bool:
    return key in _TEXTS or key in _DATES or key in ("02", "30", "37")


def _by_key(pairs: Pairs) -> tuple[dict[str, str], bool]:
    fields: dict[str, str] = {}
    repeated = False
    for key, value in pairs:
        if fields.setdefault(key, value) != value:
            repeated = True
            if key in _ONE_THING:
                raise Unreadable(
                    _l("This label names two different values for %(field)s.", field=f"({key})")
                )
    return fields, repeated


def _slipped_date(lot: str) -> bool:
    found = _SLIPPED_DATE.search(lot)
    if found is None or not found.start():
        return False
    try:
        read_date(found[1])
    except ValueError:
        return False
    return True


def _warnings(
    fields: Mapping[str, str], pairs: Pairs, repeated: bool, regained: bool, doubtful: bool
) -> Iterable[Sentence]:
    if any(not key for key, _value in pairs):
        rest = next(value for key, value in pairs if not key)
        yield _l("“%(rest)s” is not known here and was left out.", rest=rest[:40])
    if repeated:
        yield _l("A field stands twice with different values; the first one counts.")
    if regained:
        yield _l("The reader swallows separators; a check digit shows where one was.")
    if doubtful:
        yield _l("A separator may be missing after the lot number: compare it with the label.")
    lacking = [
        key
        for key in fields
        if any(not fields.keys() & {*group} for group in _NEEDS.get(_short(key), ()))
    ]
    if lacking:
        yield _l("%(fields)s stands without the product it belongs to.", fields=_listed(lacking))
    both = [other for key in fields for other in _EXCLUDES.get(key, ()) if other in fields]
    if both:
        yield _l("%(fields)s should not stand beside a GTIN.", fields=_listed(both))


def _short(key: str) -> str:
    return key[:3] if key[:3] in _UNITS else key


def _listed(keys: Iterable[str]) -> str:
    return " ".join(f"({key})" for key in keys)
