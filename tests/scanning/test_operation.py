"""The code of an operation on the traveller: it opens the lot that has pieces there."""

from decimal import Decimal

import pytest
from flask import Flask

from shopfloor.core.db import db
from shopfloor.core.subjects import Subject
from shopfloor.people.setup import founder
from shopfloor.plant.commands import add_site
from shopfloor.production import work
from shopfloor.production.commands.parting import split_lot
from shopfloor.production.commands.reports import report_quantities
from shopfloor.production.pieces import operation_page
from shopfloor.production.portions import Standing
from shopfloor.quality.commands.inspections import record_inspection
from shopfloor.quality.models import Verdict
from tests.browse import Browser, text_of
from tests.make import Factory, new_id
from tests.statements import counted


def operation_of(lot: str, sequence: int) -> Subject:
    db.session.rollback()
    stop = work.load(db.session(), lot).stop(sequence)
    return db.session.get_one(Subject, stop.operation.id)


def split(make: Factory, lot: str, operation: int, quantity: int) -> str:
    parted = split_lot(
        make.operator.act(),
        lot=lot,
        operation=operation,
        quantity=Decimal(quantity),
        standing=Standing.LEFT,
    )
    return parted.target.code


def report(make: Factory, lot: str, operation: int, good: int) -> None:
    report_quantities(make.operator.act(), lot=lot, operation=operation, good=Decimal(good))


def here(lot: str, sequence: int) -> list[tuple[str, Decimal]]:
    page = operation_page(db.session(), operation_of(lot, sequence).id)
    return [(each.lot_code, each.quantity) for each in page.here]


def elsewhere(lot: str, sequence: int) -> list[tuple[str, int, Decimal]]:
    page = operation_page(db.session(), operation_of(lot, sequence).id)
    return [(each.lot_code, each.sequence, each.quantity) for each in page.elsewhere]


def test_pieces_are_at_an_operation_until_they_have_gone_on(make: Factory) -> None:
    lot = make.lot(40)
    assert (here(lot, 10), elsewhere(lot, 10)) == ([(lot, 40)], [])
    assert (here(lot, 20), elsewhere(lot, 20)) == ([], [(lot, 10, 40)])
    report(make, lot, 10, 40)
    report(make, lot, 20, 30)
    # Thirty wait for the inspector, ten are not made yet: all of them are still there.
    assert here(lot, 20) == [(lot, 40)]
    assert here(lot, 30) == []
    record_inspection(make.inspector.act(), lot=lot, operation=20, verdict=Verdict.PASS)
    assert here(lot, 20) == [(lot, 10)]
    assert here(lot, 30) == [(lot, 30)]


def test_the_lot_that_is_there_is_found_and_not_the_first_of_the_order(make: Factory) -> None:
    lot = make.lot(40, inspect=())
    other = split(make, lot, 10, 15)
    assert here(lot, 10) == [(lot, 25), (other, 15)]
    report(make, other, 10, 15)
    assert here(lot, 20) == [(other, 15)]
    assert elsewhere(lot, 30) == [(lot, 10, 25), (other, 20, 15)]


@pytest.fixture
def browser(one_app: Flask, one_make: Factory) -> Browser:
    return Browser(one_app).sign_in(one_make.operator)


def opened(browser: Browser, lot: str, sequence: int) -> str:
    answer = browser.post("/scan", page="/", code=operation_of(lot, sequence).code)
    assert answer.status_code == 303
    return str(answer.location)


def test_the_one_lot_that_is_there_opens_with_its_operation(
    browser: Browser, one_make: Factory
) -> None:
    lot = one_make.lot(40, inspect=())
    other = split(one_make, lot, 10, 15)
    report(one_make, other, 10, 15)
    assert opened(browser, lot, 20) == f"/lots/{other}?operation=20"
    assert opened(browser, lot, 10) == f"/lots/{lot}?operation=10"
    # Its own address, as the phone's camera opens it, and a kept one leads there too.
    code = operation_of(lot, 20).code
    for address in (f"/q/{code}", f"/operations/{code}"):
        assert browser.get(address).location == f"/lots/{other}?operation=20"


def test_of_several_lots_one_is_chosen(browser: Browser, one_make: Factory) -> None:
    lot = one_make.lot(40)
    other = split(one_make, lot, 10, 15)
    address = opened(browser, lot, 10)
    assert address == f"/operations/{operation_of(lot, 10).code}"
    page = browser.get(address)
    said = text_of(page)
    for word in ("Choose yours", "25", "15", "10 Step 10"):
        assert word in said
    for code in (lot, other):
        assert f'href="/lots/{code}?operation=10"' in page.get_data(as_text=True)


def test_where_no_pieces_are_it_says_where_they_are(browser: Browser, one_make: Factory) -> None:
    lot = one_make.lot(40, inspect=())
    page = browser.get(opened(browser, lot, 30))
    assert page.status_code == 200
    assert "No pieces are at this operation now." in text_of(page)
    assert "10 Step 10" in text_of(page)
    assert f'href="/lots/{lot}?operation=10"' in page.get_data(as_text=True)
    for operation in (10, 20, 30):
        report(one_make, lot, operation, 40)
    assert "No pieces of order" in text_of(browser.get(opened(browser, lot, 10)))


def test_it_takes_two_statements_and_nobody_of_another_site_sees_it(
    one_app: Flask, one_make: Factory
) -> None:
    lot = one_make.lot(40)
    operation_id, code = operation_of(lot, 30).id, operation_of(lot, 30).code
    db.session.rollback()
    with counted() as statements:
        operation_page(db.session(), operation_id)
    assert len(statements) == 2
    site = add_site(founder(new_id()), number="F2", names={"en": "2"}, zone="UTC", currency="EUR")
    far = Browser(one_app).sign_in(one_make.person("operator", "far", scope_id=site.id))
    for address in (f"/operations/{code}", f"/operations/{lot}", "/operations/nothing"):
        assert far.get(address).status_code == 404
