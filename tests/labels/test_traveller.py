"""The traveller: every code on it opens what it stands at, on every page, in both languages."""

import re

import pypdfium2  # type: ignore[import-untyped]  # brings no types
from flask import Flask
from PIL import Image

from shopfloor.catalogue.commands import add_item
from shopfloor.catalogue.routings import Step, add_routing
from shopfloor.core.db import db
from shopfloor.people.commands import choose_language
from shopfloor.people.setup import founder
from shopfloor.plant.commands import add_site
from tests.browse import Browser, text_of
from tests.labels.reading import decoded
from tests.make import Factory, new_id

MANY = 30
LONG = {"en": "Turn, bore and thread the left flange of the housing, then deburr all its edges ok",
        "zh": "车削镗孔并攻丝左侧法兰然后去除所有边缘毛刺并清洗" * 3}  # fmt: skip


def long_order(make: Factory, operations: int = MANY) -> str:
    """Return the code of the lot of an order with many operations and long names."""
    item = add_item(make.planner.act(), number="P-1", names={"en": "Pump housing", "zh": "泵壳"})
    steps = tuple(
        Step(10 * n, LONG if n % 3 == 0 else {"en": f"Step {n}", "zh": f"工序{n}"},
             make.stations[n % 3], inspect=n % 5 == 0)
        for n in range(1, operations + 1)
    )  # fmt: skip
    add_routing(make.planner.act(), item_id=item.id, steps=steps)
    return make.lot(100, item_id=item.id)


def pages_of(content: bytes) -> list[Image.Image]:
    """Return the pages of a PDF in the dots of a label printer."""
    with pypdfium2.PdfDocument(content) as document:
        return [page.render(scale=203 / 72).to_pil() for page in document]


def test_the_page_says_everything_in_both_names(one_app: Flask, one_make: Factory) -> None:
    lot = long_order(one_make, 6)
    browser = Browser(one_app).sign_in(one_make.operator)
    shown = text_of(browser.get(f"/lots/{lot}/traveller"))
    for words in ("Pump housing", "泵壳", "P-1", "100", "Step 1", "工序1", "Saw", "inspect", lot):
        assert words in shown
    choose_language(one_make.operator.act(), language="zh")
    db.session.rollback()
    shown = text_of(browser.get(f"/lots/{lot}/traveller"))
    assert shown.index("泵壳") < shown.index("Pump housing")


def test_the_pdf_has_a_page_for_every_so_many_operations_and_loses_none(
    one_app: Flask, one_make: Factory
) -> None:
    lot = long_order(one_make)
    browser = Browser(one_app).sign_in(one_make.operator)
    answer = browser.get(f"/lots/{lot}/traveller.pdf")
    assert answer.mimetype == "application/pdf"
    pages = pages_of(answer.data)
    assert len(pages) >= 3
    read = [decoded(page) for page in pages]
    # Every page says which lot it belongs to; every operation is there once.
    codes = [{text.rsplit("/", 1)[1] for text in page} for page in read]
    assert all(lot in page for page in codes)
    operations = [code for page in codes for code in page if code != lot]
    assert len(operations) == len(set(operations)) == MANY
    # All pieces wait at the first one, whose code opens the lot; the others say where they are.
    opened = {code: browser.get(f"/Q/{code}").location for code in operations}
    assert [to for to in opened.values() if to == f"/lots/{lot}?operation=10"] != []
    assert sum(to == f"/operations/{code}" for code, to in opened.items()) == MANY - 1


def test_an_order_has_the_traveller_of_its_lot_after_its_release(
    one_app: Flask, one_make: Factory
) -> None:
    released = one_make.order(10)
    browser = Browser(one_app).sign_in(one_make.planner)
    found = re.search(r"/orders/W\w+", browser.get("/orders").get_data(as_text=True))
    assert found
    assert released.lot.number
    assert released.lot.number in text_of(browser.get(f"{found.group()}/traveller"))
    assert browser.get(f"{found.group()}/traveller.pdf").data.startswith(b"%PDF")


def test_whoever_may_not_see_the_lot_gets_no_traveller(one_app: Flask, one_make: Factory) -> None:
    lot = one_make.lot(10)
    two = add_site(founder(new_id()), number="F2", names={"en": "2"}, zone="UTC", currency="EUR")
    nobody = one_make.person("operator", "far", scope_id=two.id)
    browser = Browser(one_app).sign_in(nobody)
    for address in (f"/lots/{lot}/traveller", f"/lots/{lot}/traveller.pdf"):
        assert browser.get(address).status_code == 404
