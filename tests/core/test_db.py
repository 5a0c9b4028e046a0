"""Reads and writes of a session: what holds a transaction, and what does not."""

from typing import Any

from flask import Flask
from sqlalchemy import func, select

from shopfloor.core.db import db, transaction
from shopfloor.core.subjects import Subject
from tests.make import Factory


def reads_in_a_transaction() -> bool:
    driver: Any = db.session().connection().connection.driver_connection
    sqlite = db.engine.dialect.name == "sqlite"
    return bool(driver.in_transaction if sqlite else not driver.autocommit)


def test_reading_on_postgresql_begins_no_transaction_and_writing_does(
    app: Flask, make: Factory
) -> None:
    """A transaction per page would be rolled back, and every prepared statement with it."""
    on_sqlite = db.engine.dialect.name == "sqlite"
    make.lot(10)
    assert reads_in_a_transaction() is on_sqlite
    with transaction() as session:
        assert reads_in_a_transaction()
        before = session.scalar(select(func.count()).select_from(Subject))
    assert reads_in_a_transaction() is on_sqlite
    assert db.session().scalar(select(func.count()).select_from(Subject)) == before
