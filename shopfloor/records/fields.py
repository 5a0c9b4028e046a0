"""The fields of records in words: what they are called, and what stood in them."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from babel.numbers import UnknownCurrencyError
from flask_babel import gettext, pgettext
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _p

from shopfloor.core.refusals import Sentence
from shopfloor.core.shown import in_unit, listed, show_dated, show_instant, show_marked, show_price
from shopfloor.core.types import plain
from shopfloor.core.words import LANGUAGES
from shopfloor.people.roles import ROLE_NAMES
from shopfloor.records.titles import Title
from shopfloor.records.wordlist import WORDS

Titles = Mapping[int, Title]
Reads = Callable[[Any, Titles], str]
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True)
class Field:
    """A field of records: its name for people, and how a value of it is read."""

    label: Sentence
    reads: Reads


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
    """Read a role."""
    return str(ROLE_NAMES.get(str(value), show_marked(value)))


def as_language(value: Any, _titles: Titles) -> str:
    """Read a language."""
    return LANGUAGES.get(str(value), show_marked(value))


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


def field_of(name: str) -> Field:
    """Return a field by the name under which it is stored; a new one is called as it is stored."""
    if name.startswith("rate "):
        return _rate(name)
    if name in FIELDS:
        return FIELDS[name]
    language = name.removeprefix("names.")
    if language != name:
        return Field(_language_label(language), as_text)
    reads = as_subject if name.endswith("_id") else as_text
    return Field(show_marked(name.removesuffix("_id").replace("_", " ")), reads)


def _rate(name: str) -> Field:
    """Return the field "rate 10 from 2026-11-22": a rate is set for an operation from a day on."""
    _word, sequence, _from, day = [*name.split(" "), "", "", ""][:4]
    if not _DAY.fullmatch(day):
        return Field(_l("Piece rate"), as_money)
    return Field(
        gettext(
            "Piece rate of operation %(sequence)s from %(day)s",
            sequence=show_marked(sequence),
            day=as_day(day, {}),
        ),
        as_money,
    )


def _language_label(language: str) -> Sentence:
    known: dict[str, Sentence] = {"en": _l("Name, English"), "zh": _l("Name, Chinese")}
    return known.get(language, show_marked(language))


def _language(key: str) -> str:
    return LANGUAGES.get(key) or show_marked(key)


def nothing() -> str:
    """Return the word for a field in which nothing stood."""
    return str(pgettext("a field", "nothing"))


FIELDS: dict[str, Field] = {
    "number": Field(_l("Number"), as_text),
    "name": Field(_p("person", "Name"), as_text),
    "names": Field(_l("Names"), as_text),
    "unit": Field(_l("Unit"), as_unit),
    "state": Field(_l("State"), as_word),
    "language": Field(_l("Language"), as_language),
    "zone": Field(_l("Time zone"), as_text),
    "currency": Field(_l("Currency"), as_text),
    "crew": Field(_l("Crew"), as_subject),
    "leader": Field(_l("Leader"), as_subject),
    "leader_id": Field(_l("Leader"), as_subject),
    "role": Field(_l("Role"), as_role),
    "starts_minute": Field(_l("Starts"), as_clock),
    "ends_minute": Field(_l("Ends"), as_clock),
    "archived_at": Field(_l("Archived since"), as_text),
    "enrolled_at": Field(_l("Enrolled since"), as_text),
    "revoked_at": Field(_l("Revoked since"), as_text),
    "scanner_prefix": Field(_l("Before each code"), as_text),
    "scanner_suffix": Field(_l("After each code"), as_text),
    "host": Field(_l("Address"), as_text),
    "port": Field(_l("Port"), as_text),
    "speech": Field(_l("Printer language"), as_word),
    "dpi": Field(_l("Dots per inch"), as_text),
    "width_mm": Field(_l("Label width in mm"), as_text),
    "height_mm": Field(_l("Label height in mm"), as_text),
    "decimals": Field(_l("Decimals"), as_text),
    "tracking": Field(_l("Tracking"), as_word),
    "shelf_life_days": Field(_l("Shelf life in days"), as_text),
    "gtin": Field(_l("GTIN"), as_text),
    "cost": Field(_l("Cost"), as_money),
    "cost_currency": Field(_l("Currency of the cost"), as_text),
    "other_number": Field(_l("Number in other programs"), as_text),
    "synonyms": Field(_l("Synonyms"), as_text),
    "features": Field(_l("Features"), as_text),
    "choices": Field(_l("Choices"), as_text),
    "model_id": Field(_l("Variant of"), as_subject),
    "valid_from": Field(_l("Valid from"), as_text),
    "valid_to": Field(_l("Valid to"), as_text),
    "due": Field(_l("Due"), as_text),
    "priority": Field(_l("Priority"), as_text),
    "quantity": Field(_l("Quantity"), as_quantity),
    "email": Field(_l("Email"), as_text),
    "phone": Field(_l("Phone"), as_text),
    "address": Field(_l("Postal address"), as_text),
    "supplier": Field(_l("Supplier"), as_text),
    "customer": Field(_l("Customer"), as_text),
    "contractor": Field(_l("Contract manufacturer"), as_text),
    "photo": Field(_l("Photo"), as_text),
    "skill_id": Field(_l("Skill"), as_subject),
    "last_day": Field(_l("Through"), as_text),
    "line_id": Field(_l("Line"), as_subject),
    "station_id": Field(_l("Station"), as_subject),
    "site_id": Field(_l("Site"), as_subject),
}
