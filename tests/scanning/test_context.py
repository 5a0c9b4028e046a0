"""What is open while somebody scans is meant first; what is asked for is said."""

import pytest
from flask import Flask

from shopfloor.catalogue.commands import add_item
from shopfloor.core.db import db
from shopfloor.core.subjects import Subject
from shopfloor.people.setup import founder
from shopfloor.plant.commands import add_station
from shopfloor.production.commands.orders import Released
from shopfloor.scanning.commands import link_barcode
from shopfloor.scanning.models import Outcome
from shopfloor.scanning.resolve import Scanned, resolve
from tests.api.program import Program
from tests.browse import Browser, text_of
from tests.make import Factory, new_id


def scan(text: str, context: str = "") -> Scanned:
    db.session.rollback()
    return resolve(db.session(), text, context)


@pytest.fixture
def twins(make: Factory) -> tuple[Released, Released]:
    """Two orders whose lots carry the same barcode of a supplier."""
    orders = make.order(), make.order()
    for order in orders:
        link_barcode(make.storekeeper.act(), text="SAME", subject_id=order.lot.id, also=True)
    return orders


def test_the_lot_of_the_open_order_wins(make: Factory, twins: tuple[Released, Released]) -> None:
    """U17."""
    assert scan("SAME").outcome is Outcome.AMBIGUOUS
    for order in twins:
        for context in (order.order.code, order.order.number, order.lot.code, order.lot.number):
            assert context
            found = scan("SAME", context)
            assert found.subject
            assert found.subject.id == order.lot.id, context


def test_the_item_of_the_open_lot_wins(make: Factory) -> None:
    order = make.order()
    number = order.order.number
    assert number
    add_item(make.planner.act(), number=number, names={"en": "Twin"})
    assert scan(number).outcome is Outcome.AMBIGUOUS
    found = scan(number, order.lot.code).subject
    assert found
    assert found.id == order.order.id


def test_a_lot_that_comes_to_the_open_station_wins(
    make: Factory, twins: tuple[Released, Released]
) -> None:
    station = add_station(
        founder(new_id()), line_id=make.line_id, number="S9", names={"en": "Nine"}
    )
    assert scan("SAME", station.code).outcome is Outcome.AMBIGUOUS
    both = scan("SAME", "S1")
    assert both.outcome is Outcome.AMBIGUOUS


def test_a_context_that_says_nothing_is_no_obstacle(
    make: Factory, twins: tuple[Released, Released]
) -> None:
    for context in ("NO SUCH THING", "x" * 200, "\x00", "javascript:alert(1)", "'--"):
        assert scan("SAME", context).outcome is Outcome.AMBIGUOUS
    assert scan(twins[0].lot.code, twins[1].order.code).found[0].id == twins[0].lot.id


def test_the_kind_that_a_page_asks_for_wins(make: Factory) -> None:
    order = make.order()
    number = order.order.number
    assert number
    item = add_item(make.planner.act(), number=number, names={"en": "Twin"})
    assert [each.id for each in scan(number, "item").found] == [item.id]
    assert [each.id for each in scan(number, "work_order").found] == [order.order.id]
    assert scan(number, "station").outcome is Outcome.AMBIGUOUS


def test_another_kind_than_asked_for_says_what_it_is_and_what_is_expected(
    one_app: Flask, one_make: Factory
) -> None:
    """Torture 46."""
    browser = Browser(one_app).sign_in(one_make.supervisor)
    answer = browser.get("/scan", query_string={"code": "S1", "context": "item"})
    assert answer.status_code == 200
    said = text_of(answer)
    assert "Station S1" in said
    assert "This is not what is asked for here." in said
    assert "Expected Item" in said
    posted = browser.post("/scan", page="/", code="S1", context="item")
    assert posted.status_code == 200
    badge = browser.post("/scan", page="/", code=one_make.operator.badge, context="item")
    assert badge.status_code == 303


def test_a_program_gives_its_context_too(
    app: Flask, make: Factory, twins: tuple[Released, Released]
) -> None:
    program = Program(app, make.operator)
    program.post("/scan", {"code": "SAME"})
    assert program.heard["outcome"] == "ambiguous"
    program.post("/scan", {"code": "SAME", "context": twins[1].order.code})
    assert program.heard["outcome"] == "opened"
    assert program.heard["subject"]["code"] == twins[1].lot.code


def test_a_program_hears_what_a_label_says(app: Flask, make: Factory) -> None:
    """U11."""
    item = make.item()
    link_barcode(make.storekeeper.act(), text="05901234123457", subject_id=item)
    db.session.rollback()
    code = db.session.get_one(Subject, item).code
    program = Program(app, make.operator)
    program.post("/scan", {"code": "(01)05901234123457(10)L7(17)270731(21)S1(3103)001500"})
    label = program.heard["label"]
    assert (label["gtin"], label["lot"], label["expiry"]) == ("05901234123457", "L7", "2027-07-31")
    assert (label["quantity"], label["unit"], label["serial"]) == ("1.5", "kg", "S1")
    assert program.heard["outcome"] == "unknown"
    program.post("/scan", {"code": "]d20105901234123457"})
    assert program.heard["subject"]["code"] == code
