"""The worker's whole path on a shared phone: badge, code, tap. A fourth step is a failure."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import HEIGHT, Phone, enrol
from tests.make import Factory

pytestmark = [pytest.mark.browser, pytest.mark.processes]


@pytest.fixture
def page(phone: Phone) -> Page:
    return phone(java_script_enabled=False).new_page()


def scan(page: Page, code: str) -> None:
    """Do as a trigger scanner does: type into what has the focus, and end with Enter."""
    expect(page.locator("input:focus")).to_be_visible()  # a browser moves the focus after the load
    with page.expect_navigation():
        page.keyboard.type(code)
        page.keyboard.press("Enter")


def test_badge_code_tap(one_make: Factory, page: Page, address: str) -> None:
    lot = one_make.lot(120, rate="0.12")
    enrol(one_make, page, address)
    steps = 0
    page.goto(address)

    scan(page, one_make.operator.badge)
    steps += 1
    scan(page, lot)
    steps += 1
    button = page.get_by_role("button", name="Report 120 good")
    box = button.bounding_box()
    button.click()
    steps += 1

    assert steps == 3
    expect(page.get_by_text("120 good booked")).to_be_visible()
    expect(page.get_by_text("14.40").first).to_be_visible()
    # The one button is large enough for gloves and lies where the thumb is.
    assert box is not None
    assert box["height"] >= 56
    assert HEIGHT / 2 < box["y"] <= HEIGHT - box["height"]
