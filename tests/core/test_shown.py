"""How values are written, in each language."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from flask import Flask
from flask_babel import force_locale

from shopfloor.core import clock, shown

CHINESE = "zh_Hans_CN"
YESTERDAY = datetime(2026, 11, 21, 20, 59, tzinfo=UTC)
LAST_YEAR = datetime(2025, 2, 3, 9, 5, 7, tzinfo=UTC)


@pytest.fixture(autouse=True)
def november(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let it be a day in November 2026."""
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 22, 7, 30, tzinfo=UTC))


@pytest.mark.parametrize(
    ("write", "english", "chinese"),
    [
        (lambda: shown.show_day(date(2026, 11, 24)), "24 Nov", "11月24日"),
        (lambda: shown.show_day(date(2027, 1, 4)), "4 Jan 2027", "2027年1月4日"),
        (lambda: shown.show_moment(datetime(2026, 11, 22, 4, 52, tzinfo=UTC)), "04:52", "04:52"),
        (lambda: shown.show_moment(YESTERDAY), "Sat 21 Nov 20:59", "11月21日周六 20:59"),
        (lambda: shown.show_moment(LAST_YEAR), "3 Feb 2025 09:05", "2025年2月3日 09:05"),
        (lambda: shown.show_instant(LAST_YEAR), "3 Feb 2025 09:05:07", "2025年2月3日 09:05:07"),
        (
            lambda: shown.show_whole_day(date(2026, 11, 21)),
            "Saturday, 21 November 2026",
            "2026年11月21日星期六",
        ),
        (lambda: shown.show_money("0.36", "CNY"), "CN¥0.36", "¥0.36"),
        (lambda: shown.show_price(Decimal("0.0855"), "CNY"), "CN¥0.0855", "¥0.0855"),
        (lambda: shown.show_price(Decimal("0.1000"), "CNY"), "CN¥0.10", "¥0.10"),
        (lambda: shown.listed(["王主管", "Susan"]), "王主管, Susan", "王主管、Susan"),
        (lambda: shown.in_unit("pcs"), "pcs", "件"),
        (lambda: shown.in_unit("kg"), "kg", "公斤"),
        (lambda: shown.in_unit("打"), "打", "打"),
        (lambda: shown.counted("88", "pcs"), "88", "88 件"),
    ],
)
def test_a_value_is_written_as_its_reader_does(
    one_app: Flask, write: Callable[[], str], english: str, chinese: str
) -> None:
    with force_locale("en"):
        assert write() == english
    with force_locale(CHINESE):
        assert write() == chinese
