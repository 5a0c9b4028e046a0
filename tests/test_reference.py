"""docs/reference.md names every role, verb, event kind, setting and command there is."""

import re

import pytest
from flask import Flask

from shopfloor import cli
from shopfloor.core import events, subjects
from shopfloor.core.commands import COMMANDS
from shopfloor.core.settings import ROOT
from shopfloor.people.roles import ROLES, VERBS

SETTING = re.compile(r"[\"'](SHOPFLOOR_(?!TEST)[A-Z_]+|DATABASE_URL)[\"']")


@pytest.fixture(scope="module")
def documented() -> set[str]:
    return set(re.findall(r"`([^`]+)`", (ROOT / "docs/reference.md").read_text()))


def test_every_role_and_verb_is_documented(documented: set[str]) -> None:
    assert {*ROLES, *VERBS} <= documented


def test_every_event_kind_and_subject_kind_is_documented(
    one_app: Flask, documented: set[str]
) -> None:
    assert {*events.KINDS, *subjects.KINDS} <= documented


def test_every_command_is_documented(one_app: Flask, documented: set[str]) -> None:
    """The commands people do, and those of the terminal."""
    assert {*COMMANDS, *cli.COMMANDS} <= documented


def test_every_setting_is_documented(documented: set[str]) -> None:
    read = {
        name
        for path in (ROOT / "shopfloor").rglob("*.py")
        for name in SETTING.findall(path.read_text())
    }
    assert read <= documented
