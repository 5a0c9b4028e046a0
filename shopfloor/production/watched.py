"""Operations that a room above watches: it is told of every start and report there."""

from collections.abc import Callable
from decimal import Decimal

from shopfloor.core.commands import Tx
from shopfloor.core.events import Effect
from shopfloor.production.way import Stop, Work

# The good pieces of a report; None for a start.
Watcher = Callable[[Tx, Work, Stop, Decimal | None], Effect | None]
_WATCHERS: list[Watcher] = []


def register(watcher: Watcher) -> None:
    """Take from the room of quality what is to be asked where it watches."""
    _WATCHERS[:] = [watcher]


def tell(tx: Tx, work: Work, stop: Stop, good: Decimal | None) -> None:
    """Tell of a start, or of a report of so many good pieces; a Refused refuses the command.

    The event is written and the counters are saved. Nothing happens where nobody watches.
    """
    if not stop.operation.watched or tx.event is None:
        return
    for watcher in _WATCHERS:
        effect = watcher(tx, work, stop, good)
        if effect is not None:
            tx.event.effects.append(effect)
