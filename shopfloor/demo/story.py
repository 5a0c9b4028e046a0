"""An order of the demo while its story is told."""

from dataclasses import dataclass, field
from random import Random

from shopfloor.demo.orders import Plan
from shopfloor.production.commands.orders import Released


@dataclass
class Story:
    """What came into being on the way: the order, its lot, open jobs by person, its lock."""

    plan: Plan
    number: str
    # Its own, so that its numbers do not depend on who is on shift when the demo is loaded.
    random: Random
    order_id: int = 0
    released: Released | None = None
    jobs: dict[str, int] = field(default_factory=dict)
    hold_id: int | None = None

    @property
    def lot(self) -> str:
        """Return the code of the order's lot, which is there once it is released."""
        return self.released.lot.code if self.released else ""
