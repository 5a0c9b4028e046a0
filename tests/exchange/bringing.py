"""Bringing a file in as the pages do: upload, check, book."""

from pathlib import Path
from typing import Any

from shopfloor.core.db import db, transaction
from shopfloor.exchange import running, uploads
from shopfloor.exchange.kinds import kind_of
from shopfloor.exchange.models import Import, ImportState
from tests.make import Factory, Worker, new_id

FILES = Path(__file__).parents[1] / "adventureworks"


def checked(
    make: Factory, kind: str, content: str | bytes, by: Worker | None = None, **settings: Any
) -> Import:
    """Upload a table and check it with the columns that its headings tell."""
    by = by or make.administrator
    raw = content.encode() if isinstance(content, str) else content
    made = uploads.take_bytes(raw, "table.csv", kind_of(kind), make.site_id, by.id)
    return again(made.id, **settings)


def again(import_id: int, **settings: Any) -> Import:
    """Check an import once more, perhaps with other settings."""
    with transaction() as session:
        run = session.get_one(Import, import_id)
        run.settings = {**run.settings, **settings}
        run.state = ImportState.TO_CHECK
    running.run_waiting()
    return found(import_id)


def booked(
    make: Factory, kind: str, content: str | bytes, by: Worker | None = None, **settings: Any
) -> Import:
    """Upload, check and book a table."""
    run = checked(make, kind, content, by, **settings)
    assert run.result["problems"] == 0, run.result["first"]
    return book(run.id)


def book(import_id: int) -> Import:
    """Book an import that was checked."""
    with transaction() as session:
        run = session.get_one(Import, import_id)
        run.state, run.action_id = ImportState.TO_APPLY, new_id()
    running.run_waiting()
    run = found(import_id)
    assert "refused" not in run.result, run.result["refused"]
    return run


def found(import_id: int) -> Import:
    """Return an import as it is stored now."""
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(Import, import_id)


def counts(run: Import) -> tuple[int, int, int]:
    """Return how many records are new, changed and the same."""
    return run.result["new"], run.result["changed"], run.result["same"]
