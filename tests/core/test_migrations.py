"""The migrations make exactly the tables that the code has."""

import warnings
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from flask import Flask
from sqlalchemy import create_engine, inspect, text

from shopfloor.core.db import db, metadata
from shopfloor.core.migrate import newest_revision, prepare_database
from shopfloor.core.refusals import Refused


def _checks() -> dict[str, set[str]]:
    inspector = inspect(db.engine)
    return {
        table: {str(check["name"]) for check in inspector.get_check_constraints(table)}
        for table in inspector.get_table_names()
        if table != "alembic_version"
    }


def test_the_upgraded_schema_is_the_one_in_the_code(app: Flask) -> None:
    """Torture 25."""
    with db.engine.connect() as connection, warnings.catch_warnings():
        # SQLite tells nothing of an index over an expression; the next test sees that it is there.
        warnings.filterwarnings("ignore", ".*expression-based ind")
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_the_upgraded_schema_is_the_one_that_is_created(one_app: Flask, tmp_path: Path) -> None:
    """Named CHECKs and all: what a comparison by Alembic does not see."""
    created = create_engine(f"sqlite:///{tmp_path / 'created.db'}")
    metadata.create_all(created)
    shape = text(
        "SELECT type, name, tbl_name FROM sqlite_master"
        " WHERE tbl_name <> 'alembic_version' ORDER BY type, name, tbl_name"
    )
    with created.connect() as one, db.engine.connect() as other:
        assert one.execute(shape).all() == other.execute(shape).all()
    created.dispose()


def test_every_named_check_is_in_the_database(app: Flask) -> None:
    expected = {
        table.name: {
            str(constraint.name)
            for constraint in table.constraints
            if constraint.__visit_name__ in ("check_constraint", "table_or_column_check_constraint")
        }
        for table in metadata.sorted_tables
    }
    assert _checks() == expected


def test_a_second_run_changes_nothing(app: Flask) -> None:
    def state() -> tuple[str | None, list[str]]:
        with db.engine.connect() as connection:
            version = connection.scalar(text("SELECT version_num FROM alembic_version"))
            return version, sorted(inspect(connection).get_table_names())

    before = state()
    prepare_database(app)
    assert state() == before == (newest_revision(), before[1])


def test_a_database_of_a_newer_program_is_refused(app: Flask) -> None:
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999_future'"))
    try:
        with pytest.raises(Refused) as refused:
            prepare_database(app)
        assert refused.value.rule == "database_newer"
    finally:
        with db.engine.begin() as connection:
            connection.execute(
                text("UPDATE alembic_version SET version_num = :now"), {"now": newest_revision()}
            )
