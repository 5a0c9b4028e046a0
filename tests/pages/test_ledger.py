"""The page of the ledger's self-check."""

from flask import Flask
from sqlalchemy import text

from shopfloor.core.db import db
from tests.browse import Browser, text_of
from tests.make import Factory


def test_it_says_when_nothing_has_run_yet(one_app: Flask, one_make: Factory) -> None:
    page = Browser(one_app).sign_in(one_make.administrator).get("/ledger")
    assert "Not run yet" in text_of(page)


def test_a_run_now_shows_that_everything_adds_up(app: Flask, make: Factory) -> None:
    make.lot(100)
    browser = Browser(app).sign_in(make.administrator)
    answer = browser.post("/ledger")
    assert answer.status_code == 303
    assert answer.headers["Shopfloor-Answer"] == "done"
    shown = text_of(browser.get("/ledger"))
    assert "Everything adds up Adds up" in shown
    assert "Passed" not in shown


def test_what_differs_is_shown_in_plain_words(one_app: Flask, one_make: Factory) -> None:
    number = one_make.order(100).lot.number
    browser = Browser(one_app).sign_in(one_make.administrator)
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE balance SET quantity = quantity + 1000000"))
    browser.post("/ledger")
    page = text_of(browser.get("/ledger"))
    assert "2 differences Differs" in page
    assert f"Lot {number}: 100 pieces at its operations, 101 in its WIP." in page


def test_only_who_may_check_the_ledger_opens_it(one_app: Flask, one_make: Factory) -> None:
    browser = Browser(one_app).sign_in(one_make.operator)
    assert browser.get("/ledger").status_code == 403
    assert browser.post("/ledger", page="/").status_code == 403


def test_sent_twice_it_is_kept_once(app: Flask, make: Factory) -> None:
    browser = Browser(app).sign_in(make.administrator)
    for _ in range(2):
        assert browser.post("/ledger", action_id="the-same-entry").status_code == 303
    assert db.session.scalar(text("SELECT count(*) FROM reconciliation")) == 1
