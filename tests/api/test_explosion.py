"""What goes into an item: a program hears what the terminal prints."""

import json
from decimal import Decimal

import pytest
from flask import Flask

from shopfloor import cli
from shopfloor.catalogue.boms import Material
from shopfloor.core.db import db
from tests.api.program import Program
from tests.boms import bom, items, model, unit, variant
from tests.make import Factory
from tests.statements import counted


def desk(make: Factory) -> None:
    top, frame, screw, tape = items(make, "DESK", "FRAME", "SCREW", "TAPE")
    unit(tape, "foot", 1, 3)
    bom(make, frame, Material(screw, Decimal("2.5")), Material(tape, Decimal(1), "foot"))
    bom(make, top, Material(frame, Decimal(2)), Material(screw, Decimal(4)))


def test_it_is_what_the_terminal_prints(
    app: Flask, make: Factory, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk(make)
    monkeypatch.setenv("SHOPFLOOR_INSTANCE", app.instance_path)
    cli.register(app)
    words = ["explode", "DESK", "--on", "2026-05-01", "--quantity", "0.5", "--json"]
    printed = json.loads(app.test_cli_runner().invoke(args=words).output)
    program = Program(app, make.operator)
    answer = program.get("/items/DESK/explosion?on=2026-05-01&quantity=0.5")
    assert (answer.status_code, program.heard) == (200, printed)
    assert printed["leaves"] == [
        {"number": "SCREW", "quantity": "4.5", "unit": "pcs"},
        {"number": "TAPE", "quantity": "1/3", "unit": "pcs"},
    ]


def test_a_line_that_nobody_can_resolve_is_named_in_the_programs_language(
    app: Flask, make: Factory
) -> None:
    shirt, cloth = model(make, "SHIRT", size="s l"), model(make, "CLOTH", size="s l")
    variant(make, "SHIRT-S", shirt, size="s")
    bom(make, shirt, cloth)
    program, said = Program(app, make.planner), set()
    for language in ("en", "zh"):
        program.get("/items/SHIRT-S/explosion", headers={"Accept-Language": language})
        (line,) = program.heard["unresolved"]
        assert (line["in"], line["line"], line["number"]) == ("SHIRT-S", 10, "CLOTH")
        said.add(line["why"])
    assert len(said) == 2
    assert program.get("/items/SHIRT/explosion").status_code == 409


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ("on=yesterday", "on"),
        ("on=20260501", "on"),
        ("on=1777593600", "on"),
        ("on=2026-02-30", "on"),
        ("on=2026-05-01T00:00:00", "on"),
        ("quantity=0", "quantity"),
        ("quantity=-1", "quantity"),
        ("quantity=1,5", "quantity"),
        ("quantity=NaN", "quantity"),
        ("quantity=1000000001", "quantity"),
        ("quantity=1&quantity=2", "quantity"),
        ("day=2026-05-01", "day"),
    ],
)
def test_what_cannot_be_read_is_refused(
    one_app: Flask, one_make: Factory, asked: str, field: str
) -> None:
    desk(one_make)
    program = Program(one_app, one_make.planner)
    assert program.get(f"/items/DESK/explosion?{asked}").status_code == 422
    assert program.heard["field"] == field


def test_nothing_is_not_found_and_no_right_is_no_answer(app: Flask, make: Factory) -> None:
    desk(make)
    assert Program(app, make.planner).get("/items/NONE/explosion").status_code == 404
    assert Program(app, make.planner, "order.plan").get("/items/DESK/explosion").status_code == 403


def test_a_level_takes_four_statements(app: Flask, make: Factory) -> None:
    desk(make)
    program = Program(app, make.planner)
    db.session.rollback()
    with counted() as sent:
        program.get("/items/DESK/explosion")
    # The token, the item twice, and four for each of its two levels and what is below.
    assert len(sent) <= 12, sent
