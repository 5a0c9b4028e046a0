"""`backup`: a whole factory in one file, taken while it works."""

import os
import sqlite3
import stat
import subprocess
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from shopfloor import cli
from shopfloor.catalogue.commands import add_item
from shopfloor.core import clock
from shopfloor.core.db import db
from shopfloor.core.files import keep
from tests.browse import Browser
from tests.make import Factory


def back_up(app: Flask, file: Path) -> tuple[int, str]:
    """Run the command as the terminal does; returns its exit code and what it said."""
    os.environ["SHOPFLOOR_INSTANCE"] = app.instance_path
    cli.register(app)
    ended = app.test_cli_runner().invoke(args=["backup", str(file)])
    return ended.exit_code, ended.output


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test sets is forgotten after it."""
    monkeypatch.setenv("SHOPFLOOR_INSTANCE", "")


def opened(file: Path, folder: Path) -> Path:
    folder.mkdir()
    # As its owner would: early releases of Python 3.11 cannot unpack with care.
    subprocess.run(["tar", "-xzf", file, "-C", folder], check=True)
    return folder


def test_it_holds_database_files_and_keys(make: Factory, app: Flask, tmp_path: Path) -> None:
    photo = keep(b"a photo", "image/jpeg")
    Path(app.instance_path, "tls").mkdir()
    Path(app.instance_path, "tls/ca.pem").write_text("a key")
    target = tmp_path.parent / f"{tmp_path.name}-monday.tar.gz"
    code, said = back_up(app, target)
    assert code == 0, said
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    folder = opened(target, tmp_path / "back")
    assert (folder / "files" / photo[:2] / photo).read_bytes() == b"a photo"
    assert (folder / "tls/ca.pem").read_text() == "a key"
    assert not list(target.parent.glob(f"{target.name}*.part"))
    if db.engine.dialect.name == "sqlite":
        names = {path.name for path in folder.iterdir()}
        assert not {"shopfloor.db-wal", "shopfloor.db-shm", "last_backup.json"} & names
        copy = sqlite3.connect(folder / "shopfloor.db")
        assert copy.execute("SELECT count(*) FROM person").fetchone()[0] >= 5
        copy.close()
    else:
        listed = subprocess.run(
            ["pg_restore", "--list", folder / "shopfloor.dump"], capture_output=True, text=True
        )
        assert "TABLE DATA public person" in listed.stdout


def test_people_work_on_while_it_is_taken(make: Factory, app: Flask, tmp_path: Path) -> None:
    """The copy is of one moment, and nobody waits for it."""
    stop, added, failed = threading.Event(), [], []

    def work(app: Flask) -> None:
        with app.app_context():
            for number in range(500):
                if stop.is_set():
                    return
                try:
                    add_item(make.planner.act(), number=f"N{number}", names={"en": "x"})
                    added.append(number)
                except Exception as error:
                    failed.append(error)

    worker = threading.Thread(target=work, args=(app,))
    worker.start()
    target = tmp_path.parent / f"{tmp_path.name}.tar.gz"
    code, said = back_up(app, target)
    stop.set()
    worker.join()
    assert (code, failed) == (0, []), said
    assert added


def test_a_failed_backup_is_told_and_leaves_the_last_one(
    one_app: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    target = tmp_path.parent / f"{tmp_path.name}.tar.gz"
    target.write_text("yesterday's")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("shopfloor.cli.backup._add", full)
    Path(one_app.instance_path, "secret_key").write_text("x")
    code, said = back_up(one_app, target)
    assert (code, target.read_text()) == (1, "yesterday's")
    assert "There is no backup" in said
    assert "No space left" in said
    assert list(target.parent.glob(f"{target.name}.*")) == []


def test_a_place_that_cannot_hold_it_is_refused(one_app: Flask, tmp_path: Path) -> None:
    assert (
        "outside of the data folder" in back_up(one_app, Path(one_app.instance_path, "x.tar.gz"))[1]
    )
    assert "Is its disk mounted?" in back_up(one_app, tmp_path.parent / "gone" / "x.tar.gz")[1]


def test_a_monitor_sees_how_old_the_last_backup_is(
    one_app: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    browser = Browser(one_app)
    assert "shopfloor_backup_age_seconds +Inf\n" in browser.get("/metrics").text
    assert back_up(one_app, tmp_path.parent / f"{tmp_path.name}.tar.gz")[0] == 0
    later = clock.now() + timedelta(hours=30)
    monkeypatch.setattr(clock, "now", lambda: later)
    (age,) = (
        float(line.split()[1])
        for line in browser.get("/metrics").text.splitlines()
        if line.startswith("shopfloor_backup_age_seconds ")
    )
    assert 30 * 3600 <= age < 30 * 3600 + 60
    Path(one_app.instance_path, "last_backup.json").write_text("half a")
    assert "shopfloor_backup_age_seconds +Inf\n" in browser.get("/metrics").text
