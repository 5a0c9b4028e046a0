"""Which reports can still be taken back: a list of them is told in as few questions as one.

What is said here only spares people a button that would refuse; the command decides.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from shopfloor.core.events import Event
from shopfloor.core.refusals import Sentence
from shopfloor.core.rights import Rights
from shopfloor.holds import gate
from shopfloor.production.models import LotOperation, Operation, OrderState, WorkOrder
from shopfloor.stock.models import Lot


@dataclass
class _Way:
    """The operations of a lot in their order, and how far each pass of them is."""

    order: WorkOrder
    operations: list[int]
    passes: dict[tuple[int, int], LotOperation]

    def after(self, operation_id: int) -> int | None:
        rest = self.operations[self.operations.index(operation_id) + 1 :]
        return rest[0] if rest else None

    def left(self, operation_id: int, pass_: int) -> Decimal:
        row = self.passes.get((operation_id, pass_))
        return row.left if row else Decimal(0)


def why_not(
    session: Session, rights: Rights, person_id: int, reports: Mapping[Event, Mapping[str, Any]]
) -> dict[int, Sentence]:
    """Return why reports cannot be taken back any more, by event; at most three statements."""
    if not reports:
        return {}
    ways = _ways(session, {int(facts["lot"]) for facts in reports.values()})
    on = {e.id: _subjects(ways, person_id, e, facts) for e, facts in reports.items()}
    held = {hold.subject_id for hold in gate.in_force(session, set().union(*on.values()))}
    told: dict[int, Sentence] = {}
    for event, facts in reports.items():
        way = ways[int(facts["lot"])]
        where = (event.site_id, event.line_id, event.station_id)
        if held & on[event.id]:
            told[event.id] = _l("It is locked now.")
        elif way.order.state is OrderState.CLOSED and not rights.may("undo.any", *where):
            told[event.id] = _l("The order is closed.")
        elif Decimal(facts["held"]) or not all(_is_here(way, facts, p) for p in facts["parts"]):
            told[event.id] = _l("The pieces have already gone on.")
    return told


def _ways(session: Session, lot_ids: set[int]) -> dict[int, _Way]:
    ways: dict[int, _Way] = {}
    for lot_id, operation_id, order, row in session.execute(
        select(Lot.id, Operation.id, WorkOrder, LotOperation)
        .join(Operation, Operation.order_id == Lot.family_id)
        .join(WorkOrder, WorkOrder.id == Lot.family_id)
        .join(
            LotOperation,
            (LotOperation.lot_id == Lot.id) & (LotOperation.operation_id == Operation.id),
            isouter=True,
        )
        .where(Lot.id.in_(lot_ids))
        .order_by(Lot.id, Operation.sequence)
    ):
        way = ways.setdefault(lot_id, _Way(order, [], {}))
        if operation_id not in way.operations:
            way.operations.append(operation_id)
        if row is not None:
            way.passes[operation_id, row.pass_] = row
    return ways


def _subjects(
    ways: Mapping[int, _Way], person_id: int, event: Event, facts: Mapping[str, Any]
) -> set[int | None]:
    order = ways[int(facts["lot"])].order
    return {
        int(facts["lot"]),
        int(facts["operation"]),
        order.id,
        order.item_id,
        order.wip_place_id,
        event.station_id,
        event.line_id,
        event.actor_id,
        person_id,
    } - {None}


def _is_here(way: _Way, facts: Mapping[str, Any], part: Mapping[str, Any]) -> bool:
    """Say whether the pieces of one part of a report are where they were reported to."""
    operation_id, pass_ = int(facts["operation"]), int(part["pass"])
    row = way.passes.get((operation_id, pass_))
    if row is None:
        return False
    good, scrap, rework, excess = (
        Decimal(part[name]) for name in ("good", "scrap", "rework", "excess")
    )
    following = way.after(operation_id)
    if part["waits"]:
        good_is_here = row.waiting >= good
    else:
        good_is_here = row.onward >= good and (
            following is None or way.left(following, pass_) >= good
        )
    rework_is_here = not rework or way.left(operation_id, pass_ + 1) >= rework
    return good_is_here and rework_is_here and row.left + good + scrap + rework >= excess
