"""The one-time set-up link of an empty factory."""

import re

import pytest
from flask import Flask
from sqlalchemy import func, select

from shopfloor.catalogue.models import REASON, ReasonKind
from shopfloor.catalogue.queries import offered_reasons
from shopfloor.core.db import db
from shopfloor.core.subjects import Subject
from shopfloor.people.models import Person
from shopfloor.people.setup import make_setup_link
from shopfloor.plant.models import Site
from tests.browse import Browser, text_of

FIELDS = {
    "factory_en": "Ruian Valve Works",
    "factory_zh": "瑞安阀门厂",
    "number": "F1",
    "zone": "Asia/Shanghai",
    "currency": "CNY",
    "name": "Chen Lin 陈琳",
    "login": "Chen",
    "language": "zh",
    "password": "three words here",
    "password_again": "three words here",
    "pin": "2580",
}


@pytest.fixture
def link(app: Flask) -> str:
    return make_setup_link(app, "/")


def people() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Person)) or 0


def test_the_link_makes_the_factory_and_signs_its_administrator_in(app: Flask, link: str) -> None:
    browser = Browser(app)
    assert "Asia/Shanghai" in text_of(browser.get(link))
    answer = browser.post(link, **FIELDS)
    assert (answer.status_code, answer.location) == (303, "/first-steps")
    cookie = next(c for c in answer.headers.getlist("Set-Cookie") if "shopfloor_session" in c)
    assert "HttpOnly" in cookie
    assert browser.get("/first-steps").status_code == 200
    assert browser.get("/people").status_code == 200
    site = db.session.scalars(select(Site)).one()
    assert (site.names["zh"], site.zone, site.currency) == ("瑞安阀门厂", "Asia/Shanghai", "CNY")


def test_the_link_works_once_and_says_so(app: Flask, link: str) -> None:
    """Torture 45."""
    assert Browser(app).post(link, **FIELDS).status_code == 303
    again = Browser(app).get(link)
    assert again.status_code == 404
    assert "This set-up link has been used" in text_of(again)
    stranger = Browser(app).post(link, page="/sign-in", **(FIELDS | {"login": "mallory"}))
    assert stranger.status_code == 404
    assert people() == 1
    assert Browser(app).get("/set-up/guessed").status_code == 404


def test_a_double_tap_makes_one_administrator_and_lets_him_in(app: Flask, link: str) -> None:
    """Torture 3 and row X130."""
    first, second = Browser(app), Browser(app)
    token = re.search(r'csrf_token" value="([^"]+)', first.get(link).get_data(as_text=True))
    cookie = first.client.get_cookie("shopfloor_form")
    assert token
    assert cookie
    # Both taps leave the browser before the first answer has come back.
    second.client.set_cookie("shopfloor_form", cookie.value)
    sent = {**FIELDS, "csrf_token": token[1], "action_id": "the-same-tap"}
    for browser in (first, second):
        answer = browser.open(link, method="POST", data=sent)
        assert (answer.status_code, answer.location) == (303, "/first-steps")
    assert people() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"password": "short", "password_again": "short"},
        {"password_again": "three other words"},
        {"pin": "1111"},
        {"pin": "1234"},
        {"pin": "12a4"},
        {"pin": ""},
        {"zone": "Mars/Olympus"},
        {"currency": "yuan"},
        {"login": " "},
        {"factory_en": "", "factory_zh": ""},
        {"number": ""},
    ],
)
def test_what_is_wrong_is_said_and_the_rest_is_kept(one_app: Flask, wrong: dict[str, str]) -> None:
    """Row U23."""
    link = make_setup_link(one_app, "/")
    answer = Browser(one_app).post(link, **(FIELDS | wrong))
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert "Chen Lin 陈琳" in page
    assert "three words here" not in page, "a password never comes back"
    assert people() == 0
    assert Browser(one_app).post(link, **FIELDS).status_code == 303, "the link still works"


def test_all_mistakes_are_told_at_once(one_app: Flask) -> None:
    link = make_setup_link(one_app, "/")
    wrong = {"factory_en": "", "factory_zh": "", "login": "", "password": "short", "pin": "1111"}
    answer = Browser(one_app).post(link, **(FIELDS | wrong))
    assert answer.status_code == 422
    marked = re.findall(r'id="(\w+)-error"', answer.get_data(as_text=True))
    assert sorted(marked) == ["factory_en", "login", "password", "pin"]


def test_the_sign_in_page_of_an_empty_factory_says_where_the_link_is(
    one_app: Flask,
) -> None:
    link = make_setup_link(one_app, "/")
    said = "printed where the server was started"
    assert said in text_of(Browser(one_app).get("/sign-in"))
    Browser(one_app).post(link, **FIELDS)
    assert said not in text_of(Browser(one_app).get("/sign-in"))


def test_a_save_leads_back_to_the_first_steps_while_some_are_open(one_app: Flask) -> None:
    browser = Browser(one_app)
    browser.post(make_setup_link(one_app, "/"), **(FIELDS | {"language": "en"}))
    item = browser.post("/items/new", number="HV-32", name_en="Valve", unit="pcs").location
    assert "Back to First steps" in text_of(browser.get(item))
    assert "Back to First steps" not in text_of(browser.get(item)), "once, after the save"
    more = browser.get("/more").get_data(as_text=True)
    assert 'href="/reasons"' in more
    assert 'href="/devices"' in more
    assert "what was wrong with the pieces" in text_of(browser.get("/reasons"))


def test_a_new_factory_has_reasons_of_every_kind_in_both_languages(app: Flask, link: str) -> None:
    browser = Browser(app)
    browser.post(link, **(FIELDS | {"language": "en"}))
    db.session.rollback()
    offered = {kind: offered_reasons(db.session(), kind) for kind in ReasonKind}
    assert all(len(rows) >= 2 for rows in offered.values())
    assert all({"en", "zh"} <= set(row.names) for rows in offered.values() for row in rows)
    page = text_of(browser.get("/reasons"))
    assert "Concession" in page
    code = db.session.scalars(
        select(Subject.code).where(Subject.kind == REASON.name, Subject.number == "S01")
    ).one()
    archived = browser.post(f"/reasons/{code}/archive", page=f"/reasons/{code}", archived="1")
    assert archived.status_code == 303
    db.session.rollback()
    assert "S01" not in [
        db.session.get_one(Subject, row.id).number
        for row in offered_reasons(db.session(), ReasonKind.SCRAP)
    ]
    assert browser.get(f"/history/{code}").status_code == 200
