"""JSON read exactly: decimals stay decimals, nothing is there twice, nothing is guessed."""

import json
import re
from decimal import Decimal
from typing import Any, NoReturn

from flask_babel import lazy_gettext as _l

from shopfloor.core.refusals import Malformed

# Longer numbers are refused before they are worked out.
LONGEST_NUMBER = 40
# PostgreSQL keeps no NUL, and half of a surrogate pair is no character.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def read_object(raw: bytes) -> dict[str, Any]:
    """Return the one object in a body; Malformed for everything that could be read in two ways.

    Numbers with a point become Decimal; NaN, Infinity, duplicate keys and text that no database
    can keep are refused.
    """
    try:
        value = json.loads(
            raw.decode("utf-8"),
            parse_float=_decimal,
            parse_int=_whole,
            parse_constant=_no_number,
            object_pairs_hook=_object,
        )
    except (ValueError, RecursionError):
        raise _unreadable(_l("This is not JSON.")) from None
    if not isinstance(value, dict):
        raise _unreadable(_l("A JSON object is needed here."))
    _require_storable(value)
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            name = _UNSTORABLE.sub("\ufffd", name)
            raise Malformed(
                _l("The field “%(name)s” was sent twice.", name=name[:40]),
                rule="field_twice",
                field=name[:80],
            )
        found[name] = value
    return found


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text) if len(text) <= LONGEST_NUMBER else _no_number(text)
    except ArithmeticError:  # an exponent beyond every limit
        return _no_number(text)


def _whole(text: str) -> int:
    if len(text) > LONGEST_NUMBER:
        return _no_number(text)
    return int(text)


def _no_number(text: str) -> NoReturn:
    raise Malformed(
        _l("“%(typed)s” is not a number that can be kept.", typed=text[:40]),
        _l("Write digits, with a point before the decimals."),
        rule="bad_number",
    )


def _require_storable(value: object, field: str = "") -> None:
    if isinstance(value, dict):
        for name, inner in value.items():
            _require_storable(name, name[:80])
            _require_storable(inner, name[:80])
    elif isinstance(value, list):
        for inner in value:
            _require_storable(inner, field)
    elif isinstance(value, str) and _UNSTORABLE.search(value):
        raise Malformed(
            _l("This text holds characters that cannot be kept."),
            _l("Send it without NUL characters and half characters."),
            rule="bad_text",
            field=_UNSTORABLE.sub("\ufffd", field),
        )


def _unreadable(sentence: Any) -> Malformed:
    return Malformed(sentence, _l("Send one JSON object in UTF-8."), rule="bad_json")
