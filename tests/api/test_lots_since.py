"""Lots for programs: which are locked, and of which anything was booked since an instant."""

from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select

from shopfloor.core import clock
from shopfloor.core.clock import When
from shopfloor.core.db import db
from shopfloor.core.subjects import Subject
from shopfloor.holds.commands import place_hold
from shopfloor.production.commands.orders import close_order
from shopfloor.production.commands.reports import report_quantities
from tests.api.program import Program
from tests.make import Factory
from tests.statements import counted


def codes(program: Program, **asked: str) -> list[str]:
    assert program.get("/lots", query_string=asked).status_code == 200, program.heard
    return [row["code"] for row in program.heard["entries"]]


def test_a_lot_is_locked_by_itself_its_order_or_its_item(app: Flask, make: Factory) -> None:
    free, itself, order, item = (make.order(10) for _ in range(4))
    of_item = Program(app, make.planner)
    of_item.get(f"/lots/{item.lot.code}")
    item_id = _id_of(of_item.heard["item"]["code"])
    for subject_id in (itself.lot.id, order.order.id, item_id):
        place_hold(
            make.quality.act(), subject_id=subject_id, reason_id=make.reasons["hold"], note="x"
        )
    # A step that is locked leaves the pieces before and behind it.
    of_item.get(f"/work-orders/{free.order.code}")
    step = of_item.heard["operations"][0]["code"]
    place_hold(
        make.quality.act(), subject_id=_id_of(step), reason_id=make.reasons["hold"], note="x"
    )
    program = Program(app, make.planner)
    assert codes(program, held="true") == [each.lot.code for each in (itself, order, item)]
    assert {row["held"] for row in program.heard["entries"]} == {True}
    assert codes(program, held="false") == [free.lot.code]
    assert {row["held"] for row in program.heard["entries"]} == {False}
    assert codes(program, held="true", work_order=order.order.code) == [order.lot.code]


def test_since_tells_the_lots_of_which_anything_was_booked_when_it_was_booked(
    app: Flask, make: Factory
) -> None:
    quiet, told, closed = (make.order(10) for _ in range(3))
    program, earlier = Program(app, make.planner), clock.now()
    moment = clock.now()
    assert codes(program, since=moment.isoformat()) == []
    # What a phone sends late was made before, and is news all the same.
    report_quantities(
        make.operator.act(when=When(earlier)),
        lot=told.lot.code,
        operation=10,
        good=Decimal(3),
    )
    close_order(make.planner.act(), order_id=closed.order.id)
    assert codes(program, since=moment.isoformat()) == [told.lot.code, closed.lot.code]
    assert quiet.lot.code in codes(program, since="2001-01-01T00:00:00Z")
    assert codes(program, since=clock.now().isoformat()) == []


@pytest.mark.parametrize(
    "asked",
    [
        "since=yesterday",
        "since=2026-11-22T08:00:00",
        "since=2026-11-22T08:00:00Z&since=2026-11-23T08:00:00Z",
        "held=maybe",
        "since_event=1",
    ],
)
def test_what_cannot_be_read_is_refused(one_app: Flask, one_make: Factory, asked: str) -> None:
    assert Program(one_app, one_make.planner).get(f"/lots?{asked}").status_code == 422


def test_the_list_takes_three_statements_with_every_filter(app: Flask, make: Factory) -> None:
    for _ in range(3):
        make.order(5)
    program = Program(app, make.planner)
    db.session.rollback()
    with counted() as sent:
        program.get("/lots?held=false&state=released&since=2001-01-01T00:00:00Z")
    assert len(program.heard["entries"]) == 3
    # The token, the lots, their places.
    assert len(sent) == 3, sent


def _id_of(code: str) -> int:
    found = db.session.scalar(select(Subject.id).where(Subject.code == code))
    db.session.rollback()
    assert found is not None
    return found
