"""Nonconformances for programs: an ERP reads them, completes them and closes them."""

from decimal import Decimal
from typing import Any

from flask import Flask

from shopfloor.production.commands.reports import report_quantities
from tests.api.program import Program
from tests.make import PIN, Factory


def test_a_nonconformance_lives_from_the_verdict_to_its_close(app: Flask, make: Factory) -> None:
    lot = make.lot(10)
    for operation in (10, 20):
        report_quantities(make.operator.act(), lot=lot, operation=operation, good=Decimal(10))
    inspector, head = Program(app, make.inspector), Program(app, make.quality)
    inspector.post("/inspections", {"lot": lot, "verdict": "fail"})
    ncr, hold = inspector.heard["ncr"]["number"], inspector.heard["holds"][0]["id"]
    change = {"version": 1, "cause": "machine", "made_at": 10, "owner": str(make.quality.id)}
    assert inspector.patch(f"/ncrs/{ncr}", change).status_code == 404
    change = {"version": 1, "cause": "machine", "made_at": 10, "deadline": "2030-01-31"}
    assert inspector.patch(f"/ncrs/{ncr}", change).status_code == 200
    assert inspector.heard["version"] == 2
    assert inspector.patch(f"/ncrs/{ncr}", change).status_code == 409
    assert head.post(f"/ncrs/{ncr}/close", {}).status_code == 409
    assert head.heard["open"] == ["The lock is not released yet."]
    piece = {"lot": lot, "operation": 20}
    decision: dict[str, Any] = {
        "reason": "release-1",
        "badge": make.quality.badge,
        "pin": PIN,
        "dispositions": [
            {**piece, "kind": "rework", "quantity": "6", "back_to": 10},
            {**piece, "kind": "use_as_is", "quantity": "4"},
        ],
    }
    assert head.post(f"/holds/{hold}/release", decision).status_code == 409
    assert head.heard["rule"] == "concession_missing"
    decision["concession"] = {"words": "They fit.", "expires_on": "2030-01-31"}
    assert head.post(f"/holds/{hold}/release", decision).status_code == 200
    head.get(f"/ncrs/{ncr}")
    told = head.heard
    assert (told["state"], told["found_at"], told["made_at"]) == ("open", 20, 10)
    assert [(each["kind"], each["back_to"]) for each in told["decisions"]] == [
        ("rework", 10),
        ("use_as_is", None),
    ]
    assert told["concessions"][0]["words"] == "They fit."
    assert told["material"]["unknown"]
    head.get("/ncrs?state=open")
    assert [each["number"] for each in head.heard["entries"]] == [ncr]
    for operation in (10, 20):
        report_quantities(make.operator.act(), lot=lot, operation=operation, good=Decimal(6))
    inspector.post("/inspections", {"lot": lot, "operation": 20, "verdict": "pass"})
    head.get(f"/ncrs/{ncr}")
    assert (head.heard["state"], head.heard["open"]) == ("closed", [])
