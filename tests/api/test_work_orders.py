"""Work orders from an ERP: entering, releasing, listing, looking at one."""

from decimal import Decimal
from typing import Any

from flask import Flask

from shopfloor.core.db import db
from shopfloor.holds.commands import place_hold
from shopfloor.people.setup import founder
from shopfloor.plant.commands import add_site
from shopfloor.production.commands.reports import report_quantities
from shopfloor.production.models import WorkOrder
from tests.api.program import Program
from tests.make import Factory, new_id
from tests.statements import counted


def entered(program: Program, make: Factory, **more: Any) -> dict[str, Any]:
    """An order that was entered by the program, as it was told."""
    make.item()
    program.get("/items?limit=200")
    item = next(e["number"] for e in reversed(program.heard["entries"]) if e["number"][0] == "I")
    answer = program.post("/work-orders", {"item": item, "quantity": "100"} | more)
    assert answer.status_code == 201, program.heard
    return dict(program.heard)


def test_an_order_is_entered_released_and_seen_whole(app: Flask, make: Factory) -> None:
    program = Program(app, make.planner)
    order = entered(program, make, number="WO-1", due="2026-12-01", priority=2)
    assert program.post("/work-orders/WO-1/release", {}).status_code == 200
    released = program.heard
    assert released["order"] == {"code": order["code"], "number": "WO-1"}
    assert released["operations"] == [10, 20, 30]
    program.get(f"/work-orders/{order['code']}")
    whole = program.heard
    assert (whole["state"], whole["due"], whole["priority"]) == ("released", "2026-12-01", 2)
    assert [(o["sequence"], o["progress"]["left"]) for o in whole["operations"]] == [
        (10, "100"),
        (20, "0"),
        (30, "0"),
    ]
    assert whole["materials"][0]["quantity"] == "150"
    (lot,) = whole["lots"]
    assert lot["code"] == released["lot"]["code"]
    assert [(b["kind"], b["quantity"]) for b in lot["balances"]] == [("wip", "100")]
    assert whole["holds"] == []


def test_a_body_is_not_needed_to_release(app: Flask, make: Factory) -> None:
    program = Program(app, make.planner)
    order = entered(program, make)
    assert program.send("POST", f"/work-orders/{order['code']}/release").status_code == 200


def test_releasing_twice_is_refused_but_sent_again_hears_the_same(
    app: Flask, make: Factory
) -> None:
    program, key = Program(app, make.planner), new_id()
    path = f"/work-orders/{entered(program, make)['code']}/release"
    first = program.post(path, {}, key)
    assert program.post(path, {}, key).data == first.data
    assert program.post(path, {}).status_code == 409
    assert program.heard["rule"] == "already_released"


def test_an_order_for_nothing_or_of_nothing_is_refused(app: Flask, make: Factory) -> None:
    program = Program(app, make.planner)
    assert program.post("/work-orders", {"item": "?", "quantity": "1"}).status_code == 404
    assert program.heard["field"] == "item"
    item = entered(program, make)
    for quantity in ("0", "-1", "0.5", "1e3", "1,000", "99999999999999"):
        body = {"item": item["code"], "quantity": quantity}
        assert program.post("/work-orders", body).status_code in (404, 422), quantity


def test_only_who_plans_enters_and_releases(app: Flask, make: Factory) -> None:
    order = entered(Program(app, make.planner), make)
    worker = Program(app, make.operator)
    assert worker.post("/work-orders", {"item": "x", "quantity": "1"}).status_code == 403
    assert worker.post(f"/work-orders/{order['code']}/release", {}).status_code == 403
    assert worker.get(f"/work-orders/{order['code']}").status_code == 200


def test_outside_its_scope_an_order_does_not_exist(app: Flask, make: Factory) -> None:
    """Torture 60."""
    other = add_site(
        founder(new_id()), number="F2", names={"en": "Far"}, zone="Asia/Shanghai", currency="CNY"
    )
    stranger = Program(app, make.person("planner", "stranger", scope_id=other.id))
    order = entered(Program(app, make.planner), make)
    missing = stranger.get("/work-orders/nothing")
    for answer in (
        stranger.get(f"/work-orders/{order['code']}"),
        stranger.post(f"/work-orders/{order['code']}/release", {}),
    ):
        assert answer.status_code == missing.status_code == 404
        assert answer.get_json()["rule"] == missing.get_json()["rule"]
    stranger.get("/work-orders")
    assert stranger.heard["entries"] == []


def test_who_works_at_a_station_sees_the_orders_that_come_there(app: Flask, make: Factory) -> None:
    order = make.order()
    worker = Program(app, make.person("operator", "tom", scope_id=make.stations[1]))
    worker.get("/work-orders")
    assert [entry["code"] for entry in worker.heard["entries"]] == [order.order.code]
    assert worker.get(f"/work-orders/{order.order.number}").status_code == 200


def test_the_list_can_be_asked_for_one_state(one_app: Flask, one_make: Factory) -> None:
    program = Program(one_app, one_make.planner)
    planned, released = entered(program, one_make), one_make.order()
    for state, code in (("planned", planned["code"]), ("released", released.order.code)):
        program.get(f"/work-orders?state={state}")
        assert [entry["code"] for entry in program.heard["entries"]] == [code]
    assert program.get("/work-orders?state=lost").status_code == 422


def test_locks_and_progress_are_seen(app: Flask, make: Factory) -> None:
    order = make.order(100)
    report_quantities(make.operator.act(), lot=order.lot.code, operation=10, good=Decimal(60))
    place_hold(
        make.supervisor.act(),
        subject_id=order.lot.id,
        reason_id=make.reasons["hold"],
        note="dents",
    )
    program = Program(app, make.planner)
    program.get(f"/work-orders/{order.order.code}")
    (hold,) = program.heard["holds"]
    assert hold["subject"] == {"kind": "lot", "code": order.lot.code, "number": order.lot.number}
    assert (hold["reason"], hold["opened_by"]) == ("hold reason – dents", "Supervisor")
    assert "Quality" in hold["releasers"]
    assert "Supervisor" not in hold["releasers"]
    saw, mill, _bench = program.heard["operations"]
    assert (saw["progress"]["good"], saw["progress"]["left"]) == ("60", "40")
    assert mill["progress"]["came"] == "60"


def test_statements_do_not_grow(one_app: Flask, one_make: Factory) -> None:
    program = Program(one_app, one_make.planner)
    order = one_make.order()
    for subject_id in (order.lot.id, order.order.id):
        place_hold(
            one_make.supervisor.act(), subject_id=subject_id, reason_id=one_make.reasons["hold"]
        )
    db.session.rollback()
    with counted() as sent:
        program.get(f"/work-orders/{order.order.code}")
    assert len(program.heard["holds"]) == 2
    assert len(sent) <= 12, sent
    for _ in range(2):
        one_make.order()
        with counted() as sent:
            program.get("/work-orders")
        assert len(sent) == 2, sent


def test_mass_assignment_gets_nothing_in(app: Flask, make: Factory) -> None:
    """Torture 65."""
    program = Program(app, make.planner)
    order = entered(program, make)
    for more in ({"state": "released"}, {"role": "admin"}, {"id": 1}, {"released_at": None}):
        body = {"item": "I1", "quantity": "1"} | more
        answer = program.post("/work-orders", body)
        assert (answer.status_code, program.heard["rule"]) == (422, "unknown_field"), more
    assert [row.state for row in db.session.query(WorkOrder)] == ["planned"]
    assert program.post(f"/work-orders/{order['code']}/release", {"role": "x"}).status_code == 422
