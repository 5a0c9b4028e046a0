"""What the page of an inspection shows: the plan, the piece whose turn it is, and how it stands."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.orm import Session

from shopfloor.configure.answers import good_answer
from shopfloor.configure.models import FieldKind, FormField, Weight
from shopfloor.production.way import Stop, Work
from shopfloor.quality import due_refusals
from shopfloor.quality.asked import asked_plan, current_values, of_turn
from shopfloor.quality.in_stock import IN_STOCK
from shopfloor.quality.judging import (
    Tally,
    bad_pieces,
    open_pieces,
    said_by_piece,
    tally,
    unanswered,
)
from shopfloor.quality.models import Verdict
from shopfloor.quality.plan_models import BY_ITSELF, Check, Plan, PlanRevision, Value
from shopfloor.quality.refusals import weight_name
from shopfloor.quality.sorting import is_sorting, sample_here
from shopfloor.quality.values import last_read


@dataclass(frozen=True)
class Asked:
    """One answer that is still wanted of a piece: a field and which reading of it."""

    field: FormField
    reading: int

    @property
    def name(self) -> str:
        """Return the name of its field in the page's form."""
        return f"v:{self.field.key}:{self.reading}"


@dataclass(frozen=True)
class CheckView:
    """An inspection by plan as it stands, running or about to begin."""

    plan: Plan
    revision: PlanRevision
    check: Check | None
    quantity: Decimal
    size: int
    numbers: dict[str, list[int]]
    stands: Tally
    values: Sequence[Value]
    piece: int
    asked: list[Asked]
    # How many pieces can be called good together; 0 where each has to be looked at.
    rest: int

    @property
    def decided(self) -> bool:
        """Say whether the values have decided: then only the verdict is left to tap."""
        return self.stands.verdict is not None

    @property
    def due(self) -> bool:
        """Say whether it became due while the operation runs: no pieces wait for it."""
        return self.plan.kind in BY_ITSELF

    @property
    def sorting(self) -> bool:
        """Say whether every piece is judged by itself, and none by the others."""
        return is_sorting(self.numbers)

    @property
    def rejected(self) -> int:
        """Return how many of the sorted pieces are bad."""
        return len(bad_pieces(self.revision.form.fields, self.size, self.values))

    @property
    def passed(self) -> bool:
        """Say whether the values allow a pass."""
        return self.stands.verdict is Verdict.PASS

    @property
    def seen(self) -> int:
        """Return the event of the last value here: what is read later was not seen."""
        return last_read(self.values)

    @property
    def classes(self) -> list[tuple[str, int, int, int]]:
        """Return name, bad ones, Ac and Re of each class that the plan judges."""
        used = {each.weight for each in self.revision.form.fields}
        shown = []
        for weight in Weight:
            accept, reject = self.numbers[weight]
            if weight in used:
                shown.append((str(weight_name(weight)), self.stands.bad[weight], accept, reject))
        return shown

    def readings(self) -> list[tuple[int, FormField, Value]]:
        """Return what was read, piece by piece in the order of the plan."""
        fields = {each.id: each for each in self.revision.form.fields}
        found = [(value.piece, fields[value.field_id], value) for value in self.values]
        return sorted(found, key=lambda each: (each[0], each[1].position, each[2].reading))

    def mark(self, piece: int, field: FormField, value: Value) -> str:
        """Return what names one of the readings in an address."""
        return f"{piece}:{field.key}:{value.reading}"

    def marked(self, mark: str) -> tuple[int, FormField, Value] | None:
        """Return the reading of this mark; None where there is no such one."""
        return next((each for each in self.readings() if self.mark(*each) == mark), None)


def check_view(session: Session, lot_work: Work, stop: Stop) -> CheckView | None:
    """Return the inspection that a plan asks for here; None where no plan does, or nothing waits.

    In stock only what is due is inspected, and anything else refused. At most seven statements.
    """
    check = of_turn(session, lot_work.lot.id, stop.operation.id)
    if check is not None:
        revision = check.revision
        size, numbers, quantity = check.size, check.numbers, check.quantity
        values = current_values(session, check)
    elif stop.operation.sequence == IN_STOCK:
        raise due_refusals.no_retest()
    else:
        asks = asked_plan(session, lot_work, stop) if stop.waiting else None
        if asks is None:
            return None
        revision, values = asks, []
        sample = sample_here(session, revision, lot_work, stop)
        size, numbers, quantity = sample.size, sample.numbers, sample.quantity
    fields = revision.form.fields
    left = open_pieces(fields, size, values)
    piece = next(left, size)
    return CheckView(
        revision.plan,
        revision,
        check,
        quantity,
        size,
        numbers,
        tally(fields, size, numbers, values),
        values,
        piece,
        _asked(fields, piece, values),
        _rest(fields, left),
    )


def _asked(fields: Sequence[FormField], piece: int, values: Sequence[Value]) -> list[Asked]:
    """Return what is still asked of a piece."""
    said = said_by_piece(fields, values).get(piece, {})
    known = {(value.field_id, value.piece, value.reading) for value in values}
    return [Asked(*each) for each in unanswered(fields, piece, said, known)]


def _rest(fields: Sequence[FormField], others: Iterator[int]) -> int:
    """Return how many open pieces there are with the first one, if any other can be called good.

    That is where only OK or NG, defects and choices are asked: nobody measures without looking.
    """
    asked = (each for each in fields if not each.show_if and each.kind is not FieldKind.COMPUTED)
    if any(good_answer(each) is None for each in asked):
        return 0
    count = sum(1 for _ in others)
    return count + 1 if count else 0
