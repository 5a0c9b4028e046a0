"""Splitting, joining and numbering lots over the interface."""

from decimal import Decimal

from flask import Flask

from shopfloor.core.db import db, transaction
from shopfloor.production import work
from shopfloor.production.models import Operation
from tests.api.program import Program
from tests.make import Factory


def test_a_lot_is_split_and_joined_again(app: Flask, make: Factory) -> None:
    lot, program = make.lot(100), Program(app, make.operator)

    program.post(f"/lots/{lot}/split", {"operation": 10, "quantity": "30"})
    split = program.heard
    program.post(f"/lots/{lot}/join", {"operation": 10, "other": split["target"]["code"]})

    assert (split["source_here"], split["target_here"]) == ("70", "30")
    assert program.heard["target"]["code"] == lot
    assert program.heard["target_here"] == "100"
    assert work.load(db.session(), lot).stop(10).left == 100


def test_pieces_get_their_numbers_and_a_second_send_gives_no_more(
    app: Flask, make: Factory
) -> None:
    lot, program = make.lot(5), Program(app, make.operator)
    operation = work.load(db.session(), lot).stop(10).operation.id
    with transaction() as session:
        session.get_one(Operation, operation).serialise = True

    for _ in range(2):
        program.post(
            f"/lots/{lot}/serials", {"operation": 10, "serials": ["SN1", "SN2"]}, "once-only-1"
        )

    assert [made["number"] for made in program.heard["serials"]] == ["SN1", "SN2"]
    assert program.heard["left"] == "3"
    assert work.load(db.session(), lot).stop(10).left == Decimal(3)


def test_a_refusal_says_what_a_worker_would_read(app: Flask, make: Factory) -> None:
    lot, program = make.lot(10), Program(app, make.operator)

    answer = program.post(f"/lots/{lot}/split", {"operation": 10, "quantity": "10"})

    assert answer.status_code == 409
    assert "whole lot" in program.heard["detail"]
