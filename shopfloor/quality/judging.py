"""What a check comes to: which pieces are bad, what is still missing, and what may be decided.

Reads nothing and writes nothing: a plan, the values read so far, and arithmetic.
"""

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from shopfloor.configure.answers import Answers, compute, is_asked
from shopfloor.configure.models import FieldKind, FormField, Weight
from shopfloor.quality.models import Verdict
from shopfloor.quality.plan_models import PlanRevision, Sampling, Value
from shopfloor.quality.plan_writing import PlanWritten
from shopfloor.quality.sampling import Sample, single_sample

# A lot is fewer pieces than this, whatever its unit.
MOST_PIECES = 10**9


@dataclass
class Tally:
    """How a check stands: bad ones by class, and how many answers are still missing."""

    numbers: Mapping[str, Sequence[int]]
    bad: dict[Weight, int] = field(default_factory=lambda: dict.fromkeys(Weight, 0))
    missing: int = 0
    # What photos are still wanted of: piece and key.
    photos: list[tuple[int, str]] = field(default_factory=list)

    @property
    def failed(self) -> bool:
        """Say whether so many are bad that no further piece can change the verdict."""
        return any(self.bad[weight] >= self.numbers[weight][1] for weight in Weight)

    @property
    def passed(self) -> bool:
        """Say whether everything is answered and not too many are bad."""
        return not self.missing and not self.photos and not self.failed

    @property
    def verdict(self) -> Verdict | None:
        """Return what the values come to; None while they decide nothing."""
        if self.failed:
            return Verdict.FAIL
        return Verdict.PASS if self.passed else None


def sample_of(
    revision: PlanRevision | PlanWritten, quantity: Decimal
) -> tuple[int, dict[str, list[int]]]:
    """Return how many pieces of a quantity are inspected, and [Ac, Re] by class.

    A quantity that is no whole number counts as the next one; at least one piece is looked at. A
    class without a number of its own accepts none.
    """
    pieces = min(MOST_PIECES, max(1, -int(-quantity // 1)))
    numbers = {
        weight.value: [revision.accepts.get(weight, 0), revision.accepts.get(weight, 0) + 1]
        for weight in Weight
    }
    match revision.sampling:
        case Sampling.FIXED:
            return min(revision.size or 1, pieces), numbers
        case Sampling.EVERY:
            return -(-pieces // (revision.size or 1)), numbers
        case Sampling.STANDARD:
            samples = _standard(revision, pieces)
            for weight, sample in samples.items():
                numbers[weight] = [sample.accept, sample.reject]
            return max(sample.size for sample in samples.values()), numbers
        case _:
            return pieces, numbers


def tally(
    fields: Sequence[FormField],
    size: int,
    numbers: Mapping[str, Sequence[int]],
    values: Iterable[Value],
) -> Tally:
    """Count what was read: a piece is bad once in each class, a defect counts each time."""
    by_piece = _by_piece(fields, values)
    counted = Tally(numbers)
    for piece in range(1, size + 1):
        _count(fields, piece, by_piece.get(piece, {}), counted)
    return counted


def bad_pieces(fields: Sequence[FormField], size: int, values: Iterable[Value]) -> list[int]:
    """Return which pieces are bad in any class."""
    by_piece, found = _by_piece(fields, values), []
    for piece in range(1, size + 1):
        alone = Tally({})
        _count(fields, piece, by_piece.get(piece, {}), alone)
        if any(alone.bad.values()):
            found.append(piece)
    return found


def _by_piece(
    fields: Sequence[FormField], values: Iterable[Value]
) -> dict[int, dict[str, dict[int, Value]]]:
    by_piece: dict[int, dict[str, dict[int, Value]]] = defaultdict(lambda: defaultdict(dict))
    keys = {each.id: each.key for each in fields}
    for value in values:
        by_piece[value.piece][keys[value.field_id]][value.reading] = value
    return by_piece


def said_by_piece(
    fields: Sequence[FormField], values: Iterable[Value]
) -> dict[int, dict[str, list[str]]]:
    """Return what was answered of each piece, by the keys of the fields."""
    keys = {field.id: field.key for field in fields}
    said: dict[int, dict[str, list[str]]] = {}
    for value in values:
        said.setdefault(value.piece, {}).setdefault(keys[value.field_id], []).append(value.said)
    return said


def unanswered(
    fields: Sequence[FormField],
    piece: int,
    said: Answers,
    known: Container[tuple[int, int, int]],
) -> Iterator[tuple[FormField, int]]:
    """Yield what is still asked of a piece: a field and which reading of it, in their order.

    `said` may grow meanwhile: a question that depends on an answer is asked after it. `known` has
    field, piece and reading of what was read.
    """
    for each in fields:
        if is_asked(each, said):
            for reading in range(1, each.readings + 1):
                if (each.id, piece, reading) not in known:
                    yield each, reading


def open_pieces(fields: Sequence[FormField], size: int, values: Sequence[Value]) -> Iterator[int]:
    """Yield of which pieces something is still asked, in their order."""
    said = said_by_piece(fields, values)
    known = {(value.field_id, value.piece, value.reading) for value in values}
    for piece in range(1, size + 1):
        if any(unanswered(fields, piece, said.get(piece, {}), known)):
            yield piece


def _count(
    fields: Sequence[FormField],
    piece: int,
    found: Mapping[str, Mapping[int, Value]],
    counted: Tally,
) -> None:
    said = {key: [value.said for value in readings.values()] for key, readings in found.items()}
    measured = {
        key: [value.number for _n, value in sorted(readings.items()) if value.number is not None]
        for key, readings in found.items()
    }
    bad: set[Weight] = set()
    for each in fields:
        if each.kind is FieldKind.COMPUTED:
            answer = compute(each, measured)
            if answer is not None and answer.good is False:
                bad.add(each.weight)
            continue
        if not is_asked(each, said):
            continue
        readings = found.get(each.key, {})
        if each.kind is not FieldKind.PHOTO:
            counted.missing += each.readings - len(readings)
        elif not readings:
            counted.photos.append((piece, each.key))
        if each.kind is FieldKind.DEFECTS:
            counted.bad[each.weight] += sum(int(value.number or 0) for value in readings.values())
        elif any(value.good is False for value in readings.values()):
            bad.add(each.weight)
    for weight in bad:
        counted.bad[weight] += 1


def _standard(revision: PlanRevision | PlanWritten, pieces: int) -> dict[str, Sample]:
    if revision.level is None:
        raise RuntimeError("a standard plan has a level")
    return {
        weight: single_sample(pieces, revision.level, Decimal(aql), revision.severity)
        for weight, aql in revision.aqls.items()
    }
