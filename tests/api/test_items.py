"""Items of an ERP."""

from flask import Flask

from shopfloor.core.db import db
from tests.api.program import Program
from tests.make import Factory, new_id
from tests.statements import counted

ITEM = {"number": "A-100", "names": {"en": "Housing", "zh": "外壳"}, "unit": "kg", "decimals": 3}


def test_an_item_is_added_and_heard_again(app: Flask, make: Factory) -> None:
    program = Program(app, make.planner)
    assert program.post("/items", ITEM).status_code == 201
    made = program.heard
    assert (made["kind"], made["number"]) == ("item", "A-100")
    program.get("/items")
    assert program.heard["entries"] == [
        {
            "code": made["code"],
            "number": "A-100",
            "names": ITEM["names"],
            "unit": "kg",
            "decimals": 3,
            "units": [],
            "tracking": "lot",
            "shelf_life_days": None,
            "gtin": None,
            "other_number": None,
            "synonyms": "",
            "category": None,
            "consent_required": False,
            "cost": None,
            "cost_currency": None,
            "model": None,
            "features": [],
            "choices": {},
            "version": 1,
            "archived": False,
        }
    ]
    assert program.heard["next"] is None


def test_a_number_that_is_taken_is_refused_and_leaves_nothing(app: Flask, make: Factory) -> None:
    program = Program(app, make.planner)
    program.post("/items", ITEM)
    answer = program.post("/items", ITEM)
    assert (answer.status_code, program.heard["rule"]) == (409, "number_taken")
    assert program.heard["field"] == "number"
    program.get("/items")
    assert len(program.heard["entries"]) == 1


def test_who_may_not_edit_the_catalogue_hears_403(app: Flask, make: Factory) -> None:
    assert Program(app, make.operator).post("/items", ITEM).status_code == 403
    # The right of the person does not help a token that was cut down.
    assert Program(app, make.planner, "work.view").post("/items", ITEM).status_code == 403


def test_the_same_entry_sent_again_hears_the_same_and_adds_nothing(
    app: Flask, make: Factory
) -> None:
    program, key = Program(app, make.planner), new_id()
    first = program.post("/items", ITEM, key)
    again = program.post("/items", ITEM, key)
    assert (first.status_code, first.data) == (again.status_code, again.data)
    assert again.headers["Idempotency-Key"] == key


def test_a_long_list_comes_in_parts(one_app: Flask, one_make: Factory) -> None:
    program = Program(one_app, one_make.planner)
    for n in range(7):
        program.post("/items", ITEM | {"number": f"A-{n}"})
    heard: list[str] = []
    after: int | None = 0
    while after is not None:
        program.get(f"/items?limit=3&after={after}")
        assert len(program.heard["entries"]) <= 3
        heard += [entry["number"] for entry in program.heard["entries"]]
        after = program.heard["next"]
    assert heard == [f"A-{n}" for n in range(7)]


def test_a_list_takes_three_statements_however_long_it_is(
    one_app: Flask, one_make: Factory
) -> None:
    program = Program(one_app, one_make.planner)
    for n in range(5):
        program.post("/items", ITEM | {"number": f"A-{n}"})
    db.session.rollback()
    with counted() as sent:
        program.get("/items")
    assert len(sent) == 3, sent


def test_a_part_that_cannot_be_is_refused(one_app: Flask, one_make: Factory) -> None:
    program = Program(one_app, one_make.planner)
    for question in (
        "limit=0",
        "limit=201",
        "limit=x",
        "after=-1",
        "after=99999999999999999999",
        "after=1&after=2",
        "sort=number",
    ):
        assert program.get(f"/items?{question}").status_code == 422, question
