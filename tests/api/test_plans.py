"""Inspection plans and their values for programs: a PLM writes them, a gauge reads them."""

from decimal import Decimal
from typing import Any

from flask import Flask

from shopfloor.core.db import db
from shopfloor.core.subjects import Subject
from shopfloor.production.commands.reports import report_quantities
from tests.api.program import Program
from tests.make import Factory, new_id
from tests.statements import counted

LENGTH: dict[str, Any] = {
    "key": "length",
    "names": {"en": "Length", "zh": "长度"},
    "kind": "number",
    "weight": "critical",
    "unit": "mm",
    "decimals": 2,
    "target": "10",
    "low": "9.95",
    "high": "10.05",
    "least": "5",
    "most": "20",
    "readings": 2,
    "options": [],
    "show_if": None,
    "formula": "",
    "photo_on_fail": False,
    "gauge": False,
    "gauge_type": "",
}
FINISH = {
    "key": "finish",
    "names": {"en": "Finish"},
    "kind": "choice",
    "options": [{"names": {"en": "Matt"}, "good": True}, {"names": {"en": "Spots"}, "good": False}],
}
WHY = {
    "key": "why",
    "names": {"en": "Why"},
    "kind": "text",
    "show_if": {"key": "finish", "is": "1"},
}


def number_of(subject_id: int) -> str:
    db.session.rollback()
    return db.session.get_one(Subject, subject_id).number or ""


def sent(item: int, /, **more: Any) -> dict[str, Any]:
    return {
        "item": number_of(item),
        "operation": 20,
        "names": {"en": "Turning"},
        "number": "IP-1",
        "sampling": "fixed",
        "size": 2,
        "fields": [LENGTH, FINISH, WHY],
    } | more


def test_a_plan_is_sent_changed_published_and_heard(app: Flask, make: Factory) -> None:
    """Torture 10."""
    item, program = make.item(), Program(app, make.planner)
    assert program.post("/plans", sent(item)).status_code == 201
    assert program.heard["kind"] == "plan"
    program.get("/plans/IP-1")
    (revision,) = program.heard["revisions"]
    assert (program.heard["newest"], program.heard["published"]) == (1, None)
    assert revision["fields"][0] == LENGTH | {"picture": None}
    assert revision["fields"][2]["show_if"] == {"key": "finish", "is": "1"}
    change = {"version": 1, "names": {"zh": "车削"}, "size": 3, "accepts": {"minor": 1}}
    assert program.patch("/plans/IP-1", change).status_code == 200
    program.get("/plans/IP-1")
    (revision,) = program.heard["revisions"]
    assert program.heard["names"] == {"en": "Turning", "zh": "车削"}
    assert (revision["size"], revision["accepts"], len(revision["fields"])) == (3, {"minor": 1}, 3)
    late = program.patch("/plans/IP-1", {"version": 1, "size": 9})
    assert (late.status_code, program.heard["rule"]) == (409, "edited_since")
    assert (program.heard["now"]["size"], program.heard["saved_by"]) == ("3", "Planner")
    assert "low 9.95" in program.heard["now"]["row_1"]
    assert program.post("/plans/IP-1/publish", {"version": 1}).status_code == 409
    assert program.post("/plans/IP-1/publish", {"version": 2}).status_code == 200
    assert program.patch("/plans/IP-1", {"version": 2, "size": 4}).status_code == 409
    assert program.heard["rule"] == "published"
    key = new_id()
    assert program.post("/plans/IP-1/revise", {}, key).status_code == 200
    assert program.post("/plans/IP-1/revise", {}, key).status_code == 200
    assert program.post("/plans/IP-1/revise", {}).status_code == 409
    program.get("/plans/IP-1")
    assert [each["revision"] for each in program.heard["revisions"]] == [1, 2]
    assert program.post("/plans/IP-1/archive", {"archived": True}).status_code == 200
    program.get("/plans?archived=true&search=turn")
    assert [each["number"] for each in program.heard["entries"]] == ["IP-1"]


def test_what_cannot_be_asked_names_its_field(one_app: Flask, one_make: Factory) -> None:
    item, program = one_make.item(), Program(one_app, one_make.planner)
    for wrong, field in (
        ({"fields": [FINISH, LENGTH | {"low": "11"}]}, "fields.1"),
        ({"fields": [WHY]}, "fields.0"),
        ({"size": None}, "size"),
        ({"sampling": "standard", "level": "II", "aqls": {"major": "3"}}, "aql_major"),
        ({"fields": [FINISH | {"kind": "guess"}]}, "fields.0.kind"),
        ({"fields": [LENGTH | {"low": 9.951}]}, "fields.0"),
        ({"kind": "guess"}, "kind"),
        ({"every_days": 0}, "every_days"),
        ({"operation": 0}, "operation"),
    ):
        answer = program.post("/plans", sent(item, **wrong))
        assert (answer.status_code, program.heard.get("field")) == (422, field), wrong
    assert program.post("/plans", sent(item, item="nothing")).status_code == 404
    reader = Program(one_app, one_make.inspector)
    assert reader.post("/plans", sent(item)).status_code == 403
    assert reader.get("/plans/none").status_code == 404


def test_plans_are_listed_by_item_in_a_few_statements(app: Flask, make: Factory) -> None:
    first, second, program = make.item(), make.item(), Program(app, make.planner)
    program.post("/plans", sent(first))
    program.post("/plans", sent(second, number="IP-2", names={"zh": "车削"}))
    program.get("/plans?search=车削")
    assert [each["number"] for each in program.heard["entries"]] == ["IP-2"]
    program.get(f"/plans?item={number_of(first)}&limit=1")
    assert [each["number"] for each in program.heard["entries"]] == ["IP-1"]
    assert program.get("/plans?item=nothing").status_code == 404
    db.session.rollback()
    with counted() as asked:
        program.get("/plans")
    assert len(program.heard["entries"]) == 2
    assert len(asked) <= 4, asked


def test_a_gauge_reads_the_values_and_corrects_one(app: Flask, make: Factory) -> None:
    item, planner = make.item(inspect=()), Program(app, make.planner)
    planner.post("/plans", sent(item, fields=[LENGTH]))
    planner.post("/plans/IP-1/publish", {"version": 1})
    lot = make.lot(10, item_id=item)
    for operation in (10, 20):
        report_quantities(make.operator.act(), lot=lot, operation=operation, good=Decimal(10))
    gauge, at = Program(app, make.inspector), {"lot": lot, "operation": 20}
    value = {"key": "length", "text": "10.01"}
    key, body = new_id(), at | {"values": [value, value | {"reading": 2}]}
    assert gauge.post("/inspections/values", body, key).status_code == 200
    first = gauge.heard
    assert (first["size"], first["missing"], first["verdict"]) == (2, 2, None)
    gauge.post("/inspections/values", body, key)
    assert gauge.heard == first
    far = at | {"values": [value | {"piece": 2, "text": "100"}]}
    assert gauge.post("/inspections/values", far).status_code == 409
    assert gauge.heard["rule"] == "implausible"
    assert gauge.post("/inspections/values", far | {"sure": True}).status_code == 200
    assert gauge.heard["verdict"] == "fail"
    assert gauge.post("/inspections", at | {"verdict": "pass"}).status_code == 409
    right = at | {"value": value | {"piece": 2}, "reason": "undo-1"}
    assert gauge.post("/inspections/values/corrected", right).status_code == 200
    assert (gauge.heard["missing"], gauge.heard["verdict"]) == (1, None)
    last = at | {"values": [value | {"piece": 2, "reading": 2}]}
    assert gauge.post("/inspections/values", last).status_code == 200
    assert (gauge.heard["missing"], gauge.heard["verdict"]) == (0, "pass")
    assert gauge.post("/inspections", at | {"verdict": "pass"}).status_code == 200
    assert gauge.post("/inspections/values/corrected", right).status_code == 409
    assert gauge.post("/inspections/values", at | {"values": []}).status_code == 422
    assert gauge.post("/inspections/values", at | {"values": [{"key": "x"}]}).status_code == 422
    assert Program(app, make.operator).post("/inspections/values", body).status_code == 403
