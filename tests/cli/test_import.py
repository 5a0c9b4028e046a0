"""`import` at the terminal: checks a table and books it as a whole, or says what is wrong."""

import json
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from shopfloor import cli
from shopfloor.catalogue.models import Item
from shopfloor.cli.import_file import brought_in
from shopfloor.core.db import db
from tests.make import Factory

PRODUCTS = Path(__file__).parents[1] / "adventureworks" / "Product.csv"


def test_a_file_is_checked_and_booked_and_the_second_time_nothing_changes(
    one_make: Factory,
) -> None:
    dry = brought_in("items", PRODUCTS, None, dry_run=True)
    assert (dry["new"], dry["booked"]) == (504, False)
    assert db.session.scalar(select(func.count(Item.id))) == 0
    done = brought_in("items", PRODUCTS, "F1", dry_run=False)
    assert (done["new"], done["booked"]) == (504, True)
    again = brought_in("items", PRODUCTS, None, dry_run=False)
    assert (again["same"], again["new"], again["booked"]) == (504, 0, False)


@pytest.fixture
def run(one_app: Flask, one_make: Factory, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run the command as the terminal does; returns its exit code and what it said."""
    monkeypatch.setenv("SHOPFLOOR_INSTANCE", one_app.instance_path)
    cli.register(one_app)

    def invoke(*words: str) -> tuple[int, str]:
        ended = one_app.test_cli_runner().invoke(args=["import", *words])
        return ended.exit_code, ended.output

    return invoke


def test_errors_are_printed_with_their_lines_and_end_with_1(run: Any, tmp_path: Path) -> None:
    file = tmp_path / "items.csv"
    file.write_text("number,name,cost\nA-1,x,much\n")
    code, said = run("items", str(file))
    assert code == 1
    assert "line 2, C · cost: read “much”, expected a number" in said
    assert "Nothing was booked." in said
    code, said = run("items", str(file), "--json")
    assert json.loads(said)["first"][0]["line"] == 2


def test_a_file_without_a_needed_column_is_one_sentence(run: Any, tmp_path: Path) -> None:
    file = tmp_path / "items.csv"
    file.write_text("what,ever\n1,2\n")
    code, said = run("items", str(file))
    assert code == 1
    assert "No column holds “Item number”, which is needed." in said
