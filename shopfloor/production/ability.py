"""What a person brings to an operation: the skill it asks for, and having read how it is done."""

from datetime import date
from typing import NamedTuple


class Ability(NamedTuple):
    """What the person for whom the work was loaded brings: the skill, and what he has read."""

    skilled: bool = False
    skilled_until: date | None = None
    has_read: bool = False

    def able_on(self, day: date) -> bool:
        """Say whether he has the skill on a day; its last day is a good one."""
        return self.skilled and (self.skilled_until is None or self.skilled_until >= day)


NOTHING_KNOWN = Ability()
