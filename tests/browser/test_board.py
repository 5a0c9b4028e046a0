"""The board in a browser: it follows what happens, and says so when it cannot."""

from decimal import Decimal

import pytest
from flask import Flask
from playwright.sync_api import expect

from shopfloor.production.commands.reports import report_quantities
from shopfloor.quality.commands.inspections import record_inspection
from shopfloor.quality.models import Verdict
from tests.browser.conftest import Phone, sign_in
from tests.make import Factory

pytestmark = [pytest.mark.browser, pytest.mark.processes]


def fail(make: Factory, lot: str) -> None:
    record_inspection(
        make.inspector.act(),
        lot=lot,
        operation=20,
        verdict=Verdict.FAIL,
        reason_id=make.reasons["hold"],
    )


def test_an_open_board_shows_a_lock_without_a_touch_and_polls_without_a_stream(
    one_app: Flask, one_make: Factory, phone: Phone, address: str
) -> None:
    """I93, Q57."""
    lots = [one_make.lot(10) for _ in range(2)]
    for lot in lots:
        for operation in (10, 20):
            report_quantities(
                one_make.operator.act(), lot=lot, operation=operation, good=Decimal(10)
            )
    page = phone().new_page()
    sign_in(page, address, one_make.operator)
    page.goto(f"{address}/board")
    locked = page.locator(".figure b").first
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    expect(locked).to_have_text("0")

    fail(one_make, lots[0])
    expect(locked).to_have_text("1")

    page.route("**/board/stream", lambda route: route.fulfill(status=503))
    page.reload()
    expect(page.get_by_text("Every 10 seconds")).to_be_visible()
    fail(one_make, lots[1])
    expect(locked).to_have_text("2", timeout=15_000)

    page.route("**/board/now", lambda route: route.abort())
    expect(page.get_by_text("No connection: this is how it was")).to_be_visible(timeout=15_000)
