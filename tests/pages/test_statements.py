"""How many statements a page sends: a number that must not grow with the factory."""

import pytest
from flask import Flask

from tests.browse import Browser
from tests.make import Factory
from tests.statements import counted


@pytest.fixture
def browser(app: Flask, make: Factory) -> Browser:
    return Browser(app).sign_in(make.operator)


def test_the_usual_report_needs_fifteen_statements_at_most(browser: Browser, make: Factory) -> None:
    lot = make.lot(100, rate="0.12")
    browser.post(f"/lots/{lot}/10/start", kind="production")
    page = browser.get("/more").get_data(as_text=True)
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    with counted() as sent:
        booked = browser.open(
            f"/lots/{lot}/10/report",
            method="POST",
            data={"csrf_token": token, "action_id": "the-one-tap", "good": "100"},
        )
    assert booked.status_code == 200
    assert len(sent) <= 15, "\n".join(sent)


def test_opening_a_scanned_code_needs_twelve_statements_at_most(
    browser: Browser, make: Factory
) -> None:
    lot = make.lot(100)
    with counted() as sent:
        assert browser.get(f"/Q/{lot}", follow_redirects=True).status_code == 200
    assert len(sent) <= 12, "\n".join(sent)


@pytest.mark.parametrize("address", ["/", "/my-actions"])
def test_a_list_needs_the_same_statements_however_long_it_is(
    browser: Browser, make: Factory, address: str
) -> None:
    make.lot(10)
    with counted() as few:
        browser.get(address)
    item = make.item()
    for _ in range(5):
        make.order(10, item_id=item)
    with counted() as many:
        browser.get(address)
    assert len(many) == len(few) <= 12
