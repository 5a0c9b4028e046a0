"""`explode`: what goes into an item on a day, printed."""

import json
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from shopfloor import cli
from shopfloor.catalogue.boms import Material
from shopfloor.catalogue.models import Item
from shopfloor.core.db import db, transaction
from shopfloor.core.subjects import Subject
from tests.boms import bom, items, model, unit
from tests.make import Factory


@pytest.fixture
def ask(app: Flask, make: Factory, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run the command as the terminal does; returns its exit code and what it said."""
    monkeypatch.setenv("SHOPFLOOR_INSTANCE", app.instance_path)
    cli.register(app)

    def run(*words: str) -> tuple[int, str]:
        ended = app.test_cli_runner().invoke(args=["explode", *words, "--on", "2026-05-01"])
        return ended.exit_code, ended.output

    return run


def test_totals_are_exact_strings_per_leaf_and_per_assembly(ask: Any, make: Factory) -> None:
    desk, frame, screw, tape = items(make, "DESK", "FRAME", "SCREW", "TAPE")
    unit(tape, "foot", 1, 3)
    bom(make, frame, Material(screw, Decimal("2.5")), Material(tape, Decimal(1), "foot"))
    bom(make, desk, Material(frame, Decimal(2)), Material(screw, Decimal(4)))
    code, said = ask("DESK", "--quantity", "3", "--json")
    assert code == 0
    heard = json.loads(said)
    assert (heard["item"], heard["on"], heard["quantity"]) == ("DESK", "2026-05-01", "3")
    assert heard["leaves"] == [
        {"number": "SCREW", "quantity": "27", "unit": "pcs"},
        {"number": "TAPE", "quantity": "2", "unit": "pcs"},
    ]
    assert heard["assemblies"] == [{"number": "FRAME", "quantity": "6", "unit": "pcs"}]
    assert [(line["level"], line["number"]) for line in heard["lines"]] == [
        (1, "FRAME"),
        (2, "SCREW"),
        (2, "TAPE"),
        (1, "SCREW"),
    ]
    assert json.loads(ask("FRAME", "--json")[1])["leaves"][1]["quantity"] == "1/3"


def test_an_item_is_called_by_number_code_or_other_number(ask: Any, make: Factory) -> None:
    (desk,) = items(make, "DESK")
    bom(make, desk, *items(make, "SCREW"))
    with transaction() as session:
        session.get_one(Item, desk).other_number = "749"
    for name in ("DESK", db.session.get_one(Subject, desk).code, "749"):
        code, said = ask(name)
        assert (code, said) == (0, "SCREW  1 pcs\n1 leaves, 0 assemblies.\n")


def test_what_cannot_be_exploded_is_a_sentence(ask: Any, make: Factory) -> None:
    model(make, "SHIRT", size="s l")
    for words, sentence in (
        (("NOTHING",), "There is no item “NOTHING”."),
        (("SHIRT",), "SHIRT is a model"),
        (("SHIRT", "--quantity", "many"), "“many” is not a quantity."),
    ):
        code, said = ask(*words)
        assert code == 1
        assert sentence in said
