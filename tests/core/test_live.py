"""Open pages hear that something was recorded, whoever recorded it."""

import threading
from decimal import Decimal

import pytest
from flask import Flask

from shopfloor.core import live
from shopfloor.core.live import Ticker, stream
from shopfloor.production.commands.reports import report_quantities
from tests.make import Factory


def test_every_open_page_hears_of_an_entry(app: Flask, make: Factory) -> None:
    lot, ticker = make.lot(10), Ticker()
    assert ticker.enter()
    streams = [stream(ticker, app) for _ in range(3)]
    assert [next(each) for each in streams] == ["retry: 2000\n\n"] * 3
    threading.Timer(2 * live.LOOKS_EVERY, _report, (app, make, lot)).start()

    assert [next(each) for each in streams] == ["event: change\ndata:\n\n"] * 3

    ticker.leave()
    ticker.close()
    assert [list(each) for each in streams] == [[], [], []]


def _report(app: Flask, make: Factory, lot: str) -> None:
    with app.app_context():
        report_quantities(make.operator.act(), lot=lot, operation=10, good=Decimal(1))


def test_there_is_a_place_for_so_many_and_none_when_the_server_stops(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(live, "MOST", 2)
    ticker = Ticker()

    assert [ticker.enter() for _ in range(3)] == [True, True, False]
    ticker.leave()
    assert ticker.enter()
    ticker.close()
    ticker.leave()
    assert not ticker.enter()
