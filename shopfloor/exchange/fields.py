"""What a column can hold, and by which headings it is known in English and in Chinese."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from flask_babel import force_locale
from flask_babel import lazy_gettext as _l

from shopfloor.core.refusals import Sentence
from shopfloor.core.tables.cells import (
    Notation,
    Unreadable,
    read_day,
    read_number,
    read_text,
    read_yes,
)
from shopfloor.core.tables.rows import Cell
from shopfloor.core.words import LOCALES

MOST = Decimal(10) ** 12


class Holds(StrEnum):
    """What kind of value a column holds."""

    TEXT = "text"
    NUMBER = "number"
    WHOLE = "whole"
    DAY = "day"
    YES = "yes"
    CHOICE = "choice"


@dataclass(frozen=True)
class Field:
    """One thing that a row says: its name for people, its headings, and what may stand in it."""

    name: str
    label: Sentence
    known_as: str  # headings by which it is found, with blanks between; several words joined by _
    holds: Holds = Holds.TEXT
    needed: bool = False
    longest: int = 200
    places: int = 6
    above_zero: bool = False
    choices: Mapping[str, str] | None = None  # what is written -> what is meant
    example: str = ""

    def read(self, cell: Cell, notation: Notation) -> Any:
        """Return what a cell says, or None when it is empty; Unreadable says what is expected."""
        match self.holds:
            case Holds.DAY:
                return read_day(cell, notation)
            case Holds.YES:
                return read_yes(cell)
            case Holds.NUMBER | Holds.WHOLE:
                return self._number(read_number(cell, notation))
            case Holds.CHOICE:
                return self._choice(read_text(cell))
        return self._text(read_text(cell))

    def _text(self, text: str) -> str | None:
        if len(text) > self.longest:
            raise Unreadable(_l("at most %(most)s characters", most=self.longest))
        if any(unicodedata.category(c) in ("Cc", "Cs") and c not in "\r\n\t" for c in text):
            raise Unreadable(_l("visible characters"))
        return text or None

    def _number(self, number: Decimal | None) -> Decimal | int | None:
        if number is None:
            return None
        if self.holds is Holds.WHOLE:
            if number != number.to_integral_value() or not 0 <= number < 10**9:
                raise Unreadable(_l("a whole number, 0 or more"))
            return int(number)
        if number < 0 or (self.above_zero and not number):
            raise Unreadable(_l("a number above zero") if self.above_zero else _l("0 or more"))
        if number > MOST:
            raise Unreadable(_l("a smaller number"))
        if number != round(number, self.places):
            raise Unreadable(_l("at most %(places)s decimals", places=self.places))
        return number

    def _choice(self, text: str) -> str | None:
        choices = self.choices or {}
        if not text:
            return None
        if normal(text) not in choices:
            words = ", ".join(dict.fromkeys(choices.values()))
            raise Unreadable(_l("one of: %(words)s", words=words))
        return choices[normal(text)]


def normal(heading: str) -> str:
    """Return a heading without blanks, marks and case, as headings are compared."""
    text = unicodedata.normalize("NFKC", heading).casefold()
    text = re.sub(r"\(.*?\)|\[.*?\]", "", text) or text
    return re.sub(r"[\W_]+", "", text)


def _labels(field: Field) -> list[str]:
    """Return how the field is called in every language, as templates and exports head it."""
    labels = []
    for locale in LOCALES.values():
        with force_locale(locale):
            labels.append(str(field.label))
    return labels


def match(fields: Sequence[Field], headings: Sequence[str]) -> dict[str, int]:
    """Return which column holds which field, each column once, as far as headings tell."""
    columns: dict[str, int] = {}
    for n, heading in enumerate(headings):
        columns.setdefault(normal(heading), n)
    columns.pop("", None)
    found: dict[str, int] = {}
    for field in fields:
        known = [field.name, *_labels(field), *field.known_as.split()]
        place = next((columns[normal(k)] for k in known if normal(k) in columns), None)
        if place is not None and place not in found.values():
            found[field.name] = place
    return found
