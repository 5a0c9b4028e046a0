"""How large a generated factory is: what follows from the lots and the reports asked for."""

from dataclasses import dataclass
from datetime import date, timedelta

DAYS = 730
# Beside work: a year's orders need no more kinds of things than these.
MOST_ITEMS, MOST_PEOPLE, MOST_FAMILIES = 5000, 300, 20


@dataclass(frozen=True)
class Extent:
    """What somebody asks for, and until which day the factory has worked."""

    lots: int
    reports: int
    seed: int
    items: int
    until: date

    @property
    def families(self) -> int:
        """Return how many ways of making something there are."""
        return max(3, min(MOST_FAMILIES, self.lots // 250))

    @property
    def variants(self) -> int:
        """Return how many items are made in each of these ways."""
        return max(2, self.items // 4 // self.families)

    @property
    def crews(self) -> int:
        """Return how many crews there are, of about thirty people each."""
        return max(2, min(MOST_PEOPLE // 30, self.lots // 500))

    @property
    def others(self) -> int:
        """Return how many partners and places there are."""
        return min(200, max(25, self.lots // 100))

    @property
    def since(self) -> date:
        """Return the day on which the first order was entered."""
        return self.until - timedelta(days=DAYS)

    @property
    def name(self) -> str:
        """Return what tells one generated factory from another."""
        return f"generate-{self.seed}-{self.lots}-{self.reports}-{self.items}"
