"""The database: one declarative base, one session, and the only place that commits."""

import sqlite3
import weakref
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, ClassVar

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import Connection, Engine, Executable, MetaData, Row, event
from sqlalchemy.orm import DeclarativeBase, Session

from shopfloor.core.types import Id, Quantity, UtcDateTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Base(DeclarativeBase):
    """Every table of the product."""

    metadata = metadata
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        int: Id,
        Decimal: Quantity,
        datetime: UtcDateTime,
    }


_engines: "weakref.WeakSet[Engine]" = weakref.WeakSet()
_WRITE = "shopfloor_write"
_KEPT = "shopfloor_connection"


class _Session(FlaskSession):
    """A session that on PostgreSQL reads without a transaction: each statement sees its own moment.

    So it does inside one, too. But that one would be begun and rolled back for every page, and
    with a rollback the driver forgets the statements that it has prepared.
    """

    def get_bind(self, *args: Any, **kwargs: Any) -> Engine | Connection:
        """Return the engine, for reading as long as no transaction() runs."""
        bound = super().get_bind(*args, **kwargs)
        if isinstance(bound, Connection) or bound.dialect.name != "postgresql":
            return bound
        return bound if self.info.get(_WRITE) else _reading(bound)


@lru_cache(maxsize=8)
def _reading(engine: Engine) -> Engine:
    return engine.execution_options(isolation_level="AUTOCOMMIT")


db = SQLAlchemy(metadata=metadata, session_options={"class_": _Session, "expire_on_commit": False})


def init_db(app: Flask) -> None:
    """Bind the app to its database and teach each connection its manners."""
    db.init_app(app)
    with app.app_context():
        engine = db.engine
    _engines.add(engine)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "connect", _prepare_postgres)


def dispose_after_fork() -> None:
    """Forget connections inherited from the parent process without closing its sockets."""
    for engine in _engines:
        engine.dispose(close=False)


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # The driver's own BEGIN comes too late and lost an update silently: we begin by ourselves.
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "busy_timeout=20000",
        "temp_store=MEMORY",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _prepare_postgres(connection: Any, _record: object) -> None:
    # Our statements are short: compiling one takes longer than it runs. What they read lies in
    # memory or on a disk without arms. And the subjects of one kind lie anywhere among all others,
    # which a merge would read in passing.
    connection.autocommit = True
    for setting in ("jit = off", "random_page_cost = 1.1", "enable_mergejoin = off"):
        connection.execute(f"SET {setting}")
    connection.autocommit = False


def _begin_sqlite(connection: Connection) -> None:
    # A write that starts as a read fails at once when somebody else wrote: take the lock first.
    writes = connection.get_execution_options().get(_WRITE)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def transaction() -> Iterator[Session]:
    """Run one write: ends the request's read, takes the write lock, commits or leaves nothing."""
    session = db.session()
    if session.info.get(_WRITE):
        raise RuntimeError("a transaction inside a transaction: commands do not call commands")
    session.rollback()
    # What an earlier command of this session has loaded may have been changed by others since.
    session.expire_all()
    session.info[_WRITE] = True
    try:
        session.connection(execution_options={_WRITE: True})
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info.pop(_WRITE, None)


def rows(
    session: Session, statement: Executable, values: Mapping[str, Any]
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return the rows of a statement over columns, as they are.

    What every request asks goes past the ORM: making its objects costs more than asking.
    """
    return _connection(session).execute(statement, values).all()


def _connection(session: Session) -> Connection:
    # Asking the session for its connection costs a fifth of a statement: it is asked once.
    kept: Connection | None = session.info.get(_KEPT)
    if kept is None or kept.closed:
        kept = session.info[_KEPT] = session.connection()
    return kept


@event.listens_for(Session, "before_flush")
def _only_in_transaction(session: Session, *_: Any) -> None:
    if not session.info.get(_WRITE) and (session.new or session.dirty or session.deleted):
        raise RuntimeError("a write outside db.transaction()")
