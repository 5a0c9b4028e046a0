"""A failed inspection rings on the supervisor's open page and locks the open page of the lot."""

from decimal import Decimal

import pytest
from flask import Flask
from playwright.sync_api import expect

from shopfloor.core.db import db
from shopfloor.holds.commands import place_hold
from shopfloor.production import work
from shopfloor.production.commands.reports import report_quantities
from tests.browser.conftest import Phone, sign_in
from tests.browser.test_board import fail
from tests.make import Factory

pytestmark = [pytest.mark.browser, pytest.mark.processes]


def test_twelve_locks_of_an_order_are_one_card_that_counts_and_its_answer_reaches_who_waits(
    one_app: Flask, one_make: Factory, phone: Phone, address: str
) -> None:
    """A120, A121, A125, Q57, Y2."""
    make, lot = one_make, one_make.lot(10)
    for operation in (10, 20):
        report_quantities(make.operator.act(), lot=lot, operation=operation, good=Decimal(10))
    desk, floor = phone().new_page(), phone().new_page()
    sign_in(desk, address, make.supervisor)
    sign_in(floor, address, make.operator)
    floor.goto(f"{address}/lots/{lot}")
    floor.wait_for_load_state("networkidle")

    fail(make, lot)
    card = desk.locator("#alerts .alert-card")
    expect(card).to_have_count(1)
    expect(floor.get_by_text("Nothing of this lot can be started")).to_be_visible()
    family = work.load(db.session(), lot).lot.family_id
    for _ in range(11):
        place_hold(make.inspector.act(), subject_id=family, reason_id=make.reasons["hold"])
    expect(card).to_contain_text("12 times")
    expect(card).to_have_count(1)
    expect(desk.locator("[data-bell] b")).to_have_text("1")

    floor.get_by_role("button", name="Nudge").click()
    expect(card).to_contain_text("Waiting for it: 1")
    card.get_by_role("button", name="I do it").click()
    expect(card).to_have_count(0)
    expect(floor.get_by_text("Supervisor does it")).to_be_visible()
