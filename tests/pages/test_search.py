"""The search over everything: kinds, words, languages, scopes, pages, and few statements."""

import pytest
from flask import Flask
from sqlalchemy import select

from shopfloor.catalogue.commands import add_item
from shopfloor.catalogue.items import ItemDetails
from shopfloor.catalogue.partners import Contact, add_partner
from shopfloor.core.db import db, transaction
from shopfloor.core.subjects import Subject, create
from shopfloor.pages.program_words import PAGES
from shopfloor.people.skills import add_skill
from shopfloor.stock.models import LOT, Lot
from tests.browse import Browser, text_of
from tests.make import Factory
from tests.statements import counted


def found(browser: Browser, text: str, **more: str) -> str:
    return text_of(browser.get("/search", query_string={"q": text, **more}))


def test_every_kind_is_found_by_its_own_words(app: Flask, make: Factory) -> None:
    """Row W34: number, both languages, synonym, other number and GTIN, whatever their case."""
    details = ItemDetails(gtin="4006381333931", other_number="ERP-7", synonyms="Kugelhahn")
    names = {"en": "Ball VALVE Müller", "zh": "球阀"}
    add_item(make.planner.act(), number="HV-32", names=names, details=details)
    contact = Contact(supplier=True, synonyms="Acme")
    add_partner(make.planner.act(), number="K1", names={"zh": "华东铸造"}, contact=contact)
    add_skill(make.administrator.act(), number="W1", names={"en": "Welding"})
    browser = Browser(app).sign_in(make.administrator)
    for text in (
        "hv-32", "ＨＶ-32", "ball valve", "valve BALL", "MÜLLER", "mu\u0308ller", "球阀",
        "kugelhahn", "erp-7", "4006381333931",
    ):  # fmt: skip
        assert "Ball VALVE Müller" in found(browser, text), text
    assert "华东铸造" in found(browser, "acme")
    assert "Welding" in found(browser, "weld")
    assert "Mill" in found(browser, "mill")
    assert "Inspector" in found(browser, "inspector")
    code = make.lot(5)
    number = db.session.scalar(select(Subject.number).where(Subject.code == code))
    assert number
    shown = found(browser, number)
    assert "Orders" in shown
    assert "Lots" in shown
    assert f"Open {code}" in found(browser, code)


def test_a_name_in_one_language_is_found_in_the_other_by_its_synonyms_alone(
    one_app: Flask, one_make: Factory
) -> None:
    planner = one_make.planner
    add_item(planner.act(), number="A1", names={"en": "Ball valve"})
    more = ItemDetails(synonyms="闸阀")
    add_item(planner.act(), number="A2", names={"en": "Gate valve"}, details=more)
    browser = Browser(one_app).sign_in(planner)
    shown = found(browser, "阀")
    assert "Gate valve" in shown
    assert "Ball valve" not in shown


@pytest.mark.parametrize(
    ("word", "page"),
    [
        ("特采", "Reasons"), ("冻结", "Reasons"), ("冻结", "My work"), ("工票", "My actions"),
        ("随工单", "Orders"), ("外协", "Contract manufacturers"), ("traveller", "Orders"),
        ("技能矩阵", "Who can what"),
    ],
)  # fmt: skip
def test_words_of_the_floor_find_the_page(
    one_app: Flask, one_make: Factory, word: str, page: str
) -> None:
    assert page in found(Browser(one_app).sign_in(one_make.administrator), word)


def test_every_page_that_words_lead_to_opens(one_app: Flask, one_make: Factory) -> None:
    browser = Browser(one_app).sign_in(one_make.administrator)
    for page in PAGES:
        if page.verb != "events.read":
            assert browser.get(page.url).status_code == 200, page.url


def test_a_person_finds_only_what_he_may_see(one_app: Flask, one_make: Factory) -> None:
    """Torture 60."""
    add_partner(one_make.planner.act(), number="K1", names={"en": "Secret partner"})
    there = one_make.person("operator", "there", scope_id=one_make.stations[2])
    operator = Browser(one_app).sign_in(one_make.operator)
    assert "Secret partner" not in found(operator, "secret")
    assert "Inspector" not in found(operator, "inspector")
    assert "Mill" in found(operator, "mill")
    assert "Mill" not in found(Browser(one_app).sign_in(there), "Saw")
    assert "partners" not in found(operator, "secret", **{"in": "partners"})


def test_one_kind_is_turned_page_by_page_with_as_few_statements_at_any_size(
    app: Flask, make: Factory
) -> None:
    """Row X133."""
    item = make.item()
    browser = Browser(app).sign_in(make.administrator)
    found(browser, "bulk")
    with counted() as few:
        found(browser, "bulk")
    with transaction() as session:
        family = create(session, LOT, "family").id
        for n in range(120):
            lot = create(session, LOT, f"BULK-{n:03d}", make.site_id).id
            session.add(Lot(id=lot, item_id=item, family_id=family))
    with counted() as many:
        shown = found(browser, "bulk")
    assert len(many) == len(few) <= 14
    assert "Show all: Lots" in shown
    with counted() as one:
        shown = found(browser, "bulk", **{"in": "lots", "page": "2"})
    assert "BULK-099" in shown
    assert "Page 2 of 3" in shown
    assert len(one) <= 6


def test_odd_searches_find_nothing_and_break_nothing(one_app: Flask, one_make: Factory) -> None:
    browser = Browser(one_app).sign_in(one_make.administrator)
    for text in ("%", "_", "\\", "'", '"zh"', "\x00", "a" * 500, " ", "<b>"):
        answer = browser.get("/search", query_string={"q": text})
        assert answer.status_code == 200, text
