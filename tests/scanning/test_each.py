"""One thing with many lots: every scan books at once; what is unusual asks for a second scan."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from shopfloor.core import clock
from shopfloor.core.db import db
from shopfloor.core.events import Event
from shopfloor.core.parking import ParkedAction
from shopfloor.core.subjects import Subject
from shopfloor.core.web import fresh_id
from shopfloor.holds.commands import place_hold
from shopfloor.production import queries, work
from shopfloor.production.commands.reports import report_quantities
from shopfloor.scanning.commands import choose_station
from tests.browse import Browser, text_of
from tests.make import Factory, new_id
from tests.people.devices import move_clock

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture
def browser(one_app: Flask, one_make: Factory) -> Browser:
    return Browser(one_app).sign_in(one_make.operator)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Let time pass; every lot made before was released long ago."""
    return lambda by: move_clock(monkeypatch, by)


def deliver(
    browser: Browser, make: Factory, address: str, ago: timedelta, said: str = "", **of: Any
) -> TestResponse:
    """Send an entry as the outbox of a phone does."""
    sent = clock.now()
    token = browser.get("/outbox/token").get_json()["token"]
    form = {"action_id": fresh_id(), "csrf_token": token, "sent_at": sent.isoformat(), **of}
    return browser.open(
        address,
        method="POST",
        headers={"Shopfloor-Outbox": "1", "Shopfloor-Person": str(make.operator.id)},
        data={"happened_at": said or (sent - ago).isoformat(), **form},
    )


def reports() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).where(Event.kind == "work.reported")) or 0


def test_each_scan_reports_what_is_left_where_the_lot_is(
    browser: Browser, one_make: Factory, later: Any
) -> None:
    lot = one_make.lot(40)
    first = browser.post("/each/report", code=lot)
    assert first.headers["Shopfloor-Answer"] == "done"
    assert "40 good booked" in text_of(first)
    assert "Undo" in text_of(first)
    later(MINUTE)
    # A later scan of the same lot is about its next operation.
    assert "40 good booked" in text_of(browser.post("/each/report", code=lot))


def test_a_label_that_is_read_twice_at_once_asks_before_it_books_what_is_next(
    browser: Browser, one_make: Factory
) -> None:
    lot, other = one_make.lot(40), one_make.lot(30)
    browser.post("/each/report", code=lot)
    twice = browser.post("/each/report", code=lot)
    assert (twice.status_code, twice.headers["Shopfloor-Rule"]) == (409, "scan_again")
    assert "Scan it again to book operation 20 too." in text_of(twice)
    assert f'name="confirm" value="{lot}"' in twice.get_data(as_text=True)
    assert reports() == 1
    assert "30 good booked" in text_of(browser.post("/each/report", code=other))
    assert "40 good booked" in text_of(browser.post("/each/report", code=lot, confirm=lot))


def test_what_another_person_has_just_booked_asks_nothing(
    browser: Browser, one_make: Factory
) -> None:
    lot, other = one_make.lot(40), one_make.person("operator", "other")
    report_quantities(other.act(), lot=lot, operation=10, good=Decimal(40))
    assert "40 good booked" in text_of(browser.post("/each/report", code=lot))


@pytest.mark.parametrize("what", ["report", "start"])
def test_an_entry_whose_answer_was_lost_hears_it_when_it_is_sent_again(
    browser: Browser, one_make: Factory, what: str
) -> None:
    """Torture 1: by then another operation is next, at another station, or nothing is left."""
    lot, entry = one_make.lot(40), fresh_id()
    code = db.session.get_one(Subject, one_make.stations[0]).code
    choose_station(one_make.operator.act(), station=code)
    address = f"/each/{what}"
    first = deliver(browser, one_make, address, MINUTE, code=lot, action_id=entry)
    for operation in (20, 30) if what == "report" else ():
        again = deliver(browser, one_make, address, MINUTE, code=lot, action_id=entry)
        rows = [text_of(said).split("Scan lot after lot", 1)[1] for said in (first, again)]
        assert (again.status_code, again.headers["Shopfloor-Answer"]) == (200, "done")
        assert rows[0] == rows[1]
        if operation == 20:
            view = work.load(db.session(), lot)
            assert [stop.good for stop in view.stops] == [40, 0, 0]
            report_quantities(one_make.operator.act(), lot=lot, operation=20, good=Decimal(40))
    again = deliver(browser, one_make, address, HOUR, code=lot, action_id=entry)
    assert (again.status_code, again.headers["Shopfloor-Answer"]) == (200, "done")
    assert again.headers["Shopfloor-Action"] == entry
    assert ("40 good booked" if what == "report" else "Started") in text_of(again)


def test_a_repeat_that_meets_its_first_send_on_the_way_hears_the_same(
    browser: Browser, one_make: Factory, monkeypatch: pytest.MonkeyPatch
) -> None:
    lot, entry, find = one_make.lot(40), fresh_id(), queries.lot_view

    def overtaken(*asked: Any) -> Any:
        # The first send commits after this one has asked for it, and before it sees the lot.
        first = one_make.operator.act(entry)
        report_quantities(first, lot=lot, operation=10, good=Decimal(40))
        return find(*asked)

    monkeypatch.setattr(queries, "lot_view", overtaken)
    said = browser.post("/each/report", code=lot, action_id=entry)
    assert (said.status_code, said.headers["Shopfloor-Answer"]) == (200, "done")
    assert "40 good booked" in text_of(said)
    assert reports() == 1


def test_an_id_that_was_used_for_another_lot_or_another_thing_books_nothing(
    browser: Browser, one_make: Factory
) -> None:
    lot, other, entry = one_make.lot(40), one_make.lot(30), fresh_id()
    browser.post("/each/report", code=lot, action_id=entry)
    for address, code in (("/each/report", other), ("/each/start", lot)):
        said = browser.post(address, code=code, action_id=entry)
        assert (said.status_code, said.headers["Shopfloor-Rule"]) == (409, "already_booked")
    stranger = Browser(browser.client.application).sign_in(one_make.person("operator", "other"))
    said = stranger.post("/each/report", code=other, action_id=entry)
    assert said.headers["Shopfloor-Rule"] == "foreign_action"
    assert reports() == 1


def test_a_scan_without_network_books_the_operation_that_was_next_then(
    browser: Browser, one_make: Factory, later: Any
) -> None:
    lot = one_make.lot(40)
    later(10 * MINUTE)
    assert "Started" in text_of(deliver(browser, one_make, "/each/start", 8 * MINUTE, code=lot))
    # He began it himself before: that has changed nothing.
    said = deliver(browser, one_make, "/each/report", 5 * MINUTE, code=lot)
    assert "40 good booked" in text_of(said)
    # Scanned a second time, perhaps because nothing was heard: that would be the next operation.
    again = deliver(browser, one_make, "/each/report", 3 * MINUTE, code=lot)
    assert (again.status_code, again.headers["Shopfloor-Rule"]) == (409, "moved_on")
    assert "has moved on since you scanned it" in text_of(again)
    sure = deliver(browser, one_make, "/each/report", 3 * MINUTE, code=lot, confirm=lot)
    assert sure.headers["Shopfloor-Rule"] == "moved_on"
    assert reports() == 1


@pytest.mark.parametrize("what", ["report", "start"])
@pytest.mark.parametrize("further", [False, True])
def test_of_two_who_scan_the_same_lot_without_network_the_second_waits_for_the_supervisor(
    browser: Browser, one_make: Factory, later: Any, what: str, further: bool
) -> None:
    """Torture 37: also when nothing is left at any operation, so that none is next."""
    lot, other, entry = one_make.lot(40, inspect=()), one_make.person("operator", "other"), new_id()
    later(HOUR)
    report_quantities(other.act(), lot=lot, operation=10, good=Decimal(30))
    report_quantities(other.act(), lot=lot, operation=10, good=Decimal(10))
    for operation in (20, 30) if further else ():
        report_quantities(other.act(), lot=lot, operation=operation, good=Decimal(40))
    before = reports()
    later(MINUTE)
    for _time in range(2):
        said = deliver(browser, one_make, f"/each/{what}", 10 * MINUTE, code=lot, action_id=entry)
        assert (said.status_code, said.headers["Shopfloor-Answer"]) == (202, "parked")
        assert "Everything at operation 10 is already reported." in text_of(said)
    db.session.rollback()
    waiting = db.session.scalars(select(ParkedAction)).one()
    assert waiting.rule == "nothing_left"
    supervisor = Browser(browser.client.application).sign_in(one_make.supervisor)
    entry_page = text_of(supervisor.get(f"/parked/{waiting.event_id}"))
    for word in ("Operator", "10 Step 10", *(["40"] if what == "report" else [])):
        assert word in entry_page
    assert reports() == before


def test_what_a_person_has_booked_himself_since_he_scanned_is_not_kept_as_anothers(
    browser: Browser, one_make: Factory, later: Any
) -> None:
    lot = one_make.lot(40, inspect=())
    later(HOUR)
    for operation in (10, 20, 30):
        report_quantities(one_make.operator.act(), lot=lot, operation=operation, good=Decimal(40))
    later(MINUTE)
    said = deliver(browser, one_make, "/each/report", 10 * MINUTE, code=lot)
    assert (said.status_code, said.headers["Shopfloor-Rule"]) == (404, "nothing_left")


def test_a_scan_without_network_whose_lot_somebody_has_moved_is_refused(
    browser: Browser, one_make: Factory, later: Any
) -> None:
    lot, other = one_make.lot(40), one_make.person("operator", "other")
    later(HOUR)
    # Some are still there: how many were meant, only the person himself knows.
    report_quantities(other.act(), lot=lot, operation=10, good=Decimal(30))
    later(MINUTE)
    said = deliver(browser, one_make, "/each/report", 10 * MINUTE, code=lot)
    assert (said.headers["Shopfloor-Answer"], said.headers["Shopfloor-Rule"]) == (
        "refused",
        "moved_on",
    )
    later(10 * MINUTE)
    # Made after that: the next operation is what was meant.
    said = deliver(browser, one_make, "/each/report", 5 * MINUTE, code=lot)
    assert "10 good booked" in text_of(said)


def test_a_scan_that_cannot_be_dated_never_guesses_the_operation(
    browser: Browser, one_make: Factory, later: Any
) -> None:
    lot = one_make.lot(40)
    later(HOUR)
    for said in ("", "1970-01-01T08:00:00+08:00", "2026-01-01T08:00:00"):
        answer = deliver(browser, one_make, "/each/report", timedelta(days=20), said, code=lot)
        assert answer.headers["Shopfloor-Rule"] == "moved_on"
        assert "It is not known when you scanned lot" in text_of(answer)
    assert reports() == 0


def test_a_scan_without_network_of_a_lot_that_is_locked_by_now_is_kept(
    browser: Browser, one_make: Factory, later: Any
) -> None:
    """Torture 36: and a repeat of it hears the same."""
    lot, entry = one_make.lot(40), new_id()
    later(HOUR)
    lot_id = work.load(db.session(), lot).lot.id
    reason = one_make.reasons["hold"]
    place_hold(one_make.inspector.act(), subject_id=lot_id, reason_id=reason)
    for _time in range(2):
        said = deliver(browser, one_make, "/each/report", 10 * MINUTE, code=lot, action_id=entry)
        assert (said.status_code, said.headers["Shopfloor-Answer"]) == (202, "parked")
        assert "Not booked yet: Locked: hold reason" in text_of(said)
    db.session.rollback()
    assert db.session.scalars(select(ParkedAction)).one().rule == "held"


def test_each_scan_can_start_work(browser: Browser, one_make: Factory) -> None:
    lot = one_make.lot(40)
    assert "Started" in text_of(browser.post("/each/start", code=lot))
    again = browser.post("/each/start", code=lot)
    assert again.status_code == 409
    # Started and at once reported: nobody reads a label twice for that.
    assert "40 good booked" in text_of(browser.post("/each/report", code=lot))


@pytest.mark.parametrize("code", ["", "nothing", "B0000000000"])
def test_what_is_no_lot_is_said_and_nothing_is_booked(browser: Browser, code: str) -> None:
    """Torture 46: another thing where a lot is expected."""
    answer = browser.post("/each/report", code=code)
    assert answer.status_code == 404
    assert "is not one lot" in text_of(answer)


def test_a_badge_where_a_lot_is_expected_is_called_a_badge(
    browser: Browser, one_make: Factory
) -> None:
    """Torture 46."""
    answer = browser.post("/each/report", code=one_make.operator.badge)
    assert (answer.status_code, answer.headers["Shopfloor-Rule"]) == (409, "badge_here")
    assert "This was a badge, not a lot. Nothing was booked." in text_of(answer)


def test_a_lot_of_another_station_asks_for_a_second_scan(
    browser: Browser, one_make: Factory, later: Any
) -> None:
    """U10: unusual but legal; the same code once more is the yes."""
    lot, mill = one_make.lot(40), one_make.stations[1]
    code = db.session.get_one(Subject, mill).code
    choose_station(one_make.operator.act(), station=code)
    asked = browser.post("/each/report", code=lot)
    assert asked.headers["Shopfloor-Rule"] == "scan_again"
    assert "Scan it again to confirm." in text_of(asked)
    assert f'name="confirm" value="{lot}"' in asked.get_data(as_text=True)
    assert "40 good booked" in text_of(browser.post("/each/report", code=lot, confirm=lot))
    later(MINUTE)
    # Now it is at one's own station: nobody asks.
    assert "40 good booked" in text_of(browser.post("/each/report", code=lot))


def test_the_text_of_a_badge_is_not_shown_again(browser: Browser, one_make: Factory) -> None:
    badge = one_make.supervisor.badge
    answer = browser.post("/each/report", code=badge)
    assert answer.status_code == 409
    assert badge not in answer.get_data(as_text=True)
