"""Headers and tricks with addresses: strict everywhere, errors included; forged ones ignored."""

import re

import pytest
from flask import Flask, request
from werkzeug.test import TestResponse

from shopfloor.application import create_app
from shopfloor.core.assets import asset
from shopfloor.core.db import db
from shopfloor.people import access
from tests.browse import Browser, text_of
from tests.make import Factory
from tests.test_routes import address, routes

STRICT = {
    "default-src": "'none'",
    "script-src": "'self' 'wasm-unsafe-eval'",
    "style-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}


def require_strict(answer: TestResponse, where: str) -> None:
    policy = dict(
        part.strip().split(" ", 1) for part in answer.headers["Content-Security-Policy"].split(";")
    )
    # A page's own scripts carry a word that nobody can guess.
    policy["script-src"] = re.sub(r" 'nonce-[\w-]{16}'$", "", policy["script-src"])
    for name, value in STRICT.items():
        assert policy[name] == value, where
    assert answer.headers["X-Frame-Options"] == "DENY", where
    assert answer.headers["X-Content-Type-Options"] == "nosniff", where
    assert answer.headers["Referrer-Policy"] == "same-origin", where
    if answer.mimetype == "text/html":
        page = answer.get_data(as_text=True)
        assert not re.search(r"<[^>]*\s(style|on[a-z]+)\s*=", page), where
        assert not re.search(r"<style|<script(?![^>]*\bsrc=)|javascript:", page), where


def test_every_page_keeps_the_strict_policy_and_nothing_inline(
    one_app: Flask, one_make: Factory
) -> None:
    """Torture 63, 57."""
    lot = one_make.lot(10)
    browser = Browser(one_app).sign_in(one_make.administrator)
    pages = [address(rule) for method, rule in routes(one_app) if method == "GET"]
    for page in [*pages, f"/lots/{lot}", f"/lots/{lot}/10/report", f"/lots/{lot}/10/start"]:
        answer = browser.get(page)
        require_strict(answer, page)
        # A stream that nobody reads any more gives its place back.
        answer.close()
        # The program itself is nobody's secret.
        if not page.startswith(("/static", "/api/", "/service-worker.js", "/manifest.")):
            assert answer.headers["Cache-Control"] == "no-store", page


@pytest.mark.parametrize("name", ["js/decode-worker.js", "icon.svg", "css/shopfloor.css"])
def test_static_files_keep_the_strict_policy_too(one_app: Flask, name: str) -> None:
    """Row X136: a worker obeys its own file's policy, so it cannot ask another server either."""
    answer = Browser(one_app).get(asset(name))

    assert answer.status_code == 200
    require_strict(answer, name)
    assert "connect-src 'self';" in answer.headers["Content-Security-Policy"]
    answer.close()


def test_errors_keep_the_strict_policy_too(
    one_app: Flask, one_make: Factory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Torture 63."""
    browser = Browser(one_app).sign_in(one_make.administrator)
    tried = {
        404: browser.get("/nothing/here"),
        405: browser.open("/my-actions", method="DELETE"),
        403: browser.open("/orders/new", method="POST"),
        413: browser.open("/sign-in", method="POST", data={"login": "x" * 2_000_000}),
    }
    monkeypatch.setattr("shopfloor.pages.queries.my_work", lambda *_: 1 / 0)
    tried[500] = browser.get("/")
    for status, answer in tried.items():
        assert answer.status_code == status
        require_strict(answer, str(status))
        assert "Traceback" not in answer.get_data(as_text=True)


def test_without_its_database_the_server_still_says_so_in_a_sentence(
    one_app: Flask, one_make: Factory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Torture 63."""
    browser = Browser(one_app).sign_in(one_make.operator)
    monkeypatch.setattr(access, "by_cookie", lambda *_: 1 / 0)
    answer = browser.get("/")
    assert answer.status_code == 500
    assert "Something went wrong on our side. Nothing was booked." in text_of(answer)
    require_strict(answer, "500")


@pytest.mark.parametrize(
    "path",
    [
        "/static/../app.py",
        "/static/..%2fapp.py",
        "/static/..%2f..%2fetc%2fpasswd",
        "/static/..%252fapp.py",
        "/static/%2e%2e/app.py",
        "/static/..\\app.py",
        "/static/..%5capp.py",
        "/static//etc/passwd",
        "/static/css/%00",
        "/static/",
        "/lots/..%2f..%2fadmin",
        "/lots/%00",
        "/lots/%ff%fe",
        "/q/" + "a" * 3000,
        "/lots/x/999999999999999999999/report",
        "/lots/x/-1/report",
        "/undo/0x10",
        "/jobs/1e3",
    ],
)
def test_an_address_with_tricks_finds_nothing(one_app: Flask, one_make: Factory, path: str) -> None:
    """Torture 66."""
    browser = Browser(one_app).sign_in(one_make.supervisor)
    answer = browser.get(path, follow_redirects=True)
    assert answer.status_code == 404, path
    assert "create_app" not in answer.get_data(as_text=True)


@pytest.mark.parametrize("path", ["//evil.example/x", "//evil.example//lots//x", "/\\evil.example"])
def test_an_address_with_two_slashes_stays_here(one_app: Flask, path: str) -> None:
    """Torture 44, 66."""
    answer = Browser(one_app).client.get("/", environ_overrides={"PATH_INFO": path})
    assert answer.status_code in (303, 308, 404)
    assert (answer.location or "/").startswith(("/", "http://localhost/"))
    assert not (answer.location or "/").startswith("//")


@pytest.mark.parametrize("method", ["TRACE", "TRACK", "CONNECT", "PROPFIND", "PUT", "PATCH"])
def test_a_method_we_do_not_speak_is_refused(
    one_app: Flask, one_make: Factory, method: str
) -> None:
    """Torture 66."""
    browser = Browser(one_app).sign_in(one_make.operator)
    for path in ("/", "/sign-in", "/static/icon.svg"):
        answer = browser.open(path, method=method, headers={"X-Secret": "echo"})
        assert answer.status_code in (403, 405)
        assert "echo" not in answer.get_data(as_text=True)


FORGED = {
    "X-Forwarded-For": "203.0.113.9",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "https",
    "Forwarded": "for=203.0.113.9;host=evil.example",
    "X-Real-IP": "203.0.113.9",
    "X-Original-URL": "/people",
    "X-HTTP-Method-Override": "DELETE",
}


def seen(app: Flask) -> tuple[str | None, str, bool, str]:
    found: list[tuple[str | None, str, bool, str]] = []
    app.before_request(
        lambda: found.append((request.remote_addr, request.host, request.is_secure, request.path))
    )
    Browser(app).get("/sign-in", headers=FORGED)
    return found[0]


def test_forged_forwarding_headers_are_ignored(one_app: Flask) -> None:
    """Torture 66."""
    assert seen(one_app) == ("127.0.0.1", "localhost", False, "/sign-in")


def test_behind_a_proxy_of_our_own_its_headers_count(one_app: Flask) -> None:
    """Torture 66: and only its own, which stand last."""
    app = create_app({**one_app.config, "BEHIND_PROXY": True})
    FORGED["X-Forwarded-For"] = "10.9.9.9, 203.0.113.9"
    with app.app_context():
        assert seen(app) == ("203.0.113.9", "evil.example", True, "/sign-in")
        db.engine.dispose()


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost@evil.example", "localhost/../", "[::1", "a b", "\u00e4", ""]
)
def test_a_forged_host_is_never_gone_to(one_app: Flask, one_make: Factory, host: str) -> None:
    """Torture 66."""
    answer = Browser(one_app).get("/more", headers={"Host": host.encode().decode("latin-1")})
    assert answer.status_code in (303, 400)
    assert (answer.location or "/").startswith("/")
    assert "evil.example" not in answer.get_data(as_text=True)


TARGETS = [
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https://evil.example",
    "https://localhost@evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "/\t/evil.example",
    "\t//evil.example",
    "/%0d%0aX: y\r\nSet-Cookie: a=b",
    "http://[::1",
    "//[",
    "/\u2028/evil.example",
    "\ud800",
    "evil.example",
    "?x",
]


@pytest.mark.parametrize("target", TARGETS)
def test_the_way_on_after_a_form_never_leaves_us(
    one_app: Flask, one_make: Factory, target: str
) -> None:
    """Torture 44."""
    browser = Browser(one_app)
    sent = target.encode("utf-8", "surrogatepass")
    assert browser.get("/sign-in", query_string={"next": sent}).status_code == 200
    for path, fields in (
        ("/language", {"language": "zh"}),
        ("/theme", {"theme": "dark"}),
        ("/sign-in", {"login": "operator", "password": "2580"}),
    ):
        answer = browser.post(path, page="/sign-in", next=sent, **fields)
        assert answer.status_code == 303, (path, text_of(answer))
        assert answer.location == "/"
        assert "X" not in answer.headers
        assert answer.headers.get("Set-Cookie", "").count("a=b") == 0


def test_the_way_on_keeps_an_address_of_ours(one_app: Flask, one_make: Factory) -> None:
    target = "/lots/B000000000?operation=10"
    answer = Browser(one_app).post("/sign-in", login="operator", password="2580", next=target)
    assert answer.location == target
