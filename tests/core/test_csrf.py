"""No other site, and no other door of this host, makes a signed-in browser write."""

import pytest
from flask import Flask

from shopfloor.core.db import db
from shopfloor.production import work
from tests.browse import Browser, text_of
from tests.make import PIN, Factory, new_id


@pytest.fixture
def browser(one_app: Flask, one_make: Factory) -> Browser:
    return Browser(one_app).sign_in(one_make.operator)


def token_of(browser: Browser, page: str, **how: object) -> str:
    text = browser.get(page, **how).get_data(as_text=True)
    return text.split('name="csrf_token" value="')[1].split('"')[0]


FOREIGN = [
    {"Origin": "https://evil.example"},
    {"Origin": "http://localhost:9000"},
    {"Origin": "http://localhost.evil.example"},
    {"Origin": "http://localhost@evil.example"},
    {"Origin": "ftp://localhost"},
    {"Origin": "null"},
    {"Origin": ""},
    {"Origin": "http://[::1"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Origin": "http://localhost", "Sec-Fetch-Site": "same-site"},
]


def test_a_write_from_another_origin_is_refused_even_with_the_right_token(
    browser: Browser, one_make: Factory
) -> None:
    """Torture 62."""
    lot = one_make.lot(10)
    address = f"/lots/{lot}/10/report"
    token = token_of(browser, address)
    for headers in FOREIGN:
        answer = browser.open(
            address,
            method="POST",
            headers=headers,
            data={"csrf_token": token, "action_id": new_id(), "good": "3"},
        )
        assert answer.status_code == 403, headers
        assert "another site" in text_of(answer)
    assert _good(lot) == 0


def test_a_write_from_our_own_page_is_booked_whatever_the_browser_tells(
    browser: Browser, one_make: Factory
) -> None:
    """Torture 62."""
    lot = one_make.lot(10)
    address = f"/lots/{lot}/10/report"
    ours: list[dict[str, str]] = [
        {},
        {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"},
        {"Origin": "http://localhost:80"},
        {"Sec-Fetch-Site": "none"},
    ]
    for headers in ours:
        answer = browser.open(
            address,
            method="POST",
            headers=headers,
            data={
                "csrf_token": token_of(browser, address),
                "action_id": new_id(),
                "good": "1",
            },
        )
        assert answer.status_code == 200, headers
    assert _good(lot) == len(ours)


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("shop.example", "https://shop.example"),
        ("shop.example:8443", "https://shop.example:8443"),
        ("SHOP.example", "https://shop.example"),
        ("[fd00::1]:8080", "http://[fd00::1]:8080"),
    ],
)
def test_behind_a_proxy_that_takes_the_https_off_forms_go_on_working(
    one_app: Flask, one_make: Factory, host: str, origin: str
) -> None:
    """Torture 62, 66: the server sees http, the browser says https."""
    browser = Browser(one_app)
    how = {"base_url": f"http://{host}"}
    answer = browser.open(
        "/sign-in",
        method="POST",
        headers={"Origin": origin, "Sec-Fetch-Site": "same-origin"},
        data={
            "csrf_token": token_of(browser, "/sign-in", **how),
            "login": "operator",
            "password": PIN,
        },
        **how,
    )
    assert answer.status_code == 303, text_of(answer)


def test_over_https_a_page_of_plain_http_is_another_site(one_app: Flask, one_make: Factory) -> None:
    """Torture 61, 62."""
    browser = Browser(one_app)
    how = {"base_url": "https://localhost"}
    answer = browser.open(
        "/sign-in",
        method="POST",
        headers={"Origin": "http://localhost", "Referer": "https://localhost/"},
        data={
            "csrf_token": token_of(browser, "/sign-in", **how),
            "login": "operator",
            "password": PIN,
        },
        **how,
    )
    assert answer.status_code == 403


def test_a_sign_in_that_another_site_sends_is_refused(one_app: Flask, one_make: Factory) -> None:
    """Torture 62: else the victim would work under the attacker's name."""
    for headers in ({"Origin": "https://evil.example"}, {}):
        browser = Browser(one_app)
        answer = browser.open(
            "/sign-in",
            method="POST",
            headers=headers,
            data={"login": "operator", "password": PIN},
        )
        assert answer.status_code == 403
        assert browser.client.get_cookie("shopfloor_session") is None


def test_a_sign_in_form_does_not_grow_old(one_app: Flask, one_make: Factory) -> None:
    """Torture 62: what else a stranger's phone opens gives it another token; our page is enough."""
    for token in ({}, {"csrf_token": token_of(Browser(one_app), "/sign-in")}):
        answer = Browser(one_app).open(
            "/sign-in",
            method="POST",
            headers={"Origin": "http://localhost"},
            data={"login": "operator", "password": PIN} | token,
        )
        assert answer.status_code == 303, text_of(answer)


def test_without_its_token_nothing_is_booked_and_what_was_typed_stays(
    browser: Browser, one_make: Factory
) -> None:
    """Torture 62."""
    lot = one_make.lot(10)
    address = f"/lots/{lot}/10/report"
    foreign = token_of(Browser(browser.client.application), "/sign-in")
    for token in ("", "x", foreign, foreign[::-1]):
        answer = browser.open(
            address,
            method="POST",
            data={"csrf_token": token, "action_id": new_id(), "good": "7"},
        )
        assert answer.status_code == 403
        assert answer.headers["Shopfloor-Answer"] == "refused"
        assert 'value="7"' in answer.get_data(as_text=True)
    assert _good(lot) == 0


def test_a_page_shows_no_token_of_somebody_who_is_gone(one_app: Flask, one_make: Factory) -> None:
    """A stale form of nobody leads to the sign-in, not to a page that only redirects."""
    answer = Browser(one_app).open("/orders/new", method="POST", data={"quantity": "3"})
    assert answer.status_code == 403
    assert "Location" not in answer.headers
    assert "out of date" in text_of(answer)


@pytest.mark.parametrize("kind", ["text/plain", "application/json", "text/xml", ""])
def test_json_in_another_dress_is_no_form(browser: Browser, one_make: Factory, kind: str) -> None:
    """Torture 62."""
    lot = one_make.lot(10)
    answer = browser.open(
        f"/lots/{lot}/10/report",
        method="POST",
        data='{"good": "3", "csrf_token": "x"}',
        content_type=kind,
    )
    assert answer.status_code == 403
    assert _good(lot) == 0


def test_the_api_takes_no_cookie(browser: Browser, one_make: Factory) -> None:
    """Torture 62: what needs no form token must not listen to what a browser sends by itself."""
    lot = one_make.lot(10)
    answer = browser.open(
        "/api/v1/reports", method="POST", json={"lot": lot, "operation": 10, "good": "3"}
    )
    assert answer.status_code == 401
    assert _good(lot) == 0


def test_no_address_carries_a_token(browser: Browser) -> None:
    """Torture 62."""
    for page in ("/", "/more", "/scan", "/orders", "/my-actions"):
        text = browser.get(page).get_data(as_text=True)
        assert "csrf_token=" not in text


def _good(lot: str) -> int:
    db.session.rollback()
    return int(work.load(db.session(), lot).stops[0].good)
