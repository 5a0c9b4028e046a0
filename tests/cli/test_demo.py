"""`demo`: loads the demo where nothing is yet, and tells how to sign in."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask

from shopfloor import cli
from shopfloor.cli.settings import ROOT
from tests.make import Factory


def test_two_at_once_load_one_demo_and_say_beside_the_answer_where(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "flask", "--app", "app", "demo", "--json"]
    env = {**os.environ, "SHOPFLOOR_INSTANCE": str(tmp_path)}
    env.pop("DATABASE_URL", None)
    begun = [
        subprocess.Popen(
            words, cwd=ROOT, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        for _ in range(2)
    ]
    ended = [one.communicate(timeout=240) for one in begun]
    assert [one.returncode for one in begun] == [0, 0], ended
    first, second = (json.loads(answer) for answer, _ in ended)
    assert first == second == json.loads((tmp_path / "demo.json").read_text())
    beside = ended[0][1] + ended[1][1]
    assert str(tmp_path) in beside
    assert "SHOPFLOOR_INSTANCE" in beside


def test_a_factory_is_refused_in_one_sentence(
    one_app: Flask, one_make: Factory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOPFLOOR_INSTANCE", one_app.instance_path)
    cli.register(one_app)
    ended = one_app.test_cli_runner().invoke(args=["demo"])
    assert ended.exit_code == 1
    assert ended.output.startswith("Error: This database holds a factory")
