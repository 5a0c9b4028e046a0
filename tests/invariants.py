"""What must hold after everything: counted anew from movements and events, beside the product."""

import json
from collections import defaultdict
from decimal import Decimal
from itertools import chain

from sqlalchemy import select, text

from shopfloor.core.actions import Action, Outcome
from shopfloor.core.db import db
from shopfloor.core.events import Event
from shopfloor.holds.models import Hold
from shopfloor.plant.models import OUTSIDE, Place
from shopfloor.production.models import LotOperation, OrderState, Rejection, WorkOrder
from shopfloor.stock.models import Balance, Lot, Movement

ZERO = Decimal(0)


def require_invariants() -> None:
    """Assert I1 to I6 on the database of this app."""
    db.session.rollback()
    db.session.expire_all()
    balances = _balances_are_sums_of_movements()
    _pieces_at_operations_are_the_wip_balance(balances)
    _every_action_has_its_event()
    _nothing_was_reported_under_a_lock()
    _no_order_is_finished_with_pieces_left()
    _scrap_has_its_rejections(balances)
    if db.engine.dialect.name == "sqlite":
        assert db.session.scalar(text("PRAGMA integrity_check")) == "ok"
        assert db.session.execute(text("PRAGMA foreign_key_check")).all() == []
    db.session.rollback()


def _balances_are_sums_of_movements() -> dict[tuple[int, int], Decimal]:
    outside = set(db.session.scalars(select(Place.id).where(Place.kind.in_(OUTSIDE))))
    sums: dict[tuple[int, int], Decimal] = defaultdict(Decimal)
    for move in db.session.scalars(select(Movement)):
        assert move.quantity > 0
        sums[move.lot_id, move.from_place_id] -= move.quantity
        sums[move.lot_id, move.to_place_id] += move.quantity
    moved = {key: total for key, total in sums.items() if total and key[1] not in outside}
    assert all(total > 0 for total in moved.values())
    kept = {
        (row.lot_id, row.place_id): row.quantity
        for row in db.session.scalars(select(Balance))
        if row.quantity
    }
    assert kept == moved
    return moved


def _pieces_at_operations_are_the_wip_balance(balances: dict[tuple[int, int], Decimal]) -> None:
    at_operations: dict[int, Decimal] = defaultdict(Decimal)
    for row in db.session.scalars(select(LotOperation)):
        for part in (row.left, row.waiting, row.held, row.onward, row.excess):
            assert part >= 0
        at_operations[row.lot_id] += row.left + row.waiting + row.held
    rows = select(Lot.id, WorkOrder.wip_place_id).join(WorkOrder, WorkOrder.id == Lot.family_id)
    for lot_id, wip_id in db.session.execute(rows):
        assert at_operations[lot_id] == balances.get((lot_id, wip_id or 0), ZERO)


def _every_action_has_its_event() -> None:
    rows = db.session.execute(select(Action.event_id, Action.outcome, Action.answer)).all()
    assert all(row.event_id and row.answer for row in rows if row.outcome is Outcome.DONE)
    events = sorted(db.session.scalars(select(Event.id)))
    assert sorted(row.event_id for row in rows) == events


def _nothing_was_reported_under_a_lock() -> None:
    """I5: between a lock and its release only held pieces were reported on the family."""
    reports: dict[int, list[tuple[int, Decimal, Decimal]]] = defaultdict(list)
    family_of = {lot.id: lot.family_id for lot in db.session.scalars(select(Lot))}
    for event in db.session.scalars(select(Event).where(Event.kind == "work.reported")):
        facts = json.loads(event.payload)
        family = family_of[int(facts["lot"])]
        reports[family].append((event.id, Decimal(facts["good"]), Decimal(facts["held"])))
    for hold in db.session.scalars(select(Hold)):
        until = hold.released_event_id or float("inf")
        for event_id, good, held in reports[hold.subject_id]:
            assert good == held or not hold.opened_event_id < event_id < until


def _no_order_is_finished_with_pieces_left() -> None:
    finished = select(LotOperation).join(Lot, Lot.id == LotOperation.lot_id)
    finished = finished.join(WorkOrder, WorkOrder.id == Lot.family_id)
    finished = finished.where(WorkOrder.state == OrderState.FINISHED)
    for row in db.session.scalars(finished):
        assert row.left + row.waiting + row.held == 0


def _scrap_has_its_rejections(balances: dict[tuple[int, int], Decimal]) -> None:
    scrap = {
        (lot_id, place_id): quantity
        for (lot_id, place_id), quantity in balances.items()
        if db.session.get_one(Place, place_id).kind.value == "scrap"
    }
    explained: dict[int, Decimal] = defaultdict(Decimal)
    for row in db.session.scalars(select(Rejection).where(Rejection.kind == "scrap")):
        explained[row.lot_id] += row.quantity
    for lot_id in set(chain(explained, (lot for lot, _place in scrap))):
        gone = sum((q for (lot, _place), q in scrap.items() if lot == lot_id), ZERO)
        assert gone == explained[lot_id]
