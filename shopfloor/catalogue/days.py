"""Days on which something holds: ranges that include their first and their last day."""

from datetime import date

# Days by their ordinal numbers: in order, apart from each other.
Days = tuple[tuple[int, int], ...]
FIRST, LAST = date.min.toordinal(), date.max.toordinal()
ALL: Days = ((FIRST, LAST),)


def between(first: date | None, last: date | None) -> Days:
    """Return the days from a first through a last one; None leaves that side open."""
    start = first.toordinal() if first else FIRST
    end = last.toordinal() if last else LAST
    return ((start, end),) if start <= end else ()


def both(some: Days, others: Days) -> Days:
    """Return the days that are in both."""
    shared = ((max(a, c), min(b, d)) for a, b in some for c, d in others if max(a, c) <= min(b, d))
    return tuple(sorted(shared))


def without(some: Days, others: Days) -> Days:
    """Return the days of the first that are not in the second."""
    left = some
    for c, d in others:
        left = tuple(
            piece
            for a, b in left
            for piece in ((a, min(b, c - 1)), (max(a, d + 1), b))
            if piece[0] <= piece[1]
        )
    return left


def either(some: Days, others: Days) -> Days:
    """Return the days that are in one of them; ranges that touch become one."""
    joined: list[tuple[int, int]] = []
    for a, b in sorted((*some, *others)):
        if joined and a <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(joined[-1][1], b))
        else:
            joined.append((a, b))
    return tuple(joined)
