"""Torture 42: 515 strings that broke other programs, scanned, typed into forms, and shown."""

import json
from html import escape, unescape
from pathlib import Path

import pytest
from flask import Flask

from tests.browse import Browser
from tests.make import Factory

NAUGHTY: list[str] = json.loads((Path(__file__).parents[1] / "data" / "blns.json").read_text())


@pytest.fixture
def browser(one_app: Flask, one_make: Factory) -> Browser:
    return Browser(one_app).sign_in(one_make.quality)


def test_scanned_they_are_answered_and_never_followed(browser: Browser) -> None:
    """No error, no other host, nothing that a browser would run."""
    for text in NAUGHTY:
        answer = browser.open("/scan", method="GET", query_string={"code": text})
        assert answer.status_code in (200, 303, 400, 404, 422), text
        assert answer.headers.get("Location", "/").startswith("/"), text
        if "<" in text and len(text) < 80:
            assert text not in answer.get_data(as_text=True), text


def test_as_a_note_they_are_kept_and_shown_exactly(browser: Browser, one_make: Factory) -> None:
    reason = str(one_make.reasons["hold"])
    for text in NAUGHTY[::9]:
        lot = one_make.lot(5, item_id=one_make_item(one_make))
        answer = browser.post(f"/hold/{lot}", reason=reason, note=text)
        assert answer.status_code in (200, 303, 422), text
        if answer.status_code == 422:
            continue
        page = browser.get(f"/lots/{lot}").get_data(as_text=True)
        shown = " ".join(text.split())
        assert shown in " ".join(unescape(page).split()), text
        if escape(shown) != shown:
            assert shown not in " ".join(page.split()), text


_items: dict[int, int] = {}


def one_make_item(make: Factory) -> int:
    """Return one item for all lots of a test: making a routing for each takes long."""
    return _items.setdefault(id(make), make.item())
