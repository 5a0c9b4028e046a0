"""The sheet of labels for the walk: only a demo has it, and only badges in force are on it."""

import json
from pathlib import Path

import pytest
from flask import Flask

from shopfloor.core.db import db
from shopfloor.core.subjects import Subject
from shopfloor.people.commands import revoke_badge
from shopfloor.people.setup import founder
from tests.browse import Browser, text_of
from tests.make import Factory, new_id


@pytest.fixture
def lot(one_app: Flask, one_make: Factory) -> str:
    """The code of a lot in a factory that passes for a demo."""
    code = one_make.lot(120)
    station = db.session.get_one(Subject, one_make.stations[0])
    told = {
        "sign_ins": [
            {"role": role, "badge": one_make.people[role].badge, "pin": pin}
            for role, pin in (("operator", "4711"), ("inspector", "4712"), ("planner", "4713"))
        ],
        "lots": [{"code": code}],
        "stations": [{"number": "ASSY-3", "code": station.code}],
    }
    Path(one_app.instance_path, "demo.json").write_text(json.dumps(told))
    return code


def test_the_sheet_shows_lots_stations_and_badges_with_their_pins(
    one_app: Flask, one_make: Factory, lot: str
) -> None:
    browser = Browser(one_app).sign_in(one_make.operator)
    assert "/demo/labels" in browser.get("/more").get_data(as_text=True)
    shown = browser.get("/demo/labels")
    station = db.session.get_one(Subject, one_make.stations[0])
    for text in (lot, station.code, "Operator", "PIN 4711", "PIN 4712"):
        assert text in text_of(shown)
    assert "4713" not in text_of(shown)
    assert one_make.operator.badge not in shown.get_data(as_text=True)


def test_a_badge_that_was_revoked_is_left_out(one_app: Flask, one_make: Factory, lot: str) -> None:
    browser = Browser(one_app).sign_in(one_make.supervisor)
    revoke_badge(founder(new_id()), person_id=one_make.operator.id)
    shown = text_of(browser.get("/demo/labels"))
    assert "PIN 4712" in shown
    assert "PIN 4711" not in shown


def test_a_factory_has_no_such_sheet(one_app: Flask, one_make: Factory) -> None:
    browser = Browser(one_app).sign_in(one_make.supervisor)
    assert "/demo/labels" not in browser.get("/more").get_data(as_text=True)
    assert browser.get("/demo/labels").status_code == 404
