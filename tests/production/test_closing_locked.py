"""An order with a lock is not closed: what is locked of it still needs a decision."""

from decimal import Decimal

from flask import Flask
from sqlalchemy import update

from shopfloor.core.db import db, transaction
from shopfloor.holds.commands import place_hold
from shopfloor.production.commands.orders import close_order
from shopfloor.production.commands.parting import split_lot
from shopfloor.production.commands.reports import report_quantities
from shopfloor.production.models import OrderState, WorkOrder
from shopfloor.quality.commands.inspections import record_inspection
from shopfloor.quality.commands.releases import Decided
from shopfloor.quality.models import DispositionKind, Verdict
from tests.api.program import Program
from tests.browse import Browser, text_of
from tests.invariants import require_invariants
from tests.make import Factory
from tests.quality.test_release_hold import failed, release, stops
from tests.refusing import refused


def state_of(order_id: int) -> OrderState:
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(WorkOrder, order_id).state


def test_neither_with_a_lock_on_itself_nor_with_one_on_any_of_its_lots(make: Factory) -> None:
    order = make.order(10)
    parted = split_lot(make.operator.act(), lot=order.lot.code, operation=10, quantity=Decimal(2))
    for subject_id in (order.order.id, parted.target.id):
        hold = place_hold(
            make.inspector.act(), subject_id=subject_id, reason_id=make.reasons["hold"]
        )
        with refused("held", 409) as no:
            close_order(make.planner.act(), order_id=order.order.id)
        assert no.value.why is not None
        assert (no.value.why.hold_id, no.value.why.opened_by) == (hold.hold_id, "Inspector")
        release(make, hold.hold_id)
    # The item may be locked for years: that decides nothing about these pieces.
    item = db.session.get_one(WorkOrder, order.order.id).item_id
    place_hold(make.inspector.act(), subject_id=item, reason_id=make.reasons["hold"])
    close_order(make.planner.act(), order_id=order.order.id)
    assert state_of(order.order.id) is OrderState.CLOSED


def test_what_was_closed_with_a_lock_before_is_still_released(make: Factory) -> None:
    lot, hold = failed(make)
    with transaction() as session:
        session.execute(update(WorkOrder).values(state=OrderState.CLOSED))
    release(make, hold, Decided(lot, 10, DispositionKind.SCRAP, Decimal(10)))
    assert stops(lot)[0].held == 0
    require_invariants()


def test_the_page_and_the_interface_say_so(one_app: Flask, one_make: Factory) -> None:
    order = one_make.order(10, inspect=(10,))
    report_quantities(one_make.operator.act(), lot=order.lot.code, operation=10, good=Decimal(4))
    record_inspection(
        one_make.inspector.act(), lot=order.lot.code, operation=10, verdict=Verdict.FAIL
    )
    browser, page = Browser(one_app).sign_in(one_make.planner), f"/orders/{order.order.code}"
    assert "It is closed when its locks are released" in text_of(browser.get(page))
    answer = browser.post(f"{page}/close")
    assert answer.status_code == 409
    assert "Locked: inspection failed" in text_of(answer)
    program = Program(one_app, one_make.planner)
    assert program.post(f"/work-orders/{order.order.code}/close", {}).status_code == 409
    assert program.heard["rule"] == "held"
    assert state_of(order.order.id) is OrderState.RELEASED
