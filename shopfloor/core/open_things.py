"""Everything that is open and costs by waiting: each room tells its own, one page shows it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from shopfloor.core.refusals import Sentence
from shopfloor.core.rights import Rights


@dataclass(frozen=True)
class OpenThing:
    """Something that waits for somebody: since when, whose it is, and how many pieces it keeps.

    `cost` is that of one piece in `currency`; `id` is that of its row, `url` where it is settled.
    What waits `behind` a lock is about the same pieces; `also` is what waits behind this lock.
    """

    kind: str
    id: int
    title: str
    since: datetime
    url: str
    names: Mapping[str, str] | None = None
    reason: Mapping[str, str] | None = None
    note: str = ""
    owner: str = ""
    quantity: Decimal | None = None
    unit: str = ""
    cost: Decimal | None = None
    currency: str | None = None
    line_id: int | None = None
    hold_id: int | None = None
    behind: int | None = None
    also: "OpenThing | None" = None

    @property
    def value(self) -> Decimal | None:
        """Return what its pieces have cost; None where nobody knows."""
        return None if self.cost is None or self.quantity is None else self.cost * self.quantity

    def waiting_cost(self, now: datetime) -> Decimal:
        """Return its value times the days for which it has waited; zero where it is not known.

        The same pieces cost once: it is that of what waits behind it, where that costs more.
        """
        days = Decimal((now - self.since).total_seconds()) / 86400
        own = (self.value or Decimal(0)) * days
        return max(own, self.also.waiting_cost(now)) if self.also else own

    def is_at(self, line_id: int) -> bool:
        """Say whether it waits at a line, itself or what waits behind it."""
        return self.line_id == line_id or (self.also is not None and self.also.is_at(line_id))


Tell = Callable[[Session, Rights], Iterable[OpenThing]]


@dataclass(frozen=True)
class OpenKind:
    """A kind of open things: its word, its icon, and the query of the room that has them.

    Its things stand on the rows of the kind `behind` which they wait, where they have one.
    """

    name: str
    label: Sentence
    icon: str
    tell: Tell
    behind: str = ""

    @property
    def choice(self) -> tuple[str, Sentence]:
        """Return it as a select offers it."""
        return self.name, self.label


KINDS: dict[str, OpenKind] = {}


def register(kinds: Iterable[OpenKind]) -> None:
    """Take the kinds in the order in which they are offered."""
    KINDS.clear()
    KINDS.update((kind.name, kind) for kind in kinds)


def open_things(session: Session, rights: Rights, kind: str = "") -> list[OpenThing]:
    """Return what is open as far as these rights see it; one statement for each kind or so.

    A lock and the nonconformance of its pieces are one row, unless nonconformances are asked for.
    """
    every = kind not in KINDS
    asked = [each for each in KINDS.values() if every or kind in (each.name, each.behind)]
    found = _together([thing for each in asked for thing in each.tell(session, rights)])
    return [thing for thing in found if every or thing.kind == kind]


def _together(things: list[OpenThing]) -> list[OpenThing]:
    locks = {thing.hold_id: thing for thing in things if thing.hold_id}
    pairs = {each.behind: each for each in things if each.behind and each.behind in locks}
    return [
        replace(each, also=pairs[each.hold_id]) if each.hold_id in pairs else each
        for each in things
        if each.behind not in pairs
    ]
