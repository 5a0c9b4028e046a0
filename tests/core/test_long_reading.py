"""Torture 13: a long report or export reads one moment of the factory, and nobody waits for it."""

import time
from decimal import Decimal

from flask import Flask
from sqlalchemy import func, select

from shopfloor.core.db import db
from shopfloor.core.events import Event
from shopfloor.production.commands.reports import report_quantities
from tests.browse import Browser
from tests.make import Factory

# Who waited for the reader would wait as long as it reads.
AT_ONCE = 5.0


def test_scans_and_reports_go_on_while_somebody_reads_for_long(app: Flask, make: Factory) -> None:
    lot = make.lot(100)
    browser = Browser(app).sign_in(make.operator)
    browser.get(f"/lots/{lot}")
    worker = make.operator.act()
    db.session.rollback()
    with db.engine.connect() as connection:
        # As the self-check and an export read: one moment, for as long as they take.
        if connection.dialect.name == "postgresql":
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
        with connection.execution_options(yield_per=1).execute(select(Event.id)) as reading:
            seen = [reading.fetchone()]
            began = time.monotonic()
            assert browser.get(f"/Q/{lot}", follow_redirects=True).status_code == 200
            booked = report_quantities(worker, lot=lot, operation=10, good=Decimal(100))
            assert time.monotonic() - began < AT_ONCE
            seen += reading.fetchall()
    assert booked.left == 0
    db.session.rollback()
    assert booked.event_id not in {row.id for row in seen if row is not None}
    assert db.session.scalar(select(func.max(Event.id))) == booked.event_id
