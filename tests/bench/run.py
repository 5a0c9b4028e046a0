"""Runs the whole comparison: both databases, every request, every number of clients."""

import json
import os
import pickle
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import click
from flask import Flask
from sqlalchemy import text

from shopfloor.application import create_app
from shopfloor.core.db import db
from shopfloor.core.migrate import prepare_database
from shopfloor.core.settings import ROOT
from shopfloor.people.commands import issue_token
from shopfloor.people.roles import VERBS
from shopfloor.people.secrets import digest, new_token
from shopfloor.people.setup import founder
from tests import postgres
from tests.bench.capture import record
from tests.bench.load import Measured, Request, measure
from tests.browse import Browser
from tests.make import Factory

CLIENTS = (1, 4, 16)
BUDGET = 0.5
SERVER = ["-m", "gunicorn", "-c", "python:shopfloor.cli.gunicorn_conf"]


class Bench:
    """One database with lots to scan and report, our server and the bare one beside it."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder, self.url = folder, url
        self.environment = {
            **os.environ,
            "SHOPFLOOR_INSTANCE": str(folder),
            "SHOPFLOOR_TLS": "off",
            "DATABASE_URL": url,
            "BENCH_RECORDINGS": str(folder / "recordings"),
            "PYTHONPATH": str(ROOT),
        }
        os.environ.update({"SHOPFLOOR_INSTANCE": str(folder), "DATABASE_URL": url})
        app = create_app()
        app.instance_path = str(folder)
        prepare_database(app)
        with app.app_context():
            self._fill(app)
            db.session.remove()
            db.engine.dispose()

    def _fill(self, app: Flask) -> None:
        make = Factory.founded()
        item = make.item(rate="0.12")
        self.lots = [make.lot(1_000_000, item_id=item) for _ in range(max(CLIENTS))]
        self.token = new_token()
        issue_token(
            founder(uuid.uuid4().hex),
            person_id=make.operator.id,
            name="bench",
            token_hash=digest(self.token),
            verbs=tuple(VERBS),
        )
        self._leave_room_for_ids()
        self.browser = Browser(app).sign_in(make.operator)
        page = self.browser.get("/more").get_data(as_text=True)
        found = re.search(r'name="csrf_token" value="([^"]+)"', page)
        self.csrf = found.group(1) if found else ""
        self.cookies = "; ".join(
            f"{cookie.key}={cookie.value}"
            for cookie in (self.browser.client._cookies or {}).values()
        )
        self._record(app)

    def _leave_room_for_ids(self) -> None:
        # A recorded event's id must not look like any other number in the statements.
        with db.engine.connect() as connection:
            connection = connection.execution_options(shopfloor_write=True)
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT setval('event_id_seq', 70000000)"))
            else:
                connection.execute(
                    text(
                        "INSERT INTO event (id, kind, version, happened_at, offset_minutes,"
                        " phone_said, phone_doubtful, recorded_at, payload) SELECT 70000000, kind,"
                        " version, happened_at, 0, '', 0, recorded_at, '{}' FROM event LIMIT 1"
                    )
                )
            connection.commit()

    def _record(self, app: Flask) -> None:
        recordings: dict[str, list[dict[str, Any]]] = {name: [] for name in REQUESTS}
        for name in REQUESTS:
            for client in range(max(CLIENTS)):
                action_id = uuid.uuid4().hex
                method, path, body, headers = self.request(name, client, action_id)

                def send(m: str = method, p: str = path, b: Any = body, h: Any = headers) -> Any:
                    return self.browser.open(p, method=m, data=b, headers=h)

                made = record(app, send).as_dict()
                event_id = db.session.execute(text("SELECT max(id) FROM event")).scalar()
                db.session.rollback()
                recordings[name].append({**made, "action_id": action_id, "event_id": event_id})
        (self.folder / "recordings").write_bytes(pickle.dumps(recordings))

    def request(self, name: str, client: int, action_id: str | None = None) -> Request:
        """Return one request of ours, under a fresh action id."""
        lot, action_id = self.lots[client], action_id or uuid.uuid4().hex
        form = {"Cookie": self.cookies, "Content-Type": "application/x-www-form-urlencoded"}
        program = {
            "Authorization": f"Bearer {self.token}",
            "Content-Type": "application/json",
            "Idempotency-Key": action_id,
        }
        if name == "scan page":
            return "GET", f"/lots/{lot}", None, {"Cookie": self.cookies}
        if name == "scan json":
            return "POST", "/api/v1/scan", json.dumps({"code": lot}).encode(), program
        if name == "report json":
            body = json.dumps({"lot": lot, "operation": 10, "good": "1"}).encode()
            return "POST", "/api/v1/reports", body, program
        fields = {"csrf_token": self.csrf, "action_id": action_id, "good": "1"}
        return "POST", f"/lots/{lot}/10/report", urlencode(fields).encode(), form

    def server(self, application: str) -> AbstractContextManager[int]:
        """Serve an application as `bin/run` does, and yield its port."""
        return serve(application, self.environment)


@contextmanager
def serve(application: str, environment: dict[str, str]) -> Iterator[int]:
    """Serve an application as `bin/run` does, and yield its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    process = subprocess.Popen(
        [sys.executable, *SERVER, "--bind", f"127.0.0.1:{port}", application],
        cwd=ROOT,
        env={**environment, "SHOPFLOOR_PORT": str(port)},
    )
    try:
        _wait(port)
        yield port
    finally:
        process.terminate()
        process.wait(20)


REQUESTS = ("scan page", "scan json", "report page", "report json")


@click.command()
@click.option("--seconds", default=4.0, help="How long each of the three rounds lasts.")
@click.option("--only", type=click.Choice(["sqlite", "postgresql"]), help="One database only.")
def main(seconds: float, only: str | None) -> None:
    """Print, for each request, our rate, the bare handler's, and the ratio."""
    with tempfile.TemporaryDirectory() as folder, postgres.cluster(durable=True) as cluster:
        urls = {"sqlite": f"sqlite:///{folder}/sqlite/bench.db", "postgresql": cluster + "postgres"}
        worst = 9.0
        for name, url in urls.items():
            if only in (None, name):
                (Path(folder) / name).mkdir()
                worst = min(worst, _compare(name, Bench(Path(folder) / name, url), seconds))
    click.echo(f"worst ratio {worst:.2f}, budget {BUDGET}")


def _compare(database: str, bench: Bench, seconds: float) -> float:
    click.echo(f"\n{database:<11} clients   ours/s  median    p99   bare/s  median    p99   ratio")
    worst = 9.0
    with bench.server("app:app") as ours, bench.server("tests.bench.bare:app") as bare:
        for name in REQUESTS:
            for clients in CLIENTS:
                mine, base = _rounds(bench, name, clients, seconds, ours, bare)
                ratio = mine.rate / base.rate
                worst = min(worst, ratio)
                click.echo(f"{name:<11} {clients:>7} {_told(mine)} {_told(base)} {ratio:>7.2f}")
    return worst


def _rounds(
    bench: Bench, name: str, clients: int, seconds: float, ours: int, bare: int
) -> tuple[Measured, Measured]:
    """Measure both by turns, so that whatever slows the machine slows both; the middle counts."""
    mine, base = [], []
    method = bench.request(name, 0)[0]
    path, body = f"/bare/{quote(name)}/", b"" if method == "POST" else None

    def of_ours(client: int) -> Request:
        return bench.request(name, client)

    def of_bare(client: int) -> Request:
        return method, f"{path}{client}", body, {}

    for _ in range(3):
        mine.append(measure(ours, clients, seconds, of_ours))
        base.append(measure(bare, clients, seconds, of_bare))
    return sorted(mine, key=lambda m: m.rate)[1], sorted(base, key=lambda m: m.rate)[1]


def _told(measured: Measured) -> str:
    return f"{measured.rate:>8.0f} {measured.median:>7.1f} {measured.slow:>6.0f}"


def _wait(port: int) -> None:
    for _ in range(150):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError("the server did not come up")


if __name__ == "__main__":
    main()
