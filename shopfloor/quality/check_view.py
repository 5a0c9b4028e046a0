"""What the page of an inspection shows: the plan, the piece whose turn it is, and how it stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.orm import Session

from shopfloor.configure.answers import is_asked
from shopfloor.configure.models import FieldKind, FormField, Weight
from shopfloor.production.way import Stop, Work
from shopfloor.quality import due_refusals
from shopfloor.quality.asked import asked_plan, current_values, revision_of, running
from shopfloor.quality.in_stock import IN_STOCK
from shopfloor.quality.judging import Tally, bad_pieces, said_by_piece, tally
from shopfloor.quality.models import Verdict
from shopfloor.quality.plan_models import BY_ITSELF, Check, Plan, PlanRevision, Value
from shopfloor.quality.refusals import weight_name
from shopfloor.quality.sorting import is_sorting, sample_here


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


def check_view(session: Session, lot_work: Work, stop: Stop) -> CheckView | None:
    """Return the inspection that a plan asks for here; None where no plan does, or nothing waits.

    In stock only what is due is inspected, and anything else refused. At most seven statements.
    """
    check = running(session, lot_work.lot.id, stop.operation.id)
    if check is not None:
        revision = revision_of(session, check)
        size, numbers, quantity = check.size, check.numbers, check.quantity
        values = current_values(session, check)
    elif stop.operation.sequence == IN_STOCK:
        raise due_refusals.no_retest()
    else:
        asks = asked_plan(session, lot_work, stop) if stop.waiting else None
        if asks is None:
            return None
        revision, quantity, values = asks, stop.waiting, []
        size, numbers = sample_here(session, revision, lot_work, stop)
    fields = revision.form.fields
    piece, asked = _turn(fields, size, values)
    return CheckView(
        session.get_one(Plan, revision.plan_id),
        revision,
        check,
        quantity,
        size,
        numbers,
        tally(fields, size, numbers, values),
        values,
        piece,
        asked,
    )


def _turn(
    fields: Sequence[FormField], size: int, values: Sequence[Value]
) -> tuple[int, list[Asked]]:
    """Return the first piece of which something is missing, and what; or the last with nothing."""
    said = said_by_piece(fields, values)
    known = {(value.piece, value.field_id, value.reading) for value in values}
    for piece in range(1, size + 1):
        asked = [
            Asked(each, reading)
            for each in fields
            if each.kind is not FieldKind.COMPUTED and is_asked(each, said.get(piece, {}))
            for reading in range(1, each.readings + 1)
            if (piece, each.id, reading) not in known
        ]
        if asked:
            return piece, asked
    return size, []
