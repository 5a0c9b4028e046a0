"""Records what one of our requests sends to the database, so that a bare handler can repeat it."""

import re
from dataclasses import asdict, dataclass, field
from typing import Any

from flask import Flask
from sqlalchemy import event
from werkzeug.test import TestResponse

from shopfloor.core.db import db

_NAMED = re.compile(r"%\((\w+)\)s")


@dataclass
class Statement:
    """One statement as `text()` takes it, with its parameters."""

    sql: str
    parameters: list[dict[str, Any]]


@dataclass
class Recording:
    """A request of ours: its statements, whether it wrote, and what it answered."""

    statements: list[Statement] = field(default_factory=list)
    writes: bool = False
    body: str = ""
    content_type: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return the recording for the file that the bare handler reads."""
        return asdict(self)


def record(app: Flask, send: Any) -> Recording:
    """Send one request and return what went to the database meanwhile."""
    made = Recording()

    def note(_c: Any, _u: Any, sql: str, parameters: Any, _x: Any, many: bool) -> None:
        if sql.startswith("BEGIN"):
            made.writes = made.writes or "IMMEDIATE" in sql
            return
        if sql.startswith(("PRAGMA", "ROLLBACK", "COMMIT")):
            return
        made.writes = made.writes or sql.startswith(("INSERT", "UPDATE"))
        # Many rows in one INSERT that returns their ids have one flat set of parameters.
        each = many and isinstance(parameters, list)
        rows = list(parameters) if each else [parameters]
        made.statements.append(Statement(_as_text(sql), [_named(row) for row in rows]))

    with app.app_context():
        engine = db.engine
    event.listen(engine, "after_cursor_execute", note)
    try:
        answer: TestResponse = send()
    finally:
        event.remove(engine, "after_cursor_execute", note)
    if answer.status_code not in (200, 201):
        raise RuntimeError(f"the request answers {answer.status_code}: {answer.text}")
    made.body = answer.get_data(as_text=True)
    made.content_type = answer.content_type
    return made


def _as_text(sql: str) -> str:
    if "?" in sql:
        parts = sql.split("?")
        return "".join(f"{part}:p{n}" for n, part in enumerate(parts[:-1])) + parts[-1]
    return _NAMED.sub(r"(:\1)", sql).replace("%%", "%")


def _named(parameters: Any) -> dict[str, Any]:
    if isinstance(parameters, dict):
        return dict(parameters)
    return {f"p{n}": value for n, value in enumerate(parameters)}
