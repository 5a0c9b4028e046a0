"""Everything that is open and costs by waiting: each room tells its own, one page shows it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from shopfloor.core.refusals import Sentence
from shopfloor.core.rights import Rights


@dataclass(frozen=True)
class OpenThing:
    """Something that waits for somebody: since when, whose it is, and how many pieces it keeps.

    `cost` is that of one piece in `currency`; `id` is that of its row, `url` where it is settled.
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

    @property
    def value(self) -> Decimal | None:
        """Return what its pieces have cost; None where nobody knows."""
        return None if self.cost is None or self.quantity is None else self.cost * self.quantity

    def waiting_cost(self, now: datetime) -> Decimal:
        """Return its value times the days for which it has waited; zero where it is not known."""
        days = Decimal((now - self.since).total_seconds()) / 86400
        return (self.value or Decimal(0)) * days


Tell = Callable[[Session, Rights], Iterable[OpenThing]]


@dataclass(frozen=True)
class OpenKind:
    """A kind of open things: its word, its icon, and the query of the room that has them."""

    name: str
    label: Sentence
    icon: str
    tell: Tell

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
    """Return what is open as far as these rights see it; one statement for each kind or so."""
    asked = [KINDS[kind]] if kind in KINDS else KINDS.values()
    return [thing for each in asked for thing in each.tell(session, rights)]
