"""Pieces that somebody has sent to be sorted: every one of them is looked at, and only they."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from flask_babel import lazy_gettext as _l
from sqlalchemy import bindparam, func, inspect, select
from sqlalchemy.orm import Session

from shopfloor.configure.models import Weight
from shopfloor.core.db import rows
from shopfloor.core.events import EventSubject, Role
from shopfloor.core.refusals import Refused
from shopfloor.core.shown import show_quantity
from shopfloor.holds.models import Hold
from shopfloor.production.way import Stop, Work
from shopfloor.quality.asked import current_values
from shopfloor.quality.judging import MOST_PIECES, bad_pieces, sample_of
from shopfloor.quality.models import Disposition, DispositionKind, Inspection, Verdict
from shopfloor.quality.plan_models import Check, PlanRevision, Value

ZERO = Decimal(0)
# No number of bad ones fails the others.
EACH_BY_ITSELF = {weight.value: [MOST_PIECES, MOST_PIECES + 1] for weight in Weight}
_AT = Inspection.operation_id == bindparam("operation")
_OF_LOT = _AT & (Inspection.lot_id == bindparam("lot"))
# A fail lets all that waits here wait for a decision, so that nothing is left to be sorted. One
# of sorted-out pieces is a fail of the lot that they became.
_FAILED = (
    select(func.coalesce(func.max(Inspection.event_id), 0))
    .where(_OF_LOT, Inspection.verdict == Verdict.FAIL)
    .scalar_subquery()
)
_SENT = (
    select(Disposition.quantity, Disposition.pass_.label("pass_"))
    .join(Hold, Hold.id == Disposition.hold_id)
    .where(
        Disposition.lot_id == bindparam("lot"),
        Disposition.operation_id == bindparam("operation"),
        Disposition.kind == DispositionKind.SORT,
        Hold.released_event_id > _FAILED,
    )
)
_PASSED = (
    select(Inspection.quantity, Check.numbers)
    .join(Check, Check.inspection_id == Inspection.id)
    .where(_OF_LOT, Inspection.verdict == Verdict.PASS, Inspection.event_id > _FAILED)
)
_LOCKED_APART = (
    select(Inspection.quantity)
    .join(EventSubject, EventSubject.event_id == Inspection.event_id)
    .where(
        _AT,
        EventSubject.subject_id == bindparam("lot"),
        EventSubject.role == Role.USED,
        Inspection.event_id > _FAILED,
    )
)


@dataclass(frozen=True)
class Sample:
    """How many pieces an inspection decides about, how many of them are looked at, [Ac, Re]."""

    quantity: Decimal
    size: int
    numbers: dict[str, list[int]]


def sample_here(session: Session, revision: PlanRevision, lot_work: Work, stop: Stop) -> Sample:
    """Return the sample of the pieces that wait; one statement where nothing is to be sorted.

    Pieces that are to be sorted come first, and all of them are looked at, whatever the plan
    draws. What came besides is inspected afterwards, as the plan says.
    """
    sorts = min(stop.waiting, to_sort(session, lot_work.lot.id, stop.operation.id))
    if sorts > 0:
        return Sample(sorts, min(MOST_PIECES, max(1, -int(-sorts // 1))), EACH_BY_ITSELF)
    return Sample(stop.waiting, *sample_of(revision, stop.waiting))


def to_sort(session: Session, lot_id: int, operation_id: int) -> Decimal:
    """Return how many pieces were sent to be sorted here and are not judged one by one yet."""
    here = {"lot": lot_id, "operation": operation_id}
    sent = sum((row.quantity for row in rows(session, _SENT, here)), ZERO)
    if not sent:
        return ZERO
    passed = (row.quantity for row in rows(session, _PASSED, here) if is_sorting(row.numbers))
    apart = (row.quantity for row in rows(session, _LOCKED_APART, here))
    return sent - sum(passed, ZERO) - sum(apart, ZERO)


def put_first(session: Session, lot_id: int, stop: Stop) -> None:
    """Let the passes of pieces that were sent to be sorted be taken first; one statement."""
    here = {"lot": lot_id, "operation": stop.operation.id}
    sent = {row.pass_ for row in rows(session, _SENT, here)}
    stop.passes.sort(key=lambda row: row.pass_ not in sent)


def is_sorting(numbers: Mapping[str, Sequence[int]]) -> bool:
    """Say whether an inspection sorts: each piece is judged by itself, and none by the others."""
    return all(accept == MOST_PIECES for accept, _reject in numbers.values())


def sorted_out(session: Session, check: Check) -> list[int]:
    """Return the bad ones among pieces that were sorted; no statement for any other inspection."""
    if not is_sorting(check.numbers):
        return []
    fields = check.revision.form.fields
    return bad_pieces(fields, check.size, current_values(session, check))


def good_ones(session: Session, check: Check, stop: Stop, quantity: Decimal | None) -> Decimal:
    """Return how many of the sorted pieces pass: the good ones, or fewer of them."""
    bad = len(sorted_out(session, check))
    good = max(min(stop.waiting, check.quantity) - bad, Decimal(0))
    if not good or (quantity is not None and quantity > good):
        raise _bad_ones(bad, good)
    put_first(session, check.lot_id, stop)
    return good if quantity is None else quantity


def open_rest(session: Session, check: Check) -> None:
    """Open the inspection of the pieces that were sorted out, with what was read of them.

    They wait until they are locked for a decision; one that was read wrong is corrected, and
    passes.
    """
    bad = sorted_out(session, check)
    if not bad:
        return
    rest = Check(
        revision_id=check.revision_id,
        kind=check.kind,
        lot_id=check.lot_id,
        operation_id=check.operation_id,
        quantity=Decimal(len(bad)),
        size=len(bad),
        numbers=EACH_BY_ITSELF,
        due_at=check.closed_at,
        opened_at=check.closed_at,
    )
    session.add(rest)
    session.flush()
    known = (Value.check_id == check.id) & Value.replaced_at.is_(None)
    places = {piece: n for n, piece in enumerate(bad, 1)}
    for value in session.scalars(select(Value).where(known, Value.piece.in_(bad))).all():
        own = {column.key: getattr(value, column.key) for column in inspect(Value).column_attrs}
        del own["id"]
        session.add(Value(**own | {"check_id": rest.id, "piece": places[value.piece]}))
    session.flush()


def to_be_sorted() -> Refused:
    """Return the refusal for taking pieces out of a lot that is to be sorted at their operation."""
    return Refused(
        _l("Pieces of this lot are to be sorted here, one by one."),
        _l("Inspect them first: what leaves the lot unsorted would be lost sight of."),
        rule="to_be_sorted",
    )


def _bad_ones(bad: int, good: Decimal) -> Refused:
    """Return the refusal for letting pieces go that were found bad when they were sorted."""
    return Refused(
        _l("%(bad)s of these are bad: %(good)s can pass.", bad=bad, good=show_quantity(good)),
        _l("Pass the good ones. The bad ones then wait for NG, and for a decision.")
        if good
        else _l("Tap NG. A second person decides about the pieces."),
        rule="sorted_out",
        field="quantity",
    )
