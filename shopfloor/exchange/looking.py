"""Going through a file: its rows become entries, entries become findings, findings are counted."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from shopfloor.core.tables.cells import Unreadable, shown
from shopfloor.core.tables.reading import body, headings, look_at
from shopfloor.core.tables.rows import Row, letters
from shopfloor.exchange.fields import Field
from shopfloor.exchange.findings import (
    AT_ONCE,
    Deed,
    Entry,
    Finding,
    Importer,
    Kind,
    Note,
    Outcome,
    Problem,
    Setting,
)
from shopfloor.exchange.mapping import Settings

# The page shows the first ones; all of them, up to a limit, are in a file.
SHOWN = 200
MOST_PROBLEMS = 20_000


@dataclass
class Count:
    """What a file would do, counted; `digest` tells whether it would still do the same."""

    rows: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)
    more_problems: int = 0
    notes: list[str] = field(default_factory=list)
    labels: dict[str, list[str]] = field(default_factory=dict)
    _hash: Any = field(default_factory=hashlib.sha256)

    def take(self, finding: Finding) -> None:
        """Count one finding."""
        if isinstance(finding, Deed):
            self.outcomes[finding.outcome] += 1
            self._hash.update(f"{finding.line}\0{finding.outcome}\0{finding.label}\n".encode())
            first = self.labels.setdefault(finding.outcome, [])
            if len(first) < 10:
                first.append(finding.label)
        elif isinstance(finding, Problem):
            if len(self.problems) < MOST_PROBLEMS:
                self.problems.append(finding)
            else:
                self.more_problems += 1
        elif isinstance(finding, Note):
            self.notes.append(str(finding.sentence))

    def result(self) -> dict[str, Any]:
        """Return this as it is stored and shown."""
        return {
            "rows": self.rows,
            **{outcome.value: self.outcomes[outcome] for outcome in Outcome},
            "problems": len(self.problems) + self.more_problems,
            "first": [asdict(problem) for problem in self.problems[:SHOWN]],
            "notes": self.notes,
            "labels": self.labels,
            "digest": self._hash.hexdigest(),
        }

    @property
    def writes(self) -> int:
        """Return how many records would be written."""
        return self.outcomes[Outcome.NEW] + self.outcomes[Outcome.CHANGED]


class File:
    """An uploaded file with the settings by which it is read."""

    def __init__(self, path: Path, kind: Kind, settings: Settings) -> None:
        self._path, self._kind, self._settings = path, kind, settings
        self._shape = settings.shape(look_at(path))
        self._names = headings(path, self._shape)
        self._fields = {each.name: each for each in kind.fields}
        self._columns = {
            name: f"{letters(place)} · {self._names[place]}"
            for name, place in settings.columns.items()
            if place < len(self._names) and name in self._fields
        }

    def findings(
        self,
        session: Session,
        setting: Setting,
        count: Count,
        tell: Callable[[int], None] = lambda _rows: None,
    ) -> Iterator[Finding]:
        """Yield everything that is found, a few hundred rows at a time, counted as it goes."""
        importer = self._kind.importer(setting)
        for finding in self._found(session, importer, count, tell):
            count.take(finding)
            yield finding

    def _found(
        self, session: Session, importer: Importer, count: Count, tell: Callable[[int], None]
    ) -> Iterator[Finding]:
        entries: list[Entry] = []
        for row in body(self._path, self._shape):
            count.rows += 1
            entry, problems = self._entry(row)
            yield from problems
            if entry is not None:
                entries.append(entry)
            if len(entries) == AT_ONCE:
                yield from importer.take(session, entries)
                entries = []
                tell(count.rows)
        yield from importer.take(session, entries)
        if not count.problems or not any(p.column == "" for p in count.problems):
            yield from importer.finish(session)

    def _entry(self, row: Row) -> tuple[Entry | None, list[Problem]]:
        if row.fault is not None:
            return None, [Problem(row.line, "", "", str(row.fault))]
        says: dict[str, Any] = {}
        problems = []
        for each, cell, column in self._cells(row):
            try:
                value = each.read(cell, self._settings.notation)
            except Unreadable as no:
                problems.append(Problem(row.line, column, shown(cell)[:80], str(no.expected)))
                continue
            if value is not None:
                says[each.name] = value
        if problems:
            return None, problems
        return Entry(row.line, says, self._columns), []

    def _cells(self, row: Row) -> Iterable[tuple[Field, Any, str]]:
        for name, column in self._columns.items():
            yield self._fields[name], row.cells[self._settings.columns[name]], column
        for name, text in self._settings.fixed.items():
            if name in self._fields and name not in self._columns:
                yield self._fields[name], text, _("fixed value")
