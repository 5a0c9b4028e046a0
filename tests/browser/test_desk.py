"""Work at a desk: two tabs at one record, and keys that leave the scanner alone."""

from flask import Flask
from playwright.sync_api import expect

from shopfloor.catalogue.commands import add_item
from shopfloor.catalogue.items import ItemDetails
from tests.browser.conftest import Phone, sign_in, until
from tests.make import Factory

DESK = {"viewport": {"width": 1280, "height": 800}}


def test_two_tabs_at_one_record_lose_nothing(
    phone: Phone, address: str, one_app: Flask, one_make: Factory
) -> None:
    """Torture 10: what both have changed is chosen by hand, what one has changed is kept."""
    names, details = {"en": "Valve", "zh": "阀"}, ItemDetails(synonyms="tap")
    code = add_item(one_make.planner.act(), number="HV", names=names, details=details).code
    context = phone(**DESK)
    early = context.new_page()
    sign_in(early, address, one_make.planner)
    early.goto(f"{address}/items/{code}/edit")
    late = context.new_page()
    late.goto(f"{address}/items/{code}/edit")
    early.locator("#name_en").fill("Ball valve")
    early.locator("#gtin").fill("4006381333931")
    early.get_by_role("button", name="Save").click()
    early.wait_for_url(f"{address}/items/{code}")
    late.locator("#name_en").fill("Gate valve")
    late.locator("#synonyms").fill("tap\nsluice")
    # The other language takes over what is typed, and what it was typed over: the no comes as ever.
    for lang in ("zh-Hans", "en"):
        late.locator(f".languages [lang={lang}]").click()
        expect(late.locator(f"html[lang={lang}] #name_en")).to_have_value("Gate valve")
        expect(late.locator("#synonyms")).to_have_value("tap\nsluice")
    late.locator("#synonyms").press("Control+Enter")
    merge = late.locator("[data-merge]")
    expect(merge).to_contain_text("Ball valve")
    expect(merge).to_contain_text("Gate valve")
    # Only the other tab has touched the GTIN: theirs is taken, and stands in the field.
    expect(late.locator("#gtin")).to_have_value("4006381333931")
    expect(late.locator("#synonyms")).to_have_value("tap\nsluice")
    late.locator("[name=pick_name_en][value=theirs]").check(force=True)
    expect(late.locator("#name_en")).to_have_value("Ball valve")
    late.locator("[name=pick_name_en][value=mine]").check(force=True)
    expect(late.locator("#name_en")).to_have_value("Gate valve")
    # Also behind a no, where the page is shown anew without it.
    for lang in ("zh-Hans", "en"):
        late.locator(f".languages [lang={lang}]").click()
        expect(late.locator(f"html[lang={lang}] #synonyms")).to_have_value("tap\nsluice")
    late.get_by_role("button", name="Save").click()
    late.wait_for_url(f"{address}/items/{code}")
    for text in ("Gate valve", "4006381333931", "sluice"):
        expect(late.locator("main")).to_contain_text(text)


def test_keys_walk_through_a_list_and_a_scanner_is_still_a_scanner(
    phone: Phone, address: str, one_app: Flask, one_make: Factory
) -> None:
    for n in range(3):
        add_item(one_make.planner.act(), number=f"A{n}", names={"en": f"Part {n}"})
    page = phone(**DESK).new_page()
    sign_in(page, address, one_make.planner)

    def open_list() -> None:
        with page.expect_response(lambda answer: "shortcuts" in answer.url or answer.ok):
            page.goto(f"{address}/items")
        page.wait_for_load_state("networkidle")

    def pressed(key: str) -> None:
        page.keyboard.press(key)
        page.wait_for_timeout(400)

    open_list()
    pressed("j")
    expect(page.get_by_role("link", name="A0")).to_be_focused()
    pressed("j")
    pressed("k")
    pressed("ArrowDown")
    expect(page.get_by_role("link", name="A1")).to_be_focused()
    pressed("/")
    expect(page.locator("#list-search")).to_be_focused()
    expect(page.locator("#list-search")).to_have_value("")
    page.keyboard.type("jk/?", delay=200)
    expect(page.locator("#list-search")).to_have_value("jk/?")
    pressed("Escape")
    expect(page.locator("#list-search")).not_to_be_focused()
    open_list()
    # A scanner types j, k and / too: nothing moves, and its code is looked up.
    page.keyboard.type("jk/A1?j", delay=8)
    page.wait_for_url("**/scan?code=*")
    open_list()
    pressed("?")
    page.wait_for_url(f"{address}/keyboard")


def test_a_page_that_is_put_in_place_brings_its_own_style_sheet(
    one_make: Factory, address: str, phone: Phone
) -> None:
    lot = one_make.lot(10)
    page = phone().new_page()
    sign_in(page, address, one_make.supervisor)
    page.goto(f"{address}/lots/{lot}")
    page.wait_for_load_state("networkidle")
    page.evaluate("window.same = true")
    sheet = page.locator("head link[href*='records']")
    expect(sheet).to_have_count(0)
    page.locator(f"a[href='/history/{lot}']").click()
    page.wait_for_url(f"{address}/history/{lot}")
    expect(sheet).to_have_count(1)
    assert page.evaluate("window.same"), "the page was loaded anew"
    loaded = (
        "[...document.styleSheets].some((s) => s.href?.includes('records') && s.cssRules.length)"
    )
    # The address changes before the sheet is there; the page is put in place after it.
    until(page, loaded)
    page.go_back()
    page.wait_for_url(f"{address}/lots/{lot}")
    expect(sheet).to_have_count(0)
    assert page.evaluate("window.same")
