"""The pages and the calls of the webhooks: who may, what is shown once, what is refused."""

import re
import socket
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from shopfloor.core import clock
from shopfloor.core.db import db, transaction
from shopfloor.webhooks.commands import pause_webhook
from shopfloor.webhooks.models import Delivery, Paused, Webhook
from shopfloor.webhooks.signing import secret_of
from tests.api.program import Program
from tests.browse import Browser, text_of
from tests.make import Factory, new_id
from tests.statements import counted
from tests.webhooks.receiver import names

ADDRESS = "https://erp.example/in?key=1"


def send(browser: Browser, page: str, to: str, at: str | None = None, **more: Any) -> TestResponse:
    """Post the form of a webhook; `at` is a page with a form token, when the form is not shown."""
    shown = browser.get(at or page).get_data(as_text=True)
    found = re.search(r'name="csrf_token" value="([^"]+)"', shown)
    token = {"csrf_token": found.group(1) if found else "", "action_id": new_id()}
    return browser.open(page, method="POST", data={**token, "address": to, **more})


@pytest.fixture(autouse=True)
def resolver() -> Iterator[None]:
    """The net of these tests knows every name, as a public address."""
    with patch.object(socket, "getaddrinfo", names("93.184.215.14")):
        yield


def test_an_administrator_registers_one_and_sees_its_secret_once(
    one_app: Flask, one_make: Factory
) -> None:
    browser, action = Browser(one_app).sign_in(one_make.administrator), new_id()
    for _tap in range(2):
        answer = send(browser, "/webhooks/new", ADDRESS, action_id=action, kinds=["work.reported"])
        secret = re.search(r"whsec_[\w-]+", answer.get_data(as_text=True))
        assert secret
        assert secret[0] == secret_of(action)
    (kept,) = db.session.scalars(select(Webhook)).all()
    assert (kept.address, kept.kinds) == (ADDRESS, ["work.reported"])
    for page in ("/webhooks", f"/webhooks/{kept.id}"):
        shown = browser.get(page).get_data(as_text=True)
        assert "erp.example" in shown
        assert "whsec_" not in shown


def test_it_is_changed_paused_and_removed(one_app: Flask, one_make: Factory) -> None:
    browser = Browser(one_app).sign_in(one_make.administrator)
    send(browser, "/webhooks/new", ADDRESS)
    page = "/webhooks/1"
    assert send(browser, page, "https://b.example/", version=1).status_code == 303
    late = send(browser, page, "https://c.example/", version=1)
    assert late.status_code == 409
    assert "b.example" in text_of(late)
    browser.post(f"{page}/paused", paused="1")
    assert "Somebody has paused it." in text_of(browser.get(page))
    browser.post(f"{page}/paused", paused="0")
    assert browser.post(f"{page}/removed").status_code == 303
    assert browser.get(page).status_code == 404
    assert "No webhook yet" in text_of(browser.get("/webhooks"))


@pytest.mark.parametrize(
    "address", ["https://127.0.0.1/", "https://[::1]/", "http://10.1.2.3/", "nonsense", ""]
)
def test_an_address_inside_is_refused_with_what_was_typed(
    one_app: Flask, one_make: Factory, address: str
) -> None:
    """Torture 64."""
    browser = Browser(one_app).sign_in(one_make.administrator)
    inside = re.sub(r"^https?://|[\[\]/]", "", address)
    with patch.object(socket, "getaddrinfo", names(inside)):
        answer = send(browser, "/webhooks/new", address, kinds="work.reported")
    assert answer.status_code == 422
    assert f'value="{address}"' in answer.get_data(as_text=True)
    assert 'value="work.reported" checked' in answer.get_data(as_text=True)
    assert db.session.scalars(select(Webhook)).all() == []


def test_only_who_sets_up_and_reads_everything_may(one_app: Flask, one_make: Factory) -> None:
    one_make.person("administrator", "here", scope_id=one_make.line_id)
    for login, status in (("quality", 403), ("planner", 403), ("here", 404)):
        browser = Browser(one_app).sign_in(one_make.people[login])
        assert browser.get("/webhooks").status_code == status
        assert send(browser, "/webhooks/new", ADDRESS, at="/more").status_code == status
    # A token of an administrator without events.read cannot open the stream by this door.
    program = Program(one_app, one_make.administrator, "plant.edit")
    assert program.post("/webhooks", {"address": ADDRESS}).status_code == 403
    assert program.get("/webhooks").status_code == 403


def test_a_program_registers_its_own_and_hears_the_same_again(app: Flask, make: Factory) -> None:
    program, key = Program(app, make.administrator), new_id()
    for _send in range(2):
        answer = program.post("/webhooks", {"address": ADDRESS, "kinds": []}, key=key)
        assert answer.status_code == 201
        assert program.heard == {"id": 1, "address": ADDRESS, "secret": secret_of(key)}
    program.get("/webhooks")
    (row,) = program.heard["entries"]
    assert (row["state"], row["version"], row["kinds"]) == ("running", 1, [])
    changed = {"address": ADDRESS, "kinds": ["work.reported"], "version": 1}
    assert program.send("PATCH", "/webhooks/1", json=changed).status_code == 200
    assert program.send("PATCH", "/webhooks/1", json=changed).status_code == 409
    wrong = {"address": ADDRESS, "kinds": ["no.such"]}
    assert program.post("/webhooks", wrong).status_code == 422
    assert program.heard["rule"] == "unknown_kind"
    assert program.post("/webhooks/1/pause", {"paused": True}).status_code == 200
    program.get("/webhooks/1")
    assert (program.heard["state"], program.heard["kinds"]) == ("paused", ["work.reported"])
    assert program.get("/webhooks/1/deliveries").status_code == 200
    assert program.heard == {"entries": []}
    assert program.post("/webhooks/1/deliveries/7/again", {}).status_code == 404
    assert program.post("/webhooks/1/remove", {}).status_code == 200
    assert program.get("/webhooks/1").status_code == 404
    assert program.post("/webhooks/1/pause", {"paused": False}).status_code == 404
    db.session.rollback()
    assert db.session.scalars(select(Delivery)).all() == []


def test_who_can_set_it_going_again_sees_on_his_first_page_that_it_was_given_up(
    one_app: Flask, one_make: Factory
) -> None:
    Program(one_app, one_make.administrator).post("/webhooks", {"address": ADDRESS})
    said = "A webhook is paused: other programs hear nothing"
    one_make.person("administrator", "here", scope_id=one_make.site_id)
    browser = Browser(one_app).sign_in(one_make.administrator)
    for because in Paused:
        with transaction() as session:
            webhook = session.get_one(Webhook, 1)
            webhook.paused_at, webhook.paused_because = clock.now(), because
        page = browser.get("/")
        assert (said in text_of(page)) is (because is not Paused.BY_PERSON)
        if because is Paused.FAILING:
            assert "did not arrive for three days" in text_of(page)
            assert "erp.example" in text_of(page)
            assert "key=1" not in page.get_data(as_text=True)
            assert 'href="/webhooks/1"' in page.get_data(as_text=True)
            for login in ("here", "planner", "quality", "operator"):
                other = Browser(one_app).sign_in(one_make.people[login])
                assert said not in text_of(other.get("/"))
    pause_webhook(one_make.administrator.act(), webhook_id=1, paused=False)
    assert said not in text_of(browser.get("/"))
    db.session.rollback()
    with counted() as plain:
        browser.get("/")
    with transaction() as session:
        webhook = session.get_one(Webhook, 1)
        webhook.paused_at, webhook.paused_because = clock.now(), Paused.FAILING
    with counted() as more:
        browser.get("/")
    assert len(more) == len(plain)
