"""Reading the form of an inspection plan: rows are added, moved and taken out without saving."""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeVar

from flask_babel import lazy_gettext as _l

from shopfloor.configure.models import FieldKind, Weight
from shopfloor.configure.writing import MOST_FIELDS, FieldWritten
from shopfloor.core.forms import Form
from shopfloor.core.refusals import Malformed
from shopfloor.core.words import LANGUAGES
from shopfloor.quality.plan_fields import BAD, GOOD, INTERVALS, PARTS
from shopfloor.quality.plan_models import Again, HoldScope, Sampling
from shopfloor.quality.plan_writing import MINUTES_A_DAY, PlanWritten
from shopfloor.quality.sampling import Level, Severity

Row = dict[str, str]
T = TypeVar("T", bound=StrEnum)
# With how many decimals a value is read unless the form says so, and the most there are.
DECIMALS, MOST_DECIMALS = 2, 6
_COUNTED = (FieldKind.NUMBER, FieldKind.COMPUTED)
_LIMITS = ("target", "low", "high", "least", "most")
_GOOD, _BAD = {*GOOD, "ok", "好"}, {*BAD, "ng", "不良"}
_CHINESE = re.compile("[\u3400-\u9fff]")
FRESH: Row = dict.fromkeys(PARTS, "") | {
    "kind": FieldKind.NUMBER.value,
    "weight": Weight.MAJOR.value,
    "readings": "1",
}


def typed_rows(typed: Mapping[str, str]) -> list[Row]:
    """Return the rows of a form as they were typed, the empty ones too."""
    count = typed.get("count", "")
    known = int(count) if count.isascii() and count.isdigit() and len(count) < 4 else 0
    return [
        {part: typed.get(f"{part}_{n}", "").strip().replace("\r\n", "\n") for part in PARTS}
        for n in range(1, min(known, MOST_FIELDS + 1) + 1)
    ]


def is_empty(row: Row) -> bool:
    """Say whether nothing was typed into a row: it is left out."""
    return not any(row[part] for part in ("key", "name_en", "name_zh", "low", "high", "formula"))


def arranged(rows: list[Row], button: str) -> list[Row]:
    """Return the rows as the pressed button asks for them."""
    what, _, number = button.partition("-")
    at = int(number) - 1 if number.isascii() and number.isdigit() and len(number) < 4 else -1
    if what == "add" and len(rows) < MOST_FIELDS:
        return [*rows, dict(FRESH)]
    if 0 <= at < len(rows):
        row = rows.pop(at)
        if what != "remove":
            rows.insert(max(at - 1, 0) if what == "up" else at + 1, row)
    return rows


def typed_again(typed: Mapping[str, str], rows: list[Row]) -> dict[str, str]:
    """Return a form with its rows put into another order."""
    every = re.compile(rf"(?:{'|'.join(PARTS)})_\d+")
    kept = {name: text for name, text in typed.items() if not every.fullmatch(name)}
    for n, row in enumerate(rows, 1):
        kept |= {f"{part}_{n}": text for part, text in row.items()}
    return kept | {"count": str(len(rows))}


def read_draft(form: Form) -> PlanWritten:
    """Return what a form says of a revision; Malformed names the input that cannot be read."""
    rows = enumerate(typed_rows(form.fields), 1)
    return PlanWritten(
        **read_sample(form), fields=tuple(_field(form, n) for n, row in rows if not is_empty(row))
    )


def read_sample(form: Form) -> dict[str, Any]:
    """Return what a form says of the sample, as PlanWritten takes it."""
    accepts = {weight.value: form.whole(f"accept_{weight}") for weight in Weight}
    aqls = {weight.value: form.text(f"aql_{weight}", 20) for weight in Weight}
    # What becomes due looks at single pieces: its form has no sample of a lot.
    sample = "sampling" in form.fields
    days = form.whole("grace_days")
    grace = form.whole("grace_minutes") if days is None else days * MINUTES_A_DAY
    return {
        **{name: form.whole(name) for name in INTERVALS},
        "grace_minutes": grace,
        "again": _chosen(form, "again", Again) if form.text("again", 10) else Again.ONCE,
        "sampling": _chosen(form, "sampling", Sampling) if sample else Sampling.FIXED,
        "size": form.whole("size"),
        "level": _chosen(form, "level", Level) if form.text("level", 10) else None,
        "severity": _chosen(form, "severity", Severity) if sample else Severity.NORMAL,
        "holds": _chosen(form, "holds", HoldScope) if form.text("holds", 10) else HoldScope.FAMILY,
        "aqls": {weight: aql for weight, aql in aqls.items() if aql},
        "accepts": {weight: accept for weight, accept in accepts.items() if accept is not None},
    }


def _field(form: Form, n: int) -> FieldWritten:
    kind = _chosen(form, f"kind_{n}", FieldKind)
    # The page hides what does not belong to a kind: what still stands there is not meant.
    numbers = _numbers(form, n) if kind in _COUNTED else {}
    readings = form.whole(f"readings_{n}") if kind is FieldKind.NUMBER else None
    key, _, answer = form.text(f"show_{n}", 60).partition("=")
    names = {each: form.text(f"name_{each}_{n}", 200) for each in LANGUAGES}
    return FieldWritten(
        key=form.text(f"key_{n}", 80),
        names={language: text for language, text in names.items() if text},
        kind=kind,
        weight=_chosen(form, f"weight_{n}", Weight),
        unit=form.text(f"unit_{n}", 20) if kind in _COUNTED else "",
        readings=1 if readings is None else min(readings, 99),
        options=_options(form, f"options_{n}") if kind is FieldKind.CHOICE else (),
        show_if={"key": key, "is": answer} if key else {},
        formula=form.text(f"formula_{n}", 200) if kind is FieldKind.COMPUTED else "",
        photo_on_fail=bool(form.text(f"photo_on_fail_{n}", 1)),
        gauge=bool(form.text(f"gauge_{n}", 1) or form.text(f"gauge_type_{n}", 80)),
        gauge_type=" ".join(form.text(f"gauge_type_{n}", 80).split()),
        sha256=form.text(f"sha256_{n}", 64) or None,
        **numbers,
    )


def _numbers(form: Form, n: int) -> dict[str, Any]:
    """Return the limits of a number and its decimals: as typed, or as many as the limits have."""
    limits = {name: form.measure(f"{name}_{n}") for name in _LIMITS}
    typed = [-int(each.as_tuple().exponent) for each in limits.values() if each is not None]
    decimals = form.whole(f"decimals_{n}")
    if decimals is None:
        decimals = min(max(DECIMALS, *typed, 0), MOST_DECIMALS)
    return {**limits, "decimals": min(decimals, 99)}


def _chosen(form: Form, name: str, words: type[T]) -> T:
    try:
        return words(form.text(name, 20))
    except ValueError:
        raise Malformed(_l("Choose one of the list."), rule="bad_choice", field=name) from None


def _options(form: Form, name: str) -> tuple[dict[str, Any], ...]:
    return tuple(_option(line, name) for line in form.lines(name).split("\n") if line.strip())


def _option(line: str, name: str) -> dict[str, Any]:
    *spoken, judged = [part.strip() for part in line.split("|")]
    if not 1 <= len(spoken) <= len(LANGUAGES) or judged.casefold() not in _GOOD | _BAD:
        raise Malformed(
            _l("“%(line)s” does not say whether this answer is good.", line=line.strip()[:60]),
            _l("Write one answer a line: matt | good, spotted | bad."),
            rule="bad_option",
            field=name,
        )
    languages = list(LANGUAGES)
    if len(spoken) == 1 and _CHINESE.search(spoken[0]):
        languages.reverse()
    names = {language: text for language, text in zip(languages, spoken, strict=False) if text}
    return {"names": names, "good": judged.casefold() in _GOOD}
