"""Verdicts by a program, such as a measuring machine."""

from decimal import Decimal
from typing import Any

from flask import Flask

from shopfloor.production.commands.reports import report_quantities
from tests.api.program import Program
from tests.invariants import require_invariants
from tests.make import Factory, new_id
from tests.quality.test_checks import waiting_lot
from tests.quality.test_plans import CRACK


def reported(make: Factory, good: int = 40) -> str:
    """A lot with pieces that wait for inspection at operation 20."""
    lot = make.lot(100)
    for operation in (10, 20):
        report_quantities(make.operator.act(), lot=lot, operation=operation, good=Decimal(good))
    return lot


def verdict(lot: str, said: object, **more: Any) -> dict[str, Any]:
    return {"lot": lot, "operation": 20, "verdict": said} | more


def test_a_pass_lets_pieces_go_on(app: Flask, make: Factory) -> None:
    lot, program = reported(make), Program(app, make.inspector)
    assert program.post("/inspections", verdict(lot, "pass", quantity="30")).status_code == 200
    assert (program.heard["verdict"], program.heard["quantity"]) == ("pass", "30")
    assert program.heard["holds"] == []
    program.get(f"/lots/{lot}")
    assert program.heard["passes"][2]["progress"]["came"] == "30"
    require_invariants()


def test_a_fail_locks_and_tells_the_lock(app: Flask, make: Factory) -> None:
    lot, program = reported(make), Program(app, make.inspector)
    body = verdict(lot, "fail", reason="scrap-1", note="cracks")
    assert program.post("/inspections", body).status_code == 200
    (hold,) = program.heard["holds"]
    worker = Program(app, make.operator)
    report = {"lot": lot, "operation": 10, "good": "1"}
    assert worker.post("/reports", report).status_code == 409
    assert worker.heard["why"]["hold_id"] == hold["id"]
    assert hold["release"] == f"/api/v1/holds/{hold['id']}/release"
    require_invariants()


def test_without_an_operation_it_is_where_pieces_wait_and_sent_again_it_still_is(
    app: Flask, make: Factory
) -> None:
    lot, program, key = reported(make), Program(app, make.inspector), new_id()
    first = program.post("/inspections", {"lot": lot, "verdict": "pass"}, key)
    assert first.get_json()["operation"] == 20
    assert program.post("/inspections", {"lot": lot, "verdict": "pass"}, key).data == first.data
    assert program.post("/inspections", {"lot": lot, "verdict": "pass"}).status_code == 409
    assert (program.heard["rule"], program.heard["field"]) == ("nothing_waits", "operation")


def test_a_used_key_with_the_other_verdict_hears_what_was_booked(app: Flask, make: Factory) -> None:
    lot, program, key = reported(make), Program(app, make.inspector), new_id()
    first = program.post("/inspections", verdict(lot, "fail"), key).get_json()
    assert program.post("/inspections", verdict(lot, "pass"), key).status_code == 409
    assert program.heard["booked"] == first


def test_a_held_lot_does_not_pass(app: Flask, make: Factory) -> None:
    lot, program = reported(make), Program(app, make.inspector)
    program.post("/inspections", verdict(lot, "fail"))
    assert program.post("/inspections", verdict(lot, "pass")).status_code == 409
    assert program.heard["rule"] == "held"


def test_anything_but_a_verdict_is_refused(app: Flask, make: Factory) -> None:
    """Torture 69."""
    lot, program = reported(make), Program(app, make.inspector)
    for said in ("PASS", "ok", "", None, True, 1, ["pass"]):
        assert program.post("/inspections", verdict(lot, said)).status_code == 422
    assert program.post("/inspections", {"lot": lot}).status_code == 422
    assert program.heard["field"] == "verdict"


def test_only_an_inspector_judges_and_only_within_his_scope(app: Flask, make: Factory) -> None:
    lot = reported(make)
    assert Program(app, make.operator).post("/inspections", verdict(lot, "pass")).status_code == 403
    elsewhere = make.person("inspector", "tina", scope_id=make.stations[0])
    program = Program(app, elsewhere)
    assert program.post("/inspections", verdict(lot, "pass")).status_code == 404


def test_an_inspection_by_plan_is_told_with_its_values_by_whom_they_were_read(
    app: Flask, make: Factory
) -> None:
    lot = waiting_lot(make, CRACK)
    program = Program(app, make.inspector)
    values = [{"key": "crack", "text": "yes", "piece": 1}]
    program.post("/inspections/values", {"lot": lot, "operation": 20, "values": values})
    program.post("/inspections/values", {"lot": lot, "operation": 20, "rest": 1})
    inspection = program.heard["inspection"]
    program.post("/inspections", verdict(lot, "pass", inspection=inspection))
    program.get(f"/inspections?lot={lot}")
    assert program.heard["entries"][0]["inspection"] == inspection
    program.get(f"/inspections/{inspection}")
    told = program.heard
    assert (told["kind"], told["size"], told["quantity"], told["verdict"]) == (
        ("operation", 2, "10", "pass")
    )
    assert [(v["key"], v["piece"], v["text"], v["good"], v["person"]) for v in told["values"]] == [
        ("crack", 1, "yes", True, "Inspector"),
        ("crack", 2, "yes", True, "Inspector"),
    ]
