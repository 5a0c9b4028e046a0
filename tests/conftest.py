"""Databases, apps and people for every test: real commits, on SQLite and on PostgreSQL."""

import os
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import create_engine, text

from shopfloor.application import create_app
from shopfloor.core.db import db, metadata
from shopfloor.core.migrate import prepare_database
from tests import postgres
from tests.make import Factory
from tests.server import Server, serving

BOTH = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def cluster() -> Iterator[str]:
    """The PostgreSQL server of this run: the one that bin/test started, or one of our own."""
    given = os.environ.get("SHOPFLOOR_TEST_POSTGRES")
    if given:
        yield given
    else:
        with postgres.cluster() as url:
            yield url


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty, migrated SQLite database that tests copy."""
    path = tmp_path_factory.mktemp("template") / "shopfloor.db"
    _migrate(f"sqlite:///{path}", path.parent)
    return path


@pytest.fixture(scope="session")
def postgres_database(cluster: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An empty, migrated PostgreSQL database of this worker, emptied again for each test."""
    name = f"test_{uuid.uuid4().hex}"
    admin = create_engine(cluster + "postgres", isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    _migrate(cluster + name, tmp_path_factory.mktemp("postgres"))
    yield cluster + name
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture(params=BOTH)
def database(request: pytest.FixtureRequest) -> str:
    """The database of this test: the test runs once on each."""
    return str(request.param)


@pytest.fixture
def app(database: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """The product on an empty, migrated database of its own."""
    yield from _app(database, request, tmp_path)


@pytest.fixture
def one_app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """The product on SQLite only, for pages and parsers that need one database."""
    yield from _app("sqlite", request, tmp_path)


@pytest.fixture
def make(app: Flask) -> Factory:
    """A small factory to work in, with one person per role."""
    return Factory.founded()


@pytest.fixture
def one_make(one_app: Flask) -> Factory:
    """The small factory, on SQLite only."""
    return Factory.founded()


@pytest.fixture
def server(app: Flask, make: Factory, tmp_path: Path) -> Iterator[Server]:
    """Real processes that serve the small factory of this test."""
    with serving(tmp_path, app.config["SQLALCHEMY_DATABASE_URI"]) as started:
        yield started


def _app(database: str, request: pytest.FixtureRequest, folder: Path) -> Iterator[Flask]:
    if database == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), folder / "shopfloor.db")
        url = f"sqlite:///{folder / 'shopfloor.db'}"
    else:
        url = request.getfixturevalue("postgres_database")
        _empty(url)
    app = _create(url, folder)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def _create(url: str, folder: Path) -> Flask:
    app = create_app(
        {
            "SECRET_KEY": "only for tests",
            "SQLALCHEMY_DATABASE_URI": url,
            "TESTING": True,
            "PROPAGATE_EXCEPTIONS": False,
        }
    )
    app.instance_path = str(folder)
    return app


def _migrate(url: str, folder: Path) -> None:
    app = _create(url, folder)
    prepare_database(app)
    with app.app_context():
        db.engine.dispose()


def _empty(url: str) -> None:
    tables = ", ".join(f'"{table.name}"' for table in metadata.sorted_tables)
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text(f"TRUNCATE {tables} RESTART IDENTITY CASCADE"))
    engine.dispose()
