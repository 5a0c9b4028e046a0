"""The facts of an event in words: what its payload says, as far as people ask for it."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _p

from shopfloor.core import events
from shopfloor.core.refusals import Sentence
from shopfloor.core.shown import listed, show_marked
from shopfloor.core.words import in_words
from shopfloor.people.roles import VERBS
from shopfloor.records.fields import Field
from shopfloor.records.values import (
    Titles,
    as_day,
    as_language,
    as_money,
    as_quantity,
    as_role,
    as_subject,
    as_subjects,
    as_text,
    as_unit,
    as_word,
    subject_id,
)


@dataclass(frozen=True)
class Fact:
    """One thing that an event says."""

    label: Sentence | str
    value: str


def facts_of(
    kind: str, payload: Mapping[str, Any], titles: Titles, told: Collection[str] = ()
) -> list[Fact]:
    """Return what a payload says in words, in the order of the list below, but for what is told."""
    return [
        Fact(field.label, said)
        for name, field in (SAID | OF_KIND.get(kind, {})).items()
        if name in payload and name not in told and _tells(name, payload)
        for said in [field.reads(payload[name], titles)]
        if said
    ]


def ids_in(kind: str, payload: Mapping[str, Any]) -> Iterator[int]:
    """Yield the subjects that a payload names by their ids."""
    for name, field in (SAID | OF_KIND.get(kind, {})).items():
        value = payload.get(name)
        if field.reads in (as_subject, _operation):
            yield subject_id(value)
        elif field.reads in (as_subjects, _dispositions, _lines, _shares):
            yield from _ids(value)


def _ids(value: Any) -> Iterator[int]:
    for each in value if isinstance(value, list) else ():
        if isinstance(each, Mapping):
            yield from (subject_id(each.get(name)) for name in ("lot", "item", "person"))
        else:
            yield subject_id(each[0] if isinstance(each, list) and each else each)


def _tells(name: str, payload: Mapping[str, Any]) -> bool:
    """Say whether a value says anything: zero pieces of something and an empty text do not."""
    value = payload[name]
    if name == "operation" and "sequence" in payload:
        return False
    if name in _COUNTS and name != "quantity":
        try:
            return Decimal(str(value)) != 0
        except InvalidOperation:
            return False
    return value not in (None, "", [], {})


def _event_kind(value: Any, _titles: Titles) -> str:
    kind = events.KINDS.get(str(value))
    return str(kind.label) if kind else as_word(value, _titles)


def _verbs(value: Any, _titles: Titles) -> str:
    return listed(str(VERBS.get(each, show_marked(each))) for each in value)


def _operation(value: Any, titles: Titles) -> str:
    """Read the id of an operation as its number; a lot in stock is at none."""
    found = titles.get(subject_id(value))
    return show_marked(found.number or "") if found else ""


def _sentence(value: Any, _titles: Titles) -> str:
    return show_marked(in_words(value) if isinstance(value, Mapping) else value)


def _dispositions(value: Any, titles: Titles) -> str:
    return listed(
        gettext(
            "%(quantity)s of %(lot)s: %(decision)s",
            quantity=as_quantity(each.get("quantity"), titles),
            lot=as_subject(each.get("lot"), titles),
            decision=as_word(each.get("kind"), titles),
        )
        for each in _mappings(value)
    )


def _lines(value: Any, titles: Titles) -> str:
    return listed(
        f"{as_quantity(line[1], titles)} × {as_subject(line[0], titles)}"
        for line in value
        if isinstance(line, list) and len(line) > 1
    )


def _shares(value: Any, titles: Titles) -> str:
    pairs = value.items() if isinstance(value, Mapping) else value
    return listed(
        f"{as_subject(pair[0], titles)}: {as_quantity(pair[1], titles)}"
        for pair in pairs
        if len(pair) > 1
    )


def _pieces(value: Any, titles: Titles) -> str:
    counts = [each.get("quantity") or each.get("good") or 0 for each in _mappings(value)]
    return as_quantity(sum(Decimal(str(count)) for count in counts), titles)


def _mappings(value: Any) -> Iterable[Mapping[str, Any]]:
    return (each for each in value if isinstance(each, Mapping))


_COUNTS = {"good", "scrap", "rework", "held", "excess", "quantity"}
SAID: dict[str, Field] = {
    "sequence": Field(_l("Operation"), as_text),
    "operation": Field(_l("Operation"), as_text),
    "verdict": Field(_l("Verdict"), as_word),
    "good": Field(_l("Good"), as_quantity),
    "scrap": Field(_l("Scrap"), as_quantity),
    "rework": Field(_l("Rework"), as_quantity),
    "held": Field(_l("Held"), as_quantity),
    "excess": Field(_l("More than came"), as_quantity),
    "quantity": Field(_l("Quantity"), as_quantity),
    "dispositions": Field(_l("Decided"), _dispositions),
    "signer": Field(_l("Signed by"), as_subject),
    "from": Field(_l("Taken over from"), as_subject),
    "kind": Field(_l("Kind"), _event_kind),
    "day": Field(_l("Counts for"), as_day),
    "number": Field(_l("Number"), as_text),
    "station": Field(_l("Station"), as_text),
    "before": Field(_l("Before"), as_subject),
    "role": Field(_l("Role"), as_role),
    "roles": Field(_p("rankings", "Seen by"), as_role),
    "roles_before": Field(_p("rankings", "Seen before by"), as_role),
    "scope": Field(_p("a role", "Where"), as_subject),
    "verbs": Field(_l("May"), _verbs),
    "language": Field(_l("Language"), as_language),
    "tries": Field(_l("Tries"), as_text),
    "address": Field(_l("From the address"), as_text),
    "revision": Field(_l("Revision"), as_text),
    "routing_revision": Field(_l("Routing revision"), as_text),
    "bom_revision": Field(_l("BOM revision"), as_text),
    "lines": Field(_l("Materials"), _lines),
    "sequences": Field(_l("Operations"), as_text),
    "unit": Field(_l("Unit"), as_unit),
    "amount": Field(_l("Amount"), as_money),
    "valid_from": Field(_l("Valid from"), as_day),
    "text": Field(_l("Barcode"), as_text),
    "way": Field(_l("How"), as_word),
    "printer": Field(_l("Printer"), as_text),
    "copies": Field(_l("Copies"), as_text),
    "why": Field(_l("Why again"), as_text),
    "problem": Field(_l("What went wrong"), as_text),
    "prefix": Field(_l("Before each code"), as_text),
    "suffix": Field(_l("After each code"), as_text),
    "sentence": Field(_l("Not booked because"), _sentence),
    "note": Field(_l("Note"), as_text),
    "numbers_of": Field(_l("Whose"), as_word),
    "first": Field(_l("Numbers from"), as_text),
    "last": Field(_l("Numbers through"), as_text),
    "told": Field(_l("Handed over"), as_quantity),
    "counted": Field(_l("Counted"), as_quantity),
    "pieces": Field(_l("Pieces"), as_quantity),
    "reasons": Field(_l("Reasons"), as_subjects),
    "steps": Field(_l("Steps"), as_text),
    "operations": Field(_l("Operations on orders"), as_text),
    "variants": Field(_l("Variants"), as_text),
    "rows": Field(_l("Rows of the file"), as_text),
    "new": Field(_l("New records"), as_text),
    "changed": Field(_l("Changed records"), as_text),
    "same": Field(_l("Unchanged records"), as_text),
    "skill": Field(_l("Skill"), as_subject),
    "last_day": Field(_l("Last day"), as_day),
    "confirmed": Field(_l("Confirmed although far from what is expected"), as_text),
}
_PARTED = {"from": Field(_l("From the lot"), as_subject), "parts": Field(_l("Pieces"), _pieces)}
# These have no number of the operation, only its id.
_BY_ID = {"operation": Field(_l("Operation"), _operation)}
# Where a kind of event means something else by the same word.
OF_KIND: dict[str, dict[str, Field]] = {
    "lot.split": _PARTED,
    "lot.merged": _PARTED,
    "lot.part_held": _PARTED,
    "lot.serialised": _PARTED,
    "inspection.read": {**_BY_ID, "rest": Field(_l("Of these called good together"), as_text)},
    "inspection.self_checked": _BY_ID,
    "inspection.overdue": _BY_ID,
    "inspection.recorded": {"from": Field(_l("From the lot"), as_subject)},
    "note.left": {"station": Field(_l("Station"), as_subject)},
    "note.seen": {"station": Field(_l("Station"), as_subject)},
    "catalogue.item_copied": {"from": Field(_l("Copied from"), as_text)},
}
