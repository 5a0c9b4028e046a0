"""Pages of one version and a server of another: nothing is lost, and one tap leads on."""

import shutil
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from shopfloor.core.settings import ROOT
from tests.browser.conftest import Phone, sign_in, until
from tests.browser.test_outbox import booked, kept, open_lot, reports, tap
from tests.make import Factory
from tests.server import free_port, serving

pytestmark = [pytest.mark.browser, pytest.mark.processes]
MEANS = 'PROTOCOL = "1"'
KNOWN = ("app.py", "shopfloor", "static", "templates", "migrations")


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """The product in another version, whose outbox and server mean something else."""
    folder = tmp_path / "other"
    for name in KNOWN:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy2
        folder.mkdir(exist_ok=True)
        copy(ROOT / name, folder / name)
    for name in ("shopfloor/core/outbox.py", "static/js/outbox.js"):
        text = (folder / name).read_text()
        assert MEANS in text
        (folder / name).write_text(text.replace(MEANS, MEANS.replace("1", "2")))
    return folder


@pytest.mark.parametrize("newer_first", [False, True], ids=["updated", "rolled back"])
def test_a_page_of_another_version_keeps_its_entry_and_one_tap_books_it(
    newer_first: bool,
    other: Path,
    one_app: Flask,
    one_make: Factory,
    phone: Phone,
    tmp_path: Path,
) -> None:
    """Torture 39, with both versions as they run; the update is offered once."""
    first, then = (other, ROOT) if newer_first else (ROOT, other)
    database, port = one_app.config["SQLALCHEMY_DATABASE_URI"], free_port()
    page = phone().new_page()
    with serving(tmp_path, database, root=first, port=port) as server:
        sign_in(page, server.url, one_make.operator)
        open_lot(page, server.url, one_make.lot(10))
        page.evaluate("async () => void (await navigator.serviceWorker.ready)")
    with serving(tmp_path, database, root=then, port=port):
        tap(page, 10)
        kept(page, 1)
        assert reports(one_app) == 0
        page.get_by_role("button", name="Update now").click()
        booked(page, one_app, 1)
        expect(page.locator("#kept")).to_be_hidden()
        until(
            page,
            "async () => (await navigator.serviceWorker.getRegistration()).active?.scriptURL"
            ".endsWith(document.querySelector('meta[name=shopfloor-version]').content)",
        )
        expect(page.locator("#update")).to_be_hidden()


@pytest.mark.parametrize("gone", ["camera.js", "decode-worker.js"])
def test_a_part_of_the_page_that_the_server_has_no_more_leads_to_the_update(
    gone: str, one_make: Factory, address: str, phone: Phone
) -> None:
    """Torture 39: what is fetched late, such as the decoder, may be of an older version."""
    page = phone(service_workers="block").new_page()
    sign_in(page, address, one_make.operator)
    page.route(f"**/js/{gone}", lambda route: route.fulfill(status=404, body="404"))
    page.goto(f"{address}/scan")
    start_decoder(page, gone)
    expect(page.get_by_role("button", name="Update now")).to_be_visible()


def test_a_decoder_that_only_the_network_holds_back_promises_no_update(
    one_make: Factory, address: str, phone: Phone
) -> None:
    page = phone(service_workers="block").new_page()
    sign_in(page, address, one_make.operator)
    failed: list[str] = []
    page.on("requestfailed", lambda request: failed.append(request.method))
    page.route("**/js/decode-worker.js", lambda route: route.abort())
    page.goto(f"{address}/scan")
    start_decoder(page, "decode-worker.js")
    page.wait_for_timeout(1000)
    assert "HEAD" in failed, "the server was asked whether it has the file"
    expect(page.locator("#update")).to_be_hidden()


def start_decoder(page: Page, gone: str) -> None:
    """Start the decoder, as the camera does when it is opened; unless the camera itself is gone."""
    page.wait_for_load_state("networkidle")
    if gone == "decode-worker.js":
        page.evaluate(
            "async () => (await import(document.querySelector('script[type=module]').src"
            ".replace('app.js', 'decoder.js'))).warm()"
        )
