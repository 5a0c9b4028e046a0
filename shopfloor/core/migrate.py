"""Creating and upgrading the database, one process at a time."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_babel import lazy_gettext as _l
from sqlalchemy import Connection, create_engine, inspect, text

from shopfloor.core import settings
from shopfloor.core.refusals import Refused

MIGRATIONS = settings.ROOT / "migrations"
_PG_LOCK = 7_012_019  # an advisory lock's number, ours by choice


def prepare_database(app: Flask) -> None:
    """Create or upgrade the database under a lock; Refused when it is newer than this program."""
    if not app.config["SECRET_KEY"]:
        app.config["SECRET_KEY"] = settings.make_secret_key()
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    engine = create_engine(url)
    try:
        if engine.dialect.name == "sqlite":
            with (
                _file_lock(Path(app.instance_path) / "migrate.lock"),
                engine.connect() as connection,
            ):
                _upgrade(connection)
        else:
            with engine.connect() as connection:
                connection.execute(text("SELECT pg_advisory_lock(:n)"), {"n": _PG_LOCK})
                connection.commit()
                try:
                    _upgrade(connection)
                finally:
                    connection.rollback()
                    connection.execute(text("SELECT pg_advisory_unlock(:n)"), {"n": _PG_LOCK})
                    connection.commit()
    finally:
        engine.dispose()


@contextmanager
def exclusive(app: Flask) -> Iterator[None]:
    """Be the only process on this data folder that creates, fills or upgrades its database."""
    with _file_lock(Path(app.instance_path) / "setup.lock"):
        yield


def alembic_config() -> Config:
    """Return Alembic's configuration, which needs no file of its own."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def newest_revision() -> str:
    """Return the revision of the schema that this program expects."""
    return ScriptDirectory.from_config(alembic_config()).get_current_head() or ""


def _upgrade(connection: Connection) -> None:
    script = ScriptDirectory.from_config(alembic_config())
    current = MigrationContext.configure(connection).get_current_revision()
    known = {revision.revision for revision in script.walk_revisions()}
    if current is not None and current not in known:
        raise Refused(
            _l(
                "This database was made by a newer version of Shopfloor (%(revision)s).",
                revision=current,
            ),
            _l("Start that version, or restore a backup made with this one."),
            rule="database_newer",
        )
    if current is None and inspect(connection).get_table_names():
        raise Refused(
            _l("This database is not one of Shopfloor's."),
            _l("Give DATABASE_URL an empty database, or restore a backup."),
            rule="database_foreign",
        )
    connection.rollback()
    config = alembic_config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    connection.commit()


@contextmanager
def _file_lock(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
