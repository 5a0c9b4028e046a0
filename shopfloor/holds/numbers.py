"""Which numbers a lock on numbers means: compared without case and width, as searches do.

A number that was only written in another way is held rather than let through.
"""

import re

from flask_babel import lazy_gettext as _l

from shopfloor.core.finding import folded
from shopfloor.core.refusals import Malformed
from shopfloor.core.subjects import clean_number

# With fewer characters beside the stars nearly every lot would be meant.
LEAST = 2
_TAIL = re.compile(r"(.*?)(\d{1,18})", re.DOTALL | re.ASCII)


def clean_numbers(first: str, last: str | None) -> tuple[str, str | None]:
    """Return the numbers as they are kept; Malformed when they are no row and no pattern."""
    first = _cleaned(first, "first")
    if not last or not last.strip():
        # A wide star is one, too.
        if len(folded(first).replace("*", "").strip()) < LEAST:
            raise Malformed(
                _l("Nearly every number would be locked."),
                _l("Write at least %(least)s characters beside the star.", least=LEAST),
                rule="bad_numbers",
                field="first",
            )
        return first, None
    last = _cleaned(last, "last")
    one, other = _parts(first), _parts(last)
    if one is None or other is None or one[0] != other[0] or one[1] > other[1] or "*" in first:
        raise Malformed(
            _l("These two are not the ends of a row of numbers."),
            _l("Both begin alike and end with digits, the smaller number first: C-101 to C-150."),
            rule="bad_numbers",
            field="last",
        )
    return first, last


def is_meant(first: str, last: str | None, number: str | None) -> bool:
    """Say whether a number is the one, stands in the row, or fits the pattern."""
    if number is None:
        return False
    if last is not None:
        low, high, this = _parts(first), _parts(last), _parts(number)
        if low is None or high is None or this is None:
            return False
        return this[0] == low[0] and low[1] <= this[1] <= high[1]
    return _fits(folded(first).split("*"), folded(number))


def beginning(first: str, last: str | None) -> str:
    """Return how every number begins that is_meant(), folded as they are compared."""
    parts = _parts(first) if last is not None else None
    return parts[0] if parts else folded(first).split("*")[0]


def _cleaned(number: str, field: str) -> str:
    try:
        return clean_number(number) or ""
    except Malformed as wrong:
        wrong.field = field
        raise


def _parts(number: str) -> tuple[str, int] | None:
    """Return the beginning and the counted end; zeros in front of the count do not matter."""
    found = _TAIL.fullmatch(folded(number))
    return (found[1], int(found[2])) if found else None


def _fits(pieces: list[str], number: str) -> bool:
    """Say whether the pieces between the stars stand in a number, in their order."""
    head, *rest = pieces
    if not rest:
        return number == head
    tail = rest.pop()
    if len(number) < len(head) + len(tail):
        return False
    if not number.startswith(head) or not number.endswith(tail):
        return False
    at, end = len(head), len(number) - len(tail)
    for piece in rest:
        at = number.find(piece, at, end)
        if at < 0:
            return False
        at += len(piece)
    return True
