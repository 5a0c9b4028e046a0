"""The forms in which GS1 data arrive, taken apart into application identifiers and values."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote, urlsplit

from flask_babel import lazy_gettext as _l

from shopfloor.core.gtin import check_digit_fits
from shopfloor.scanning.label import Unreadable

if TYPE_CHECKING:
    from biip.gs1_application_identifiers import GS1ApplicationIdentifier

Pairs = list[tuple[str, str]]
GS = "\x1d"
# ISO/IEC 15424: the symbol was marked as GS1 by FNC1 in its first position.
GS1_SYMBOLS = ("]C1", "]e0", "]d2", "]Q3", "]J1")
_SYMBOL = re.compile(r"\][A-Za-z][0-9A-Za-z]")
# GS1 General Specifications, table 7.8.5-2: these have a length of their own, identifier included,
# and are followed by no separator.
_FIXED = {
    "00": 20,
    "04": 18,
    "20": 4,
    **dict.fromkeys(("01", "02", "03", "41"), 16),
    **dict.fromkeys((f"{n}" for n in range(11, 20)), 8),
    **dict.fromkeys((f"{n}" for n in range(31, 37)), 10),
}
_LONGEST_LOT = 20
# What some readers send for FNC1 and GS.
_SEPARATORS = re.compile("\u241d|\u00e8|<GS>|\\{GS\\}|<FNC1>")
_BRACKET = re.compile(r"\((\d{2,4})\)")
# GS1 Digital Link 1.2, section 4.3: the keys that can lead a path, by number or by short name.
_SLIPPED = re.compile(r"(?:0[12](\d{14})|00(\d{18})|414(\d{13}))$", re.ASCII)
_KEY = re.compile(r"0[01]|25[35]|40[12]|41[47]|80(?:0[346]|1[0378])")
_NAMES = {
    "gtin": "01",
    "sscc": "00",
    "gln": "414",
    "lot": "10",
    "ser": "21",
    "cpv": "22",
    "exp": "17",
}
_QUALIFIERS = {"10", "21", "22", "235", "254", "7040", "8011", "8019", "8020"}
_NOT_IN_LINK = re.compile(r"[<>{}\\^`|\"\s]")
_HOST = re.compile(r"[a-z0-9._-]+(:\d{1,5})?", re.ASCII)
_DIGITS = re.compile(r"\d+", re.ASCII)


def strip_symbology(text: str) -> tuple[str, str]:
    """Return the symbology identifier that a reader has put before the text, and the text."""
    found = _SYMBOL.match(text)
    return (found[0], text[3:]) if found else ("", text)


def with_separators(text: str) -> str:
    """Return a message with GS wherever a reader has put something else for it."""
    return _SEPARATORS.sub(GS, text)


def pairs_of(text: str, symbology: str = "") -> Pairs | None:
    """Return what GS1 data say, pair by pair; None when the text does not show that it is GS1.

    Raises Unreadable when it shows it, and breaks the standard.
    """
    if symbology in GS1_SYMBOLS:
        return list(element_string(text))
    if text.lower().startswith(("http://", "https://")):
        return digital_link(text)
    if _BRACKET.match(text):
        return list(bracket_form(text))
    if GS in text and _DIGITS.match(text.lstrip(GS)):
        return list(element_string(text))
    if len(text) >= 16 and text[:2] == "01" and check_digit_fits(text[2:16]):
        return list(element_string(text))
    return None


def element_string(text: str) -> Iterator[tuple[str, str]]:
    """Take a message with its separators apart; what nobody knows is told under an empty key."""
    rest, at_start = text.lstrip(GS), True
    if not rest:
        raise Unreadable(_l("This GS1 code is empty."))
    while rest:
        key = known_key(rest)
        field, separator, after = rest.partition(GS)
        if key is None:
            if not at_start:
                raise Unreadable(_l("“%(rest)s” is no GS1 field.", rest=field[:40]))
            yield "", field
            length = len(field)
        else:
            end = len(field) if GS in text else _proven_end(field, len(key))
            length = _FIXED.get(key[:2], end)
            yield key, checked(key, field[len(key) : length])
        at_start = length >= len(field)
        rest = (after if at_start else field[length:] + separator + after).lstrip(GS)


def is_open(key: str) -> bool:
    """Say whether a field has no length of its own, so that a separator must end it."""
    return key[:2] not in _FIXED


def _proven_end(field: str, start: int) -> int:
    # A reader that swallows separators: the check digit at the very end shows where one was.
    found = _SLIPPED.search(field, start + 1)
    proven = found and check_digit_fits(next(digits for digits in found.groups() if digits))
    return found.start() if found and proven else len(field)


def bracket_form(text: str) -> Iterator[tuple[str, str]]:
    r"""Take the printed form `(01)…(10)…` apart; a bracket of the value itself is written `\(`."""
    hidden = text.replace("\\(", "\x00").strip()
    keys = list(_BRACKET.finditer(hidden))
    ends = [found.start() for found in keys[1:]] + [len(hidden)]
    for found, end in zip(keys, ends, strict=True):
        key, value = found[1], hidden[found.end() : end].replace("\x00", "(").strip(f" {GS}")
        if known_key(key) == key:
            yield key, checked(key, value)
        elif known_key(key) or not value:
            raise Unreadable(_l("“%(rest)s” is no GS1 field.", rest=found[0] + value[:40]))
        else:
            yield "", key + value


def digital_link(text: str) -> Pairs | None:
    """Take a GS1 Digital Link apart, wherever its host is; None for every other link."""
    link = _split(text)
    if link is None:
        return None
    path, query = link
    keys = [_NAMES.get(part, part) for part in path]
    # The rightmost key counts: a company may have put anything before it.
    starts = (n for n in range(len(path) - 2, -1, -2) if _KEY.fullmatch(keys[n]))
    first = next(starts, None)
    if first is None:
        return None
    pairs = [(keys[n], unquote(path[n + 1])) for n in range(first, len(path), 2)]
    for key, value in pairs[1:]:
        if key not in _QUALIFIERS:
            raise Unreadable(_l("“%(rest)s” is no GS1 field.", rest=f"{key}/{value}"[:40]))
    asked = ((_NAMES.get(key, key), value) for key, value in query)
    pairs += [(key, value) for key, value in asked if _DIGITS.fullmatch(key)]
    return [
        (key, checked(key, _padded(key, value))) if known_key(key) == key else ("", key + value)
        for key, value in pairs
    ]


def _split(text: str) -> tuple[list[str], list[tuple[str, str]]] | None:
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not _HOST.fullmatch(parts.netloc.lower()):
        return None
    if _NOT_IN_LINK.search(text):
        return None
    query = parts.query.replace("+", "%2B").replace(";", "&")
    return parts.path.split("/")[1:], parse_qsl(query)


def _padded(key: str, value: str) -> str:
    # GS1 Digital Link lets a GTIN stand without its leading zeros.
    short = key in ("01", "02") and len(value) in (8, 12, 13) and _DIGITS.fullmatch(value)
    return value.zfill(14) if short else value


def known_key(text: str) -> str | None:
    """Return the application identifier that a text begins with."""
    known = _identifier(text[:4])
    return known.ai if known else None


def checked(key: str, value: str) -> str:
    """Return a value of the length and the characters that its identifier has."""
    known = _identifier(key)
    if known and value and re.fullmatch(known.pattern, key + value):
        return value
    if known and known.separator_required and len(value) > _LONGEST_LOT:
        raise Unreadable(
            _l("A separator is missing after %(field)s: the reader swallows it.", field=f"({key})")
        )
    raise Unreadable(
        _l("“%(value)s” is no value for %(field)s.", value=value[:40], field=f"({key})")
    )


@lru_cache(maxsize=1024)
def _identifier(text: str) -> "GS1ApplicationIdentifier | None":
    # Its table is large: it is read when the first label is scanned.
    from biip import ParseError
    from biip.gs1_application_identifiers import GS1ApplicationIdentifier

    try:
        return GS1ApplicationIdentifier.extract(text)
    except ParseError:
        return None
