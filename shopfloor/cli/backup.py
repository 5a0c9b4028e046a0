"""`backup`: everything of a factory in one file, while the server runs."""

import json
import os
import sqlite3
import subprocess
import tarfile
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from urllib.parse import quote

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import URL, make_url

from shopfloor.cli.settings import CannotStart, open_data_folder, read_settings
from shopfloor.core import clock
from shopfloor.core.settings import LAST_BACKUP

# What is copied in another way, or says something about this machine only.
_NOT_COPIED = frozenset({"shopfloor.db", "shopfloor.db-wal", "shopfloor.db-shm", LAST_BACKUP})


@click.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@with_appcontext
def backup(file: Path) -> None:
    """Copy database, files and keys into FILE while the server runs; exit 1 if that fails."""
    began = time.monotonic()
    instance = read_settings().instance
    # Never migrated: it is taken before an upgrade, too.
    open_data_folder(instance, may_create=False)
    _check_place(file.absolute(), instance)
    part = file.with_name(f"{file.name}.part")
    try:
        write(part, instance, make_url(current_app.config["SQLALCHEMY_DATABASE_URI"]))
        part.replace(file)
        _note(instance, file.stat().st_size)
    except (OSError, sqlite3.Error, subprocess.CalledProcessError, tarfile.TarError) as error:
        raise CannotStart(f"There is no backup: {_reason(error)}") from None
    finally:
        part.unlink(missing_ok=True)
    size = file.stat().st_size / 1_000_000
    click.echo(f"{file}: {size:.1f} MB in {time.monotonic() - began:.1f} s.")


def write(part: Path, instance: Path, url: URL) -> None:
    """Write the archive, readable by us alone: the database as of one moment, then the files.

    A file is stored before a record points to it, so none is missing that the database knows.
    """
    with tempfile.TemporaryDirectory(dir=part.parent, prefix=".backup-") as name:
        copy = _copy_sqlite if url.get_backend_name() == "sqlite" else _dump_postgres
        database = copy(url, Path(name))
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as raw:
            with tarfile.open(fileobj=raw, mode="w:gz", compresslevel=3) as archive:
                archive.add(database, database.name)
                for path in _files(instance):
                    _add(archive, path, instance)
            raw.flush()
            os.fsync(raw.fileno())


def _copy_sqlite(url: URL, folder: Path) -> Path:
    target = folder / "shopfloor.db"
    source = f"file:{quote(str(url.database))}?mode=ro"
    with (
        closing(sqlite3.connect(source, uri=True)) as running,
        closing(sqlite3.connect(target)) as to,
    ):
        running.backup(to)
        # One file: a copy has no use for a journal beside it.
        to.execute("PRAGMA journal_mode=DELETE")
        found = to.execute("PRAGMA quick_check").fetchone()[0]
    if found != "ok":
        raise sqlite3.DatabaseError(f"the copy of the database is damaged: {found}")
    return target


def _dump_postgres(url: URL, folder: Path) -> Path:
    target = folder / "shopfloor.dump"
    # In the environment, because everybody on the machine can read a command line.
    secret = {"PGPASSWORD": url.password} if url.password else {}
    plain = url.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
    subprocess.run(
        ["pg_dump", "--format=custom", f"--file={target}", "--dbname", plain],
        env=os.environ | secret,
        check=True,
        capture_output=True,
        text=True,
    )
    return target


def _check_place(file: Path, instance: Path) -> None:
    if file.is_relative_to(instance):
        # Each would hold all earlier ones, and burn with the data.
        raise CannotStart(f"Choose a place outside of the data folder {instance}.")
    if not file.parent.is_dir():
        raise CannotStart(f"The folder {file.parent} does not exist. Is its disk mounted?")


def _files(instance: Path) -> Iterator[Path]:
    for path in sorted(instance.rglob("*")):
        if path.is_file() and path.relative_to(instance).parts[0] not in _NOT_COPIED:
            yield path


def _add(archive: tarfile.TarFile, path: Path, instance: Path) -> None:
    # An upload that was being written may have got its name meanwhile.
    with suppress(FileNotFoundError):
        archive.add(path, str(path.relative_to(instance)))


def _note(instance: Path, size: int) -> None:
    """Leave word for /metrics."""
    new = instance / f"{LAST_BACKUP}.new"
    new.write_text(json.dumps({"at": clock.now().timestamp(), "bytes": size}))
    new.replace(instance / LAST_BACKUP)


def _reason(error: Exception) -> str:
    if isinstance(error, subprocess.CalledProcessError):
        return (str(error.stderr).strip() or str(error)).splitlines()[-1]
    if isinstance(error, FileNotFoundError) and error.filename == "pg_dump":
        return "pg_dump is not installed. On Debian or Ubuntu: apt install postgresql-client"
    return str(error)
