"""My next job: in the order of urgency, and the next card after one is done."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from flask import Flask

from shopfloor.core.db import db
from shopfloor.holds.commands import place_hold
from shopfloor.production.commands.orders import Released, create_order, release_order
from shopfloor.production.commands.reports import report_quantities
from shopfloor.production.waiting import next_card, ready_work
from tests.browse import Browser, text_of
from tests.make import Factory


def order(make: Factory, item_id: int, **more: Any) -> Released:
    made = create_order(
        make.planner.act(),
        site_id=make.site_id,
        item_id=item_id,
        quantity=Decimal(5),
        **more,
    )
    return release_order(make.planner.act(), order_id=made.id)


def lock(make: Factory, released: Released) -> None:
    act = make.inspector.act()
    place_hold(act, subject_id=released.order.id, reason_id=make.reasons["hold"])


def test_the_most_urgent_comes_first_and_what_is_locked_last(make: Factory) -> None:
    """U20."""
    item, today = make.item(inspect=()), make.today()
    later = order(make, item, due=today + timedelta(days=9))
    soon = order(make, item, due=today + timedelta(days=2))
    locked = order(make, item, priority=1)
    rush = order(make, item, priority=2, due=today + timedelta(days=20))
    lock(make, locked)
    rights = make.operator.act().rights
    lots = [card.lot for card in ready_work(db.session(), rights)]
    assert lots == [each.lot.number for each in (rush, soon, later, locked)]
    card = next_card(db.session(), rights)
    assert card
    assert card.lot == rush.lot.number
    assert next_card(db.session(), make.storekeeper.act().rights) is None


def test_after_the_last_piece_the_next_card_is_one_tap_away(
    one_app: Flask, one_make: Factory
) -> None:
    """U20: without JavaScript too."""
    item = one_make.item(inspect=(10, 20, 30))
    first, second = order(one_make, item, priority=1), order(one_make, item)
    browser = Browser(one_app).sign_in(one_make.operator)
    address = f"/lots/{first.lot.code}/10/report"
    part = browser.post(address, good="2")
    assert 'href="/next"' not in part.get_data(as_text=True)
    last = browser.post(address, good="3")
    assert 'href="/next"' in last.get_data(as_text=True)
    assert browser.get("/next").location == f"/lots/{second.lot.code}?operation=10"
    lock(one_make, second)
    third = order(one_make, item, priority=9)
    browser.post(f"/lots/{third.lot.code}/10/start", kind="setup")
    done = browser.post("/jobs/1/finish", page="/jobs/1")
    assert f"Next: {third.lot.number} · 10 Step 10" in text_of(done)
    lock(one_make, third)
    assert browser.get("/next").location == "/"


def test_pieces_back_for_rework_stand_in_one_row_with_the_others(make: Factory) -> None:
    lot = order(make, make.item(inspect=())).lot.code
    report_quantities(
        make.operator.act(), lot=lot, operation=10, good=Decimal(2), rework=Decimal(1)
    )
    rows = ready_work(db.session(), make.operator.act().rights)
    assert [(row.operation, row.left) for row in rows] == [(10, 3), (20, 2)]
