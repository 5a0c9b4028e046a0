"""Routings of an ERP."""

from typing import Any

from flask import Flask

from shopfloor.core.db import db
from tests.api.program import Program
from tests.make import Factory, new_id
from tests.statements import counted

STEPS = [
    {"sequence": 10, "names": {"en": "Saw", "zh": "锯"}, "station": "S1"},
    {"sequence": 20, "names": {"en": "Mill"}, "station": "S2", "inspect": True},
]


def routing(**more: Any) -> dict[str, Any]:
    return {"item": "P", "operations": STEPS} | more


def item(program: Program) -> None:
    assert program.post("/items", {"number": "P", "names": {"en": "Part"}}).status_code == 201


def test_a_revision_is_added_and_heard_again(app: Flask, make: Factory) -> None:
    program = Program(app, make.planner)
    item(program)
    assert program.post("/routings", routing()).status_code == 201
    made = program.heard["code"]
    program.get("/routings?item=P")
    (heard,) = program.heard["entries"]
    assert (heard["code"], heard["revision"]) == (made, 1)
    assert [(o["sequence"], o["station"]["number"], o["inspect"]) for o in heard["operations"]] == [
        (10, "S1", False),
        (20, "S2", True),
    ]


def test_two_operations_with_one_number_are_refused(app: Flask, make: Factory) -> None:
    program = Program(app, make.planner)
    item(program)
    answer = program.post("/routings", routing(operations=[STEPS[0], STEPS[0]]))
    assert answer.status_code == 422


def test_a_station_that_is_not_there_is_named(app: Flask, make: Factory) -> None:
    program = Program(app, make.planner)
    item(program)
    answer = program.post("/routings", routing(operations=[STEPS[0] | {"station": "S9"}]))
    assert (answer.status_code, program.heard["field"]) == (404, "station")


def test_who_may_not_edit_the_catalogue_hears_403(app: Flask, make: Factory) -> None:
    assert Program(app, make.inspector).post("/routings", routing()).status_code == 403


def test_the_same_entry_sent_again_adds_no_revision(app: Flask, make: Factory) -> None:
    program, key = Program(app, make.planner), new_id()
    item(program)
    first = program.post("/routings", routing(), key).data
    assert program.post("/routings", routing(), key).data == first
    program.get("/routings")
    assert len(program.heard["entries"]) == 1


def test_a_list_takes_the_same_statements_however_long_it_is(
    one_app: Flask, one_make: Factory
) -> None:
    program = Program(one_app, one_make.planner)
    item(program)
    sizes = []
    for _ in range(2):
        program.post("/routings", routing())
        db.session.rollback()
        with counted() as sent:
            program.get("/routings")
        sizes.append(len(sent))
    assert sizes == [3, 3]
