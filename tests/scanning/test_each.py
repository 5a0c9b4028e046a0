"""One thing with many lots: every scan books at once; what is unusual asks for a second scan."""

import pytest
from flask import Flask

from shopfloor.core.db import db
from shopfloor.core.subjects import Subject
from shopfloor.scanning.commands import choose_station
from tests.browse import Browser, text_of
from tests.make import Factory


@pytest.fixture
def browser(one_app: Flask, one_make: Factory) -> Browser:
    return Browser(one_app).sign_in(one_make.operator)


def test_each_scan_reports_what_is_left_where_the_lot_is(
    browser: Browser, one_make: Factory
) -> None:
    lot = one_make.lot(40)
    first = browser.post("/each/report", code=lot)
    assert first.headers["Shopfloor-Answer"] == "done"
    assert "40 good booked" in text_of(first)
    assert "Undo" in text_of(first)
    # The second scan of the same lot is about its next operation.
    assert "40 good booked" in text_of(browser.post("/each/report", code=lot))


def test_each_scan_can_start_work(browser: Browser, one_make: Factory) -> None:
    lot = one_make.lot(40)
    assert "Started" in text_of(browser.post("/each/start", code=lot))
    again = browser.post("/each/start", code=lot)
    assert again.status_code == 409


@pytest.mark.parametrize("code", ["", "nothing", "ZZ" + "0" * 20, "B0000000000"])
def test_what_is_no_lot_is_said_and_nothing_is_booked(browser: Browser, code: str) -> None:
    """Torture 46: a badge or another thing where a lot is expected."""
    answer = browser.post("/each/report", code=code)
    assert answer.status_code == 404
    assert "is not one lot" in text_of(answer)


def test_a_lot_of_another_station_asks_for_a_second_scan(
    browser: Browser, one_make: Factory
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
    # Now it is at one's own station: nobody asks.
    assert "40 good booked" in text_of(browser.post("/each/report", code=lot))
