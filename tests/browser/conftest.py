"""One Chromium for the browser tests of a run, and phones in it."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect, sync_playwright

from shopfloor.people.secrets import digest, new_token
from shopfloor.plant.devices import add_device
from tests.make import PIN, Factory, Worker
from tests.server import serving

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-sync",
    "--disable-component-update",
    "--no-first-run",
]
HEIGHT = 844
Phone = Callable[..., BrowserContext]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Chromium without a window; bin/test installs it."""
    path = shutil.which("chromium")
    assert path, "the browser tests need Chromium; bin/test installs it"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def phone(chromium: Browser) -> Iterator[Phone]:
    """Makes phones: browsers of their own, with no cookies and nothing kept."""
    contexts: list[BrowserContext] = []

    def make(**options: object) -> BrowserContext:
        options = {"viewport": {"width": 390, "height": HEIGHT}, "locale": "en-GB", **options}
        context = chromium.new_context(**options)  # type: ignore[arg-type]  # Playwright's own names
        context.set_default_timeout(20_000)
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def address(one_app: Flask, tmp_path: Path) -> Iterator[str]:
    """The address of a real server with the small factory of this test."""
    with serving(tmp_path, one_app.config["SQLALCHEMY_DATABASE_URI"]) as server:
        yield server.url


def sign_in(page: Page, address: str, worker: Worker) -> None:
    """Sign in as on one's own phone, and wait until the page listens."""
    page.goto(f"{address}/sign-in")
    page.locator("[name=login]").fill(worker.login)
    page.locator("[name=password], [name=pin]").first.fill(PIN)
    page.locator("form:has([name=login]) button, button.primary").first.click()
    page.wait_for_selector("[data-catcher]", state="attached")
    page.wait_for_load_state("networkidle")


def until(page: Page, truth: str) -> None:
    """Wait for what the page tells; wait_for_function asks by eval, which our pages forbid."""
    for _ in range(200):
        # On the way to another page there is for a moment nobody to ask.
        with suppress(Error):
            if page.evaluate(truth):
                return
        page.wait_for_timeout(100)
    raise AssertionError(f"not true within 20 s: {truth}")


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
