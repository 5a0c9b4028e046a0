"""Stored values in words: days, money, names instead of ids, and marks for what would act."""

import json
import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from babel.numbers import UnknownCurrencyError
from flask_babel import gettext, pgettext

from shopfloor.core.shown import in_unit, listed, show_dated, show_instant, show_marked, show_price
from shopfloor.core.types import plain
from shopfloor.core.words import LANGUAGES
from shopfloor.people.roles import ROLE_NAMES
from shopfloor.records.titles import Title
from shopfloor.records.wordlist import WORDS

Titles = Mapping[int, Title]
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def as_text(value: Any, _titles: Titles) -> str:
    """Read any value as well as its own form tells."""
    if isinstance(value, bool):
        return str(gettext("yes") if value else gettext("no"))
    if isinstance(value, Mapping):
        if set(value) == {"amount", "currency"}:
            return as_money(value, _titles)
        return listed(f"{_language(key)}: {as_text(each, _titles)}" for key, each in value.items())
    if isinstance(value, list):
        return listed(as_text(each, _titles) for each in value)
    text = str(value)
    try:
        if _MOMENT.match(text):
            return as_moment(text, _titles)
        if _DAY.fullmatch(text):
            return as_day(text, _titles)
    except ValueError:
        # A text that only looks like a day.
        pass
    return show_marked(text)


def as_moment(value: Any, _titles: Titles) -> str:
    """Read an instant."""
    return show_instant(datetime.fromisoformat(str(value)))


def as_day(value: Any, _titles: Titles) -> str:
    """Read a day."""
    return show_dated(date.fromisoformat(str(value)))


def as_quantity(value: Any, _titles: Titles) -> str:
    """Read a quantity."""
    try:
        return str(plain(Decimal(str(value))))
    except InvalidOperation:
        return show_marked(value)


def as_money(value: Any, titles: Titles) -> str:
    """Read an amount of money with its currency, as far as that was kept with it."""
    if not isinstance(value, Mapping):
        return as_quantity(value, titles)
    try:
        return show_price(Decimal(str(value["amount"])), str(value["currency"]))
    except (InvalidOperation, UnknownCurrencyError):
        return show_marked(f"{value['amount']} {value['currency']}")


def as_subject(value: Any, titles: Titles) -> str:
    """Read the id of a person, a station or anything else as what it is called."""
    found = titles.get(subject_id(value))
    return found.text if found else show_marked(value)


def as_subjects(value: Any, titles: Titles) -> str:
    """Read several ids."""
    return listed(as_subject(each, titles) for each in value) if isinstance(value, list) else ""


def as_word(value: Any, _titles: Titles) -> str:
    """Read one of a few values that the program has words for."""
    if isinstance(value, list):
        return listed(as_word(each, _titles) for each in value)
    return str(WORDS.get(str(value), show_marked(value)))


def as_role(value: Any, _titles: Titles) -> str:
    """Read a role, or several."""
    if isinstance(value, list):
        return listed(as_role(each, _titles) for each in value)
    return str(ROLE_NAMES.get(str(value), show_marked(value)))


def as_language(value: Any, _titles: Titles) -> str:
    """Read a language."""
    return LANGUAGES.get(str(value), show_marked(value))


def as_lasting(value: Any, titles: Titles) -> str:
    """Read until when something holds."""
    return gettext("for good") if value == "always" else as_text(value, titles)


def as_clock(value: Any, _titles: Titles) -> str:
    """Read minutes after midnight."""
    return f"{int(value) // 60:02d}:{int(value) % 60:02d}"


def as_unit(value: Any, _titles: Titles) -> str:
    """Read a unit."""
    return show_marked(in_unit(str(value)))


def subject_id(value: Any) -> int:
    """Return the id that a stored text holds; none is 0."""
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def stored(field: str, text: str | None) -> Any:
    """Return a stored value as it was before it became text; None when nothing stood there."""
    if text is None:
        return None
    if text[:1] in '{["' or text in ("true", "false", "null"):
        try:
            return json.loads(text)
        except ValueError:
            return text
    return text


def _language(key: str) -> str:
    return LANGUAGES.get(key) or show_marked(key)


def nothing() -> str:
    """Return the word for a field in which nothing stood."""
    return str(pgettext("a field", "nothing"))
