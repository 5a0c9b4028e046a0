"""Every route with every role: without the verb 403, without sign-in the way to it."""

import pytest
from flask import Flask
from werkzeug.routing import Rule

from shopfloor.core.web import fresh_id
from shopfloor.people.commands import issue_token
from shopfloor.people.roles import ROLES, VERBS
from shopfloor.people.secrets import digest, new_token
from shopfloor.people.setup import founder
from tests.browse import Browser
from tests.make import Factory

# Filled in for the parts of an address; nothing has these codes, so nothing happens.
PARTS = {"code": "B000000000", "operation": 10, "filename": "icon.svg"}


def address(rule: Rule) -> str:
    parts = {name: PARTS.get(name, 0) for name in rule.arguments}
    text = rule.rule
    for name, value in parts.items():
        for converter in ("", "int:", "path:", "string:"):
            text = text.replace(f"<{converter}{name}>", str(value))
    return text


def routes(app: Flask) -> list[tuple[str, Rule]]:
    return [
        (method, rule)
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        if rule.endpoint != "static"
    ]


@pytest.mark.parametrize("role", sorted(ROLES))
def test_a_role_opens_what_it_has_the_verb_for_and_nothing_else(
    one_app: Flask, one_make: Factory, role: str
) -> None:
    """Torture 60."""
    worker = one_make.people[role]
    token = new_token()
    issue_token(
        founder(fresh_id()),
        person_id=worker.id,
        name="t",
        token_hash=digest(token),
        verbs=tuple(VERBS),
    )
    browser = Browser(one_app).sign_in(worker)
    wrong = []
    for method, rule in routes(one_app):
        view = one_app.view_functions[rule.endpoint]
        verb = getattr(view, "verb", None)
        if verb is None or rule.endpoint in ("people.leave", "people.sign_in_form"):
            continue
        allowed = verb == "" or verb in ROLES[role]
        status = _status(browser, method, address(rule), token)
        if (status == 403) == allowed or status >= 500 or status == 401:
            wrong.append(f"{method} {rule.rule} as {role}: {status}")
    assert not wrong


def test_nobody_opens_only_what_is_public(one_app: Flask, one_make: Factory) -> None:
    wrong = []
    for method, rule in routes(one_app):
        view = one_app.view_functions[rule.endpoint]
        answer = Browser(one_app).open(
            address(rule), method=method, headers={"Sec-Fetch-Site": "same-origin"}
        )
        if getattr(view, "public", None):
            fine = answer.status_code < 500
        elif rule.rule.startswith("/api/"):
            fine = answer.status_code == 401
        elif method == "GET":
            fine = answer.status_code == 303 and "/sign-in" in answer.location
        else:
            # Without a page there is no form token either; both are a no.
            fine = answer.status_code == 403 or "/sign-in" in (answer.location or "")
        if not fine:
            wrong.append(f"{method} {rule.rule}: {answer.status_code}")
    assert not wrong


def _status(browser: Browser, method: str, target: str, token: str) -> int:
    if target.startswith("/api/"):
        return browser.open(
            target,
            method=method,
            json={} if method != "GET" else None,
            headers={"Authorization": f"Bearer {token}"},
        ).status_code
    if method == "GET":
        return browser.get(target).status_code
    return browser.post(target, page="/more").status_code
