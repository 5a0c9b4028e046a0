"""Retests: lots in stock are due again after so many days, and judged where they lie."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from shopfloor.alerts.models import Alert
from shopfloor.alerts.overdue import run_overdue
from shopfloor.catalogue.models import ITEM, PARTNER
from shopfloor.core import clock
from shopfloor.core.db import db, transaction
from shopfloor.core.subjects import find
from shopfloor.quality.commands.checks import read_values
from shopfloor.quality.commands.plans import publish_plan
from shopfloor.quality.commands.releases import release_hold
from shopfloor.quality.commands.retests import judge_retest
from shopfloor.quality.models import Verdict
from shopfloor.quality.ncr_models import NcrState, Nonconformance
from shopfloor.quality.plan_models import HoldScope, PlanKind, Sampling
from shopfloor.quality.plan_writing import PlanWritten
from shopfloor.quality.retests import add_retests
from shopfloor.quality.values import Read
from shopfloor.stock.models import LOT, Balance
from tests.api.program import Program
from tests.browse import Browser, text_of
from tests.exchange.bringing import booked
from tests.invariants import require_invariants
from tests.make import Factory
from tests.quality.test_binding import put_into, supplier
from tests.quality.test_due import checks
from tests.quality.test_first_article import report
from tests.quality.test_plans import CRACK, plan
from tests.refusing import refused

SAMPLE = PlanWritten(
    every_days=30, sampling=Sampling.FIXED, size=2, holds=HoldScope.LOT, grace_minutes=1440
)


def stocked(make: Factory, number: str = "B1", from_: str = "") -> tuple[str, int]:
    """Bring a lot into the store; return its code and the id of its item."""
    supplier(make) if from_ else None
    booked(make, "items", "number,name\nR-1,Resin\n")
    booked(make, "places", "number,name\nA-01,One\n")
    booked(make, "stock", f"item,quantity,place,lot,supplier\nR-1,250,A-01,{number},{from_}\n")
    lot = find(db.session(), LOT, number)
    return lot.code, find(db.session(), ITEM, "R-1").id


def periodic(make: Factory, item: int | None, **how: Any) -> int:
    draft = how.pop("draft", SAMPLE)
    made = plan(make, item, CRACK, kind=PlanKind.PERIODIC, draft=draft, **how)
    publish_plan(make.quality.act(), plan_id=made, version=1)
    return made


def in_days(days: int) -> datetime:
    return clock.now() + timedelta(days=days)


def read(make: Factory, lot: str, *answers: str) -> None:
    values = tuple(Read("crack", said, n) for n, said in enumerate(answers, 1))
    read_values(make.inspector.act(), lot=lot, operation=0, values=values)


def judge(make: Factory, lot: str, verdict: Verdict = Verdict.PASS) -> Any:
    return judge_retest(make.inspector.act(), lot=lot, verdict=verdict)


def test_a_lot_that_is_not_in_stock_is_told_by_its_number(one_make: Factory) -> None:
    lot = one_make.lot()
    with refused("no_lot", 404) as no:
        judge(one_make, lot)
    assert (find(db.session(), LOT, lot).number or "?") in str(no.value.sentence)


def test_a_lot_in_stock_is_due_after_its_days_and_again_after_it_has_passed(make: Factory) -> None:
    lot, item = stocked(make)
    periodic(make, item)
    assert add_retests(in_days(29)) == 0
    with refused("no_retest"):
        judge(make, lot)
    assert [add_retests(in_days(31)), add_retests(in_days(32))] == [1, 0]
    (due,) = checks()
    assert (due.kind, due.operation_id, due.quantity, due.size) == ("periodic", None, 250, 2)
    assert due.overdue_at == due.due_at + timedelta(days=1)
    with refused("not_begun"):
        judge(make, lot)
    read(make, lot, "yes", "yes")
    assert judge(make, lot).hold_id is None
    assert add_retests(in_days(29)) == 0
    assert add_retests(in_days(31)) == 1
    require_invariants()


def test_a_failed_retest_locks_the_lot_and_is_due_again_when_it_is_released(make: Factory) -> None:
    lot, item = stocked(make)
    periodic(make, item)
    add_retests(in_days(31))
    read(make, lot, "no")
    judged = judge(make, lot, Verdict.FAIL)
    assert (judged.quantity, judged.waited) == (250, False)
    hold = judged.hold_id
    db.session.rollback()
    ncr = db.session.query(Nonconformance).one()
    assert (ncr.quantity, ncr.found_at_id, ncr.state) == (250, None, NcrState.OPEN)
    assert add_retests(in_days(32)) == 0
    signature = make.supervisor.signs()
    reason = make.reasons["release"]
    release_hold(make.supervisor.act(), hold_id=hold, signature_id=signature, reason_id=reason)
    db.session.rollback()
    assert db.session.query(Nonconformance).one().state is NcrState.CLOSED
    assert add_retests(in_days(32)) == 1
    require_invariants()


def test_finished_goods_are_tested_again_and_what_is_worked_on_is_not(make: Factory) -> None:
    item = make.item(inspect=())
    periodic(make, item)
    lot, running = make.lot(5, item_id=item), make.lot(5, item_id=item)
    for operation in (10, 20, 30):
        report(make, lot, 5, operation=operation)
    report(make, running, 2)
    assert add_retests(in_days(31)) == 1
    assert [check.lot_id for check in checks()] == [find(db.session(), LOT, lot).id]
    read(make, lot, "yes", "yes")
    judge(make, lot)


def test_what_came_from_another_supplier_or_is_used_up_is_not_asked_for(make: Factory) -> None:
    _lot, item = stocked(make, from_="V-1")
    other = supplier(make, "V-2")
    periodic(make, item, partner_id=other)
    assert add_retests(in_days(31)) == 0
    his = find(db.session(), PARTNER, "V-1").id
    periodic(make, item, partner_id=his)
    assert add_retests(in_days(31)) == 1
    with transaction() as session:
        session.query(Balance).update({Balance.quantity: Decimal(0)})
    assert add_retests(in_days(32)) == 0
    assert [check.verdict for check in checks() if check.closed_at] == [None]


def test_the_narrowest_plan_says_when_a_lot_is_due(make: Factory) -> None:
    _lot, item = stocked(make)
    put_into(make, item, "Resins")
    periodic(make, None, category="Resins")
    periodic(make, item, draft=replace(SAMPLE, every_days=90))
    assert add_retests(in_days(31)) == 0
    assert add_retests(in_days(91)) == 1


def test_a_plan_that_never_comes_is_not_published(one_make: Factory) -> None:
    made = plan(one_make, one_make.item(), CRACK, kind=PlanKind.PERIODIC)
    with refused("no_interval"):
        publish_plan(one_make.quality.act(), plan_id=made, version=1)


@pytest.fixture
def inspector(one_app: Flask, one_make: Factory) -> Browser:
    return Browser(one_app).sign_in(one_make.inspector)


def test_it_stands_in_the_list_and_is_done_over_the_pages(
    inspector: Browser, one_app: Flask, one_make: Factory, monkeypatch: pytest.MonkeyPatch
) -> None:
    lot, item = stocked(one_make)
    periodic(one_make, item)
    assert "Inspect it in stock" not in text_of(inspector.get(f"/lots/{lot}"))
    add_retests(in_days(31))
    listed = inspector.get("/inspections").get_data(as_text=True)
    assert f"/lots/{lot}/0/inspect" in listed
    assert "Periodic inspection" in listed
    assert "Inspect it in stock" in text_of(inspector.get(f"/lots/{lot}"))
    assert "In stock" in text_of(inspector.get("/"))
    storekeeper = Browser(one_app).sign_in(one_make.storekeeper)
    assert "A retest is due since" in text_of(storekeeper.get(f"/lots/{lot}"))
    later = in_days(33)
    with monkeypatch.context() as patched:
        patched.setattr(clock, "now", lambda: later)
        assert run_overdue() == 1
    db.session.rollback()
    assert db.session.query(Alert).one().line_id is None
    form = text_of(inspector.get(f"/lots/{lot}/0/values"))
    assert "Piece 1 of 2" in form or "1 of 2" in form
    for piece in ("1", "2"):
        inspector.post(f"/lots/{lot}/0/values", piece=piece, **{"v:crack:1": "yes"})
    assert inspector.get(f"/lots/{lot}/0/values/corrected").status_code == 200
    judging = text_of(inspector.get(f"/lots/{lot}/0/inspect"))
    assert "NG locks lot B1" in judging
    assert "Passed" in text_of(inspector.post(f"/lots/{lot}/0/inspect", verdict="pass"))
    assert "Nothing waits for you" in text_of(inspector.get("/inspections"))
    db.session.rollback()
    assert db.session.query(Alert).one().closed_at is not None


def test_every_page_of_a_failed_retest_says_where_it_was(one_app: Flask, one_make: Factory) -> None:
    lot, item = stocked(one_make)
    periodic(one_make, item)
    add_retests(in_days(31))
    read(one_make, lot, "no")
    hold = judge(one_make, lot, Verdict.FAIL).hold_id
    db.session.rollback()
    check = checks()[0].id
    desk = Browser(one_app).sign_in(one_make.supervisor)
    ncr = desk.get(f"/holds/{hold}/ncr").headers["Location"]
    for path in (
        f"/lots/{lot}",
        f"/history/{lot}",
        f"/inspections/{check}",
        f"/holds/{hold}/release",
        f"/holds/{hold}/where",
        ncr,
        "/",
    ):
        answer = desk.get(path)
        assert answer.status_code == 200, path
        assert "None" not in text_of(answer), path
    program = Program(one_app, one_make.quality)
    assert program.get(f"/inspections/{check}").status_code == 200
    assert program.get(f"/holds/{hold}/pieces").status_code == 200
    assert program.get("/alerts").status_code == 200


def test_a_program_tests_again_and_hears_of_it(one_app: Flask, one_make: Factory) -> None:
    lot, item = stocked(one_make)
    periodic(one_make, item)
    add_retests(in_days(31))
    program = Program(one_app, one_make.inspector)
    program.get("/inspections/open")
    (due,) = program.heard["entries"]
    assert (due["kind"], due["operation"], due["quantity"]) == ("periodic", None, "250")
    values = [{"key": "crack", "text": "yes", "piece": n} for n in (1, 2)]
    body = {"lot": lot, "operation": 0, "values": values}
    assert program.post("/inspections/values", body).status_code == 200
    body = {"lot": lot, "operation": 0, "verdict": "pass", "inspection": due["inspection"]}
    assert program.post("/inspections", body).status_code == 200
    assert program.get("/inspections").status_code == 200
    assert program.heard["entries"][0]["operation"] is None
