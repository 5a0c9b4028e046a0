"""The days of the demo: what happened and when, noted in any order and done in that of time."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from shopfloor.core.actions import Act
from shopfloor.demo import people, plant
from shopfloor.demo.factory import Built

# The demo is the same each time, but for its secrets and its dates.
SEED = 6072


def by_day(instant: datetime) -> bool:
    """Say whether an instant falls into the day shift of the demo's plant."""
    local = instant.astimezone(plant.ZONE_INFO)
    return plant.DAY_STARTS <= local.hour * 60 + local.minute < plant.NIGHT_STARTS


def crews_by_shift(now: datetime) -> dict[str, str]:
    """Return which crew is on which shift; crew A is on now, whenever the demo is loaded."""
    return dict(zip(("DAY", "NIGHT"), "AB" if by_day(now) else "BA", strict=True))


@dataclass
class Diary:
    """What happens in the demo, hours before now, and who does it."""

    built: Built
    # badge and PIN of those who sign
    proofs: dict[str, tuple[str, str]]
    random: Random = field(default_factory=lambda: Random(SEED))  # noqa: S311 - no secret
    notes: list[tuple[float, int, Callable[[], None]]] = field(default_factory=list)
    _busy: dict[str, list[tuple[float, float]]] = field(default_factory=dict)

    def note(self, ago: float, happens: Callable[[], None]) -> None:
        """Let something happen some hours ago."""
        self.notes.append((-ago, len(self.notes), happens))

    def play(self) -> None:
        """Do everything that is noted, the earliest first."""
        for _ago, _number, happens in sorted(self.notes, key=lambda note: note[:2]):
            happens()

    def at(self, ago: float) -> datetime:
        """Return the time of so many hours ago."""
        return self.built.now - timedelta(hours=ago)

    def act(self, login: str, ago: float) -> Act:
        """Return a person about to do something so many hours ago."""
        return self.built.act(login, self.at(ago))

    def crew(self, ago: float) -> str:
        """Return which crew was on shift."""
        return crews_by_shift(self.built.now)["DAY" if by_day(self.at(ago)) else "NIGHT"]

    def operator(self, station: str, began: float, ended: float) -> str:
        """Return who works at a station from one time to the other: somebody who is free."""
        there = people.operators(plant.LINE_OF[station], self.crew(began))
        free = [login for login in there if self._is_free(login, began, ended)]
        chosen = self.random.choice(free or there)
        self.occupy(chosen, began, ended)
        return chosen

    def occupy(self, login: str, began: float, ended: float) -> None:
        """Note that a person works from one time to the other."""
        self._busy.setdefault(login, []).append((began, ended))

    def inspector(self, ago: float) -> str:
        """Return who inspects."""
        return self.random.choice(people.inspectors(self.crew(ago)))

    def _is_free(self, login: str, began: float, ended: float) -> bool:
        # In hours ago the larger number is the earlier time.
        return all(began <= end or ended >= start for start, end in self._busy.get(login, ()))
