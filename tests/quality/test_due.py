"""Patrols, last pieces, final inspections: due by themselves, and what waits for them."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select

from shopfloor.alerts.models import Alert
from shopfloor.core import clock
from shopfloor.core.clock import When
from shopfloor.core.db import db
from shopfloor.production import work
from shopfloor.production.commands.jobs import pause_work, start_work
from shopfloor.production.commands.orders import close_order
from shopfloor.production.commands.reports import report_quantities
from shopfloor.quality.commands.checks import read_values
from shopfloor.quality.commands.inspections import record_inspection
from shopfloor.quality.commands.plans import publish_plan
from shopfloor.quality.models import Verdict
from shopfloor.quality.patrols import add_patrols
from shopfloor.quality.plan_models import Check, PlanKind
from shopfloor.quality.values import Read
from tests.api.program import Program
from tests.browse import Browser, text_of
from tests.invariants import require_invariants
from tests.make import Factory
from tests.quality.test_first_article import judge, planned_item, read, report, self_check
from tests.quality.test_plans import CRACK, plan
from tests.quality.test_record_inspection import failing_at
from tests.quality.test_release_hold import release
from tests.quality.test_sorted_out import look, to_sort
from tests.refusing import refused
from tests.statements import counted


def checks() -> list[Check]:
    db.session.rollback()
    return list(db.session.scalars(select(Check).order_by(Check.id)))


def test_a_patrol_is_due_every_so_many_pieces_and_stops_nothing(make: Factory) -> None:
    """Row Q50."""
    lot = make.lot(100, item_id=planned_item(make, PlanKind.PATROL, every_pieces=20))
    report(make, lot, 19)
    assert checks() == []
    report(make, lot, 1)
    report(make, lot, 25)
    (due,) = checks()
    assert (due.at_pieces, due.opened_at) == (20, None)
    assert due.overdue_at == due.due_at + timedelta(minutes=15)
    read(make, lot)
    judge(make, lot)
    report(make, lot, 1)
    assert [check.at_pieces for check in checks()] == [20, 46]
    assert judge(make, lot, Verdict.FAIL).hold_id
    with refused("held"):
        report(make, lot, 1)
    require_invariants()


def test_a_patrol_by_the_clock_is_added_once_while_somebody_works(make: Factory) -> None:
    lot = make.lot(100, item_id=planned_item(make, PlanKind.PATROL, every_minutes=60))
    now = clock.now()
    assert add_patrols(now + timedelta(hours=9)) == 0
    job = start_work(make.operator.act(), lot=lot, operation=10).job_id
    assert add_patrols(now + timedelta(minutes=59)) == 0
    later = now + timedelta(minutes=62)
    assert [add_patrols(later), add_patrols(later), add_patrols(later)] == [1, 0, 0]
    read(make, lot)
    judge(make, lot)
    assert add_patrols(later + timedelta(minutes=59)) == 0
    pause_work(make.operator.act(), job_id=job, reason_id=make.reasons["pause"])
    assert add_patrols(later + timedelta(hours=9)) == 0


def test_the_last_piece_is_inspected_before_the_order_is_closed(make: Factory) -> None:
    item = planned_item(make, PlanKind.LAST_PIECE)
    released = make.order(10, item_id=item)
    lot = released.lot.code
    report(make, lot, 9)
    assert checks() == []
    report(make, lot, 1)
    assert [check.kind for check in checks()] == [PlanKind.LAST_PIECE]
    for operation in (20, 30):
        report(make, lot, 10, operation=operation)
    with refused("last_piece", 409):
        close_order(make.planner.act(), order_id=released.order.id)
    read(make, lot)
    judge(make, lot)
    close_order(make.planner.act(), order_id=released.order.id)


def test_an_order_is_not_closed_while_bad_pieces_wait_for_ng(make: Factory) -> None:
    item = planned_item(make, PlanKind.PATROL, every_pieces=2)
    released = make.order(10, item_id=item)
    report(make, released.lot.code, 2)
    bad = (Read("crack", "no", piece=1),)
    read_values(make.inspector.act(), lot=released.lot.code, operation=10, values=bad)
    with refused("bad_ones_wait", 409) as no:
        close_order(make.planner.act(), order_id=released.order.id)
    assert str(no.value).startswith(f"Bad pieces of {released.lot.number} at operation 10")
    judged = judge(make, released.lot.code, Verdict.FAIL)
    with refused("held", 409):
        close_order(make.planner.act(), order_id=released.order.id)
    release(make, judged.hold_id or 0)
    close_order(make.planner.act(), order_id=released.order.id)


def test_nor_while_what_was_sorted_out_does(make: Factory) -> None:
    lot = to_sort(make)
    order = work.load(db.session(), lot).order.id
    look(make, lot, good=8, bad=2)
    with refused("bad_ones_wait", 409):
        close_order(make.planner.act(), order_id=order)
    judge(make, lot)
    with refused("bad_ones_wait", 409):
        close_order(make.planner.act(), order_id=order)


def test_with_its_order_everything_is_closed_that_nobody_can_inspect_any_more(
    make: Factory,
) -> None:
    item = planned_item(make, PlanKind.PATROL, every_pieces=2)
    first = plan(make, item, CRACK, kind=PlanKind.FIRST_ARTICLE, sequence=20)
    publish_plan(make.quality.act(), plan_id=first, version=1)
    orders = [make.order(10, item_id=item) for _ in range(2)]
    for each in orders:
        report(make, each.lot.code, 2)
        report(make, each.lot.code, 1, operation=20)
    read(make, orders[0].lot.code)
    close_order(make.planner.act(), order_id=orders[0].order.id)
    assert [(check.closed_at is None, check.verdict) for check in checks()] == [
        *[(False, None)] * 2,
        *[(True, None)] * 2,
    ]
    late = make.supervisor.act(when=When(clock.now() - timedelta(hours=1)))
    told: dict[str, Any] = {"lot": orders[0].lot.code, "operation": 10, "good": Decimal(2)}
    report_quantities(late, **told, override_reason_id=make.reasons["override"])
    assert len(checks()) == 4


def test_pieces_are_finished_goods_only_behind_the_final_inspection(make: Factory) -> None:
    """Torture 68: it cannot come before what is in front of it."""
    item = make.item(inspect=())
    made = plan(make, item, CRACK, kind=PlanKind.FINAL)
    publish_plan(make.quality.act(), plan_id=made, version=1)
    lot = make.lot(2, item_id=item)
    told: dict[str, Any] = {"lot": lot, "operation": 30, "verdict": Verdict.PASS}
    report(make, lot, 2)
    with refused("nothing_waits"):
        record_inspection(make.inspector.act(), **told)
    with refused("nothing_waits"):
        read_values(make.inspector.act(), lot=lot, operation=30, values=(Read("crack", "yes"),))
    for operation in (20, 30):
        report(make, lot, 2, operation=operation)
    with refused("not_begun"):
        record_inspection(make.inspector.act(), **told)
    require_invariants()


def test_an_error_while_a_first_article_is_judged_opens_nothing(make: Factory) -> None:
    """Torture 69: at each statement in turn; nothing more can be made, as before."""
    lot = make.lot(10, item_id=planned_item(make))
    report(make, lot, 1)
    self_check(make, lot)
    read(make, lot)
    for step in range(1, 40):
        fail = failing_at(step)
        event.listen(db.engine, "before_cursor_execute", fail)
        try:
            judge(make, lot)
            break
        except RuntimeError:
            pass
        finally:
            event.remove(db.engine, "before_cursor_execute", fail)
        if step % 4 == 0:
            with refused("first_article"):
                report(make, lot, 1)
    assert step > 8
    report(make, lot, 9)


def test_a_verdict_is_on_the_inspection_that_was_looked_at(one_make: Factory) -> None:
    lot = one_make.lot(10, item_id=planned_item(one_make, PlanKind.PATROL, every_pieces=5))
    report(one_make, lot, 5)
    read(one_make, lot)
    seen = checks()[0].id
    judge(one_make, lot, check_id=seen)
    with refused("another_turn"):
        judge(one_make, lot, Verdict.FAIL, check_id=seen)


def test_a_watched_report_costs_one_statement_more(one_make: Factory) -> None:
    lot = one_make.lot(100, item_id=planned_item(one_make, PlanKind.PATROL, every_pieces=50))
    report(one_make, lot, 1)
    plain = one_make.lot(100, inspect=())
    report(one_make, plain, 1)
    with counted() as without:
        report(one_make, plain, 1)
    with counted() as watched:
        report(one_make, lot, 1)
    assert len(watched) == len(without) + 1


@pytest.fixture
def inspector(one_app: Flask, one_make: Factory) -> Browser:
    return Browser(one_app).sign_in(one_make.inspector)


def test_the_list_has_the_urgent_first_and_opens_the_form(
    inspector: Browser, one_app: Flask, one_make: Factory
) -> None:
    """Row Q66, and the way of a first article over the pages."""
    assert "Nothing waits for you" in text_of(inspector.get("/inspections"))
    waiting = one_make.lot(10, inspect=(10,))
    report(one_make, waiting, 4)
    late = one_make.lot(
        10, item_id=planned_item(one_make, PlanKind.PATROL, every_pieces=5, grace_minutes=0)
    )
    report(one_make, late, 5)
    lot = one_make.lot(10, item_id=planned_item(one_make))
    operator = Browser(one_app).sign_in(one_make.operator)
    booked = operator.post(f"/lots/{lot}/10/report", good="1")
    assert "This was the first article" in text_of(booked)
    assert "Check the first article" in text_of(operator.get(f"/lots/{lot}"))
    home = text_of(inspector.get("/"))
    assert "All inspections: 3" in home
    page = inspector.get("/inspections").get_data(as_text=True)
    assert page.index(f"/lots/{late}/10/inspect") < page.index(f"/lots/{lot}/10/inspect")
    assert page.index(f"/lots/{lot}/10/inspect") < page.index(f"/lots/{waiting}/10/inspect")
    assert "not checked by its maker yet" in page
    only = inspector.get("/inspections?state=overdue").get_data(as_text=True)
    assert f"/lots/{late}/10/inspect" in only
    assert f"/lots/{lot}/10/inspect" not in only
    assert "No crack" in text_of(operator.get(f"/lots/{lot}/10/first-article"))
    answer = operator.post(f"/lots/{lot}/10/first-article")
    assert answer.status_code == 409
    answer = operator.post(f"/lots/{lot}/10/first-article", **{"t:crack": "1"})
    assert answer.status_code == 303
    assert "First article" in text_of(inspector.get(f"/lots/{lot}"))
    inspector.post(f"/lots/{lot}/10/values", piece="1", **{"v:crack:1": "yes"})
    judging = inspector.get(f"/lots/{lot}/10/inspect").get_data(as_text=True)
    check = judging.split('name="check" value="')[1].split('"')[0]
    passed = inspector.post(f"/lots/{lot}/10/inspect", verdict="pass", check=check)
    assert "Passed" in text_of(passed)
    assert operator.post(f"/lots/{lot}/10/report", good="9").status_code == 200


def test_the_list_needs_the_same_statements_however_long_it_is(
    inspector: Browser, one_make: Factory
) -> None:
    item = one_make.item(inspect=(10,))
    report(one_make, one_make.lot(10, item_id=item), 1)
    with counted() as few:
        inspector.get("/inspections")
    for _ in range(4):
        report(one_make, one_make.lot(10, item_id=item), 1)
    with counted() as many:
        inspector.get("/inspections")
    assert len(few) == len(many) <= 5


def test_a_program_lists_checks_and_confirms_a_first_article(
    one_app: Flask, one_make: Factory
) -> None:
    """The inspectors are called when the operator has checked it, and no longer than needed."""
    lot = one_make.lot(10, item_id=planned_item(one_make))
    report(one_make, lot, 1)
    program, maker = Program(one_app, one_make.inspector), Program(one_app, one_make.operator)
    assert program.get("/inspections/open?state=due&line=L1").status_code == 200
    (first,) = program.heard["entries"]
    assert (first["kind"], first["self_checked_at"]) == ("first_article", None)
    body = {"lot": lot, "operation": 10, "ticked": ["crack"]}
    assert maker.post("/inspections/self-checks", body).status_code == 200
    values = {"lot": lot, "operation": 10, "values": [{"key": "crack", "text": "yes"}]}
    assert program.post("/inspections/values", values).status_code == 200
    db.session.rollback()
    alert = db.session.scalars(select(Alert)).one()
    assert (alert.kind, alert.closed_at) == ("first_article", None)
    verdict = {"lot": lot, "operation": 10, "verdict": "pass", "inspection": first["inspection"]}
    assert program.post("/inspections", verdict).status_code == 200
    program.get("/inspections/open")
    assert program.heard == {"entries": [], "next": None}
    db.session.rollback()
    assert db.session.scalars(select(Alert.closed_at)).one() is not None
