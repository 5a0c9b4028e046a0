"""Writing many rows at once: prepared inserts on SQLite, COPY on PostgreSQL."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, cast, func, select, text
from sqlalchemy.dialects.postgresql import REGCLASS

from shopfloor.core.db import metadata, transaction

Rows = Mapping[str, list[list[Any]]]
_ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def write(rows: Rows) -> None:
    """Insert raw rows, as a driver has them, in one transaction and in the order of the tables."""
    with transaction() as session:
        connection = session.connection()
        for table in metadata.sorted_tables:
            if rows.get(table.name):
                columns = ", ".join(f'"{column.name}"' for column in table.columns)
                _write(connection, f'"{table.name}" ({columns})', rows[table.name])


def in_order(table: str, names: Iterable[str], values: list[Any]) -> list[Any]:
    """Return the values of a row as read in the order in which `write` takes them."""
    read = dict(zip(names, values, strict=True))
    return [read[column.name] for column in metadata.tables[table].columns]


def make_room() -> None:
    """Let a bulk load keep its indexes in memory; SQLite only, and only for this process."""
    with transaction() as session:
        connection = session.connection()
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA cache_size=-400000")


def settle_counters() -> None:
    """Let PostgreSQL go on counting behind the ids that were written."""
    with transaction() as session:
        connection = session.connection()
        if connection.dialect.name == "postgresql":
            for table in metadata.sorted_tables:
                _settle(connection, table.name)


def learn() -> None:
    """Let the database learn how much there is of what, as it does at night in a real factory."""
    with transaction() as session:
        session.connection().execute(text("ANALYZE"))


def _settle(connection: Connection, table: str) -> None:
    columns = metadata.tables[table].c
    if "id" not in columns:
        return
    sequence = connection.scalar(select(func.pg_get_serial_sequence(f'"{table}"', "id")))
    if sequence is not None:
        last = func.coalesce(func.max(columns["id"]), 1)
        connection.execute(select(func.setval(cast(sequence, REGCLASS), last)))


def _write(connection: Connection, into: str, rows: list[list[Any]]) -> None:
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name == "sqlite":
        marks = ", ".join("?" * len(rows[0]))
        driver.executemany(f"INSERT INTO {into} VALUES ({marks})", rows)  # noqa: S608 - our names
        return
    with driver.cursor() as cursor, cursor.copy(f"COPY {into} FROM STDIN") as copy:
        copy.write("".join("\t".join(map(_as_text, row)) + "\n" for row in rows))


def _as_text(value: Any) -> str:
    if value is None:
        return "\\N"
    if isinstance(value, str):
        return value.translate(_ESCAPED)
    if isinstance(value, bool):
        return "t" if value else "f"
    return value.isoformat() if isinstance(value, date) else str(value)
