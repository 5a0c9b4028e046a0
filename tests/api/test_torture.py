"""Every described call, badly used: nothing is guessed, nothing breaks, nothing is done."""

import json
import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from shopfloor.api.openapi import described
from shopfloor.core.db import db
from shopfloor.core.events import Event
from shopfloor.people.grants import give_role
from shopfloor.people.setup import founder
from tests.api.program import Program
from tests.browse import Browser
from tests.make import Factory, new_id

WRONG: tuple[Any, ...] = (None, True, -1, 1.5, "", "x" * 5000, [], {}, ["a"], {"a": 1}, 10**30)
# A key that the description does not know, as somebody would try it.
POLLUTION = {"role": "admin", "status": "released", "id": 1, "is_admin": True, "__proto__": {}}


def calls(methods: set[str]) -> list[tuple[str, str, dict[str, Any]]]:
    """Return (method, path, call) of every call with one of these methods."""
    return [
        (method.upper(), path, call)
        for path, methods_of in described()["paths"].items()
        for method, call in methods_of.items()
        if method in methods
    ]


def address(path: str, part: str = "0") -> str:
    """Return the path with something in the place of its arguments."""
    return re.sub(r"\{\w+\}", part, path).removeprefix("/api/v1")


def example(call: dict[str, Any]) -> dict[str, Any]:
    """Return the example of a call's body, or an empty one."""
    spec = described()
    reference = call["requestBody"]["content"]["application/json"]["schema"]["$ref"]
    schema = spec["components"]["schemas"][reference.rsplit("/", 1)[-1]]
    return dict((schema.get("examples") or [{}])[0])


def needed(call: dict[str, Any]) -> list[str]:
    """Return what a call's body must name."""
    spec = described()
    reference = call["requestBody"]["content"]["application/json"]["schema"]["$ref"]
    return list(spec["components"]["schemas"][reference.rsplit("/", 1)[-1]].get("required", ()))


@pytest.fixture
def program(one_app: Flask, one_make: Factory) -> Program:
    """A program that may do everything: nothing is refused for the lack of a right."""
    one_make.person("administrator", "everybody")
    for role in ("supervisor", "quality", "inspector"):
        give_role(founder(new_id()), person_id=one_make.people["everybody"].id, role=role)
    return Program(one_app, one_make.people["everybody"])


def events() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Event)) or 0


def test_no_call_guesses_what_a_body_means(program: Program) -> None:
    """Torture 65: doubled keys, unknown fields, wrong types, wrong kinds of content."""
    before, tried = events(), 0
    for method, path, call in calls({"post", "patch", "put"}):
        if "requestBody" not in call:
            continue  # a photo is no JSON
        to, good = address(path), example(call)
        bodies = [json.dumps({**good, name: value}).encode() for name, value in POLLUTION.items()]
        twice = json.dumps(good)[1:-1]
        # Nothing may be null that a call needs.
        name = next((each for each in good if each in needed(call)), "reason")
        again = f'{twice}, "{name}": 1, "{name}": 2' if twice else f'"{name}": 1, "{name}": 2'
        bodies.append(f"{{{again}}}".encode())
        bodies += [b"[]", b"null", b"{", b'"a"', b"\xff", b"[" * 50_000]
        bodies += [json.dumps({**good, name: value}).encode() for value in WRONG if good]
        for body in bodies:
            answer = program.send(method, to, data=body, content_type="application/json")
            tried += 1
            told = (method, path, body[:120], answer.status_code)
            # A scan answers whatever was scanned: that nothing is known of it is an answer, too.
            fine = (200, 404, 409, 422) if path.endswith("/scan") else (404, 409, 422)
            assert answer.status_code in fine, told
            if body[:1] != b"{" or b'"role"' in body or body is bodies[len(POLLUTION)]:
                assert answer.status_code == 422, told
        for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
            assert program.send(method, to, data=b"{}", content_type=kind).status_code in (
                (200, 404, 409, 415, 422) if not good else (415, 422)
            )
    assert tried > 500
    assert events() == before


def test_a_huge_body_is_refused_everywhere(program: Program) -> None:
    """Torture 65."""
    huge = b'{"note": "' + b"x" * 1_100_000 + b'"}'
    for method, path, call in calls({"post", "patch", "put"}):
        if "requestBody" not in call:
            continue  # a photo may be larger
        answer = program.send(method, address(path), data=huge, content_type="application/json")
        assert answer.status_code == 413, (method, path)


def test_no_call_guesses_what_an_address_asks(program: Program) -> None:
    """Torture 65: unknown and doubled questions, and answers of the wrong kind."""
    for _method, path, call in calls({"get"}):
        asked = [p["name"] for p in call.get("parameters", ()) if p["in"] == "query"]
        if not asked:
            continue
        to = address(path)
        for query in ("role=admin", "limit=1&limit=100", "limit=0", "limit=99999999999999999999"):
            status = program.get(f"{to}?{query}").status_code
            assert status == 422, (path, query, status)
        for name in asked:
            for value in ("%00", "x" * 3000, "'%3B--", "%F0%9F%92%A9", "-1", "../..", "a\u0000"):
                status = program.get(f"{to}?{name}={value}").status_code
                assert status in (200, 404, 409, 422), (path, name, value, status)


@pytest.mark.parametrize(
    "part",
    ["..%2f..%2fetc%2fpasswd", "%2e%2e", "..%252f", "%00", "a%0d%0aX: y", "B" * 4000, "%ff", "';"],
)
def test_an_odd_part_of_a_path_is_nothing_here(program: Program, part: str) -> None:
    """Torture 66: encoded slashes, double encoding, line ends."""
    before = events()
    for method, path, _call in calls({"get", "post", "patch", "delete"}):
        if "{" not in path:
            continue
        how: dict[str, Any] = {} if method == "GET" else {"json": {}}
        status = program.send(method, address(path, part), **how).status_code
        assert status in (308, 404, 405, 409, 422), (method, path, status)
    assert events() == before


def test_other_methods_are_no_way_in(one_app: Flask, program: Program) -> None:
    """Torture 66: TRACE and what nobody has described; a method cannot be overridden."""
    spec = described()["paths"]
    for path, known in spec.items():
        for method in ("TRACE", "CONNECT", "PROPFIND", "PUT", "DELETE", "PATCH", "POST"):
            if method.lower() in known:
                continue
            answer = program.send(method, address(path), json={})
            assert answer.status_code == 405, (method, path, answer.status_code)
        if "get" in known and "post" not in known:
            over = {"X-HTTP-Method-Override": "DELETE", "X-Method-Override": "POST"}
            assert program.get(address(path), headers=over).status_code in (200, 404, 422)


def test_forged_headers_of_a_proxy_change_nothing(
    program: Program, caplog: pytest.LogCaptureFixture
) -> None:
    """Torture 66: without a proxy of ours nobody is believed; the log has the true address."""
    forged = {
        "X-Forwarded-For": "203.0.113.9", "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "https", "X-Real-IP": "203.0.113.9", "Forwarded": "for=203.0.113.9",
        "X-Original-URL": "/api/v1/people", "X-Rewrite-URL": "/api/v1/people",
    }  # fmt: skip
    for method, path, _call in calls({"get", "post", "patch"}):
        how: dict[str, Any] = (
            {} if method == "GET" else {"data": b"{", "content_type": "application/json"}
        )
        answer = program.send(method, address(path), headers=forged, **how)
        assert "evil.example" not in str(answer.headers) + answer.get_data(as_text=True)
    assert "from 127.0.0.1" in caplog.text
    assert "203.0.113.9" not in caplog.text


def test_a_cookie_opens_no_call(one_app: Flask, one_make: Factory) -> None:
    """Torture 62: no other site can send in somebody's name."""
    browser = Browser(one_app).sign_in(one_make.administrator)
    for method, path, _call in calls({"get", "post", "patch", "delete"}):
        if path == "/api/v1/openapi.json":
            continue
        answer = browser.open(f"/api/v1{address(path)}", method=method, data=b"{}")
        assert answer.status_code == 401, (method, path)
