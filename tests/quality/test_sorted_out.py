"""NG on pieces that were sorted out: they alone are locked, and the order goes on."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from flask import Flask
from sqlalchemy import select

from shopfloor.alerts.models import Alert
from shopfloor.core.db import db
from shopfloor.core.events import EventSubject, Role
from shopfloor.core.reconcile import run_checks
from shopfloor.core.subjects import Subject
from shopfloor.holds.commands import place_hold
from shopfloor.holds.models import Hold
from shopfloor.holds.number_commands import lock_numbers
from shopfloor.holds.number_models import NumberKind
from shopfloor.pay.models import PayLine, PayState
from shopfloor.production import work
from shopfloor.production.commands.parting import split_lot
from shopfloor.production.commands.reports import report_quantities
from shopfloor.production.commands.setting_apart import hold_part
from shopfloor.production.portions import Standing
from shopfloor.quality.commands.checks import correct_value, read_values
from shopfloor.quality.commands.inspections import Judged, record_inspection
from shopfloor.quality.commands.plans import publish_plan
from shopfloor.quality.commands.releases import Decided
from shopfloor.quality.models import DispositionKind, Inspection, Verdict
from shopfloor.quality.ncr_models import NcrState, Nonconformance
from shopfloor.quality.plan_models import Check, PlanKind, Sampling
from shopfloor.quality.plan_writing import PlanWritten
from shopfloor.quality.suspects import suspected
from shopfloor.quality.values import Read
from tests.browse import Browser, text_of
from tests.invariants import require_invariants
from tests.make import Factory
from tests.quality.test_plans import CRACK, plan
from tests.quality.test_release_hold import release, stops
from tests.refusing import refused

SORT, SCRAP = DispositionKind.SORT, DispositionKind.SCRAP
TWO = PlanWritten(sampling=Sampling.FIXED, size=2)


def report(make: Factory, lot: str, operation: int, pieces: int) -> None:
    report_quantities(make.operator.act(), lot=lot, operation=operation, good=Decimal(pieces))


def judge(make: Factory, lot: str, verdict: Verdict = Verdict.FAIL, **more: Any) -> Judged:
    return record_inspection(make.inspector.act(), lot=lot, operation=10, verdict=verdict, **more)


def to_sort(
    make: Factory, pieces: int = 10, before: int = 0, every_pieces: int | None = None
) -> str:
    """Return a lot that failed at operation 10 and is sent to be sorted there."""
    item = make.item(inspect=(), rate="0.50")
    plans = [plan(make, item, CRACK, sequence=10, draft=TWO)]
    if every_pieces:
        often = PlanWritten(size=1, every_pieces=every_pieces)
        plans.append(plan(make, item, CRACK, kind=PlanKind.PATROL, sequence=10, draft=often))
    for written in plans:
        publish_plan(make.quality.act(), plan_id=written, version=1)
    lot = make.lot(pieces + before, item_id=item)
    report(make, lot, 10, pieces)
    hold = judge(make, lot).hold_id or 0
    release(make, hold, Decided(lot, 10, SORT, Decimal(pieces)), concession=None)
    return lot


def look(make: Factory, lot: str, good: int, bad: int) -> None:
    said = ["yes"] * good + ["no"] * bad
    values = tuple(Read("crack", each, n) for n, each in enumerate(said, 1))
    read_values(make.inspector.act(), lot=lot, operation=10, values=values)


def open_locks() -> list[str]:
    db.session.rollback()
    query = select(Subject.code).join(Hold, Hold.subject_id == Subject.id)
    return list(db.session.scalars(query.where(Hold.released_at.is_(None)).order_by(Hold.id)))


def checks() -> Sequence[Check]:
    return db.session.scalars(select(Check).order_by(Check.id)).all()


def require_clean() -> None:
    require_invariants()
    assert run_checks().differences == ()


def test_the_bad_ones_are_locked_alone_and_the_order_goes_on(make: Factory) -> None:
    """Their pay, nonconformance and alert are their own; nobody else is suspected once more."""
    lot = to_sort(make)
    look(make, lot, good=8, bad=2)
    assert judge(make, lot, Verdict.PASS).quantity == 8
    other = make.lot(5)
    report(make, other, 10, 5)
    judged = judge(make, lot, reason_id=make.reasons["hold"], note="cracked")
    assert (judged.quantity, judged.source and judged.source.code) == (2, lot)
    assert open_locks() == [judged.lot_code]
    roles = db.session.execute(
        select(Subject.code, EventSubject.role)
        .join(EventSubject, EventSubject.subject_id == Subject.id)
        .where(EventSubject.event_id == judged.event_id, EventSubject.role != Role.ABOUT)
    )
    assert {row.code: row.role for row in roles} == {lot: Role.USED, judged.lot_code: Role.MADE}
    with refused("held"):
        report(make, judged.lot_code, 20, 1)
    # A second tap, of whoever has not seen the first, does not lock the order after all.
    with refused("already_locked"):
        judge(make, lot)
    report(make, lot, 20, 8)
    assert [(s.left, s.waiting, s.held) for s in stops(lot)] == [(0, 0, 0), (0, 0, 0), (8, 0, 0)]
    assert stops(judged.lot_code)[0].held == 2
    target = work.load(db.session(), judged.lot_code).lot.id
    checks = db.session.scalars(select(Check).order_by(Check.id)).all()
    assert (checks[-1].lot_id, checks[-1].verdict) == (target, Verdict.FAIL)
    assert db.session.get_one(Inspection, checks[-1].inspection_id).lot_id == target
    first, ncr = db.session.scalars(select(Nonconformance).order_by(Nonconformance.id)).all()
    assert (ncr.lot_id, ncr.quantity, ncr.hold_id) == (target, 2, judged.hold_id)
    assert first.state is NcrState.OPEN
    assert suspected(db.session(), judged.hold_id or 0) == []
    alert = db.session.scalars(select(Alert).where(Alert.closed_at.is_(None))).one()
    assert (alert.subject_id, alert.hold_id, alert.times) == (target, judged.hold_id, 1)
    paid = select(PayLine.pieces, PayLine.state).where(PayLine.lot_id == target)
    assert [tuple(row) for row in db.session.execute(paid)] == [(2, PayState.HELD)]
    require_clean()
    release(make, judged.hold_id or 0, Decided(judged.lot_code, 10, SCRAP, Decimal(2)))
    assert [each.state for each in db.session.scalars(select(Nonconformance))] == [
        NcrState.CLOSED,
        NcrState.CLOSED,
    ]
    require_clean()


def test_what_was_locked_alone_can_be_sorted_again(make: Factory) -> None:
    """A mistyped value is found so; of what is bad then the lot itself is locked, being all."""
    lot = to_sort(make)
    look(make, lot, good=7, bad=3)
    judge(make, lot, Verdict.PASS)
    judged = judge(make, lot)
    release(make, judged.hold_id or 0, Decided(judged.lot_code, 10, SORT, Decimal(3)))
    look(make, judged.lot_code, good=0, bad=3)
    with refused("sorted_out"):
        judge(make, judged.lot_code, Verdict.PASS)
    again = judge(make, judged.lot_code)
    assert (again.lot_code, again.source, again.alone) == (judged.lot_code, None, True)
    assert open_locks() == [judged.lot_code]
    require_clean()


def test_pieces_do_not_leave_a_lot_that_is_locked_meanwhile(make: Factory) -> None:
    """They would be freed by one lock of two: then the lot is locked, and not its order."""
    lot = to_sort(make, before=4)
    look(make, lot, good=8, bad=2)
    judge(make, lot, Verdict.PASS)
    subject = work.load(db.session(), lot).lot.id
    place_hold(make.quality.act(), subject_id=subject, reason_id=make.reasons["hold"])
    judged = judge(make, lot)
    assert (judged.lot_code, judged.source, judged.alone) == (lot, None, True)
    assert open_locks() == [lot, lot]
    assert stops(lot)[0].held == 2
    require_clean()


def test_a_locked_number_holds_them_besides(make: Factory) -> None:
    lot = to_sort(make)
    look(make, lot, good=8, bad=2)
    judge(make, lot, Verdict.PASS)
    number = f"{(work.load(db.session(), lot).subject.number or '')[:-1]}2"
    lock_numbers(
        make.quality.act(), kind=NumberKind.LOT, first=number, reason_id=make.reasons["hold"]
    )
    judged = judge(make, lot)
    assert judged.lot == number
    assert open_locks() == [judged.lot_code, judged.lot_code]
    require_clean()


def test_what_comes_besides_is_inspected_after_it_as_the_plan_says(make: Factory) -> None:
    """Nobody takes fresh pieces for those that were sent to be sorted."""
    lot = to_sort(make, before=20)
    report(make, lot, 10, 20)
    look(make, lot, good=0, bad=10)
    assert [(each.quantity, each.size) for each in checks()][-1] == (10, 10)
    judged = judge(make, lot)
    assert (judged.quantity, judged.alone) == (10, True)
    look(make, lot, good=1, bad=1)
    assert [(each.quantity, each.size) for each in checks()][-1] == (20, 2)
    order = work.load(db.session(), lot).order_subject.code
    assert judge(make, lot).alone is False
    assert open_locks() == [judged.lot_code, order]
    require_clean()


def test_pieces_that_are_to_be_sorted_leave_their_lot_only_locked(make: Factory) -> None:
    """In another lot they would be drawn as its plan says; what is left is sorted anew."""
    lot, other = to_sort(make), make.lot(5)
    parting: dict[str, Any] = {"lot": lot, "operation": 10, "standing": Standing.WAITING}
    for _ in range(2):
        with refused("to_be_sorted"):
            split_lot(make.operator.act(), **parting, quantity=Decimal(3))
        look(make, lot, good=8, bad=2)
    judge(make, lot, Verdict.PASS)
    hold = hold_part(
        make.supervisor.act(), **parting, quantity=Decimal(1), reason_id=make.reasons["hold"]
    )
    assert [each.verdict for each in checks() if each.closed_at] == [Verdict.PASS, None]
    look(make, lot, good=0, bad=1)
    judged = judge(make, lot)
    assert (judged.quantity, judged.alone) == (1, True)
    assert open_locks() == [hold.parted.target.code, judged.lot_code]
    report(make, other, 10, 5)
    require_clean()


def test_the_pass_that_was_sent_to_be_sorted_is_the_one_that_is(make: Factory) -> None:
    """What came meanwhile in an earlier pass is neither passed nor locked for it."""
    item = make.item(inspect=())
    written = plan(make, item, CRACK, sequence=20, draft=TWO)
    publish_plan(make.quality.act(), plan_id=written, version=1)
    lot = make.lot(10, item_id=item)
    report(make, lot, 10, 6)
    for passes, kind in enumerate((DispositionKind.REWORK, SORT), 1):
        report(make, lot, 20, 6)
        hold = record_inspection(
            make.inspector.act(), lot=lot, operation=20, verdict=Verdict.FAIL
        ).hold_id
        decided = Decided(lot, 20, kind, Decimal(6), passes)
        release(make, hold or 0, decided, concession=None)
    report(make, lot, 10, 4)
    report(make, lot, 20, 4)
    values = tuple(Read("crack", said, n) for n, said in enumerate(["yes"] * 5 + ["no"], 1))
    read_values(make.inspector.act(), lot=lot, operation=20, values=values)
    told: dict[str, Any] = {"lot": lot, "operation": 20}
    record_inspection(make.inspector.act(), **told, verdict=Verdict.PASS)
    record_inspection(make.inspector.act(), **told, verdict=Verdict.FAIL)
    passed, failed = db.session.scalars(select(Inspection).order_by(Inspection.id)).all()[-2:]
    assert [(each.pass_, each.quantity) for each in (passed, failed)] == [(2, 5), (2, 1)]
    assert [row.waiting for row in work.load(db.session(), lot).stop(20).passes] == [4, 0]
    require_clean()


def test_a_patrol_that_passes_sorts_nothing(make: Factory) -> None:
    """It has its turn first, and no pieces wait for it."""
    lot = to_sort(make, before=5, every_pieces=5)
    report(make, lot, 10, 5)
    look(make, lot, good=1, bad=0)
    assert judge(make, lot, Verdict.PASS).quantity == 0
    look(make, lot, good=9, bad=1)
    assert judge(make, lot, Verdict.PASS).quantity == 9
    require_clean()


def test_a_piece_that_was_read_wrong_passes_after_all(make: Factory) -> None:
    """It is corrected where it waits for NG: the good one goes on, and the bad one is locked."""
    lot = to_sort(make)
    look(make, lot, good=8, bad=2)
    judge(make, lot, Verdict.PASS)
    with refused("sorted_out"):
        judge(make, lot, Verdict.PASS)
    correct_value(
        make.inspector.act(),
        lot=lot,
        operation=10,
        value=Read("crack", "yes", piece=2),
        reason_id=make.reasons["undo"],
    )
    assert judge(make, lot, Verdict.PASS).quantity == 1
    judged = judge(make, lot)
    assert (judged.quantity, judged.alone) == (1, True)
    require_clean()


def test_any_other_fail_locks_what_its_plan_says(make: Factory) -> None:
    """Also one of the same lot while it is sorted, as long as a piece of it may be good."""
    lot = to_sort(make)
    look(make, lot, good=1, bad=2)
    order = work.load(db.session(), lot).order_subject.code
    assert judge(make, lot).alone is False
    assert open_locks() == [order]


def test_the_page_says_before_and_after_what_is_locked(one_app: Flask, one_make: Factory) -> None:
    lot = to_sort(one_make)
    look(one_make, lot, good=8, bad=2)
    judge(one_make, lot, Verdict.PASS)
    split_lot(one_make.operator.act(), lot=lot, operation=20, quantity=Decimal(3))
    browser = Browser(one_app).sign_in(one_make.inspector)
    page = f"/lots/{lot}/10/inspect"
    shown = text_of(browser.get(page))
    assert "NG locks only these 2 pcs" in shown
    answer = text_of(browser.post(page, verdict="fail"))
    assert "2 pcs are locked everywhere" in answer
    assert "Print the label of" in answer


def test_the_page_names_the_same_reach_as_ng_has_under_locks_elsewhere(
    one_app: Flask, one_make: Factory
) -> None:
    """A lock on another operation stops none of these pieces; one on the place does."""
    lot = to_sort(one_make)
    look(one_make, lot, good=8, bad=2)
    judge(one_make, lot, Verdict.PASS)
    found = work.load(db.session(), lot)
    browser = Browser(one_app).sign_in(one_make.inspector)
    locked = (found.stop(30).operation.id, "only these 2 pcs"), (found.wip.id, "NG locks lot")
    for subject_id, words in locked:
        place_hold(
            one_make.inspector.act(), subject_id=subject_id, reason_id=one_make.reasons["hold"]
        )
        shown = text_of(browser.get(f"/lots/{lot}/10/inspect"))
        assert words in shown, (words, shown)
    assert judge(one_make, lot).alone is True


def test_the_page_offers_to_pass_the_good_ones_of_what_was_sorted(
    one_app: Flask, one_make: Factory
) -> None:
    lot = to_sort(one_make, before=20)
    report(one_make, lot, 10, 20)
    look(one_make, lot, good=8, bad=2)
    browser = Browser(one_app).sign_in(one_make.inspector)
    page = browser.get(f"/lots/{lot}/10/inspect")
    assert "To sort 10 pcs" in text_of(page)
    assert re.search(r'name="quantity"[^>]* value="8"', page.get_data(as_text=True))
