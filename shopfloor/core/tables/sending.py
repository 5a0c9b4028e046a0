"""Sending a table as a file: built on disk first, so that nobody gets half of it."""

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any
from urllib.parse import quote

from flask import Response, request
from flask_babel import to_user_timezone
from sqlalchemy import Engine, Select
from sqlalchemy.orm import Session

from shopfloor.core.db import db
from shopfloor.core.refusals import Sentence
from shopfloor.core.tables.writing import FORMS, Value, write_csv, write_xlsx
from shopfloor.core.words import in_words

# So many rows of a list are in memory at a time.
_AT_ONCE = 1_000
_PIECE = 1 << 16


@dataclass(frozen=True)
class Column:
    """One column of a list: its heading, and what a row has there."""

    label: Sentence
    of: Callable[[Any], Any]


def asked_form() -> str | None:
    """Return the form in which the page was asked for as a file: csv, xlsx, or None."""
    form = request.args.get("file", "")
    return form if form in FORMS else None


def exported(
    name: str, columns: Sequence[Column], rows: Select[*tuple[Any, ...]] | Iterable[Any]
) -> Response | None:
    """Return the whole list as a file when the address asks for one: all rows, not one page.

    The query is the one of the page, with its filters and within the rights of who asks.
    """
    form = asked_form()
    if form is None:
        return None
    head = [str(column.label) for column in columns]
    if not isinstance(rows, Select):
        return as_file(name, form, head, (_values(columns, row) for row in rows))
    # The request's own read is over: it would keep a second connection.
    db.session.rollback()
    with snapshot(db.engine) as session:
        found = session.execute(rows.execution_options(yield_per=_AT_ONCE))
        return as_file(name, form, head, (_values(columns, row) for row in found))


def as_file(name: str, form: str, head: Sequence[str], rows: Iterable[Sequence[Value]]) -> Response:
    """Write a table to disk and return it as a download."""
    target = tempfile.TemporaryFile()  # noqa: SIM115 - closed behind the last byte sent
    try:
        if form == "csv":
            write_csv(target, head, rows)
        else:
            write_xlsx(target, name, head, rows)
    except BaseException:
        target.close()
        raise
    return sent_file(target, name, form)


def sent_file(file: IO[bytes], name: str, form: str) -> Response:
    """Return an open file as a download, and close it behind the last byte."""
    size = file.seek(0, 2)
    file.seek(0)
    response = Response(_pieces(file), mimetype=FORMS[form].partition(";")[0])
    response.call_on_close(file.close)
    response.content_length = size
    response.headers["Content-Disposition"] = (
        f"attachment; filename=\"{name}.{form}\"; filename*=UTF-8''{quote(name)}.{form}"
    )
    response.headers["Cache-Control"] = "no-store"
    return response


@contextmanager
def snapshot(engine: Engine) -> Iterator[Session]:
    """Yield a session that sees one moment, however long it reads; nobody waits for it."""
    options: dict[str, Any] = {}
    if engine.dialect.name == "postgresql":
        options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with engine.connect().execution_options(**options) as connection:
        session = Session(bind=connection, expire_on_commit=False)
        try:
            yield session
        finally:
            session.close()


def _values(columns: Sequence[Column], row: Any) -> list[Value]:
    return [_value(column.of(row)) for column in columns]


def _value(value: Any) -> Value:
    if isinstance(value, dict):
        return in_words(value)
    if isinstance(value, datetime):
        local: datetime = to_user_timezone(value)
        return local.replace(tzinfo=None, microsecond=0)
    if value is None or isinstance(value, Value):
        return value
    return str(value)


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(_PIECE):
            yield piece
