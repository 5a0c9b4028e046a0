"""The outbox of a phone: every entry is kept until the server has answered, and counts once."""

from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, Route, expect
from sqlalchemy import func, select

from shopfloor.core.db import db
from shopfloor.core.events import Event
from shopfloor.production.commands.reports import REPORTED
from tests.browser.conftest import Phone, sign_in
from tests.make import Factory

pytestmark = [pytest.mark.browser, pytest.mark.processes]


def reports(app: Flask, **of: Any) -> int:
    """Count what has been reported, as the server knows it."""
    db.session.rollback()
    asked = select(func.count()).select_from(Event).where(Event.kind == REPORTED.name)
    return db.session.scalar(asked.filter_by(**of)) or 0


def booked(page: Page, app: Flask, number: int) -> None:
    """Wait until so many reports are booked: what is kept is sent when it can be."""
    for _ in range(100):
        if reports(app) >= number:
            break
        page.wait_for_timeout(300)
    assert reports(app) == number


def open_lot(page: Page, address: str, lot: str) -> None:
    page.goto(f"{address}/lots/{lot}")
    page.wait_for_selector("[data-catcher]", state="attached")
    page.wait_for_load_state("networkidle")


def tap(page: Page, quantity: int) -> None:
    page.get_by_role("button", name=f"Report {quantity} good").click()


def kept(page: Page, number: int) -> None:
    expect(page.locator("#kept b")).to_have_text(str(number))


def test_the_network_goes_in_the_middle_and_each_entry_counts_once(
    one_app: Flask, one_make: Factory, address: str, phone: Phone
) -> None:
    """Torture 40: offline, a lost answer and a stranger's 200 page; nothing is lost or doubled."""
    first, second, third = (one_make.lot(quantity) for quantity in (10, 20, 30))
    context = phone()
    page = context.new_page()
    sign_in(page, address, one_make.operator)
    open_lot(page, address, first)
    tap(page, 10)
    expect(page.get_by_role("heading", name="Booked")).to_be_visible()
    assert reports(one_app) == 1

    open_lot(page, address, second)
    context.set_offline(True)
    tap(page, 20)
    kept(page, 1)
    expect(page.get_by_text("Waits to be sent.")).to_be_visible()
    assert reports(one_app) == 1
    context.set_offline(False)
    booked(page, one_app, 2)

    # The server books, and its answer is lost on the way; then a router answers in its place.
    lost: list[str] = []

    def lose(route: Route) -> None:
        lost.append(route.fetch().headers["shopfloor-answer"])
        route.abort()

    open_lot(page, address, third)
    page.route("**/report", lose)
    tap(page, 30)
    kept(page, 1)
    assert set(lost) == {"done"}
    assert reports(one_app) == 3
    page.unroute("**/report")
    page.route("**/report", lambda route: route.fulfill(status=200, body="<h1>Welcome</h1>"))
    page.evaluate("dispatchEvent(new Event('online'))")
    page.wait_for_timeout(500)
    kept(page, 1)
    page.unroute("**/report")
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("#kept")).to_be_hidden(timeout=30_000)
    booked(page, one_app, 3)


def test_what_one_person_kept_is_booked_as_his_and_shown_to_nobody_else(
    one_app: Flask, one_make: Factory, address: str, phone: Phone
) -> None:
    """Torture 38: A keeps an entry, B signs in on the same phone; it waits for A and is A's."""
    lot = one_make.lot(10)
    context = phone()
    page = context.new_page()
    sign_in(page, address, one_make.operator)
    open_lot(page, address, lot)
    context.set_offline(True)
    tap(page, 10)
    kept(page, 1)
    context.clear_cookies()
    context.set_offline(False)

    sign_in(page, address, one_make.inspector)
    page.goto(f"{address}/queue")
    expect(page.locator("[data-queue-others] b")).to_have_text("1")
    assert "Report" not in page.locator("main").inner_text()
    assert reports(one_app) == 0

    context.clear_cookies()
    sign_in(page, address, one_make.operator)
    booked(page, one_app, 1)
    assert reports(one_app, actor_id=one_make.operator.id) == 1


def test_an_older_outbox_keeps_its_entries_and_asks_for_the_update(
    one_app: Flask, one_make: Factory, address: str, phone: Phone
) -> None:
    """Torture 39: page and server of different times."""
    lot = one_make.lot(10)
    page = phone().new_page()
    sign_in(page, address, one_make.operator)
    open_lot(page, address, lot)
    page.route(
        "**/report",
        lambda route: route.continue_(headers={**route.request.headers, "shopfloor-outbox": "0"}),
    )
    tap(page, 10)
    kept(page, 1)
    expect(page.get_by_role("button", name="Update now")).to_be_visible()
    assert reports(one_app) == 0
    page.unroute("**/report")
    page.get_by_role("button", name="Update now").click()
    booked(page, one_app, 1)
    expect(page.locator("#kept")).to_be_hidden()


def test_a_phone_that_cannot_keep_says_so_and_books_at_once(
    one_app: Flask, one_make: Factory, address: str, phone: Phone
) -> None:
    """Torture 41: a private window or a full phone; the worker knows before he counts on it."""
    lot = one_make.lot(10)
    context = phone(service_workers="block")
    context.add_init_script("Object.defineProperty(window, 'indexedDB', { value: undefined })")
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    sign_in(page, address, one_make.operator)
    open_lot(page, address, lot)
    expect(page.get_by_text("This phone cannot keep entries")).to_be_visible()
    page.evaluate("dispatchEvent(new Event('online'))")
    tap(page, 10)
    expect(page.get_by_role("heading", name="Booked")).to_be_visible()
    assert reports(one_app) == 1
    assert not faults


def test_an_app_that_dies_between_keeping_and_sending_sends_once_when_it_is_back(
    one_app: Flask, one_make: Factory, address: str, phone: Phone
) -> None:
    """Torture 35: nothing lost, nothing twice."""
    lot = one_make.lot(10)
    context = phone()
    page = context.new_page()
    sign_in(page, address, one_make.operator)
    open_lot(page, address, lot)
    page.route("**/report", lambda route: None)
    with page.expect_request("**/report"):
        tap(page, 10)
    page.close()
    assert reports(one_app) == 0

    page = context.new_page()
    page.goto(address)
    booked(page, one_app, 1)
    expect(page.locator("#kept")).to_be_hidden()


def test_what_was_typed_is_back_after_an_interruption_for_its_author_only(
    one_make: Factory, address: str, phone: Phone
) -> None:
    """Row U21 and torture 58: a call, a crash, and another person on the same phone."""
    form = f"{address}/lots/{one_make.lot(40)}/10/report"
    context = phone()
    page = context.new_page()
    sign_in(page, address, one_make.operator)
    page.goto(form)
    page.wait_for_load_state("networkidle")
    page.locator("[name=good]").fill("17")
    page.wait_for_timeout(300)
    page.close()

    page = context.new_page()
    page.goto(form)
    expect(page.get_by_text("What you had typed here before is back.")).to_be_visible()
    expect(page.locator("[name=good]")).to_have_value("17")
    context.clear_cookies()
    sign_in(page, address, one_make.supervisor)
    page.goto(form)
    page.wait_for_load_state("networkidle")
    expect(page.locator("[name=good]")).to_have_value("40")


@pytest.mark.parametrize("locks", [True, False])
def test_two_tabs_send_an_entry_once(
    locks: bool, one_app: Flask, one_make: Factory, address: str, phone: Phone
) -> None:
    """Torture 35; over plain HTTP there are neither locks nor a worker."""
    lots = [one_make.lot(10), one_make.lot(10)]
    context = phone(service_workers="allow" if locks else "block")
    if not locks:
        context.add_init_script("Object.defineProperty(navigator, 'locks', { value: undefined })")
    tabs = [context.new_page() for _ in lots]
    sign_in(tabs[0], address, one_make.operator)
    for tab, lot in zip(tabs, lots, strict=True):
        open_lot(tab, address, lot)
    context.set_offline(True)
    for number, tab in enumerate(tabs, 1):
        tap(tab, 10)
        kept(tab, number)
    context.set_offline(False)
    for tab in tabs:
        tab.evaluate("dispatchEvent(new Event('online'))")
    for tab in tabs:
        expect(tab.locator("#kept")).to_be_hidden(timeout=45_000)
    booked(tabs[0], one_app, 2)
