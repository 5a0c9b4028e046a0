"""A planner who has only the README moves a factory in, and an operator reports what it makes."""

from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from shopfloor.people.setup import make_setup_link
from tests.browser.conftest import Phone
from tests.people.test_founding import FIELDS

pytestmark = [pytest.mark.browser, pytest.mark.processes]
FILES = Path(__file__).parents[1] / "adventureworks"
# A bicycle of four levels: its frame, of this the fork, of that the crown, and of this its metal.
BICYCLE = "BK-M82B-38"
DESK = {"viewport": {"width": 1280, "height": 800}}
PASSWORD = "three words here"


def fill(page: Page, **fields: str) -> None:
    for name, value in fields.items():
        field = page.locator(f"main [name={name}]")
        if field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)


def press(page: Page, name: str) -> None:
    page.locator("main").get_by_role("button", name=name, exact=True).first.click()


def bring_in(page: Page, address: str, kind: str, file: str) -> None:
    """Import a file as its columns are recognised: check it, then book all of it."""
    page.goto(f"{address}/import")
    fill(page, kind=kind)
    page.locator("#file").set_input_files(str(FILES / file))
    press(page, "Upload and look at it")
    press(page, "Check the file")
    expect(page.get_by_text("The file is in order.")).to_be_visible(timeout=60_000)
    press(page, "Book all of it")
    expect(page.get_by_text("Booked. All of the file is here now.")).to_be_visible(timeout=60_000)


def test_from_an_empty_factory_to_a_report_on_a_bicycle_of_four_levels(
    one_app: Flask, phone: Phone, address: str
) -> None:
    """X195, B77: the walk of docs/moving-in.md."""
    desk = phone(**DESK).new_page()
    desk.goto(make_setup_link(one_app, f"{address}/"))
    fill(desk, **(FIELDS | {"language": "en", "login": "paula"}))
    press(desk, "Begin")
    expect(desk.get_by_role("heading", name="First steps")).to_be_visible()

    bring_in(desk, address, "items", "Product.csv")
    bring_in(desk, address, "boms", "BillOfMaterials.csv")
    desk.goto(f"{address}/items/{BICYCLE}/explosion")
    expect(desk.locator("main")).to_contain_text("MS-0253")

    desk.goto(f"{address}/plant")
    fill_first(desk, "/plant/lines", number="L1", name_en="Assembly")
    fill_first(desk, "/plant/stations", number="S1", name_en="Assembly bench")
    desk.goto(f"{address}/items/{BICYCLE}/routing")
    fill(desk, sequence_1="10", name_en_1="Assemble the bicycle")
    desk.locator("[name=station_1]").select_option(index=1)
    press(desk, "Save routing")
    expect(desk.get_by_text("The routing is saved.")).to_be_visible()

    desk.goto(f"{address}/orders/new")
    fill(desk, item=BICYCLE, quantity="12", number="MTB-1")
    press(desk, "Enter order")
    desk.locator("button", has_text="Release").first.click()
    expect(desk.get_by_text("Lot MTB-1-1 can be started.")).to_be_visible()
    expect(desk.locator("main")).to_contain_text("HB-M918")

    desk.goto(f"{address}/orders/MTB-1/traveller")
    expect(desk.locator("main")).to_contain_text("Assemble the bicycle")
    expect(desk.locator("main svg, main img").first).to_be_visible()

    desk.goto(f"{address}/people/new")
    fill(desk, name="Olga Petrova", login="olga", language="en", pin="2580")
    fill(desk, password=PASSWORD, password_again=PASSWORD)
    press(desk, "Add person")
    fill_first(desk, "/roles", role="operator")
    expect(desk.locator("main")).to_contain_text("Operator")

    floor = phone().new_page()
    floor.goto(f"{address}/sign-in")
    floor.locator("[name=login]").fill("olga")
    floor.locator("[name=password]").first.fill(PASSWORD)
    floor.locator("form:has([name=login]) button").first.click()
    floor.get_by_role("link", name="MTB-1-1").click()
    floor.get_by_role("button", name="Report 12 good").click()
    expect(floor.get_by_text("12 good booked").first).to_be_visible()

    desk.goto(f"{address}/orders/MTB-1")
    expect(desk.locator("main")).to_contain_text("12 good")


def fill_first(page: Page, target: str, **fields: str) -> None:
    """Fill in and send the first form that goes to an address."""
    form = page.locator(f'main form[action$="{target}"]').first
    for name, value in fields.items():
        field = form.locator(f"[name={name}]")
        if field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    with page.expect_navigation():
        form.evaluate("form => form.requestSubmit()")
