"""One field before and after, in words; of a long text the words that changed."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from shopfloor.core.events import EventChange
from shopfloor.core.refusals import Sentence
from shopfloor.records.fields import field_of
from shopfloor.records.values import Titles, as_text, nothing, stored

# From here on nobody finds a changed word by looking.
LONG_TEXT = 40
# Comparing takes the square of the length: what is longer is shown whole, before and after.
LONGEST_COMPARED = 4_000
_PARTS = re.compile(r"[\u3400-\u9fff]|\s+|[^\s\u3400-\u9fff]+")


@dataclass(frozen=True)
class Part:
    """A stretch of a long text: the same, taken out or put in."""

    text: str
    how: str = ""


@dataclass(frozen=True)
class Changed:
    """A field before and after; `parts` is a long text with what changed in it."""

    subject_id: int
    name: str
    label: Sentence
    before: str
    after: str
    parts: tuple[Part, ...] = ()
    empty_before: bool = False
    empty_after: bool = False


def changed(row: EventChange, titles: Titles) -> Iterator[Changed]:
    """Yield a change in words; names in several languages are a field for each."""
    before, after = stored(row.field, row.before), stored(row.field, row.after)
    if row.field == "names":
        for language in sorted({*_keys(before), *_keys(after)}):
            pair = _keys(before).get(language), _keys(after).get(language)
            if pair[0] != pair[1]:
                yield _changed(row, f"names.{language}", *pair, titles)
        return
    yield _changed(row, row.field, before, after, titles)


def _changed(row: EventChange, name: str, before: Any, after: Any, titles: Titles) -> Changed:
    field = field_of(name)
    said = [
        nothing() if value in (None, "", [], {}) else _read(field.reads, value, titles)
        for value in (before, after)
    ]
    both = isinstance(before, str) and isinstance(after, str) and field.reads is as_text
    long = min(map(len, said)) > LONG_TEXT and sum(map(len, said)) <= LONGEST_COMPARED
    return Changed(
        row.subject_id,
        name,
        field.label,
        before=said[0],
        after=said[1],
        parts=tuple(compared(*said)) if both and long else (),
        empty_before=before in (None, "", [], {}),
        empty_after=after in (None, "", [], {}),
    )


def compared(before: str, after: str) -> Iterator[Part]:
    """Yield what two texts have in common, and what was taken out and put in."""
    old, new = _PARTS.findall(before), _PARTS.findall(after)
    for how, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if how == "equal":
            yield Part("".join(old[a:b]))
            continue
        if b > a:
            yield Part("".join(old[a:b]), "out")
        if d > c:
            yield Part("".join(new[c:d]), "in")


def _read(reads: Any, value: Any, titles: Titles) -> str:
    try:
        return str(reads(value, titles))
    except (ValueError, TypeError, KeyError):
        # Kept by an earlier version of the program in another form: shown as it stands.
        return as_text(value, titles)


def _keys(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
