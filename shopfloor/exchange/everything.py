"""Everything that is stored, as one ZIP: each table as CSV and as JSON, without what is secret."""

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from shopfloor.core.db import metadata
from shopfloor.core.tables.guard import guard
from shopfloor.core.types import canonical, plain

# What proves who somebody is stays inside: hashes of words and keys, sessions, printed one-time
# links. The actions are what the phones sent; what became of them stands in the events.
LEFT_OUT = frozenset({"sign_in", "setup_link", "attempt", "action"})
_AT_ONCE = 1_000


class _Pipe(io.RawIOBase):
    """What a ZIP is written to and read from at once, so that it is never whole in memory."""

    def __init__(self) -> None:
        self._held: list[bytes] = []

    def writable(self) -> bool:
        """Say yes."""
        return True

    def write(self, piece: Any) -> int:
        """Keep a piece until it is taken."""
        self._held.append(bytes(piece))
        return len(piece)

    def take(self) -> bytes:
        """Return what was written since the last time."""
        taken, self._held = b"".join(self._held), []
        return taken


def tables() -> list[Table]:
    """Return the tables that are exported, each behind those it refers to."""
    return [table for table in metadata.sorted_tables if table.name not in LEFT_OUT]


def everything(session: Session, about: dict[str, Any]) -> Iterator[bytes]:
    """Yield the ZIP, piece by piece; `about` says what it is of and when it was made."""
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED, compresslevel=5) as archive:
        archive.writestr("about.json", json.dumps(about, ensure_ascii=False, indent=1))
        for table in tables():
            for form in ("csv", "jsonl"):
                with archive.open(f"{form}/{table.name}.{form}", "w", force_zip64=True) as part:
                    for piece in _pieces(session, table, form):
                        part.write(piece)
                        yield pipe.take()
    yield pipe.take()


def _pieces(session: Session, table: Table, form: str) -> Iterator[bytes]:
    columns = [column for column in table.columns if not _is_secret(column.name)]
    names = [column.name for column in columns]
    if form == "csv":
        yield b"\xef\xbb\xbf" + _csv([names])
    keys = list(table.primary_key.columns)
    query = select(*columns).order_by(*keys).execution_options(yield_per=_AT_ONCE)
    for rows in session.execute(query).partitions(_AT_ONCE):
        if form == "csv":
            yield _csv([[_text(value) for value in row] for row in rows])
        else:
            lines = (canonical(dict(zip(names, row, strict=True))) for row in rows)
            yield "".join(f"{line}\n" for line in lines).encode("utf-8", "replace")


def _is_secret(name: str) -> bool:
    return name.endswith("_hash") or "secret" in name


def _csv(rows: list[list[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode("utf-8", "replace")


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, Decimal):
        return str(plain(value))
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, dict | list):
        return guard(canonical(value))
    return guard(value) if isinstance(value, str) else str(value)
