"""The first article: nothing more is made at its operation until an inspector has passed it."""

from datetime import timedelta
from decimal import Decimal
from multiprocessing.synchronize import Barrier
from typing import Any

import pytest
from sqlalchemy import select

from shopfloor.core import clock
from shopfloor.core.clock import When
from shopfloor.core.db import db
from shopfloor.core.undo import undo_event
from shopfloor.people.grants import give_role
from shopfloor.people.setup import founder
from shopfloor.production.commands.jobs import start_work
from shopfloor.production.commands.parting import split_lot
from shopfloor.production.commands.reports import report_quantities
from shopfloor.production.models import JobKind
from shopfloor.quality.commands.checks import read_values
from shopfloor.quality.commands.inspections import record_inspection
from shopfloor.quality.commands.plans import archive_plan, publish_plan
from shopfloor.quality.commands.releases import release_hold
from shopfloor.quality.commands.self_checks import check_first_article
from shopfloor.quality.models import Verdict
from shopfloor.quality.plan_models import Again, Check, Plan, PlanKind
from shopfloor.quality.plan_writing import PlanWritten
from shopfloor.quality.values import Read
from tests.crowd import PATIENCE, attempt, together
from tests.invariants import require_invariants
from tests.make import Factory, Worker, new_id
from tests.quality.test_plans import CRACK, plan
from tests.refusing import refused
from tests.statements import counted

GOOD = Read("crack", "yes")


def planned_item(make: Factory, kind: PlanKind = PlanKind.FIRST_ARTICLE, **how: Any) -> int:
    """Return an item with a published plan of a kind at operation 10."""
    item = make.item(inspect=())
    draft = PlanWritten(**{"size": 1, "grace_minutes": 15, **how})
    made = plan(make, item, CRACK, kind=kind, sequence=10, draft=draft)
    publish_plan(make.quality.act(), plan_id=made, version=1)
    return item


def report(make: Factory, lot: str, good: int, operation: int = 10, **how: Any) -> Any:
    return report_quantities(
        make.operator.act(), lot=lot, operation=operation, good=Decimal(good), **how
    )


def self_check(make: Factory, lot: str, by: Worker | None = None) -> Any:
    who = by or make.operator
    return check_first_article(who.act(), lot=lot, operation=10, ticked=("crack",))


def judge(make: Factory, lot: str, verdict: Verdict = Verdict.PASS, **how: Any) -> Any:
    return record_inspection(make.inspector.act(), lot=lot, operation=10, verdict=verdict, **how)


def read(make: Factory, lot: str) -> Any:
    return read_values(make.inspector.act(), lot=lot, operation=10, values=(GOOD,))


def test_nothing_more_is_made_until_the_first_article_has_passed(make: Factory) -> None:
    """Rows Y10 and Q145: refused with who is awaited; both names and times are kept."""
    lot = make.lot(10, item_id=planned_item(make))
    with refused("first_article", 409, "good"):
        report(make, lot, 2)
    start_work(make.operator.act(), lot=lot, operation=10)
    booked = report(make, lot, 1)
    assert [effect.name for effect in booked.effects] == ["quality/first_article"]
    mate = make.person("operator", "mate")
    for _ in range(2):
        with refused("first_article") as no:
            report(make, lot, 1)
        with refused("first_article"):
            start_work(mate.act(), lot=lot, operation=10)
    assert no.value.leads_to is not None
    start_work(mate.act(), lot=lot, operation=10, kind=JobKind.SETUP)
    # Elsewhere work goes on.
    report(make, lot, 1, operation=20)
    with refused("not_begun"):
        judge(make, lot)
    read(make, lot)
    with refused("not_self_checked"):
        judge(make, lot)
    with refused("not_all_ticked"):
        check_first_article(make.operator.act(), lot=lot, operation=10, ticked=())
    self_check(make, lot)
    with refused("checked_already"):
        self_check(make, lot, mate)
    with refused("first_article") as no:
        report(make, lot, 1)
    assert "Operator" in str(no.value.hint)
    assert judge(make, lot).quantity == 0
    report(make, lot, 9)
    db.session.rollback()
    check = db.session.scalars(select(Check)).one()
    assert (check.self_checked_by_id, check.verdict) == (make.operator.id, Verdict.PASS)
    assert check.self_checked_at is not None
    require_invariants()


def test_a_first_article_that_fails_locks_and_another_one_is_made(make: Factory) -> None:
    lot = make.lot(10, item_id=planned_item(make))
    report(make, lot, 1)
    hold_id = judge(make, lot, Verdict.FAIL).hold_id
    with refused("held"):
        report(make, lot, 1)
    release_hold(
        make.supervisor.act(),
        hold_id=hold_id,
        signature_id=make.supervisor.signs(),
        reason_id=make.reasons["release"],
    )
    with refused("first_article"):
        report(make, lot, 2)
    report(make, lot, 1)
    with refused("first_article"):
        report(make, lot, 1)
    self_check(make, lot)
    read(make, lot)
    judge(make, lot)
    report(make, lot, 8)
    require_invariants()


def test_it_holds_for_every_lot_of_the_order_and_for_no_other_item(make: Factory) -> None:
    """Row Q49: only those ask. A lot that is split off is no way around it."""
    item = planned_item(make)
    lot = make.lot(10, item_id=item)
    other = split_lot(make.operator.act(), lot=lot, operation=10, quantity=Decimal(4)).target.code
    report(make, lot, 1)
    with refused("first_article"):
        report(make, other, 1)
    plain = make.lot(10, inspect=())
    with counted() as sent:
        report(make, plain, 10)
    assert not [each for each in sent if "inspection_check" in each]
    # Whoever scraps it himself makes another one, and nobody is called for it.
    fresh = make.lot(10, item_id=item)
    report(make, fresh, 0, scrap=Decimal(1), scrap_reason_id=make.reasons["scrap"])
    report(make, fresh, 1)
    with refused("first_article"):
        report(make, fresh, 1)


def test_nobody_confirms_his_own_check_and_an_archived_plan_asks_no_more(make: Factory) -> None:
    item = planned_item(make)
    lot = make.lot(10, item_id=item)
    report(make, lot, 1)
    with refused("no_right"):
        self_check(make, lot, make.inspector)
    both = make.person("operator", "both")
    give_role(founder(new_id()), person_id=both.id, role="inspector")
    self_check(make, lot, both)
    read(make, lot)
    with refused("four_eyes", 403):
        record_inspection(both.act(), lot=lot, operation=10, verdict=Verdict.PASS)
    plan_id = db.session.scalars(select(Plan.id)).one()
    archive_plan(make.quality.act(), plan_id=plan_id, archived=True)
    report(make, lot, 9)


def test_a_first_article_that_was_taken_back_cannot_pass(make: Factory) -> None:
    lot = make.lot(10, item_id=planned_item(make))
    first = report(make, lot, 1)
    self_check(make, lot)
    read(make, lot)
    undo_event(make.operator.act(), event_id=first.event_id)
    with refused("nothing_waits"):
        judge(make, lot)
    report(make, lot, 1)
    judge(make, lot)


def test_a_plan_published_meanwhile_holds_from_the_next_report_on(make: Factory) -> None:
    item = make.item(inspect=())
    lot = make.lot(10, item_id=item)
    report(make, lot, 5)
    made = plan(make, item, CRACK, kind=PlanKind.FIRST_ARTICLE, sequence=10)
    publish_plan(make.quality.act(), plan_id=made, version=1)
    with refused("first_article", field="good"):
        report(make, lot, 2)
    report(make, lot, 1)
    with refused("first_article"):
        report(make, lot, 1)


TRIALS = 12


def report_each(start: Barrier, operator: Worker, lots: list[str]) -> list[Any]:
    """A job: report the second piece at every trial."""
    answers = []
    for lot in lots:
        start.wait(PATIENCE)
        told = {"lot": lot, "operation": 10, "good": Decimal(1)}
        answers.append(attempt(report_quantities, operator.act(), told))
    return answers


def judge_each(start: Barrier, inspector: Worker, lots: list[str]) -> list[Any]:
    """A job: pass the first article at every trial."""
    answers = []
    for lot in lots:
        start.wait(PATIENCE)
        told = {"lot": lot, "operation": 10, "verdict": Verdict.PASS}
        answers.append(attempt(record_inspection, inspector.act(), told))
    return answers


@pytest.mark.processes
def test_a_report_beside_the_pass_is_behind_it_or_refused(make: Factory) -> None:
    """Torture 7: both orders of arrival."""
    item = planned_item(make)
    lots = [make.lot(3, item_id=item) for _ in range(TRIALS)]
    for lot in lots:
        report(make, lot, 1)
        self_check(make, lot)
        read(make, lot)
    jobs = [(report_each, make.operator, lots), (judge_each, make.inspector, lots)]
    reported, judged = together(jobs)
    for booked, passed in zip(reported, judged, strict=True):
        assert booked == "first_article" or booked.event_id > passed.event_id
    require_invariants()


def test_each_station_of_an_order_has_its_own_first_article(make: Factory) -> None:
    """Row Y10: asked again when the station changes, and not again where one has passed."""
    lot = make.lot(20, item_id=planned_item(make, again=Again.STATION))
    other = {"station_id": make.stations[1]}
    pass_first(make, lot)
    report(make, lot, 3)
    with refused("first_article"):
        report(make, lot, 2, **other)
    report(make, lot, 1, **other)
    with refused("first_article"):
        report(make, lot, 1, **other)
    # Where it has passed, work goes on meanwhile.
    report(make, lot, 2)
    judged(make, lot)
    report(make, lot, 4, **other)
    report(make, lot, 4)
    db.session.rollback()
    stations = db.session.scalars(select(Check.station_id).order_by(Check.id)).all()
    assert stations == make.stations[:2]


def test_each_shift_begins_with_a_first_article(make: Factory) -> None:
    """Row Y10: by the plant's shifts at the time of the report; a fail is made good in it."""
    lot = make.lot(20, item_id=planned_item(make, again=Again.SHIFT))
    # In Shanghai it is morning, and then late in the evening.
    tomorrow = clock.now() + timedelta(days=1)
    day, night = (When(tomorrow.replace(hour=hour, minute=30)) for hour in (2, 14))
    reported(make, lot, 1, day)
    judged(make, lot)
    reported(make, lot, 5, day)
    with refused("first_article"):
        reported(make, lot, 5, night)
    reported(make, lot, 1, night)
    with refused("first_article"):
        reported(make, lot, 1, night)
    judged(make, lot)
    reported(make, lot, 5, night)
    db.session.rollback()
    shifts = db.session.scalars(select(Check.shift).order_by(Check.id)).all()
    assert len(set(shifts)) == len(shifts) == 2


def reported(make: Factory, lot: str, good: int, when: When) -> None:
    act = make.operator.act(when=when)
    report_quantities(act, lot=lot, operation=10, good=Decimal(good))


def judged(make: Factory, lot: str) -> None:
    self_check(make, lot)
    read(make, lot)
    judge(make, lot)


def pass_first(make: Factory, lot: str) -> None:
    report(make, lot, 1)
    judged(make, lot)
