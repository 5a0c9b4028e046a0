"""Reasons that people choose from."""

from flask import Flask

from tests.api.program import Program
from tests.make import Factory, new_id

BURR = {"explains": "scrap", "number": "burr", "names": {"en": "Burr", "zh": "毛刺"}}


def test_a_reason_is_added_and_heard_again(app: Flask, make: Factory) -> None:
    program = Program(app, make.planner)
    assert program.post("/reasons", BURR).status_code == 201
    program.get("/reasons?limit=200")
    heard = program.heard["entries"][-1]
    assert (heard["number"], heard["explains"], heard["names"]) == ("burr", "scrap", BURR["names"])


def test_an_unknown_kind_is_refused(app: Flask, make: Factory) -> None:
    program = Program(app, make.planner)
    answer = program.post("/reasons", BURR | {"explains": "weather"})
    assert (answer.status_code, program.heard["field"]) == (422, "explains")


def test_who_may_not_edit_the_catalogue_hears_403(app: Flask, make: Factory) -> None:
    assert Program(app, make.operator).post("/reasons", BURR).status_code == 403


def test_the_same_entry_sent_again_adds_nothing(app: Flask, make: Factory) -> None:
    program, key = Program(app, make.planner), new_id()
    assert program.post("/reasons", BURR, key).data == program.post("/reasons", BURR, key).data
