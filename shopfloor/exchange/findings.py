"""What an import finds in its rows: what it would do, and what is wrong, with the line."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Protocol

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from shopfloor.core.commands import Tx
from shopfloor.core.events import Change
from shopfloor.core.refusals import Sentence
from shopfloor.core.rights import Rights
from shopfloor.exchange.fields import Field
from shopfloor.stock.ledger import Move

# So many rows are compared with the database at a time.
AT_ONCE = 500


class Outcome(StrEnum):
    """What becomes of a record."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"


@dataclass(frozen=True)
class Problem:
    """A row that cannot be imported: where, what was read, what is expected."""

    line: int
    column: str
    read: str
    expected: str


@dataclass
class Written:
    """What was written for one record: whom it concerns, and what changed."""

    about: list[int] = field(default_factory=list)
    made: list[int] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    # What stands under the event, and is written when it is recorded.
    moves: list[Move] = field(default_factory=list)
    # Of lots taken over half-finished: how many pieces stand at which operation.
    standing: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Deed:
    """What is to be done for one record, and how; nothing for one that stays the same."""

    outcome: Outcome
    line: int
    label: str
    do: Callable[[Tx], Written] | None = None


@dataclass(frozen=True)
class Note:
    """Something to be told once, such as how many rows are left out, and why."""

    sentence: Sentence


Finding = Deed | Problem | Note


@dataclass
class Entry:
    """One row: what it says, by field; an empty cell is left out."""

    line: int
    says: dict[str, Any]
    columns: dict[str, str]

    def get(self, name: str) -> Any:
        """Return what the row says about a field, or None."""
        return self.says.get(name)

    def wrong(self, name: str, expected: Sentence) -> Problem:
        """Return the problem of one field of this row."""
        return Problem(
            self.line, self.columns.get(name, ""), _text(self.says.get(name)), str(expected)
        )


@dataclass(frozen=True)
class Setting:
    """Where and for whom something is imported."""

    site_id: int
    currency: str
    today: date
    rights: Rights
    options: frozenset[str] = frozenset()
    language: str = "en"


class Importer(Protocol):
    """Compares rows with what there is; made anew for each check and each import."""

    def take(self, session: Session, entries: Sequence[Entry]) -> Iterable[Finding]:
        """Look at some rows."""
        ...

    def finish(self, session: Session) -> Iterable[Finding]:
        """Look at what only shows when all rows were seen."""
        ...


@dataclass(frozen=True)
class Option:
    """A choice of the person who imports, on from the start."""

    name: str
    label: Sentence
    hint: Sentence


@dataclass(frozen=True)
class Kind:
    """Something that can be imported: its fields, the verb it needs, and who compares it."""

    name: str
    label: Sentence
    hint: Sentence
    verb: str
    fields: tuple[Field, ...]
    importer: Callable[[Setting], Importer]
    page: str  # the address where the result is seen
    options: tuple[Option, ...] = ()
    defaults: dict[str, str] = field(default_factory=dict)


class Keys:
    """The keys of a file: each stands for one record, so that no line overwrites another."""

    def __init__(self) -> None:
        self._lines: dict[Any, int] = {}

    def again(self, key: Any, entry: Entry, name: str) -> Problem | None:
        """Return the problem when an earlier line has the key; otherwise keep it."""
        first = self._lines.setdefault(key, entry.line)
        if first == entry.line:
            return None
        return entry.wrong(name, _l("each once; it is on line %(line)s already", line=first))


def nameless(entry: Entry) -> Problem:
    """Return the problem of a row without a name in any language, at the column that it has."""
    name = "name_zh" if "name_en" not in entry.columns else "name_en"
    return entry.wrong(name, _l("a name in at least one language"))


def missing(entry: Entry, fields: Iterable[Field]) -> Iterator[Problem]:
    """Yield a problem for each field that is needed and empty."""
    for each in fields:
        if each.needed and entry.get(each.name) is None:
            yield entry.wrong(each.name, _l("%(field)s, which is needed", field=each.label))


def _text(value: Any) -> str:
    return "" if value is None else str(value)[:80]
