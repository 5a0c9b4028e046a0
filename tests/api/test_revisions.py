"""Units, days, variants and skills of the BOMs and routings that an ERP sends."""

from typing import Any

import pytest
from flask import Flask

from tests.api.program import Program
from tests.api.test_boms import bom, items
from tests.boms import model, unit
from tests.make import Factory
from tests.server import Server, at_once


def test_units_days_and_choices_come_back_as_they_were_sent(app: Flask, make: Factory) -> None:
    program = Program(app, make.planner)
    items(program, "TAPE")
    shirt = model(make, "SHIRT", size="s l")
    assert shirt
    program.get("/items")
    tape = {"item": "TAPE", "quantity": "2"}
    assert program.post("/boms", {"item": "SHIRT", "materials": [tape | {"unit": "roll"}]}).json
    assert program.heard["rule"] == "no_unit"
    assert program.heard["field"] == "unit_1"
    unit(shirt - 1, "roll", 50)
    line: dict[str, Any] = {"unit": "roll", "only_for": {"size": ["l"]}}
    line |= {"valid_from": "2026-01-01", "valid_to": "2026-12-31"}
    body = {"item": "SHIRT", "materials": [tape | line, tape], "valid_from": "2026-02-01"}
    assert program.post("/boms", body).status_code == 201
    program.get("/boms?item=SHIRT")
    (heard,) = program.heard["entries"]
    assert (heard["valid_from"], heard["valid_to"]) == ("2026-02-01", None)
    first, second = heard["materials"]
    assert {name: first[name] for name in line} == line
    assert (second["unit"], second["valid_from"], second["only_for"]) == ("pcs", None, {})


def test_a_late_sender_hears_the_revision_that_is_stored(app: Flask, make: Factory) -> None:
    """Torture 10."""
    program = Program(app, make.planner)
    items(program, "P", "R1", "R2")
    assert program.post("/boms", bom("P", R1="1") | {"seen": 0}).status_code == 201
    late = program.post("/boms", bom("P", R2="1") | {"seen": 0})
    assert (late.status_code, program.heard["rule"]) == (409, "edited_since")
    assert program.post("/boms", bom("P", R2="1") | {"seen": 1}).status_code == 201


def test_an_operation_may_need_a_skill_and_number_its_pieces(app: Flask, make: Factory) -> None:
    program = Program(app, make.planner)
    items(program, "P")
    step = {"sequence": 10, "names": {"en": "Weld"}, "station": "S1"}
    unknown = program.post("/routings", {"item": "P", "operations": [step | {"skill": "Q1"}]})
    assert (unknown.status_code, program.heard["field"]) == (404, "skill")
    steps = [step | {"serialise": True}, step | {"sequence": 20, "confirm_count": True}]
    assert program.post("/routings", {"item": "P", "operations": steps}).status_code == 201
    program.get("/routings?item=P")
    first, second = program.heard["entries"][0]["operations"]
    assert (first["serialise"], first["confirm_count"], first["skill"]) == (True, False, None)
    assert (second["serialise"], second["confirm_count"]) == (False, True)
    twice = [step | {"serialise": True}, step | {"sequence": 20, "serialise": True}]
    assert program.post("/routings", {"item": "P", "operations": twice}).status_code == 422


@pytest.mark.processes
def test_of_two_late_saves_at_once_one_is_taken(app: Flask, make: Factory, server: Server) -> None:
    """Torture 10, in two processes at once."""
    program = Program(app, make.planner)
    items(program, "P", "R1")
    step = {"sequence": 10, "names": {"en": "Weld"}, "station": "S1"}
    for path, body in (
        ("/api/v1/routings", {"item": "P", "operations": [step]}),
        ("/api/v1/boms", bom("P", R1="1")),
    ):
        for seen in range(3):
            sent: dict[str, Any] = body | {"seen": seen}

            def save(_n: int, path: str = path, sent: dict[str, Any] = sent) -> int:
                return server.send("POST", path, sent, program.token).status

            assert sorted(at_once(2, save)) == [201, 409]
