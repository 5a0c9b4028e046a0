"""Comparing: two revisions of a BOM or a routing side by side, line by line."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Generic, TypeVar

from shopfloor.catalogue.structure import LineShown, StepShown

T = TypeVar("T")


class Difference(StrEnum):
    """What the right side says of a line of the left one."""

    SAME = "same"
    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True)
class Pair(Generic[T]):
    """A line of both sides, or of one of them."""

    left: T | None
    right: T | None
    difference: Difference


def compare_lines(left: Iterable[LineShown], right: Iterable[LineShown]) -> list[Pair[LineShown]]:
    """Pair the lines of two BOMs, item by item; their positions do not matter."""
    return _pairs(left, right, lambda line: line.item_id, lambda line: replace(line, position=0))


def compare_steps(left: Iterable[StepShown], right: Iterable[StepShown]) -> list[Pair[StepShown]]:
    """Pair the operations of two routings by their numbers."""
    return _pairs(left, right, lambda step: step.sequence, lambda step: step)


@dataclass(frozen=True)
class Sides:
    """What somebody else has saved of an item in a BOM, beside what was typed."""

    number: str
    theirs: str
    yours: str


def compare_typed(now: Mapping[str, str], typed: Mapping[str, str]) -> list[Sides]:
    """Return the lines of a BOM's form that differ from those saved meanwhile, item by item."""
    theirs, yours = _by_item(now), _by_item(typed)
    return [
        Sides(number, "\n".join(theirs[number]), "\n".join(yours[number]))
        for number in sorted(theirs.keys() | yours.keys())
        if theirs[number] != yours[number]
    ]


def _by_item(fields: Mapping[str, str]) -> defaultdict[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for name, text in fields.items():
        prefix, _, n = name.partition("_")
        if prefix == "item" and n.isdigit() and text.strip():
            said = [fields.get(f"{part}_{n}", "").strip() for part in ("quantity", "unit")]
            ends = [fields.get(f"{part}_{n}", "").strip() for part in ("from", "to")]
            if any(ends):
                said.append(" – ".join(ends))
            found[text.strip()].append(" ".join(filter(None, said)))
    return found


def _pairs(
    left: Iterable[T],
    right: Iterable[T],
    key: Callable[[T], Hashable],
    bare: Callable[[T], object],
) -> list[Pair[T]]:
    """Pair what is alike first, then what has the same key in its order."""
    waiting: dict[Hashable, list[T]] = defaultdict(list)
    for each in right:
        waiting[key(each)].append(each)
    pairs = []
    for each in left:
        others = waiting[key(each)]
        same = next((n for n, other in enumerate(others) if bare(other) == bare(each)), None)
        if same is not None:
            pairs.append(Pair(each, others.pop(same), Difference.SAME))
        elif others:
            pairs.append(Pair(each, others.pop(0), Difference.CHANGED))
        else:
            pairs.append(Pair[T](each, None, Difference.REMOVED))
    added = (each for others in waiting.values() for each in others)
    return pairs + [Pair[T](None, each, Difference.ADDED) for each in added]
