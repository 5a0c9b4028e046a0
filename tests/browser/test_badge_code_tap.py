"""The worker's whole path on a shared phone: badge, code, tap. A fourth step is a failure."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, ViewportSize, expect, sync_playwright

from shopfloor.people.secrets import digest, new_token
from shopfloor.plant.devices import add_device
from tests.make import Factory
from tests.server import serving

pytestmark = [pytest.mark.browser, pytest.mark.processes]
PHONE: ViewportSize = {"width": 390, "height": 844}
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-sync",
    "--disable-component-update",
    "--no-first-run",
]


@pytest.fixture
def address(one_app: Flask, tmp_path: Path) -> Iterator[str]:
    with serving(tmp_path, one_app.config["SQLALCHEMY_DATABASE_URI"]) as server:
        yield server.url


@pytest.fixture
def page() -> Iterator[Page]:
    chromium = shutil.which("chromium")
    assert chromium, "the browser tests need Chromium; bin/test installs it"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        context = browser.new_context(viewport=PHONE, java_script_enabled=False)
        context.set_default_timeout(20_000)
        yield context.new_page()
        browser.close()


def enrol(make: Factory, page: Page, address: str) -> None:
    """Make the browser a shared device of the factory, by the link that an administrator shows."""
    token = new_token()
    add_device(
        make.administrator.act(),
        site_id=make.site_id,
        number="Phone 1",
        enrolment_hash=digest(token),
    )
    page.goto(f"{address}/enrol/{token}")
    page.get_by_role("button", name="Make it a shared device").click()
    expect(page.get_by_role("link", name="Sign in")).to_be_visible()


def scan(page: Page, code: str) -> None:
    """Do as a trigger scanner does: type into what has the focus, and end with Enter."""
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
    assert PHONE["height"] / 2 < box["y"] <= PHONE["height"] - box["height"]
