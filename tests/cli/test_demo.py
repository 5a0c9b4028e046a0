"""`demo`: how to sign in to the demo that is there, and nothing made where none is."""

import json
from pathlib import Path

import pytest
from flask import Flask

from shopfloor import cli

SIGN_IN = {"role": "operator", "login": "olga", "password": "p", "pin": "1", "badge": "B"}
LOT = {"number": "1-1", "code": "L1", "state": "released"}


def test_it_tells_of_the_demo_that_is_there_and_makes_none(
    one_app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli.register(one_app)
    folder = tmp_path / "factory"
    monkeypatch.setattr(one_app, "instance_path", str(folder))
    ended = one_app.test_cli_runner().invoke(args=["demo"])
    assert ended.exit_code == 1
    assert str(folder) in ended.output
    assert "SHOPFLOOR_INSTANCE" in ended.output
    assert not folder.exists()
    told = {"sign_ins": [SIGN_IN], "lots": [LOT]}
    folder.mkdir()
    (folder / "demo.json").write_text(json.dumps(told))
    ended = one_app.test_cli_runner().invoke(args=["demo"])
    assert (ended.exit_code, "olga" in ended.output) == (0, True)
