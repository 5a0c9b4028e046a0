"""Runs the migrations on the connection that shopfloor.core.migrate has opened and locked."""

from typing import Literal

from alembic import context
from sqlalchemy import Connection

from shopfloor import application as _every_table  # noqa: F401 - defines the tables
from shopfloor.core import types
from shopfloor.core.db import metadata


def plain_type(kind: str, item: object, _context: object) -> str | Literal[False]:
    """Write our own column types as what they are in the database, so that a migration stays."""
    if kind != "type":
        return False
    if isinstance(item, types.UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if isinstance(item, types.Json):
        return "sa.Text()"
    if isinstance(item, types.Quantity | types.Amount):
        return "sa.BigInteger()"
    return False


def run(connection: Connection) -> None:
    """Run with foreign keys off on SQLite, where changing a table means making it anew."""
    sqlite = connection.dialect.name == "sqlite"
    if sqlite:
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=sqlite,
        compare_type=True,
        render_item=plain_type,
    )
    with context.begin_transaction():
        context.run_migrations()
        if sqlite and (broken := connection.exec_driver_sql("PRAGMA foreign_key_check").all()):
            raise RuntimeError(f"the migration would leave dangling rows: {broken[:5]}")


run(context.config.attributes["connection"])
