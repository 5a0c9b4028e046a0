"""Reporting pieces by a program."""

from flask import Flask

from tests.api.program import Program
from tests.make import Factory


def test_it_books_and_tells_what_is_left(app: Flask, make: Factory) -> None:
    lot = make.order(100, rate="0.12")
    program = Program(app, make.operator)
    answer = program.post("/reports", {"lot": lot.lot.number, "operation": 10, "good": "60"})
    assert answer.status_code == 200
    assert program.heard["lot"] == {"code": lot.lot.code, "number": lot.lot.number}
    assert (program.heard["good"], program.heard["left"]) == ("60", "40")
    assert program.heard["effects"][0]["detail"]["amount"] == "7.2"
