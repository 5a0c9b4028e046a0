"""Databases, apps and people for every test: real commits, on SQLite and on PostgreSQL."""

import gc
import os
import shutil
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import psycopg
import pytest
from flask import Flask

from shopfloor.application import create_app
from shopfloor.core.db import db
from shopfloor.core.migrate import prepare_database
from tests import postgres
from tests.made_once import make_less_anew
from tests.make import Factory
from tests.server import Server, serving

BOTH = ("sqlite", "postgresql")
# Whoever asks for one of these gets a copy of the factory that was founded once.
_FOUNDED = {"make", "one_make"}
make_less_anew()


def pytest_collection_finish() -> None:
    """Let the collector look only at what tests make: the imported program is a million objects."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 10)


@pytest.fixture(scope="session")
def cluster() -> Iterator[str]:
    """The PostgreSQL server of this run: the one that bin/test started, or one of our own."""
    given = os.environ.get("SHOPFLOOR_TEST_POSTGRES")
    if given:
        yield given
    else:
        with postgres.cluster() as url:
            yield url


@dataclass(frozen=True)
class Template:
    """A database that tests copy: empty, or with the small factory that `make` describes."""

    source: str
    factory: Factory | None = None


@pytest.fixture(scope="session")
def sqlite_empty(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """An empty, migrated SQLite database."""
    path = tmp_path_factory.mktemp("empty") / "shopfloor.db"
    _migrate(f"sqlite:///{path}", path.parent)
    return Template(str(path))


@pytest.fixture(scope="session")
def sqlite_founded(sqlite_empty: Template, tmp_path_factory: pytest.TempPathFactory) -> Template:
    """A SQLite database with the small factory."""
    path = tmp_path_factory.mktemp("founded") / "shopfloor.db"
    shutil.copy(sqlite_empty.source, path)
    return Template(str(path), _found(f"sqlite:///{path}", path.parent))


@pytest.fixture(scope="session")
def postgresql_empty(cluster: str, tmp_path_factory: pytest.TempPathFactory) -> Template:
    """An empty, migrated PostgreSQL database of this worker."""
    name = _create_database(cluster)
    _migrate(cluster + name, tmp_path_factory.mktemp("postgres"))
    return Template(name)


@pytest.fixture(scope="session")
def postgresql_founded(
    cluster: str, postgresql_empty: Template, tmp_path_factory: pytest.TempPathFactory
) -> Template:
    """A PostgreSQL database of this worker with the small factory."""
    name = _create_database(cluster, postgresql_empty.source)
    return Template(name, _found(cluster + name, tmp_path_factory.mktemp("postgres")))


@pytest.fixture(scope="session", autouse=True)
def founded(request: pytest.FixtureRequest) -> None:
    """The small factories, founded before any test can have stopped the clock."""
    for database in BOTH:
        if any(_is_founded_on(item) == database for item in request.session.items):
            request.getfixturevalue(f"{database}_founded")


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
def make(app: Flask, database: str, request: pytest.FixtureRequest) -> Factory:
    """A small factory to work in, with one person per role."""
    return _factory_of(database, request)


@pytest.fixture
def one_make(one_app: Flask, request: pytest.FixtureRequest) -> Factory:
    """The small factory, on SQLite only."""
    return _factory_of("sqlite", request)


@pytest.fixture
def server(app: Flask, make: Factory, tmp_path: Path) -> Iterator[Server]:
    """Real processes that serve the small factory of this test."""
    with serving(tmp_path, app.config["SQLALCHEMY_DATABASE_URI"]) as started:
        yield started


def _is_founded_on(item: pytest.Item) -> str | None:
    if not _FOUNDED & set(getattr(item, "fixturenames", ())):
        return None
    given = getattr(item, "callspec", None)
    return str(given.params.get("database", "sqlite")) if given else "sqlite"


def _app(database: str, request: pytest.FixtureRequest, folder: Path) -> Iterator[Flask]:
    founded = _FOUNDED & set(request.fixturenames)
    template: Template = request.getfixturevalue(f"{database}_{'founded' if founded else 'empty'}")
    if database == "sqlite":
        shutil.copy(template.source, folder / "shopfloor.db")
        url = f"sqlite:///{folder / 'shopfloor.db'}"
    else:
        cluster: str = request.getfixturevalue("cluster")
        name = _create_database(cluster, template.source)
        url = cluster + name
    app = _create(url, folder)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()
    if database == "postgresql":
        with _server(cluster) as server:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def _factory_of(database: str, request: pytest.FixtureRequest) -> Factory:
    template: Template = request.getfixturevalue(f"{database}_founded")
    made = template.factory
    assert made is not None
    # A test may give somebody another badge: no two tests have the same people.
    return replace(
        made,
        stations=[*made.stations],
        people={login: replace(worker) for login, worker in made.people.items()},
        reasons=dict(made.reasons),
    )


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


def _found(url: str, folder: Path) -> Factory:
    app = _create(url, folder)
    with app.app_context():
        factory = Factory.founded()
        db.session.remove()
        db.engine.dispose()
    return factory


def _create_database(cluster: str, template: str = "template1") -> str:
    name = f"test_{uuid.uuid4().hex}"
    with _server(cluster) as server:
        # Nothing is synced here: its files are copied in half the time that its pages take.
        files = "STRATEGY file_copy" if server.info.server_version >= 150_000 else ""
        server.execute(f"CREATE DATABASE {name} TEMPLATE {template} {files}".encode())
    return name


def _server(cluster: str) -> psycopg.Connection:
    return psycopg.connect(cluster.replace("+psycopg", "") + "postgres", autocommit=True)
