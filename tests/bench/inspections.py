"""An inspection of twenty readings that fails and locks, against a bare handler.

It can fail only once, so there are as many lots as rounds. The recording, our server and the bare
one each have their own copy of the same database; the bare one repeats each lot's very statements.
"""

import http.client
import json
import os
import pickle
import shutil
import statistics
import tempfile
import time
import uuid
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import click
from flask import Flask
from sqlalchemy import create_engine, text

from shopfloor.application import create_app
from shopfloor.configure.models import FieldKind
from shopfloor.configure.writing import FieldWritten
from shopfloor.core.db import db
from shopfloor.core.migrate import prepare_database
from shopfloor.core.settings import ROOT
from shopfloor.people.commands import issue_token
from shopfloor.people.roles import VERBS
from shopfloor.people.secrets import digest, new_token
from shopfloor.people.setup import founder
from shopfloor.production.commands.reports import report_quantities
from shopfloor.quality.commands.inspections import record_inspection
from shopfloor.quality.commands.plans import add_plan, publish_plan
from shopfloor.quality.models import Verdict
from shopfloor.quality.plan_models import PlanKind, Sampling
from shopfloor.quality.plan_writing import PlanWritten
from tests import postgres
from tests.bench.capture import record
from tests.bench.load import Request
from tests.bench.run import BUDGET, serve
from tests.browse import Browser
from tests.make import Factory

ROUNDS, PIECES, READINGS = 150, 4, 5
SUSPECTS = 4
LENGTH = FieldWritten(
    "l", {"en": "Length"}, FieldKind.NUMBER, high=Decimal(10), unit="mm", decimals=1
)


def fill(folder: Path, url: str) -> list[list[Request]]:
    """Make lots whose pieces wait for their inspection; return what is sent for each of them."""
    app = _application(folder, url)
    prepare_database(app)
    with app.app_context():
        make = Factory.founded()
        item, token = make.item(rate="0.12"), new_token()
        fields = tuple(replace(LENGTH, key=f"l{n}") for n in range(READINGS))
        plan = add_plan(
            make.quality.act(),
            names={"en": "Lengths"},
            kind=PlanKind.OPERATION,
            item_id=item,
            sequence=10,
            draft=PlanWritten(fields=fields, sampling=Sampling.ALL),
        )
        publish_plan(make.quality.act(), plan_id=plan.id, version=1)
        issue_token(
            founder(uuid.uuid4().hex),
            person_id=make.inspector.id,
            name="bench",
            token_hash=digest(token),
            verbs=tuple(VERBS),
        )
        lots = [make.lot(PIECES, item_id=item, inspect=(10,)) for _ in range(ROUNDS)]
        for number, lot in enumerate(lots):
            report_quantities(make.operator.act(), lot=lot, operation=10, good=Decimal(PIECES))
            if number == ROUNDS - SUSPECTS:
                _pass_one(make)
        db.session.remove()
        db.engine.dispose()
    return [_requests(lot, token) for lot in lots]


def _pass_one(make: Factory) -> None:
    """Let the station pass once, so that a fail suspects only what was made since."""
    lot = make.lot(PIECES, inspect=(10,))
    report_quantities(make.operator.act(), lot=lot, operation=10, good=Decimal(PIECES))
    record_inspection(make.inspector.act(), lot=lot, operation=10, verdict=Verdict.PASS)


def _application(folder: Path, url: str) -> Flask:
    os.environ.update({"SHOPFLOOR_INSTANCE": str(folder), "DATABASE_URL": url})
    app = create_app()
    app.instance_path = str(folder)
    return app


def _requests(lot: str, token: str) -> list[Request]:
    at = {"lot": lot, "operation": 10}
    values = [
        {"key": f"l{n}", "text": "9.5" if n else "11", "piece": piece + 1}
        for piece in range(PIECES)
        for n in range(READINGS)
    ]
    bodies = {"/inspections/values": {**at, "values": values}, "/inspections": _fail(at)}
    return [
        (
            "POST",
            f"/api/v1{path}",
            json.dumps(body).encode(),
            {
                "Authorization": f"Bearer {token}",
                "Content-Type": "application/json",
                "Idempotency-Key": uuid.uuid4().hex,
            },
        )
        for path, body in bodies.items()
    ]


def _fail(at: dict[str, Any]) -> dict[str, Any]:
    return {**at, "verdict": "fail", "note": "too long"}


def recorded(folder: Path, url: str, lots: list[list[Request]]) -> list[list[dict[str, Any]]]:
    """Send everything once in this process, and return what went to the database for each."""
    app = _application(folder, url)
    browser, made = Browser(app), []
    for requests in lots:
        taken = []
        for method, path, body, headers in requests:

            def send(m: str = method, p: str = path, b: Any = body, h: Any = headers) -> Any:
                return browser.client.open(p, method=m, data=b, headers=h)

            key = headers["Idempotency-Key"]
            # Its own copy of the database: the event gets the id of the recording anyway.
            taken.append({**record(app, send).as_dict(), "action_id": key, "event_id": -1})
        made.append(taken)
    with app.app_context():
        db.engine.dispose()
    return made


def copies(folder: Path, url: str) -> list[str]:
    """Return the addresses of three copies of a database that nobody has open."""
    names = ["recording", "ours", "bare"]
    if url.startswith("sqlite"):
        origin = Path(url.removeprefix("sqlite:///"))
        engine = create_engine(url)
        with engine.connect() as connection:
            connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
        engine.dispose()
        return [f"sqlite:///{shutil.copy(origin, folder / f'{name}.db')}" for name in names]
    server, origin_name = url.rsplit("/", 1)
    engine = create_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for name in names:
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {origin_name}"))
    engine.dispose()
    return [f"{server}/{name}" for name in names]


def compare(database: str, folder: Path, url: str) -> None:
    """Print how long an inspection takes us and the bare handler, and their ratio."""
    lots = fill(folder, url)
    recording, ours, bare = copies(folder, url)
    made = recorded(folder, recording, lots)
    recordings = {"inspection": [one for taken in made for one in taken]}
    (folder / "recordings").write_bytes(pickle.dumps(recordings))
    environment = {
        **os.environ,
        "SHOPFLOOR_INSTANCE": str(folder),
        "SHOPFLOOR_TLS": "off",
        "BENCH_RECORDINGS": str(folder / "recordings"),
        "PYTHONPATH": str(ROOT),
    }
    with (
        serve("app:app", {**environment, "DATABASE_URL": ours}) as mine,
        serve("tests.bench.bare:app", {**environment, "DATABASE_URL": bare}) as base,
    ):
        took: tuple[list[float], list[float]] = ([], [])
        for number, requests in enumerate(lots):
            took[0].append(_timed(mine, requests))
            repeats: list[Request] = [
                ("POST", f"/bare/inspection/{2 * number + n}", b"", {})
                for n in range(len(requests))
            ]
            took[1].append(_timed(base, repeats))
    middle, bottom = statistics.median(took[0]), statistics.median(took[1])
    click.echo(
        f"{database}: {PIECES * READINGS} readings and the lock {1000 * middle:.1f} ms,"
        f" bare {1000 * bottom:.1f} ms, ratio {bottom / middle:.2f}, budget {BUDGET}"
    )


def _timed(port: int, requests: list[Request]) -> float:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.connect()
    began = time.perf_counter()
    for method, path, body, headers in requests:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        content = answer.read()
        if answer.status not in (200, 201):
            raise RuntimeError(f"{path}: {answer.status} {content[:300]!r}")
    took = time.perf_counter() - began
    connection.close()
    return took


@click.command()
@click.option("--only", type=click.Choice(["sqlite", "postgresql"]), help="One database only.")
def main(only: str | None) -> None:
    """Compare on both databases."""
    with tempfile.TemporaryDirectory() as name, postgres.cluster(durable=True) as cluster:
        urls = {"sqlite": f"sqlite:///{name}/sqlite/bench.db", "postgresql": f"{cluster}bench"}
        if only != "sqlite":
            engine = create_engine(f"{cluster}postgres", isolation_level="AUTOCOMMIT")
            with engine.connect() as connection:
                connection.execute(text("CREATE DATABASE bench"))
            engine.dispose()
        for database, url in urls.items():
            if only in (None, database):
                (Path(name) / database).mkdir()
                compare(database, Path(name) / database, url)


if __name__ == "__main__":
    main()
