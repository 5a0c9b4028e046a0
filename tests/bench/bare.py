"""The bare handler: Flask, the same pool, and `text()`; no objects, no rules, no templates."""

import os
import pickle
import uuid
from pathlib import Path
from typing import Any

from flask import Flask, Response
from sqlalchemy import text

from shopfloor.core.db import db, init_db
from shopfloor.core.settings import from_environment

# Statements carry instants and bytes, which JSON does not; the file is our own of a minute ago.
recordings: dict[str, list[dict[str, Any]]] = pickle.loads(  # noqa: S301 - our own file
    Path(os.environ["BENCH_RECORDINGS"]).read_bytes()
)
# Parsed once, as ours are compiled once.
prepared = {
    name: [
        [(text(each["sql"]), each["parameters"]) for each in recording["statements"]]
        for recording in clients
    ]
    for name, clients in recordings.items()
}

app = Flask(__name__)
app.config.from_mapping(from_environment())
init_db(app)


@app.route("/healthz")
def healthz() -> str:
    """Say that the server runs."""
    return "ok"


@app.route("/bare/<name>/<int:client>", methods=["GET", "POST"])
def repeat(name: str, client: int) -> Response:
    """Send the recorded statements, with fresh ids where they must be fresh."""
    recording = recordings[name][client]
    fresh: dict[Any, Any] = {}
    if recording["writes"]:
        fresh[recording["action_id"]] = uuid.uuid4().hex
    with db.engine.connect() as connection:
        connection = connection.execution_options(shopfloor_write=recording["writes"])
        for statement, parameters in prepared[name][client]:
            rows = [
                {key: fresh.get(value, value) for key, value in row.items()} for row in parameters
            ]
            result = connection.execute(statement, rows if len(rows) > 1 else rows[0])
            if result.returns_rows:
                found = result.all()
                if statement.text.startswith("INSERT INTO event "):
                    fresh[recording["event_id"]] = found[0][0]
        if recording["writes"]:
            connection.commit()
    return Response(recording["body"], content_type=recording["content_type"])
