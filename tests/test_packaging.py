"""What is installed with: the container's list of files, the units, the files that docs name."""

import configparser
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from shopfloor import cli
from shopfloor.core.settings import ROOT

UNITS = sorted((ROOT / "packaging").glob("*.service")) + sorted(
    (ROOT / "packaging").glob("*.timer")
)
SETTING = re.compile(r"SHOPFLOOR_[A-Z_]+")


def test_the_container_holds_every_folder_that_the_program_reads() -> None:
    copied = set(re.findall(r"^COPY (\S+)", (ROOT / "Containerfile").read_text(), re.M))
    assert {"app.py", "migrations", "shopfloor", "static", "templates"} <= copied
    let_in = set(re.findall(r"^!(\S+)", (ROOT / ".containerignore").read_text(), re.M))
    assert let_in == copied
    assert (ROOT / ".dockerignore").read_text() == (ROOT / ".containerignore").read_text()
    assert all((ROOT / name).exists() for name in copied)


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_starts_a_command_that_exists(unit: Path) -> None:
    read = configparser.RawConfigParser(strict=False, delimiters="=")
    read.optionxform = str  # type: ignore[assignment,method-assign]  # as systemd spells them
    read.read(unit)
    line = read.get("Service", "ExecStart", fallback="")
    for command in re.findall(r"--app app (\S+)", line):
        assert command in cli.COMMANDS
    # Each line of a unit is a setting, a section or a remark.
    for text in unit.read_text().splitlines():
        assert not text or text[0] in "#[" or re.match(r"[A-Z]\w+=", text), text


def test_every_setting_that_is_written_of_exists() -> None:
    known = set(re.findall(r"`(SHOPFLOOR_[A-Z_]+)`", (ROOT / "docs/reference.md").read_text()))
    texts = [*(ROOT / "packaging").iterdir(), *(ROOT / "docs").glob("*.md")]
    for path in [*texts, ROOT / "Containerfile", ROOT / "README.md"]:
        assert set(SETTING.findall(path.read_text())) <= known, path.name


def test_every_page_and_file_that_the_docs_lead_to_exists() -> None:
    for page in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name} leads to {target}"


def test_a_server_that_does_not_answer_is_not_healthy() -> None:
    asked = subprocess.run(
        [sys.executable, ROOT / "packaging/healthcheck.py"],
        env=os.environ | {"SHOPFLOOR_PORT": "9", "SHOPFLOOR_TLS": "on"},
        capture_output=True,
    )
    assert asked.returncode == 1
