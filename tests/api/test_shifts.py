"""Shifts: read, added and changed by a planning system."""

from typing import Any

import pytest
from flask import Flask

from shopfloor.core.db import db
from shopfloor.people.setup import founder
from shopfloor.plant.commands import add_shift, add_site
from tests.api.program import Program
from tests.make import Factory, new_id
from tests.statements import counted

EARLY = {
    "number": "early",
    "names": {"en": "Early", "zh": "早班"},
    "starts_minute": 360,
    "ends_minute": 840,
    "leader": "supervisor",
}


def told(program: Program, number: str) -> dict[str, Any]:
    program.get("/shifts?limit=200")
    return next(row for row in program.heard["entries"] if row["number"] == number)


def test_a_shift_is_added_once_and_heard_with_its_hours_and_leader(
    app: Flask, make: Factory
) -> None:
    program, key = Program(app, make.administrator), new_id()
    first = program.post("/shifts", EARLY, key)
    assert first.status_code == 201
    assert program.post("/shifts", EARLY, key).data == first.data
    heard = told(program, "early")
    assert heard["leader"]["number"] == "supervisor"
    assert {name: heard[name] for name in ("names", "starts_minute", "ends_minute", "version")} == {
        "names": EARLY["names"], "starts_minute": 360, "ends_minute": 840, "version": 1,
    }  # fmt: skip
    assert program.post("/shifts", EARLY).status_code == 409
    assert Program(app, make.planner).post("/shifts", EARLY | {"number": "x"}).status_code == 403


def test_what_is_left_out_stays_and_null_takes_the_leader_and_a_name_away(
    app: Flask, make: Factory
) -> None:
    program = Program(app, make.administrator)
    program.post("/shifts", EARLY)
    assert program.patch("/shifts/early", {"version": 1, "ends_minute": 900}).status_code == 200
    heard = told(program, "early")
    assert (heard["starts_minute"], heard["ends_minute"], heard["version"]) == (360, 900, 2)
    assert (heard["names"], heard["leader"]["number"]) == (EARLY["names"], "supervisor")
    program.patch("/shifts/early", {"version": 2, "leader": None, "names": {"en": None}})
    heard = told(program, "early")
    assert (heard["leader"], heard["names"]) == (None, {"zh": "早班"})


def test_a_late_change_hears_both_sides_in_the_names_that_programs_send(
    app: Flask, make: Factory
) -> None:
    """Torture 10."""
    program = Program(app, make.administrator)
    program.post("/shifts", EARLY)
    program.patch("/shifts/early", {"version": 1, "starts_minute": 0})
    late = {"version": 1, "ends_minute": 1439}
    assert program.patch("/shifts/early", late).status_code == 409
    assert (program.heard["rule"], program.heard["version"]) == ("edited_since", 2)
    program_heard, leader = program.heard, told(program, "early")["leader"]["code"]
    assert program_heard["yours"] == late
    assert program_heard["now"] == {
        "name_en": "Early", "name_zh": "早班",
        "starts_minute": "0", "ends_minute": "840", "leader": leader,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"ends_minute": 360}, "ends"),
        ({"ends_minute": 1440}, "ends_minute"),
        ({"ends_minute": "900"}, "ends_minute"),
        ({"starts_minute": True}, "starts_minute"),
        ({"starts_minute": None}, "starts_minute"),
        ({"names": {"en": None, "zh": None}}, "name_en"),
        ({"names": {"de": "Früh"}}, "names.de"),
        ({"site": "F1"}, "site"),
    ],
)
def test_what_makes_no_shift_is_refused_at_its_field(
    one_app: Flask, one_make: Factory, change: dict[str, Any], field: str
) -> None:
    program = Program(one_app, one_make.administrator)
    program.post("/shifts", EARLY)
    answer = program.patch("/shifts/early", {"version": 1} | change)
    assert (answer.status_code, program.heard["field"]) == (422, field)
    assert told(program, "early")["version"] == 1


def test_another_site_is_not_there(app: Flask, make: Factory) -> None:
    """Torture 60."""
    far = add_site(
        founder(new_id()), number="F2", names={"en": "Far"}, zone="Europe/Berlin", currency="EUR"
    )
    add_shift(
        founder(new_id()), site_id=far.id, number="late", names={"en": "Late"},
        starts_minute=0, ends_minute=1,
    )  # fmt: skip
    make.person("operator", "stranger", site_id=far.id)
    program = Program(app, make.person("administrator", "chief", scope_id=make.site_id))
    assert program.patch("/shifts/late", {"version": 1}).status_code == 404
    assert program.patch("/shifts/none", {"version": 1}).status_code == 404
    assert program.post("/shifts", EARLY | {"site": "F2"}).status_code == 404
    assert program.post("/shifts", EARLY | {"leader": "stranger"}).status_code == 404
    assert program.patch("/lines/late", {"version": 1, "names": {"en": "x"}}).status_code == 404


def test_the_list_takes_three_statements(app: Flask, make: Factory) -> None:
    program = Program(app, make.administrator)
    for n in range(3):
        program.post("/shifts", EARLY | {"number": f"s{n}"})
    db.session.rollback()
    with counted() as sent:
        program.get("/shifts")
    assert len(program.heard["entries"]) == 5
    assert len(sent) == 3, sent
