"""Shared reports and work instructions for programs."""

from flask import Flask

from shopfloor.catalogue.instructions import (
    StepWritten,
    begin_instruction,
    publish_instruction,
    save_instruction,
)
from shopfloor.core.db import db
from shopfloor.core.subjects import Subject
from tests.api.program import Program
from tests.make import Factory


def code_of(subject_id: int) -> str:
    db.session.rollback()
    return db.session.get_one(Subject, subject_id).code


def test_a_program_reports_for_several_people(app: Flask, make: Factory) -> None:
    lot, ana = make.lot(10, rate="0.1"), make.person("operator", "ana")
    program = Program(app, make.operator)
    body = {
        "lot": lot,
        "operation": 10,
        "good": "10",
        "shares": [
            {"person": code_of(make.operator.id), "pieces": "6"},
            {"person": code_of(ana.id), "pieces": 4},
        ],
    }
    assert program.post("/reports", body).status_code == 200
    assert program.heard["shares"] == [
        {"person": "Operator", "pieces": "6"},
        {"person": "Ana", "pieces": "4"},
    ]
    body["shares"] = [{"person": code_of(ana.id), "pieces": "4"}]
    assert program.post("/reports", body).status_code == 422
    assert program.heard["rule"] == "shares_sum"
    body["shares"] = [{"person": "nobody", "pieces": "4"}]
    assert program.post("/reports", body).status_code == 404
    assert program.heard["field"] == "shares"


def test_published_instructions_are_listed_with_their_steps(app: Flask, make: Factory) -> None:
    item, act = make.item(), make.planner.act
    made = begin_instruction(act(), item_id=item, sequence=10)
    program = Program(app, make.operator)
    program.get("/instructions")
    assert program.heard["entries"] == []
    steps = (StepWritten({"en": "Clamp it.", "zh": "夹紧"}),)
    save_instruction(act(), instruction_id=made.id, version=1, steps=steps)
    publish_instruction(act(), instruction_id=made.id, version=2)
    program.get(f"/instructions?item={code_of(item)}")
    told = program.heard["entries"][0]
    assert (told["code"], told["operation"], told["revision"]) == (made.code, 10, 1)
    assert told["steps"] == [
        {"words": {"en": "Clamp it.", "zh": "夹紧"}, "file": None, "media_type": None}
    ]
