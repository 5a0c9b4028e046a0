"""Looking at a lot."""

from decimal import Decimal

from flask import Flask

from shopfloor.core.db import db
from shopfloor.production.commands.reports import report_quantities
from tests.api.program import Program
from tests.make import Factory
from tests.statements import counted


def test_a_lot_tells_its_way_and_where_it_is(app: Flask, make: Factory) -> None:
    order = make.order(100)
    report_quantities(
        make.operator.act(),
        lot=order.lot.code,
        operation=10,
        good=Decimal(60),
        scrap=Decimal(5),
        scrap_reason_id=make.reasons["scrap"],
    )
    program = Program(app, make.planner)
    for reference in (order.lot.code, order.lot.number, order.lot.code.lower()):
        assert program.get(f"/lots/{reference}").status_code == 200
    heard = program.heard
    assert heard["work_order"] == {"code": order.order.code, "number": order.order.number}
    assert heard["passes"][0]["progress"]["left"] == "35"
    balances = {balance["kind"]: balance["quantity"] for balance in heard["balances"]}
    assert balances == {"wip": "95", "scrap": "5"}


def test_a_lot_that_is_not_there_or_out_of_scope_does_not_exist(app: Flask, make: Factory) -> None:
    """Torture 60."""
    lot = make.lot()
    assert Program(app, make.operator).get("/lots/nothing").status_code == 404
    assert Program(app, make.operator, "work.report").get(f"/lots/{lot}").status_code == 403


def test_no_text_in_the_address_breaks_it(app: Flask, make: Factory) -> None:
    """Torture 42 and 66."""
    program = Program(app, make.operator)
    for text in ("%00", "a%00b", "%ED%A0%80", "%F0%9F%92%A9", "..%2f..%2fetc", "x" * 3000, "'--"):
        assert program.get(f"/lots/{text}").status_code == 404, text
        assert program.get(f"/work-orders/{text}").status_code == 404, text


def test_statements_do_not_grow(one_app: Flask, one_make: Factory) -> None:
    lot, program = one_make.lot(), Program(one_app, one_make.planner)
    db.session.rollback()
    with counted() as sent:
        program.get(f"/lots/{lot}")
    assert len(sent) <= 7, sent
