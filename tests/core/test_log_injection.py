"""The log and the record: one line an entry, the true address, before and after of every change."""

import json
import logging

import pytest
from flask import Flask
from sqlalchemy import select

from shopfloor.core.db import db
from shopfloor.core.events import Event, EventChange
from shopfloor.core.logs import OneLine
from shopfloor.core.subjects import Subject
from tests.browse import Browser, text_of
from tests.make import Factory

FORGED = "x\n[2026-01-01 00:00:00] WARNING shopfloor: all is well\r\x1b[2J\x07\u2028\u202e"


def written(record: logging.LogRecord) -> str:
    return OneLine().format(record)


def last_entry(caplog: pytest.LogCaptureFixture) -> str:
    return written(caplog.records[-1])


def test_a_refused_walk_over_ids_is_in_the_log_with_the_true_address(
    one_app: Flask, one_make: Factory, caplog: pytest.LogCaptureFixture
) -> None:
    """Torture 60, 66."""
    browser = Browser(one_app).sign_in(one_make.operator)
    browser.get("/people/H000000000", headers={"X-Forwarded-For": "203.0.113.9"})
    entry = last_entry(caplog)
    assert "refused 403 no_right: GET /people/<code> {'code': 'H000000000'}" in entry
    assert f"by person {one_make.operator.id} from 127.0.0.1" in entry
    assert "203.0.113.9" not in entry


def test_a_one_time_key_never_stands_in_the_log(
    one_app: Flask, one_make: Factory, caplog: pytest.LogCaptureFixture
) -> None:
    """Torture 45, 67."""
    for path in ("/enrol/the-secret-key", "/set-up/the-secret-key"):
        assert Browser(one_app).get(path).status_code == 404
        assert "refused 404" in last_entry(caplog)
    assert "the-secret-key" not in caplog.text


def test_nothing_that_somebody_types_makes_a_second_line(
    one_app: Flask,
    one_make: Factory,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Torture 67."""
    browser = Browser(one_app).sign_in(one_make.operator)
    browser.get("/lots/" + FORGED.replace("\n", "%0A").replace("\r", "%0D"))
    assert last_entry(caplog).count("\n") == 0
    assert "\x1b" not in last_entry(caplog)

    def broken(*_: object) -> None:
        raise ValueError(FORGED)

    monkeypatch.setattr("shopfloor.pages.queries.my_work", broken)
    answer = browser.get("/", headers={"User-Agent": "x [31m"})
    assert answer.status_code == 500
    entry = last_entry(caplog)
    assert "\x1b" not in entry
    assert "\u202e" not in entry
    for line in entry.splitlines()[1:]:
        assert line.startswith("    "), "a traceback is indented, so no line of it passes for one"
    assert "all is well" not in text_of(answer)


def test_names_are_shown_as_they_are_and_do_nothing(one_app: Flask, one_make: Factory) -> None:
    """Torture 42, 67."""
    name = "<img src=x onerror=alert(1)> \"'&amp; {{7*7}}"
    planner = Browser(one_app).sign_in(one_make.planner)
    made = planner.post("/items/new", number=name, name_en=name, name_zh=name, unit="pcs")
    assert made.status_code == 303, text_of(made)
    for page in ("/items", made.location):
        answer = planner.get(page)
        assert name in text_of(answer)
        assert "<img" not in answer.get_data(as_text=True)


def test_a_number_with_control_characters_is_no_number(one_app: Flask, one_make: Factory) -> None:
    """Torture 67."""
    planner = Browser(one_app).sign_in(one_make.planner)
    for number in ("a\nb", "a\x1b[31m", "a\x00", "a\u0085b"):
        answer = planner.post("/items/new", number=number + "x", name_en="x", unit="pcs")
        assert answer.status_code == 422, repr(number)


def test_a_correction_leaves_both_entries_readable(one_app: Flask, one_make: Factory) -> None:
    """Torture 67, X132."""
    lot = one_make.lot(10)
    browser = Browser(one_app).sign_in(one_make.operator)
    browser.post(f"/lots/{lot}/10/report", good="4")
    db.session.rollback()
    reported = db.session.scalars(select(Event).order_by(Event.id.desc()).limit(1)).one()
    browser.post(f"/undo/{reported.id}", page="/my-actions")
    db.session.rollback()
    undoing = db.session.scalars(select(Event).where(Event.undoes_id == reported.id)).one()
    for event in (reported, undoing):
        assert event.actor_id == one_make.operator.id
        assert event.recorded_at is not None
    assert json.loads(reported.payload)["good"] == "4"
    assert text_of(browser.get("/my-actions")).count("Undone") >= 1


def test_every_edit_keeps_who_when_before_and_after(one_app: Flask, one_make: Factory) -> None:
    """Torture 67, X132."""
    item_id = one_make.item()
    db.session.rollback()
    planner = Browser(one_app).sign_in(one_make.planner)
    code = db.session.get_one(Subject, item_id).code
    edit = planner.get(f"/items/{code}/edit").get_data(as_text=True)
    version = edit.split('name="version" value="')[1].split('"')[0]
    answer = planner.post(
        f"/items/{code}/edit",
        version=version,
        name_en="After",
        name_zh="之后",
        unit="pcs",
        decimals="0",
    )
    assert answer.status_code == 303, text_of(answer)
    db.session.rollback()
    change, event = db.session.execute(
        select(EventChange, Event)
        .join(Event, Event.id == EventChange.event_id)
        .order_by(EventChange.id.desc())
        .limit(1)
    ).one()
    assert "After" in (change.after or "")
    assert change.before
    assert change.before != change.after
    assert event.actor_id == one_make.planner.id


def test_a_given_role_is_kept_as_a_change(one_app: Flask, one_make: Factory) -> None:
    """X132."""
    db.session.rollback()
    change = db.session.scalars(
        select(EventChange).where(EventChange.subject_id == one_make.operator.id)
    ).one()
    assert (change.field, change.before, change.after) == ("role", None, "operator")
