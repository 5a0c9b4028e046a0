"""The live board: what it counts, where it leads, and what it asks the database."""

from datetime import timedelta
from decimal import Decimal

import pytest
from flask import Flask

from shopfloor.core import live
from shopfloor.production.commands.jobs import start_work
from shopfloor.production.commands.reports import report_quantities
from shopfloor.quality.commands.inspections import record_inspection
from shopfloor.quality.models import Verdict
from tests.browse import Browser, text_of
from tests.make import Factory
from tests.statements import counted


def a_busy_factory(make: Factory) -> list[str]:
    """Five orders: one locked, one to inspect, one late and in work, one fresh, one planned."""
    item, due = make.item(), [make.today() + timedelta(days=days) for days in (9, 9, -1, 9)]
    lots = [make.lot(100, item_id=item, due=day) for day in due]
    for lot in lots[:2]:
        for operation in (10, 20):
            report_quantities(make.operator.act(), lot=lot, operation=operation, good=Decimal(60))
    record_inspection(
        make.inspector.act(),
        lot=lots[0],
        operation=20,
        verdict=Verdict.FAIL,
        reason_id=make.reasons["hold"],
    )
    start_work(make.operator.act(), lot=lots[2], operation=10)
    return lots


def test_the_board_counts_what_is_locked_waits_is_late_and_in_work(
    app: Flask, make: Factory
) -> None:
    """I93, what exists of it."""
    lots = a_busy_factory(make)

    page = Browser(app).sign_in(make.operator).get("/board")

    shown, html = text_of(page), page.get_data(as_text=True)
    for said in ("1 Locked", "1 To inspect", "1 Overdue", "1 Lots in work", "4 Open orders"):
        assert said in shown
    for lead in (f"/lots/{lots[1]}?operation=20", "/q/W", "/stations/S", "/orders/W"):
        assert lead in html
    assert "280 pcs 4 lots" in shown


def test_nothing_to_show_is_said(one_app: Flask, one_make: Factory) -> None:
    shown = text_of(Browser(one_app).sign_in(one_make.operator).get("/board"))

    for said in ("Nothing is locked.", "Nothing waits", "Everything is in time.", "Nothing is in"):
        assert said in shown


def test_who_sees_one_line_sees_its_part_of_the_board(one_app: Flask, one_make: Factory) -> None:
    """Torture 60."""
    a_busy_factory(one_make)
    other = one_make.person("operator", "elsewhere", scope_id=one_make.stations[2])
    shown = text_of(Browser(one_app).sign_in(other).get("/board/now"))

    assert "0 To inspect" in shown
    assert "pcs" not in shown.split("In work, by operation")[1]


def test_its_statements_do_not_grow(one_app: Flask, one_make: Factory) -> None:
    browser = Browser(one_app).sign_in(one_make.operator)
    browser.get("/board")
    sent = []
    for _ in range(2):
        a_busy_factory(one_make)
        with counted() as statements:
            browser.get("/board/now")
        sent.append(len(statements))

    assert sent[0] == sent[1] <= 14


def test_a_board_for_which_there_is_no_place_is_told_to_ask_later(
    one_app: Flask, one_make: Factory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "MOST", 0)

    answer = Browser(one_app).sign_in(one_make.operator).get("/board/stream")

    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "60"
