"""Work that asks for a skill, and for having read how it is done."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from shopfloor.catalogue.instruction_models import InstructionRead
from shopfloor.catalogue.instruction_reads import confirm_instruction
from shopfloor.catalogue.instructions import (
    StepWritten,
    begin_instruction,
    publish_instruction,
    save_instruction,
)
from shopfloor.core import subjects
from shopfloor.core.db import db, transaction
from shopfloor.people.models import SKILL, PersonSkill, Skill
from shopfloor.production import work
from shopfloor.production.commands.instructing import use_new_instruction
from shopfloor.production.commands.jobs import start_work
from shopfloor.production.commands.reports import report_quantities
from shopfloor.production.commands.taking_over import take_over_work
from shopfloor.production.models import Operation
from tests.invariants import require_invariants
from tests.make import Factory, Worker, new_id
from tests.refusing import refused

TODAY = timedelta()


def skilled_lot(make: Factory) -> tuple[str, int]:
    """Return a lot whose operation 10 asks for a skill, and the skill."""
    lot = make.lot(50, inspect=())
    with transaction() as session:
        made = subjects.create(session, SKILL, new_id()[:8])
        session.add(Skill(id=made.id, names={"en": "Welding", "zh": "焊接"}))
        session.flush()
        stop = work.load(session, lot).stop(10)
        session.get_one(Operation, stop.operation.id).skill_id = made.id
    return lot, made.id


def give(person: Worker, skill_id: int, last_day: date | None = None) -> None:
    with transaction() as session:
        session.add(PersonSkill(person_id=person.id, skill_id=skill_id, last_day=last_day))


def published(make: Factory, item_id: int, words: str = "Clamp it.") -> int:
    made = begin_instruction(make.planner.act(), item_id=item_id, sequence=10)
    steps = (StepWritten({"en": words, "zh": "夹紧"}),)
    save_instruction(make.planner.act(), instruction_id=made.id, version=1, steps=steps)
    publish_instruction(make.planner.act(), instruction_id=made.id, version=2)
    return made.id


def test_without_the_skill_nobody_starts_or_reports_and_hears_who_can(make: Factory) -> None:
    lot, skill_id = skilled_lot(make)
    ana = make.person("operator", "ana")
    give(ana, skill_id)
    for call in (
        lambda: start_work(make.operator.act(), lot=lot, operation=10),
        lambda: report_quantities(make.operator.act(), lot=lot, operation=10, good=Decimal(1)),
    ):
        with refused("skill_missing", 409) as no:
            call()
        assert "Welding" in str(no.value)
        assert "Ana" in str(no.value.hint)
    job = start_work(ana.act(), lot=lot, operation=10)
    with refused("skill_missing", 409):
        take_over_work(make.operator.act(), job_id=job.job_id)
    assert report_quantities(ana.act(), lot=lot, operation=10, good=Decimal(5)).good == 5
    # The next operation asks for nothing.
    assert report_quantities(make.operator.act(), lot=lot, operation=20, good=Decimal(5)).good == 5
    require_invariants()


def test_a_skill_is_good_through_its_last_day_at_the_site(make: Factory) -> None:
    lot, skill_id = skilled_lot(make)
    today = make.today()
    give(make.operator, skill_id, today - timedelta(days=2))
    with refused("skill_missing", 409) as no:
        report_quantities(make.operator.act(), lot=lot, operation=10, good=Decimal(1))
    assert "ran out" in str(no.value)
    ana = make.person("operator", "ana")
    # East of Greenwich it may be tomorrow already.
    give(ana, skill_id, today + timedelta(days=1))
    assert report_quantities(ana.act(), lot=lot, operation=10, good=Decimal(1)).good == 1


def test_a_supervisor_lets_it_pass_with_a_reason(make: Factory) -> None:
    lot, _skill = skilled_lot(make)
    reason = make.reasons["override"]
    with refused("no_right", 403):
        start_work(make.operator.act(), lot=lot, operation=10, override_reason_id=reason)
    job = start_work(make.supervisor.act(), lot=lot, operation=10, override_reason_id=reason)
    assert job.overrides == ("skill_missing",)
    booked = report_quantities(
        make.supervisor.act(),
        lot=lot,
        operation=10,
        good=Decimal(2),
        override_reason_id=reason,
    )
    assert booked.overrides == ("skill_missing",)


def test_everybody_on_a_shared_report_has_the_skill(make: Factory) -> None:
    lot, skill_id = skilled_lot(make)
    ana, ben = make.person("operator", "ana"), make.person("operator", "ben")
    give(ana, skill_id)
    shares = ((ana.id, Decimal(3)), (ben.id, Decimal(2)))
    with refused("skill_missing", 409, "shares") as no:
        report_quantities(ana.act(), lot=lot, operation=10, good=Decimal(5), shares=shares)
    assert "Ben" in str(no.value)
    give(ben, skill_id)
    # Who reports for his people need not be able to do it himself.
    booked = report_quantities(
        make.operator.act(), lot=lot, operation=10, good=Decimal(5), shares=shares
    )
    assert booked.good == 5


def test_a_new_revision_is_read_before_the_first_report_under_it(make: Factory) -> None:
    """W166."""
    item = make.item(inspect=())
    first = published(make, item)
    lot = make.lot(50, item_id=item)
    report: dict[str, Any] = {"lot": lot, "operation": 10, "good": Decimal(5)}
    start_work(make.operator.act(), lot=lot, operation=10)
    with refused("instruction_unread", 409) as no:
        report_quantities(make.operator.act(), **report)
    way = no.value.leads_to
    assert way is not None
    assert way.values == {"code": lot, "operation": 10}
    confirm_instruction(make.operator.act(), instruction_id=first)
    report_quantities(make.operator.act(), **report)
    # A later revision does not reach what is released until somebody says so.
    second = published(make, item, "Clamp it twice.")
    report_quantities(make.operator.act(), **report)
    db.session.rollback()
    order_id = work.load(db.session(), lot).order.id
    done = use_new_instruction(make.planner.act(), instruction_id=second, orders=(order_id,))
    assert done.operations == 1
    with refused("instruction_unread", 409):
        report_quantities(make.operator.act(), **report)
    confirm_instruction(make.operator.act(), instruction_id=second)
    # Read twice is read once.
    confirm_instruction(make.operator.act(), instruction_id=second)
    report_quantities(make.operator.act(), **report)
    db.session.rollback()
    read = db.session.scalars(
        select(InstructionRead.instruction_id).order_by(InstructionRead.instruction_id)
    ).all()
    assert read == [first, second]
    with refused("nothing_changes", 409):
        use_new_instruction(make.planner.act(), instruction_id=second, orders=(order_id,))
    # What is released from now on shows it by itself.
    other = make.lot(5, item_id=item)
    assert work.load(db.session(), other).stop(10).operation.instruction_id == second
    require_invariants()


def test_a_draft_is_written_by_one_and_published_once(make: Factory) -> None:
    item, planner = make.item(), make.planner
    made = begin_instruction(planner.act(), item_id=item, sequence=10)
    with refused("draft_open", 409):
        begin_instruction(planner.act(), item_id=item, sequence=10)
    with refused("empty_step", 409):
        publish_instruction(planner.act(), instruction_id=made.id, version=1)
    steps = (StepWritten({"en": "One"}), StepWritten({"zh": "二"}))
    save_instruction(planner.act(), instruction_id=made.id, version=1, steps=steps)
    with refused("edited_since", 409):
        save_instruction(planner.act(), instruction_id=made.id, version=1, steps=())
    with refused("not_found", 404):
        confirm_instruction(make.operator.act(), instruction_id=made.id)
    with refused("no_right", 403):
        save_instruction(make.operator.act(), instruction_id=made.id, version=2, steps=steps)
    with refused("no_file", 422):
        wrong = (StepWritten({}, "f" * 64),)
        save_instruction(planner.act(), instruction_id=made.id, version=2, steps=wrong)
    publish_instruction(planner.act(), instruction_id=made.id, version=2)
    with refused("published", 409):
        save_instruction(planner.act(), instruction_id=made.id, version=3, steps=steps)
    # The next revision begins with the steps of this one.
    again = begin_instruction(planner.act(), item_id=item, sequence=10)
    publish_instruction(planner.act(), instruction_id=again.id, version=1)


def test_who_works_at_one_station_only_confirms_what_he_has_read(make: Factory) -> None:
    item = make.item(inspect=())
    read = published(make, item)
    lot = make.lot(50, item_id=item)
    ana = make.person("operator", "ana", scope_id=make.stations[0])
    confirm_instruction(ana.act(), instruction_id=read)
    assert report_quantities(ana.act(), lot=lot, operation=10, good=Decimal(5)).good == 5
