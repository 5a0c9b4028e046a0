"""Scanners that type: heard on every page, wherever the focus is, and never mistaken for a hand."""

import pytest
from playwright.sync_api import Page, Route, expect
from sqlalchemy import select

from shopfloor.core.db import db
from shopfloor.core.subjects import Subject
from shopfloor.quality.commands.inspections import record_inspection
from shopfloor.quality.models import Verdict
from tests.browser.conftest import Phone, sign_in
from tests.make import Factory

pytestmark = [pytest.mark.browser, pytest.mark.processes]


@pytest.fixture
def page(one_make: Factory, address: str, phone: Phone) -> Page:
    page = phone().new_page()
    page.add_init_script(
        "window.heard = [];"
        "document.addEventListener('shopfloor:scanned', (e) => window.heard.push(e.detail.text))"
    )
    sign_in(page, address, one_make.operator)
    return page


def heard(page: Page, milliseconds: int = 300) -> list[str]:
    page.wait_for_timeout(milliseconds)
    found: list[str] = page.evaluate("window.heard.splice(0)")
    return found


def test_a_scanner_is_heard_whatever_has_the_focus(page: Page, address: str) -> None:
    """Torture 48: with Enter, Tab or nothing, with GS, in a field, on a button, as typed text."""
    page.goto(f"{address}/scanner")
    page.wait_for_selector("[data-catcher]", state="attached")
    page.wait_for_load_state("networkidle")
    for ending in ("Enter", "Tab", None):
        page.keyboard.type("LOT-0815")
        if ending:
            page.keyboard.press(ending)
        # Whether more comes is not known of a scanner that has sent an Enter before.
        assert heard(page, 300 if ending else 900) == ["LOT-0815"], ending
    # GS arrives as Ctrl and ].
    page.keyboard.type("0112345")
    page.keyboard.press("Control+]")
    page.keyboard.type("21ABC")
    page.keyboard.press("Enter")
    assert heard(page) == ["0112345\x1d21ABC"]
    # An input method sends no keys, but text.
    page.keyboard.insert_text("LOT-4711")
    assert heard(page) == ["LOT-4711"]
    # The button that has the focus is not pressed, and the page stays.
    page.locator("summary").focus()
    page.keyboard.type("LOT-0815")
    page.keyboard.press("Enter")
    assert heard(page) == ["LOT-0815"]
    expect(page.get_by_role("button", name="Sign out")).to_be_hidden()


def test_a_locked_lot_does_not_look_or_sound_like_any_other(
    page: Page, address: str, one_make: Factory
) -> None:
    free, locked = one_make.lot(10), one_make.lot(10)
    record_inspection(one_make.inspector.act(), lot=locked, operation=10, verdict=Verdict.FAIL)
    page.wait_for_load_state("networkidle")
    band = page.locator("#told")
    for lot, said in ((free, "Opened"), (locked, "Held")):
        page.keyboard.type(lot)
        page.keyboard.press("Enter")
        page.wait_for_url(f"{address}/lots/{lot}*")
        expect(band).to_contain_text(said, timeout=15_000)
        expect(band).not_to_contain_text("Done")


def test_a_phone_that_stutters_loses_no_letter(page: Page, address: str) -> None:
    """Torture 48: half a code is not taken for a whole one, nor its first letter for a hand."""
    page.goto(f"{address}/scanner")
    page.wait_for_selector("[data-catcher]", state="attached")
    page.wait_for_load_state("networkidle")
    for part in ("L", "OT-0", "815"):
        page.keyboard.type(part)
        page.wait_for_timeout(250)
    page.keyboard.press("Enter")
    assert heard(page) == ["LOT-0815"]
    # One that has ended in silence is not waited for so long.
    page.keyboard.type("LOT-1")
    assert heard(page, 900) == ["LOT-1"]
    page.keyboard.type("LOT-2")
    assert heard(page) == ["LOT-2"]


def test_what_a_scanner_types_into_a_field_is_taken_back_and_a_hand_is_left_alone(
    one_make: Factory, page: Page, address: str
) -> None:
    lot = one_make.lot(120)
    page.goto(f"{address}/lots/{lot}/10/report")
    page.wait_for_load_state("networkidle")
    good = page.locator("[name=good]")
    good.fill("17")
    good.focus()
    page.evaluate("document.addEventListener('submit', (e) => e.preventDefault(), true)")
    page.evaluate("void (window.fetch = () => new Promise(() => {}))")
    page.keyboard.type("B123456789")
    page.keyboard.press("Enter")
    assert heard(page) == ["B123456789"]
    assert good.input_value() == "17"
    good.fill("")
    for letter in "2025":
        page.keyboard.press(letter, delay=90)
        page.wait_for_timeout(90)
    assert heard(page) == []
    assert good.input_value() == "2025"


def test_ten_lots_in_two_seconds_all_count_in_order(
    one_make: Factory, page: Page, address: str
) -> None:
    lots = [one_make.lot(10) for _ in range(10)]
    page.goto(f"{address}/each/report")
    page.wait_for_load_state("networkidle")
    for lot in lots:
        page.keyboard.type(lot)
        page.keyboard.press("Enter")
    rows = page.locator("[data-each-list] > li.each-row")
    expect(rows).to_have_count(10, timeout=30_000)
    booked = [row.split()[0] for row in reversed(rows.all_inner_texts())]
    found = db.session.execute(select(Subject.code, Subject.number).where(Subject.code.in_(lots)))
    numbers = {row.code: row.number for row in found}
    assert booked == [numbers[lot] for lot in lots]


KEPT = """() => new Promise((resolve) => {
  const asked = indexedDB.open("shopfloor", 1);
  asked.onsuccess = () => {
    const all = asked.result.transaction("entries").objectStore("entries").getAll();
    all.onsuccess = () => resolve(JSON.stringify(all.result));
  };
})"""


# Opens a page in place, as a link does; where it is open already, nothing happens.
OPEN = """async (url) => {
  if (location.pathname === url) return;
  const app = document.querySelector("script[type=module]").src;
  await (await import(app.replace("app.js", "page.js"))).visit(url);
}"""


def test_a_code_that_comes_in_pieces_into_its_field_is_read_whole(
    one_make: Factory, page: Page, address: str
) -> None:
    """Torture 48: a scanner on a phone that stutters, and a hand."""
    lots = [one_make.lot(10) for _ in range(3)]
    page.goto(f"{address}/each/report")
    page.wait_for_load_state("networkidle")
    rows = page.locator("[data-each-list] > li.each-row")
    page.locator("[name=code]").focus()
    for n, (lot, wait) in enumerate(zip(lots, (200, 350, 700), strict=True), 1):
        for part in (lot[:1], lot[1:6], lot[6:]):
            page.keyboard.type(part)
            page.wait_for_timeout(wait)
        page.keyboard.press("Enter")
        expect(rows).to_have_count(n)
    shown = page.locator("[data-each-list]").inner_text()
    assert shown.count("10 good booked") == 3, shown


def test_a_badge_is_never_kept_and_never_taken_for_a_lot(
    one_make: Factory, page: Page, address: str
) -> None:
    """Torture 58: another person's badge where lots are scanned ends the work of the first one."""
    page.goto(f"{address}/each/report")
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    page.keyboard.type(one_make.supervisor.badge)
    page.keyboard.press("Enter")
    expect(page.locator("#refused")).to_be_visible()
    assert page.evaluate(KEPT) == "[]"
    assert page.locator("[data-each-list] > li").count() == 0
    assert one_make.supervisor.badge not in page.content()


@pytest.mark.parametrize("around", ["]Q1{}", "https://shop.example/q/{}"])
def test_a_badge_is_known_also_behind_what_a_scanner_or_a_label_puts_before_it(
    around: str, one_make: Factory, page: Page, address: str
) -> None:
    """Torture 48: with a symbology identifier, and from a scanner that swaps y and z."""
    page.goto(f"{address}/each/report")
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    for badge in (one_make.supervisor.badge, one_make.supervisor.badge.replace("ZZ", "YY", 1)):
        page.keyboard.type(around.format(badge))
        page.keyboard.press("Enter")
        expect(page.locator("#refused")).to_be_visible()
        page.locator("#refused button").click()
    assert page.evaluate(KEPT) == "[]"


def test_a_scan_that_comes_while_the_page_changes_is_whole(page: Page, address: str) -> None:
    """Torture 48: never half a lot number."""
    page.goto(f"{address}/more")
    page.wait_for_load_state("networkidle")
    expect(page.locator("[data-catcher]")).to_be_focused()
    page.keyboard.type("LOT-0")
    page.evaluate("document.getElementById('page').innerHTML += ''")
    page.keyboard.type("815")
    page.keyboard.press("Enter")
    assert heard(page) == ["LOT-0815"]


def test_the_yes_to_an_unusual_scan_is_for_the_page_that_asked(
    one_make: Factory, page: Page, address: str
) -> None:
    """The second scan of a code is the yes, also of a code after it; not on another page."""
    sent: list[str] = []

    def ask(route: Route) -> None:
        sent.append(route.request.post_data or "")
        action = route.request.headers["shopfloor-action"]
        headers = {"Shopfloor-Answer": "refused", "Shopfloor-Action": action}
        rule = {"Shopfloor-Rule": "scan_again"}
        route.fulfill(status=409, headers=headers | rule, body="<p data-sentence>Again?</p>")

    lot = one_make.lot(10)
    page.route(
        "**/each/**",
        lambda route: ask(route) if route.request.method == "POST" else route.continue_(),
    )
    page.goto(f"{address}/each/report")
    page.wait_for_load_state("networkidle")
    for action in ("report", "report", "start"):
        page.evaluate(OPEN, f"/each/{action}")
        page.wait_for_url(f"**/each/{action}")
        page.keyboard.type(lot)
        page.keyboard.press("Enter")
        expect(page.locator("[data-each-list] > li.refused").first).to_be_visible()
        page.wait_for_timeout(300)
    said = [lot in body.split('name="confirm"')[1].split("------")[0] for body in sent]
    assert said == [False, True, False]
