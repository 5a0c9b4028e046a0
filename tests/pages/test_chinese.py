"""The walk over the floor and the desk in Chinese: no page is half translated."""

import re

import pytest
from flask import Flask

from shopfloor.core.db import transaction
from shopfloor.people.models import Person
from tests.browse import Browser, text_of
from tests.make import Factory, Worker

# What may be read in Latin letters: names of the product and of things, and words of the trade.
LATIN = {
    "Shopfloor",
    "English",
    "PIN",
    "OK",
    "NG",
    "ERP",
    "Asia",
    "Shanghai",
    "CNY",
    "https",
    "Excel",
    "Webhook",
}
# What the test factory calls its things in English only.
NAMED = {"Line", "Saw", "Mill", "Bench", "day", "night", "pcs", "Raw", "Item"}


def chinese(app: Flask, worker: Worker) -> Browser:
    with transaction() as session:
        session.get_one(Person, worker.id).language = "zh"
    return Browser(app).sign_in(worker)


def english_words(page: str) -> set[str]:
    """Return the words of a page in small Latin letters, without codes, numbers and addresses."""
    words = re.findall(r"(?<![\w./-])[A-Za-z][a-z]{2,}(?![\w./-])", page)
    return {word for word in words if word not in LATIN | NAMED}


PAGES = {
    "operator": ["/", "/more", "/my-actions", "/scan", "/lots/{lot}", "/lots/{lot}/10/report"],
    "inspector": ["/", "/lots/{lot}", "/lots/{lot}/20/inspect"],
    "planner": ["/orders", "/orders/new", "/items", "/items/new", "/reasons", "/reasons/new"],
    "administrator": ["/first-steps", "/plant", "/people/new", "/devices", "/ledger", "/crews/new"],
}


@pytest.mark.parametrize("role", PAGES)
def test_no_page_is_half_translated(one_app: Flask, one_make: Factory, role: str) -> None:
    lot = one_make.lot(60)
    worker = one_make.people[role]
    browser = chinese(one_app, worker)
    for address in PAGES[role]:
        page = browser.get(address.format(lot=lot))
        assert page.status_code == 200, address
        names = {name for login in one_make.people for name in (login, login.title())}
        words = english_words(text_of(page)) - names
        assert words == set(), address


def test_a_refusal_is_chinese(one_app: Flask, one_make: Factory) -> None:
    lot = one_make.lot(10)
    answer = chinese(one_app, one_make.operator).post(f"/lots/{lot}/10/report", good="11")
    assert "本工序只剩 10 件，不够报 11 件。" in text_of(answer)


def test_an_address_that_leads_nowhere_speaks_the_persons_language(
    one_app: Flask, one_make: Factory
) -> None:
    page = chinese(one_app, one_make.operator).get("/nowhere")
    assert page.status_code == 404
    assert "这里没有内容。" in text_of(page)
    assert english_words(text_of(page)) - {"Operator"} == set()
