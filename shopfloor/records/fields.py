"""The fields of records: what they are called, and how a value of each is read."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _p

from shopfloor.core.refusals import Sentence
from shopfloor.core.shown import show_marked
from shopfloor.records.values import (
    Titles,
    as_clock,
    as_language,
    as_lasting,
    as_money,
    as_quantity,
    as_role,
    as_subject,
    as_text,
    as_unit,
    as_word,
)

Reads = Callable[[Any, Titles], str]


@dataclass(frozen=True)
class Field:
    """A field of records: its name for people, and how a value of it is read."""

    label: Sentence
    reads: Reads


def field_of(name: str) -> Field:
    """Return a field by the name under which it is stored; a new one is called as it is stored."""
    if name in FIELDS:
        return FIELDS[name]
    for start, named in _NAMED_BY_START.items():
        if name.startswith(start):
            return named(name.removeprefix(start))
    reads = as_subject if name.endswith("_id") else as_text
    return Field(show_marked(name.removesuffix("_id").replace("_", " ")), reads)


def _rate(rest: str) -> Field:
    """Return the field "rate 10 from 2026-11-22": a rate is set for an operation from a day on."""
    sequence, _from, day = rest.partition(" from ")
    return Field(
        gettext(
            "Piece rate of operation %(sequence)s from %(day)s",
            sequence=show_marked(sequence),
            day=as_text(day, {}),
        ),
        as_money,
    )


def _skill(number: str) -> Field:
    return Field(gettext("Skill %(number)s", number=show_marked(number)), as_lasting)


def _quantity_at(place: str) -> Field:
    return Field(gettext("Quantity at %(place)s", place=show_marked(place)), as_quantity)


def _name_in(language: str) -> Field:
    return Field(_language_label(language), as_text)


def _language_label(language: str) -> Sentence:
    known: dict[str, Sentence] = {"en": _l("Name, English"), "zh": _l("Name, Chinese")}
    return known.get(language, show_marked(language))


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
    "category": Field(_l("Category"), as_text),
    "consent_required": Field(_l("Needs the customer's consent"), as_text),
    "reason_id": Field(_p("nonconformance", "What is wrong"), as_subject),
    "found_at_id": Field(_l("Found at"), as_subject),
    "made_at_id": Field(_l("Made at"), as_subject),
    "cause": Field(_l("Suspected cause"), as_word),
    "cause_note": Field(_l("More about the cause"), as_text),
    "owner_id": Field(_l("Sees to it"), as_subject),
    "deadline": Field(_l("Until"), as_text),
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
    "units": Field(_l("Other units"), as_text),
    "bom": Field(_l("BOM revision"), as_text),
    "routing": Field(_l("Routing revision"), as_text),
    "crew_id": Field(_l("Crew"), as_subject),
    "instruction": Field(_l("Work instruction"), as_subject),
    "steps": Field(_l("Steps"), as_text),
    "published_at": Field(_l("Published since"), as_text),
    "published": Field(_l("Published revision"), as_text),
    "revision": Field(_l("Revision"), as_text),
    "type": Field(_l("Type"), as_text),
    "low": Field(_l("Measures from"), as_quantity),
    "high": Field(_l("Measures to"), as_quantity),
    "resolution": Field(_l("Resolution"), as_quantity),
    "interval_days": Field(_l("Days between calibrations"), as_text),
    "place": Field(_l("Place"), as_text),
    "calibration": Field(_l("Last calibration"), as_word),
    "valid_until": Field(_l("Valid until"), as_text),
    "sha256": Field(_l("Photo"), as_text),
    "default_for": Field(_l("Usual printer for"), as_text),
}
# What belongs to one operation, skill or place is a field of its own for each.
_NAMED_BY_START: dict[str, Callable[[str], Field]] = {
    "rate ": _rate,
    "skill ": _skill,
    "quantity at ": _quantity_at,
    "names.": _name_in,
}
