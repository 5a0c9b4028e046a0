"""The outbox when more goes wrong than the network: nothing is lost, nothing is promised."""

from decimal import Decimal

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, Route, expect

from shopfloor.core.db import db
from shopfloor.holds.commands import place_hold
from shopfloor.production import work
from shopfloor.production.commands.reports import report_quantities
from tests.browser.conftest import Phone, sign_in
from tests.browser.test_outbox import booked, kept, open_lot, reports, tap
from tests.make import Factory

pytestmark = [pytest.mark.browser, pytest.mark.processes]

ONLINE = "dispatchEvent(new Event('online'))"


@pytest.fixture
def context(phone: Phone) -> BrowserContext:
    return phone()


@pytest.fixture
def page(one_make: Factory, address: str, context: BrowserContext) -> Page:
    page = context.new_page()
    sign_in(page, address, one_make.operator)
    return page


def keep_offline(page: Page, address: str, *lots: str) -> None:
    """Report each lot of ten while there is no network."""
    for number, lot in enumerate(lots, 1):
        page.context.set_offline(False)
        page.route("**/outbox/token", lambda route: route.abort())
        open_lot(page, address, lot)
        page.context.set_offline(True)
        tap(page, 10)
        kept(page, number)
    page.unroute("**/outbox/token")


def not_through(route: Route) -> None:
    route.abort()


def led_away(route: Route) -> None:
    route.fulfill(status=302, headers={"Location": "/"})


@pytest.mark.parametrize("hindered", [not_through, led_away])
def test_an_entry_that_does_not_get_through_holds_up_only_its_own_lot(
    hindered: object, one_app: Flask, one_make: Factory, page: Page, address: str
) -> None:
    """Torture 40: a photo too large for this Wi-Fi, or a firewall that wants none of it."""
    lots = [one_make.lot(10), one_make.lot(10)]
    keep_offline(page, address, *lots)
    page.route(f"**/lots/{lots[0]}/**", hindered)  # type: ignore[arg-type]  # one of the two above
    page.context.set_offline(False)
    page.evaluate(ONLINE)
    booked(page, one_app, 1)
    kept(page, 1)
    page.unroute(f"**/lots/{lots[0]}/**")
    page.evaluate(ONLINE)
    booked(page, one_app, 2)


def test_a_proxy_without_its_server_makes_nothing_stuck(
    one_app: Flask, one_make: Factory, page: Page, address: str
) -> None:
    """Torture 35: while the server is updated, what is kept waits, however often it is tried."""
    asked: list[str] = []

    def bad_gateway(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(status=502, body="<h1>502 Bad Gateway</h1>")

    open_lot(page, address, one_make.lot(10))
    page.route("**/report", bad_gateway)
    tap(page, 10)
    kept(page, 1)
    for _ in range(8):
        page.evaluate(ONLINE)
        page.wait_for_timeout(250)
    assert len(asked) >= 6
    page.unroute("**/report")
    page.evaluate(ONLINE)
    booked(page, one_app, 1)


def test_what_comes_after_an_entry_that_the_server_cannot_take_waits_with_it(
    one_app: Flask, one_make: Factory, page: Page, address: str
) -> None:
    """Torture 34: order is kept for each lot, and other lots go on."""
    stuck, other = one_make.lot(10), one_make.lot(10)

    def fail(route: Route) -> None:
        action = route.request.headers["shopfloor-action"]
        answer = {"Shopfloor-Answer": "failed", "Shopfloor-Action": action}
        route.fulfill(status=500, headers=answer, body="")

    page.route(f"**/lots/{stuck}/**/report", fail)
    open_lot(page, address, stuck)
    tap(page, 10)
    kept(page, 1)
    for _ in range(5):
        page.evaluate(ONLINE)
        page.wait_for_timeout(250)
    page.goto(f"{address}/queue")
    expect(page.get_by_text("The server could not take this.")).to_be_visible()
    page.unroute(f"**/lots/{stuck}/**/report")
    open_lot(page, address, stuck)
    tap(page, 10)
    kept(page, 2)
    open_lot(page, address, other)
    tap(page, 10)
    booked(page, one_app, 1)
    kept(page, 2)


FULL = (
    "Object.defineProperty(navigator, 'storage', { value:"
    " { estimate: async () => ({ quota: 5_000_000, usage: 4_900_000 }) } });"
)


def test_a_phone_that_is_full_sends_what_it_already_holds(
    one_app: Flask, one_make: Factory, page: Page, address: str
) -> None:
    """Torture 41: full is no reason to sit on what was kept before."""
    keep_offline(page, address, one_make.lot(10))
    page.add_init_script(FULL)
    page.context.set_offline(False)
    page.goto(f"{address}/queue")
    expect(page.get_by_text("This phone cannot keep entries")).to_be_visible()
    booked(page, one_app, 1)
    expect(page.locator("#kept")).to_be_hidden()


@pytest.mark.parametrize(("status", "said"), [(502, ""), (409, "update")])
def test_a_phone_that_has_filled_up_promises_nothing(
    status: int, said: str, one_app: Flask, one_make: Factory, page: Page, address: str
) -> None:
    """Torture 41: what could not be kept and was not answered is never told as kept or done."""
    open_lot(page, address, one_make.lot(10))
    page.evaluate(
        "void (IDBObjectStore.prototype.add = () => {"
        " throw new DOMException('full', 'QuotaExceededError') })"
    )
    headers = {"Shopfloor-Answer": said} if said else {}
    page.route("**/report", lambda route: route.fulfill(status=status, headers=headers, body=""))
    tap(page, 10)
    expect(page.locator("#refused")).to_contain_text("My actions")
    expect(page.locator("#told")).to_be_hidden()
    assert reports(one_app) == 0


def refused_late(make: Factory, page: Page, address: str) -> None:
    """Enter too many pieces, go on before the answer comes, and open what the phone keeps."""
    held: list[Route] = []
    page.goto(f"{address}/lots/{make.lot(10)}/10/report")
    page.wait_for_load_state("networkidle")
    page.route("**/report", lambda route: held.append(route))
    page.locator("[name=good]").fill("9999")
    page.get_by_role("button", name="Book the report").click()
    page.get_by_role("link", name="My work").click()
    expect(page.get_by_role("heading", name="My work")).to_be_visible()
    held[0].continue_()
    page.locator("#refused button").click()
    kept(page, 1)
    page.unroute("**/report")
    page.locator("#kept").click()
    expect(page.get_by_text("Not booked:")).to_be_visible()


def test_a_refusal_that_comes_when_the_worker_has_gone_on_keeps_what_he_entered(
    one_make: Factory, page: Page, address: str
) -> None:
    """Torture 35: what was typed is in the list of the phone until somebody has read the no."""
    refused_late(one_make, page, address)
    expect(page.locator("[data-queue]")).to_contain_text("Report · 0001-1 · Book the report")
    expect(page.locator("[data-queue]")).to_contain_text("Good: 9999")
    page.get_by_role("button", name="I have read this").click()
    expect(page.locator("#kept")).to_be_hidden()


def test_what_was_refused_late_is_opened_again_and_corrected(
    one_app: Flask, one_make: Factory, page: Page, address: str
) -> None:
    """Torture 35: the form is there again, with what was typed and what is wrong with it."""
    refused_late(one_make, page, address)
    page.get_by_role("button", name="Open it and correct it").click()
    expect(page.locator("[name=good]")).to_have_value("9999")
    expect(page.locator("[data-sentence]").first).to_contain_text("Only 10")
    kept(page, 1)
    page.locator("[name=good]").fill("5")
    page.get_by_role("button", name="Book the report").click()
    booked(page, one_app, 1)
    expect(page.locator("#kept")).to_be_hidden()


def test_a_tap_that_is_refused_is_corrected_on_the_form_that_comes(
    one_app: Flask, one_make: Factory, page: Page, address: str
) -> None:
    """The form stands under the address of the lot, and is sent to its own."""
    lot = one_make.lot(10)
    open_lot(page, address, lot)
    report_quantities(one_make.supervisor.act(), lot=lot, operation=10, good=Decimal(6))
    tap(page, 10)
    page.locator("#refused button").click()
    page.locator("[name=good]").fill("4")
    page.get_by_role("button", name="Book the report").click()
    booked(page, one_app, 2)
    expect(page.locator("#kept")).to_be_hidden()


def test_what_is_refused_without_a_form_stays_in_the_list(
    one_make: Factory, page: Page, address: str
) -> None:
    """Torture 35: the lock that came meanwhile shows its card, and what was typed is not lost."""
    lot = one_make.lot(10)
    page.goto(f"{address}/lots/{lot}/10/report")
    page.wait_for_load_state("networkidle")
    page.locator("[name=good]").fill("7")
    lot_id = work.load(db.session(), lot).lot.id
    place_hold(one_make.supervisor.act(), subject_id=lot_id, reason_id=one_make.reasons["hold"])
    page.get_by_role("button", name="Book the report").click()
    page.locator("#refused button").click()
    kept(page, 1)
    page.locator("#kept").click()
    expect(page.locator("[data-queue]")).to_contain_text("Good: 7")
    page.get_by_role("button", name="Open it and correct it").click()
    expect(page.get_by_text("Nothing of it is booked.")).to_be_visible()
    kept(page, 1)


def test_a_refusal_shown_on_its_form_leaves_nothing_behind(
    one_make: Factory, page: Page, address: str
) -> None:
    page.goto(f"{address}/lots/{one_make.lot(10)}/10/report")
    page.wait_for_load_state("networkidle")
    page.locator("[name=good]").fill("9999")
    page.get_by_role("button", name="Book the report").click()
    page.locator("#refused button").click()
    expect(page.locator("[name=good]")).to_have_value("9999")
    expect(page.locator("#kept")).to_be_hidden()


def test_a_store_that_the_browser_has_closed_is_opened_again(
    one_app: Flask, one_make: Factory, page: Page, address: str
) -> None:
    """Torture 35: phones close databases of pages that rest; the next entry is kept."""
    open_lot(page, address, one_make.lot(10))
    page.context.new_cdp_session(page).send(
        "Storage.clearDataForOrigin", {"origin": address, "storageTypes": "indexeddb"}
    )
    page.context.set_offline(True)
    tap(page, 10)
    kept(page, 1)
    page.context.set_offline(False)
    booked(page, one_app, 1)


def test_a_no_that_comes_after_a_time_without_network_is_told(
    one_make: Factory, page: Page, address: str
) -> None:
    """Whoever was told that it waits must hear that it was not booked, wherever he is by then."""
    lot = one_make.lot(10)
    keep_offline(page, address, lot)
    report_quantities(one_make.supervisor.act(), lot=lot, operation=10, good=Decimal(10))
    page.context.set_offline(False)
    page.evaluate(ONLINE)
    expect(page.locator("#refused")).to_contain_text("Report 10 good")
    page.locator("#refused button").click()
    kept(page, 1)


def test_what_the_supervisor_decides_is_not_told_as_done(
    one_make: Factory, page: Page, address: str
) -> None:
    def park(route: Route) -> None:
        action = route.request.headers["shopfloor-action"]
        headers = {"Shopfloor-Answer": "parked", "Shopfloor-Action": action}
        route.fulfill(status=202, headers=headers, body="<p data-sentence>Not booked yet</p>")

    page.goto(f"{address}/each/report")
    page.wait_for_load_state("networkidle")
    page.route("**/each/report", park)
    page.keyboard.type(one_make.lot(10))
    page.keyboard.press("Enter")
    band = page.locator("#told")
    expect(band).to_contain_text("Your supervisor decides about this entry.")
    assert "Done" not in band.inner_text()
    expect(page.locator("[data-each-list] > li.parked")).to_have_count(1)
