"""The loop beside the web server."""

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from shopfloor.cli import work
from shopfloor.core import clock
from shopfloor.core.alone import alone
from shopfloor.core.db import db, transaction
from shopfloor.core.reconcile import Reconciliation, last_run
from shopfloor.people.models import SessionKind, Signature, SignIn
from tests.make import Factory

ROOT = Path(__file__).parents[2]
# In Shanghai it is eight hours later.
BEFORE_TWO = datetime(2026, 11, 20, 17, 59, tzinfo=UTC)
AFTER_TWO = datetime(2026, 11, 20, 18, 1, tzinfo=UTC)
NEXT_DAY = AFTER_TWO + timedelta(days=1)


def runs() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Reconciliation)) or 0


def test_the_ledger_is_checked_once_a_night_of_the_site(
    app: Flask, make: Factory, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = []
    for now in (BEFORE_TWO - timedelta(hours=15), BEFORE_TWO, AFTER_TWO, AFTER_TWO, NEXT_DAY):
        monkeypatch.setattr(clock, "now", lambda now=now: now)
        work.run_due()
        counts.append(runs())
    assert counts == [1, 1, 2, 2, 3]


def test_a_host_that_finds_the_job_running_leaves_it(app: Flask, make: Factory) -> None:
    with alone("nightly") as ours:
        assert ours
        work.run_nightly("night.1.2026-11-21")
        assert runs() == 0
    work.run_nightly("night.1.2026-11-21")
    work.run_nightly("night.1.2026-11-21")
    assert runs() == 1


def test_an_error_is_logged_and_the_loop_goes_on(
    one_make: Factory, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(clock, "now", lambda: AFTER_TWO)
    monkeypatch.setattr(work, "run_checks", lambda: 1 / 0)
    work.run_due()
    assert "goes on" in caplog.text
    monkeypatch.undo()
    monkeypatch.setattr(clock, "now", lambda: AFTER_TWO)
    work.run_due()
    assert last_run(db.session()) is not None


def test_rows_that_prove_nothing_any_more_are_swept(make: Factory) -> None:
    now = clock.now()
    with transaction() as session:
        for name, ended in (("old", 91), ("new", 89)):
            session.add(
                SignIn(
                    person_id=make.operator.id,
                    kind=SessionKind.FULL,
                    token_hash=name,
                    began_at=now - timedelta(days=ended),
                    seen_at=now - timedelta(days=ended),
                    ended_at=now - timedelta(days=ended),
                )
            )
        for days in (0, 2):
            signed = now - timedelta(days=days)
            session.add(Signature(person_id=make.quality.id, meaning="x", signed_at=signed))
    work.run_nightly("night.1.2026-11-21")
    db.session.rollback()
    assert db.session.scalars(select(SignIn.token_hash)).all() == ["new"]
    assert len(db.session.scalars(select(Signature.id)).all()) == 1


@pytest.mark.processes
def test_it_ends_in_peace_when_told_and_does_not_sleep_on(tmp_path: Path) -> None:
    environment = os.environ | {"SHOPFLOOR_INSTANCE": str(tmp_path)}
    environment.pop("DATABASE_URL", None)
    loop = subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "app", "work"], cwd=ROOT, env=environment
    )
    try:
        deadline = time.monotonic() + 60
        while not (tmp_path / "shopfloor.db-wal").exists() and time.monotonic() < deadline:
            time.sleep(0.2)
        time.sleep(3)
        assert loop.poll() is None
        loop.send_signal(signal.SIGTERM)
        assert loop.wait(work.WAKES_EVERY / 2) == 0
    finally:
        loop.kill()
