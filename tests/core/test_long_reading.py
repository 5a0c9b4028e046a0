"""Torture 13: a long report or export reads one moment of the factory, and nobody waits for it."""

import http.client
import io
import json
import secrets
import time
import zipfile
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, insert, select

from shopfloor.core import clock
from shopfloor.core.db import db, transaction
from shopfloor.core.events import Event
from shopfloor.core.reconcile import CHECKED, run_checks
from shopfloor.people.access import COOKIE
from shopfloor.production.commands.reports import report_quantities
from tests.api.program import Program
from tests.browse import Browser
from tests.make import Factory
from tests.server import Server

# Who waited for the reader would wait as long as it reads.
AT_ONCE = 5.0
PIECES, REPORTS = 1000, 12
# More than the buffers between server and reader take in: it is still read when the reports come.
ENTRIES, RANDOM_BYTES = 4000, 1500


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


@pytest.mark.processes
def test_everything_goes_out_as_of_one_moment_while_reports_go_on(
    app: Flask, make: Factory, server: Server
) -> None:
    lot, program = make.lot(PIECES, rate="0.12"), Program(app, make.operator)
    browser = Browser(app).sign_in(make.administrator)
    cookie = browser.client.get_cookie(COOKIE)
    assert cookie is not None
    write_entries()
    statuses: list[int] = []
    slowest = 0.0
    reading = everything(server, f"{COOKIE}={cookie.value}")
    next(reading)
    for _ in range(REPORTS):
        began = time.monotonic()
        body = {"lot": lot, "operation": 10, "good": "1"}
        statuses.append(server.send("POST", "/api/v1/reports", body, program.token).status)
        assert server.send("GET", f"/api/v1/lots/{lot}", token=program.token).status == 200
        slowest = max(slowest, time.monotonic() - began)
    content = next(reading)
    assert set(statuses) == {200}
    assert slowest < AT_ONCE
    program.get(f"/lots/{lot}")
    left = program.heard["passes"][0]["progress"]["left"]
    assert left == str(PIECES - len(statuses)), "all of them are booked"
    require_one_moment(zipfile.ZipFile(io.BytesIO(content)))
    db.session.rollback()
    assert run_checks().differences == ()


def write_entries() -> None:
    """Write some thousand entries that do not become small in a ZIP."""
    now = clock.now()
    entry = {"kind": CHECKED.name, "version": 1, "happened_at": now, "recorded_at": now}
    entry |= {"offset_minutes": 0, "phone_said": "", "phone_doubtful": False}
    with transaction() as session:
        rows = [
            entry | {"payload": f'{{"x":"{secrets.token_hex(RANDOM_BYTES)}"}}'}
            for _ in range(ENTRIES)
        ]
        session.execute(insert(Event), rows)


def everything(server: Server, cookie: str) -> Iterator[bytes]:
    """Yield the beginning of the ZIP, and all of it as soon as somebody asks again."""
    with closing(http.client.HTTPConnection(server.host, timeout=60)) as connection:
        connection.request("GET", "/export/everything.zip", headers={"Cookie": cookie})
        answer = connection.getresponse()
        beginning = answer.read(100)
        yield beginning
        content = beginning + answer.read()
        assert answer.status == 200
        yield content


def require_one_moment(archive: zipfile.ZipFile) -> None:
    """Entries, counters and pay in the file tell of the same reports, in both its forms."""
    reported = [e for e in rows_of(archive, "event") if e["kind"] == "work.reported"]
    good = sum(Decimal(row["good"]) for row in rows_of(archive, "lot_operation"))
    assert good == len(reported)
    assert len(rows_of(archive, "pay_line")) == len(reported)
    answered = {int(row["event_id"]) for row in rows_of(archive, "event_subject")}
    assert {int(event["id"]) for event in reported} <= answered
    lines = archive.read("csv/lot_operation.csv").decode("utf-8-sig").splitlines()
    assert len(lines) == 1 + len(rows_of(archive, "lot_operation"))


def rows_of(archive: zipfile.ZipFile, table: str) -> list[Any]:
    return [json.loads(line) for line in archive.read(f"jsonl/{table}.jsonl").splitlines()]
