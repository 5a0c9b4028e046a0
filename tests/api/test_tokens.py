"""Who is let in: a token alone, never a cookie, and what every no looks like."""

import json
from typing import Any

import pytest
from flask import Flask

from shopfloor.people.commands import revoke_token
from shopfloor.people.setup import founder
from tests.api.program import Program
from tests.browse import Browser
from tests.make import Factory, new_id


def test_without_a_token_nobody_gets_in(one_app: Flask, one_make: Factory) -> None:
    program = Program(one_app, one_make.operator)
    good = program.token
    for header in ("", "Bearer ", f"Basic {good}", f"Bearer {good}x", good, "Bearer é"):
        answer = program.send("GET", "/items", headers={"Authorization": header})
        assert (answer.status_code, program.heard["rule"]) == (401, "no_token"), header
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert program.get("/items").status_code == 200


def test_a_token_in_the_address_opens_nothing(one_app: Flask, one_make: Factory) -> None:
    """Torture 62."""
    program = Program(one_app, one_make.operator)
    address = f"/api/v1/items?token={program.token}&access_token={program.token}"
    assert one_app.test_client().get(address).status_code == 401


def test_a_revoked_token_ends_at_once(app: Flask, make: Factory) -> None:
    """Torture 59."""
    program = Program(app, make.operator)
    assert program.get("/items").status_code == 200
    revoke_token(founder(new_id()), token_id=program.token_id)
    assert program.get("/items").status_code == 401


def test_a_token_has_no_verb_that_it_was_not_given(one_app: Flask, one_make: Factory) -> None:
    program = Program(one_app, one_make.administrator, "work.view")
    assert program.get("/items").status_code == 200
    assert program.post("/items", {"number": "X", "names": {"en": "X"}}).status_code == 403
    assert program.heard["rule"] == "no_right"


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "multipart/form-data"])
def test_a_cookie_opens_nothing_here(one_app: Flask, one_make: Factory, kind: str) -> None:
    """Torture 62: another site can send cookies, and text/plain without asking first."""
    browser = Browser(one_app).sign_in(one_make.planner)
    assert browser.get("/").status_code == 200
    assert browser.get("/api/v1/items").status_code == 401
    body = json.dumps({"number": "X", "names": {"en": "X"}})
    for headers in ({}, {"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        answer = browser.open(
            "/api/v1/items", method="POST", data=body, content_type=kind, headers=headers
        )
        assert answer.status_code == 401
    program = Program(one_app, one_make.planner)
    program.get("/items")
    assert program.heard["entries"] == []


def test_a_token_opens_no_page(one_app: Flask, one_make: Factory) -> None:
    program = Program(one_app, one_make.planner)
    for path in ("/", "/my-actions", "/more"):
        answer = one_app.test_client().get(
            path, headers={"Authorization": f"Bearer {program.token}"}
        )
        assert answer.status_code in (303, 404), path


def test_other_content_is_refused(one_app: Flask, one_make: Factory) -> None:
    """Torture 62."""
    program = Program(one_app, one_make.planner)
    body = json.dumps({"number": "X", "names": {"en": "X"}}).encode()
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""):
        answer = program.raw("/items", body, kind)
        assert (answer.status_code, program.heard["rule"]) == (415, "http_415"), kind
    assert program.raw("/items", body, "application/json; charset=utf-8").status_code == 201


def test_what_is_too_large_is_refused(one_app: Flask, one_make: Factory) -> None:
    program = Program(one_app, one_make.planner)
    body = json.dumps({"number": "X", "names": {"en": "x" * 1_000_001}}).encode()
    assert program.raw("/items", body).status_code == 413
    assert program.heard["rule"] == "http_413"


def test_what_is_not_there_and_what_cannot_be_done_are_problems_too(
    one_app: Flask, one_make: Factory
) -> None:
    program = Program(one_app, one_make.planner)
    for method, path, status in (
        ("GET", "/nothing", 404),
        ("GET", "/", 404),
        ("DELETE", "/items", 405),
        ("PUT", "/work-orders/x", 405),
        ("TRACE", "/items", 405),
        ("GET", "/scan", 405),
    ):
        answer = program.send(method, path)
        assert answer.status_code == status, path
        assert ("Allow" in answer.headers) == (status == 405)


def test_a_bug_is_a_problem_with_a_number_and_books_nothing(
    one_app: Flask, one_make: Factory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Torture 69."""
    program = Program(one_app, one_make.planner)

    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr("shopfloor.catalogue.api.add_item", broken)
    answer = one_app.test_client().post(
        "/api/v1/items",
        json={"number": "X", "names": {"en": "X"}},
        headers={"Authorization": f"Bearer {program.token}"},
    )
    assert answer.status_code == 500
    assert answer.content_type == "application/problem+json"
    assert answer.get_json()["rule"] == "bug"
    assert "broken" not in answer.get_data(as_text=True)
