"""Quantities, amounts and instants come back as they went in, on both databases."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, Integer, MetaData, Table, func, insert, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import StatementError

from shopfloor.core.db import db
from shopfloor.core.types import Amount, Quantity, UtcDateTime, canonical, plain

TABLE = Table(
    "kept",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("quantity", Quantity),
    Column("amount", Amount),
    Column("at", UtcDateTime),
)
DIALECT = sqlite.dialect()


def test_sums_are_exact_in_the_database(app: Flask) -> None:
    """Torture 49."""
    with db.engine.connect() as connection:
        TABLE.metadata.create_all(connection)
        try:
            rows = [{"quantity": Decimal("0.1"), "amount": Decimal("0.1")}] * 3
            connection.execute(insert(TABLE), rows)
            sums = select(func.sum(TABLE.c.quantity), func.sum(TABLE.c.amount))
            assert connection.execute(sums).one() == (Decimal("0.3"), Decimal("0.3"))
            connection.execute(TABLE.delete())
            connection.execute(insert(TABLE), [{"quantity": Decimal("0.001")}] * 1000)
            assert connection.scalar(select(func.sum(TABLE.c.quantity))) == 1
            for odd in ("-0.000001", "9223372036854.775807", "1E+3", "0"):
                connection.execute(TABLE.delete())
                connection.execute(insert(TABLE), {"quantity": Decimal(odd)})
                assert connection.scalar(select(TABLE.c.quantity)) == Decimal(odd)
        finally:
            connection.rollback()


def test_an_instant_comes_back_in_utc_and_a_naive_one_is_refused(app: Flask) -> None:
    moment = datetime(2026, 10, 25, 2, 30, 0, 123456, timezone(timedelta(hours=8)))
    with db.engine.connect() as connection:
        TABLE.metadata.create_all(connection)
        try:
            connection.execute(insert(TABLE), {"at": moment})
            back = connection.scalar(select(TABLE.c.at))
            assert back == moment
            assert back.utcoffset() == timedelta(0)
            with pytest.raises(StatementError, match="zone"):
                connection.execute(insert(TABLE), {"at": datetime(2026, 1, 1)})  # noqa: DTZ001
        finally:
            connection.rollback()


@given(st.integers(-(2**63), 2**63 - 1))
def test_every_step_goes_round(steps: int) -> None:
    for kind in (Quantity(), Amount()):
        value = kind.process_result_value(steps, DIALECT)
        assert kind.process_bind_param(value, DIALECT) == steps
        assert "E" not in str(value)


def test_floats_and_finer_steps_are_refused() -> None:
    for wrong in (0.5, Decimal("0.0000001"), Decimal("1.0000000000000000000000000000000001")):
        with pytest.raises((TypeError, ValueError)):
            Quantity().process_bind_param(wrong, DIALECT)  # type: ignore[arg-type]  # the point
    for odd in ("NaN", "Infinity", "sNaN"):
        with pytest.raises((ValueError, OverflowError)):
            Quantity().process_bind_param(Decimal(odd), DIALECT)
    with pytest.raises(ValueError, match="4 decimals"):
        Amount().process_bind_param(Decimal("0.00001"), DIALECT)


def test_equal_things_are_equal_text() -> None:
    at = datetime(2026, 1, 1, 8, tzinfo=timezone(timedelta(hours=8)))
    assert canonical({"b": Decimal("1.50"), "a": at}) == canonical(
        {"a": at.astimezone(UTC), "b": Decimal("1.5")}
    )
    assert plain(Decimal("1E+2")) == Decimal(100)
    assert str(plain(Decimal("100.000"))) == "100"
