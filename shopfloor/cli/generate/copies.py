"""Copying told stories: other days, people, stations and items, under ids of their own."""

import heapq
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

from shopfloor.cli.generate import bulk
from shopfloor.cli.generate.patterns import Pattern
from shopfloor.core import codes

COPIES_AT_ONCE = 1000
_BITS, _STEP = 40, 0x9E3779B97F  # odd, so that every number comes once


@dataclass
class Copied:
    """One copy on its way: what makes it another than its pattern."""

    name: str
    pattern: Pattern
    number: str
    delta: timedelta
    days: int
    due: date
    others: Mapping[int, int]
    events: list[int] = field(default_factory=list)
    codes: Sequence[str] = ()
    starts: Mapping[str, int] = field(default_factory=dict)
    action: int = 0
    missing: int = 0

    @property
    def began(self) -> datetime:
        """Return when its first event happened."""
        return self.pattern.began + self.delta


class Copier:
    """Writes copies in the order of time, with ids that go on behind those that are there."""

    def __init__(self, seed: int) -> None:
        """Begin the codes of all copies where the seed says."""
        self.next: dict[str, int] = {}
        self.taken: set[str] = set()
        self.numbers = count(seed * 1_000_003)
        self.actions = 0

    def go_on_behind(self, newest: Mapping[str, int], taken: Iterable[str]) -> None:
        """Learn the highest id of every table, and codes that are there already."""
        self.next = {table: highest + 1 for table, highest in newest.items()}
        self.taken.update(code[1:-1] for code in taken)

    def write(self, copies: Iterable[Copied], told: Callable[[int], None]) -> None:
        """Write copies that come in the order in which they begin; `told` hears of every chunk."""
        ready: list[Copied] = []
        for copy in self._in_time(copies):
            ready.append(copy)
            if len(ready) == COPIES_AT_ONCE:
                self._write(ready)
                told(len(ready))
                ready = []
        if ready:
            self._write(ready)
            told(len(ready))

    def _in_time(self, copies: Iterable[Copied]) -> Iterator[Copied]:
        """Number the events of all copies as they happened, and yield each copy that has all."""
        coming: list[tuple[datetime, int, int, Copied]] = []
        for n, copy in enumerate(copies):
            while coming and coming[0][0] < copy.began:
                yield from self._numbered(heapq.heappop(coming))
            copy.events = [0] * len(copy.pattern.times)
            copy.missing = len(copy.events)
            for place, at in enumerate(copy.pattern.times):
                heapq.heappush(coming, (at + copy.delta, n, place, copy))
        while coming:
            yield from self._numbered(heapq.heappop(coming))

    def _numbered(self, happened: tuple[datetime, int, int, Copied]) -> Iterator[Copied]:
        _at, _n, place, copy = happened
        copy.events[place] = self.next["event"]
        self.next["event"] += 1
        copy.missing -= 1
        if not copy.missing:
            yield copy

    def _write(self, copies: Sequence[Copied]) -> None:
        rows: dict[str, list[list[Any]]] = defaultdict(list)
        for copy in copies:
            self._place(copy)
            for table, patterns in copy.pattern.rows.items():
                into = rows[table]
                for values, makers in patterns:
                    row = values.copy()
                    for n, make in makers:
                        row[n] = make(copy)
                    into.append(row)
            self.actions = copy.action
        for table in ("event", "action"):
            rows[table].sort(key=lambda row: str(row[0]).rjust(80))
        bulk.write(rows)

    def _place(self, copy: Copied) -> None:
        """Give a copy the next ids of every table, and its codes."""
        copy.starts = {table: self.next[table] for table in copy.pattern.sizes}
        for table, size in copy.pattern.sizes.items():
            if table != "event":
                self.next[table] += size
        copy.codes = [self._code(letter) for letter in copy.pattern.letters]
        copy.action = self.actions

    def _code(self, letter: str) -> str:
        while True:
            number = next(self.numbers) * _STEP % (1 << _BITS)
            body = "".join(codes.ALPHABET[number >> shift & 31] for shift in range(0, _BITS, 5))
            if body not in self.taken:
                return codes.with_check(letter + body)
