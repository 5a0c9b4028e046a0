"""Lists of the floor for programs: filtered, paged, and within the token's scope."""

from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import func, select

from shopfloor.core.actions import Act
from shopfloor.core.db import db
from shopfloor.core.refusals import Parked
from shopfloor.core.subjects import Subject
from shopfloor.holds.commands import place_hold
from shopfloor.people.looks import Look, Looked
from shopfloor.people.setup import founder
from shopfloor.plant.commands import add_site
from shopfloor.production.commands.jobs import start_work
from shopfloor.production.commands.reports import report_quantities
from shopfloor.quality.commands.inspections import record_inspection
from shopfloor.quality.models import Verdict
from tests.api.program import Program
from tests.make import Factory, Worker, new_id


def report(worker: Worker, lot: str, good: int, operation: int = 10) -> None:
    report_quantities(worker.act(), lot=lot, operation=operation, good=Decimal(good))


def entries(program: Program, path: str) -> list[dict[str, object]]:
    assert program.get(path).status_code == 200, program.heard
    return list(program.heard["entries"])


def test_lots_are_found_by_item_order_state_and_place(app: Flask, make: Factory) -> None:
    first, second = make.order(100), make.order(50)
    report(make.operator, second.lot.code, 5)
    program = Program(app, make.planner)
    everything = entries(program, "/lots?in_stock=true")
    assert {row["code"] for row in everything} >= {first.lot.code, second.lot.code}
    (one,) = entries(program, f"/lots?work_order={second.order.code}")
    assert one["code"] == second.lot.code
    assert one["work_order"] == {"code": second.order.code, "number": second.order.number}
    item = one["item"]
    assert isinstance(item, dict)
    assert [row["code"] for row in entries(program, f"/lots?item={item['number']}")] == [
        second.lot.code
    ]
    assert len(entries(program, "/lots?state=released&limit=1")) == 1
    assert program.heard["next"] is not None
    balances = one["balances"]
    assert isinstance(balances, list)
    place = balances[0]["place"]["code"]
    assert [row["code"] for row in entries(program, f"/lots?place={place}")] == [second.lot.code]
    assert entries(program, f"/lots?search={second.lot.number}&archived=false")
    assert program.get("/lots?item=none").status_code == 404
    assert program.get("/lots?state=none").status_code == 422


def test_holds_are_listed_open_and_released(app: Flask, make: Factory) -> None:
    order = make.order(10)
    place_hold(
        make.quality.act(), subject_id=order.lot.id, reason_id=make.reasons["hold"], note="dents"
    )
    program = Program(app, make.quality)
    (row,) = entries(program, "/holds?state=open")
    assert (row["note"], row["released_at"]) == ("dents", None)
    assert row["subject"] == {
        "kind": "lot",
        "code": order.lot.code,
        "number": order.lot.number,
    }
    assert entries(program, "/holds?state=released") == []
    assert len(entries(program, f"/holds?subject={order.lot.code}")) == 1
    assert entries(program, "/holds?since=2099-01-01T00:00:00Z") == []


def test_reports_verdicts_and_running_work_are_listed(app: Flask, make: Factory) -> None:
    lot = make.lot(20, inspect=(10,))
    start_work(make.operator.act(), lot=lot, operation=10)
    report(make.operator, lot, 5)
    record_inspection(make.inspector.act(), lot=lot, operation=10, verdict=Verdict.PASS)
    program = Program(app, make.administrator)
    (told,) = entries(program, "/reports?person=operator")
    assert (told["good"], told["operation"], told["undone"]) == ("5", 10, False)
    assert entries(program, "/reports?person=inspector") == []
    assert entries(program, "/reports?until=2001-01-01T00:00:00Z") == []
    (verdict,) = entries(program, f"/inspections?lot={lot}&verdict=pass")
    assert (verdict["verdict"], verdict["operation"], verdict["quantity"]) == ("pass", 10, "5")
    assert entries(program, "/inspections?verdict=fail") == []
    assert len(entries(program, "/jobs?station=S1")) == 1
    assert entries(program, "/jobs?station=S2") == []
    assert Program(app, make.planner).get("/reports").status_code == 403


def test_pay_is_told_to_who_may_open_it_and_that_is_noted(app: Flask, make: Factory) -> None:
    lot = make.lot(20, rate="0.5", inspect=())
    report(make.operator, lot, 4)
    program = Program(app, make.supervisor)
    (line,) = entries(program, "/pay-lines?person=operator")
    assert (line["pieces"], line["rate"], line["amount"]) == ("4", "0.5", "2")
    assert entries(program, "/pay-lines?until=2001-01-01") == []
    assert Program(app, make.planner).get("/pay-lines").status_code == 403
    # It is noted when the answer has been sent.
    program.get("/pay-lines").close()
    db.session.rollback()
    seen = select(func.count()).where(Look.person_id == make.operator.id, Look.page == Looked.PAY)
    assert db.session.scalar(seen) == 1


def test_what_belongs_to_another_site_is_not_there(app: Flask, make: Factory) -> None:
    """Torture 60."""
    lot = make.lot(20, rate="0.5")
    report(make.operator, lot, 4)
    start_work(make.operator.act(), lot=lot, operation=10)
    place_hold(
        make.quality.act(),
        subject_id=make.order(1).lot.id,
        reason_id=make.reasons["hold"],
        note="x",
    )
    other = add_site(
        founder(new_id()), number="F2", names={"en": "Other"}, zone="Asia/Shanghai", currency="CNY"
    )
    make.person("supervisor", "there", scope_id=other.id)
    make.person("quality", "judge", scope_id=other.id)
    program = Program(app, make.people["there"])
    for path in ("/lots", "/holds", "/inspections", "/jobs", "/pay-lines", "/parked", "/shifts"):
        assert entries(program, path) == [], path
    assert entries(Program(app, make.people["judge"]), "/reports") == []
    assert [row["number"] for row in entries(program, "/sites")] == ["F2"]


def test_orders_are_filtered_and_closed(app: Flask, make: Factory) -> None:
    first = make.order(5)
    make.order(6)
    program = Program(app, make.planner)
    (one,) = entries(program, f"/work-orders?search={first.order.number}&state=released")
    item = one["item"]
    assert isinstance(item, dict)
    assert len(entries(program, f"/work-orders?item={item['code']}")) == 1
    assert entries(program, "/work-orders?due_by=2001-01-01") == []
    assert entries(program, "/work-orders?changed_after=2099-01-01T00:00:00Z") == []
    assert program.post(f"/work-orders/{first.order.code}/close", {}).status_code == 200
    assert program.post(f"/work-orders/{first.order.code}/close", {}).status_code == 409
    assert len(entries(program, "/work-orders?state=closed")) == 1


def test_records_are_taken_out_of_use_and_back(app: Flask, make: Factory) -> None:
    program = Program(app, make.administrator)
    make.item()
    (shift, *_rest) = entries(program, "/shifts")
    made = program.post("/skills", {"number": "W1", "names": {"en": "Welding"}})
    assert made.status_code == 201
    reason = entries(program, "/reasons")[0]["code"]
    for path in ("/skills/W1", f"/shifts/{shift['code']}", f"/reasons/{reason}"):
        for archived in (True, False):
            answer = program.post(f"{path}/archive", {"archived": archived})
            assert answer.status_code == 200, (path, program.heard)
    assert program.post("/items/none/archive", {"archived": True}).status_code == 404
    planner = Program(app, make.planner)
    assert planner.post("/lines/L1/archive", {"archived": True}).status_code == 403
    assert entries(program, "/crews") == []


def test_what_was_parked_is_listed_and_decided(app: Flask, make: Factory) -> None:
    lot = make.lot(10, inspect=())
    act = make.operator.act()
    offline = Act(act.id, act.actor_id, act.rights, act.when, offline=True)
    place_hold(
        make.quality.act(),
        subject_id=_subject(lot),
        reason_id=make.reasons["hold"],
        note="stop",
    )
    with pytest.raises(Parked):
        report_quantities(offline, lot=lot, operation=10, good=Decimal(2))
    program = Program(app, make.supervisor)
    (row,) = entries(program, "/parked")
    assert row["command"] == "report_quantities"
    dropped = program.post(f"/parked/{row['event']}/drop", {"note": "counted twice"})
    assert dropped.status_code == 200
    assert program.heard["decision"] == "dropped"
    assert program.post(f"/parked/{row['event']}/book", {}).status_code == 409
    assert entries(program, "/parked") == []


def _subject(code: str) -> int:
    return db.session.scalars(select(Subject.id).where(Subject.code == code)).one()
