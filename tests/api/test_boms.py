"""BOMs of an ERP."""

from flask import Flask

from shopfloor.core.db import db
from tests.api.program import Program
from tests.make import Factory, new_id
from tests.statements import counted


def items(program: Program, *numbers: str) -> None:
    for number in numbers:
        assert (
            program.post("/items", {"number": number, "names": {"en": number}}).status_code == 201
        )


def bom(item: str, **materials: str) -> dict[str, object]:
    lines = [{"item": name, "quantity": quantity} for name, quantity in materials.items()]
    return {"item": item, "materials": lines}


def test_a_revision_is_added_and_heard_again(app: Flask, make: Factory) -> None:
    program = Program(app, make.planner)
    items(program, "P", "R1", "R2")
    assert program.post("/boms", bom("P", R1="1.5", R2="2")).status_code == 201
    program.post("/boms", bom("P", R1="0.000001"))
    program.get("/boms?item=P")
    first, second = program.heard["entries"]
    assert (first["revision"], second["revision"]) == (1, 2)
    assert first["item"]["number"] == "P"
    assert [(m["item"]["number"], m["quantity"]) for m in first["materials"]] == [
        ("R1", "1.5"),
        ("R2", "2"),
    ]
    assert second["materials"][0]["quantity"] == "0.000001"


def test_an_item_that_is_not_there_is_named(app: Flask, make: Factory) -> None:
    program = Program(app, make.planner)
    items(program, "P")
    answer = program.post("/boms", bom("P", nothing="1"))
    assert (answer.status_code, program.heard["field"]) == (404, "item")
    assert "nothing" in program.heard["title"]


def test_a_loop_is_refused(app: Flask, make: Factory) -> None:
    """Torture 16."""
    program = Program(app, make.planner)
    items(program, "A", "B")
    program.post("/boms", bom("A", B="1"))
    assert program.post("/boms", bom("B", A="1")).status_code == 409
    assert program.heard["rule"] == "bom_loop"


def test_who_may_not_edit_the_catalogue_hears_403(app: Flask, make: Factory) -> None:
    assert Program(app, make.operator).post("/boms", bom("P", R1="1")).status_code == 403


def test_the_same_entry_sent_again_adds_no_revision(app: Flask, make: Factory) -> None:
    program, key = Program(app, make.planner), new_id()
    items(program, "P", "R1")
    first = program.post("/boms", bom("P", R1="1"), key).data
    assert program.post("/boms", bom("P", R1="1"), key).data == first
    program.get("/boms")
    assert len(program.heard["entries"]) == 1


def test_a_list_takes_the_same_statements_however_long_it_is(
    one_app: Flask, one_make: Factory
) -> None:
    program = Program(one_app, one_make.planner)
    items(program, "P", "R1")
    sizes = []
    for _ in range(2):
        program.post("/boms", bom("P", R1="1"))
        db.session.rollback()
        with counted() as sent:
            program.get("/boms")
        sizes.append(len(sent))
    assert sizes == [3, 3]
