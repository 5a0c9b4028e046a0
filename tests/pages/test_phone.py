"""What makes the pages an app: the worker's list of files, the manifest, the queue, the token."""

import io
import json
import re
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import func, select

from shopfloor.core.assets import STATIC, version
from shopfloor.core.db import db
from shopfloor.core.parking import ParkedAction
from tests.browse import Browser, text_of
from tests.make import Factory

_IMPORTED = re.compile(r'from "\./([\w-]+)\.js"')
_OPTIONAL = re.compile(r'(?:\["[\w-]+", "|bring\("\./)([\w-]+)')
KEPT_PHOTO = re.compile('name="sha256_photo" value="[0-9a-f]{64}"')


def red_photo() -> io.BytesIO:
    photo = io.BytesIO()
    Image.new("RGB", (64, 48), "red").save(photo, "PNG")
    photo.seek(0)
    return photo


def modules_of(name: str, found: set[str]) -> set[str]:
    """Return a script and everything it imports when it is loaded."""
    if name not in found:
        found.add(name)
        for other in _IMPORTED.findall((STATIC / "js" / f"{name}.js").read_text()):
            modules_of(other, found)
    return found


def asked(browser: Browser) -> dict[str, Any]:
    """Return what an outbox hears before it sends."""
    told: dict[str, Any] = json.loads(browser.get("/outbox/token").data)
    return told


def test_the_worker_keeps_every_script_that_a_page_needs_without_network() -> None:
    worker = (STATIC / "js" / "service-worker.js").read_text()
    listed = re.search(r"\.\.\.\[(.*?)\]", worker, re.S)
    assert listed
    kept = set(re.findall(r'"([\w-]+)"', listed.group(1)))
    app = (STATIC / "js" / "app.js").read_text()
    # The camera comes with its decoder when it is opened: it needs the network for its answers.
    optional = set(_OPTIONAL.findall(app)) - {"camera"}
    assert kept == set().union(*(modules_of(name, set()) for name in ("app", *optional)))


def test_the_worker_the_manifest_and_the_queue_need_no_sign_in(one_app: Flask) -> None:
    browser = Browser(one_app)
    worker = browser.get("/service-worker.js")
    assert worker.content_type.startswith("text/javascript")
    assert worker.headers["Cache-Control"] == "no-cache"
    manifest = json.loads(browser.get("/manifest.webmanifest").data)
    for icon in manifest["icons"]:
        assert icon["src"].startswith(f"/static/{version()}/")
        assert (STATIC / icon["src"].removeprefix(f"/static/{version()}/")).is_file()
    assert "Nothing waits here." in text_of(browser.get("/queue?in=en"))
    assert "没有待发送的内容" in text_of(browser.get("/queue?in=zh"))


def test_an_outbox_hears_who_is_there(one_app: Flask, one_make: Factory) -> None:
    browser = Browser(one_app)
    assert asked(browser)["person"] is None
    browser.sign_in(one_make.operator)
    assert asked(browser)["person"] == one_make.operator.id


def test_an_entry_of_somebody_else_waits_and_an_old_outbox_is_told(
    one_app: Flask, one_make: Factory
) -> None:
    """Torture 38, 39: neither is booked, and neither is answered as if it had been."""
    lot = one_make.lot(10)
    browser = Browser(one_app).sign_in(one_make.operator)
    address = f"/lots/{lot}/10/report"
    token = asked(browser)["token"]
    for protocol, person, csrf, said in (
        ("1", one_make.inspector.id, token, "sign-in"),
        ("0", one_make.operator.id, token, "update"),
        ("1", one_make.operator.id, "", "token"),
    ):
        answer = browser.open(
            address,
            method="POST",
            data={"good": "10", "csrf_token": csrf},
            headers={"Shopfloor-Outbox": protocol, "Shopfloor-Person": str(person)},
        )
        assert answer.headers["Shopfloor-Answer"] == said
        assert "Shopfloor-Action" not in answer.headers
    assert "Reported" not in text_of(browser.get("/my-actions"))


def test_looking_again_at_a_refused_entry_books_and_parks_nothing(
    one_app: Flask, one_make: Factory
) -> None:
    """Torture 35: the form comes with all that was typed and its photo, even if all is well now."""
    lot = one_make.lot(10)
    browser = Browser(one_app).sign_in(one_make.operator)
    typed = {
        "good": "10",
        "sha256_photo": "",
        "csrf_token": asked(browser)["token"],
        "happened_at": "2026-11-01T08:00:00.000+00:00",
        "sent_at": "2026-11-01T09:00:00.000+00:00",
        "photo": (red_photo(), "photo.png"),
    }
    headers = {"Shopfloor-Outbox": "1", "Shopfloor-Action": "an-entry-1"}
    answer = browser.open(
        f"/lots/{lot}/10/report",
        method="POST",
        data=typed,
        headers={**headers, "Shopfloor-Refused": quote("Only 10 can be reported – so it was.")},
    )
    page = answer.get_data(as_text=True)
    assert answer.headers["Shopfloor-Answer"] == "refused"
    assert "Only 10 can be reported – so it was." in page
    assert re.search(r'name="good"[^>]* value="10"', page)
    assert KEPT_PHOTO.search(page)
    assert "Reported" not in text_of(browser.get("/my-actions"))
    assert db.session.scalar(select(func.count()).select_from(ParkedAction)) == 0


def test_a_form_that_cannot_be_read_keeps_its_photos_but_for_what_is_none(
    one_app: Flask, one_make: Factory
) -> None:
    browser = Browser(one_app).sign_in(one_make.operator)
    form: dict[str, Any] = {"scrap": "1,5,0", "sha256_photo": ""}
    form["photo"] = (red_photo(), "photo.png")
    address = f"/lots/{one_make.lot(10)}/10/report"
    refused = browser.post(address, **form)
    assert refused.status_code == 422
    assert KEPT_PHOTO.search(refused.get_data(as_text=True))
    none = {**form, "photo": (io.BytesIO(b"no photo"), "photo.png")}
    assert not KEPT_PHOTO.search(browser.post(address, **none).get_data(as_text=True))


def test_an_outbox_hears_that_its_entry_met_a_bug_and_a_browser_sees_a_page(
    one_app: Flask, one_make: Factory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Torture 35: a proxy without its server says no such word, and its entries only wait."""

    def broken(**_form: object) -> None:
        raise RuntimeError

    browser = Browser(one_app).sign_in(one_make.operator)
    address, token = f"/lots/{one_make.lot(10)}/10/report", asked(browser)["token"]
    monkeypatch.setitem(one_app.view_functions, "production.report", broken)
    by_outbox = {"Shopfloor-Outbox": "1", "Shopfloor-Action": "an-entry-1"}
    for headers, said in ((by_outbox, ("failed", "an-entry-1")), ({}, (None, None))):
        data = {"good": "10", "csrf_token": token}
        answer = browser.open(address, method="POST", data=data, headers=headers)
        assert answer.status_code == 500
        heard = tuple(answer.headers.get(name) for name in ("Shopfloor-Answer", "Shopfloor-Action"))
        assert heard == said
