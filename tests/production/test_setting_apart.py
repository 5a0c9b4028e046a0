"""Locking a part of a lot: only these pieces are held, and the rest goes on."""

from decimal import Decimal
from typing import Any

from flask import Flask
from sqlalchemy import select

from shopfloor.core.db import db
from shopfloor.holds.models import Hold
from shopfloor.pay.models import PayLine, PayState
from shopfloor.production import work
from shopfloor.production.commands.reports import report_quantities
from shopfloor.production.commands.setting_apart import hold_part
from shopfloor.production.portions import Standing
from shopfloor.quality.commands.inspections import record_inspection
from shopfloor.quality.models import Verdict
from tests.browse import Browser, text_of
from tests.invariants import require_invariants
from tests.make import Factory
from tests.refusing import refused


def report(make: Factory, lot: str, operation: int, good: int) -> None:
    report_quantities(make.operator.act(), lot=lot, operation=operation, good=Decimal(good))


def test_thirty_of_five_hundred_are_locked_and_the_rest_goes_on(make: Factory) -> None:
    """Q56."""
    lot = make.lot(500)
    plain: dict[str, Any] = {"lot": lot, "operation": 10, "reason_id": make.reasons["hold"]}
    with refused("no_right", 403):
        hold_part(make.operator.act(), quantity=Decimal(30), **plain)
    for quantity in ("0", "-1", "0.5", "501"):
        with refused("too_many" if quantity == "501" else "bad_quantity"):
            hold_part(make.inspector.act(), quantity=Decimal(quantity), **plain)
    with refused("whole_lot"):
        hold_part(make.inspector.act(), quantity=Decimal(500), **plain)
    apart = hold_part(make.inspector.act(), quantity=Decimal(30), **plain)
    report(make, lot, 10, 470)
    with refused("held"):
        report(make, apart.parted.target.code, 10, 1)
    # Locked is the child alone: neither the order nor the lot it came from.
    db.session.rollback()
    held = db.session.scalars(select(Hold.subject_id)).all()
    assert held == [apart.parted.target.id]
    require_invariants()


def test_what_waits_for_an_inspection_waits_for_a_decision_with_its_pay(make: Factory) -> None:
    """Q56, Q141: the locked pieces are held, and so is what is paid for them."""
    lot = make.lot(10, inspect=(10,), rate="0.50")
    report(make, lot, 10, 8)
    apart = hold_part(
        make.inspector.act(),
        lot=lot,
        operation=10,
        quantity=Decimal(3),
        standing=Standing.WAITING,
        reason_id=make.reasons["hold"],
        note="scratches",
    )
    record_inspection(make.inspector.act(), lot=lot, operation=10, verdict=Verdict.PASS)
    db.session.rollback()
    assert work.load(db.session(), apart.parted.target.id).stops[0].held == 3
    lines = db.session.execute(select(PayLine.lot_id, PayLine.pieces, PayLine.state)).all()
    assert sorted((line.pieces, line.state) for line in lines) == [
        (3, PayState.HELD),
        (5, PayState.COUNTED),
    ]
    require_invariants()


def test_on_the_phone(one_app: Flask, one_make: Factory) -> None:
    """Q56: three taps and a number; a refusal keeps what was typed."""
    lot = one_make.lot(10)
    browser = Browser(one_app).sign_in(one_make.inspector)
    assert "Lock a part" in text_of(browser.get(f"/lots/{lot}"))
    page = f"/lots/{lot}/10/lock-part"
    answer = browser.post(page, quantity=40, reason=one_make.reasons["hold"])
    assert answer.status_code == 409
    assert 'value="40"' in answer.get_data(as_text=True)
    answer = browser.post(page, quantity=4, reason=one_make.reasons["hold"])
    assert "4 pcs are locked everywhere" in text_of(answer)
