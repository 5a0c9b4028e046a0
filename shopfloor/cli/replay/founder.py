"""Who sets a replay's plant up before the first row is booked."""

from shopfloor.core.actions import Act
from shopfloor.core.clock import When
from shopfloor.people.setup import FOUNDER


class Founder:
    """Takes step after step, each under an id that a rerun repeats."""

    def __init__(self, prefix: str, when: When) -> None:
        """Take the replay's own prefix and the time of the log's first row."""
        self.prefix, self.when, self.steps = prefix, when, 0

    def act(self, step: str = "") -> Act:
        """Return the founder about to take his next step."""
        self.steps += 1
        return Act(f"{self.prefix}.{step or self.steps}", None, FOUNDER, self.when)
