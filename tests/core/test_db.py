"""Reads and writes of a session: what holds a transaction, and what does not."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from shopfloor.core.db import db, transaction
from shopfloor.core.subjects import Subject
from tests.make import Factory


def begins_nothing() -> bool:
    driver: Any = db.session().connection().connection.driver_connection
    return bool(driver.autocommit)


def test_reading_on_postgresql_begins_no_transaction_and_writing_does(
    app: Flask, make: Factory
) -> None:
    """A transaction per page would be rolled back, and every prepared statement with it."""
    if db.engine.dialect.name != "postgresql":
        pytest.skip("SQLite reads one moment in a transaction of its own")
    make.lot(10)
    assert begins_nothing()
    with transaction() as session:
        assert not begins_nothing()
        before = session.scalar(select(func.count()).select_from(Subject))
    assert begins_nothing()
    assert db.session().scalar(select(func.count()).select_from(Subject)) == before
