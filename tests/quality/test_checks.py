"""Inspections by plan: values read in parts, by several people, and no verdict against them."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from shopfloor.configure.models import FieldKind, Weight
from shopfloor.configure.writing import FieldWritten
from shopfloor.core.db import db
from shopfloor.core.deciding import accept_parked
from shopfloor.core.events import Event, EventChange
from shopfloor.core.files import keep
from shopfloor.core.parking import ParkedAction
from shopfloor.core.undo import undo_event
from shopfloor.holds.models import Hold
from shopfloor.production import work
from shopfloor.production.commands.parting import split_lot
from shopfloor.production.commands.reports import report_quantities
from shopfloor.production.commands.setting_apart import hold_part
from shopfloor.production.portions import Standing
from shopfloor.quality.asked import of_turn
from shopfloor.quality.commands.checks import correct_value, read_values
from shopfloor.quality.commands.inspections import record_inspection
from shopfloor.quality.commands.plans import archive_plan, publish_plan, revise_plan, save_plan
from shopfloor.quality.models import Inspection, Verdict
from shopfloor.quality.plan_models import Check, HoldScope, Plan, Sampling, Value
from shopfloor.quality.plan_writing import PlanWritten
from shopfloor.quality.suspects import suspected
from shopfloor.quality.taking import Readings
from shopfloor.quality.values import Read
from tests.core.test_parked import offline
from tests.crowd import send, together
from tests.make import Factory, Worker
from tests.quality.test_plans import CRACK, FINISH, LENGTH, SPREAD, plan
from tests.refusing import refused

TWO = PlanWritten(sampling=Sampling.FIXED, size=2)


def waiting_lot(
    make: Factory, *fields: FieldWritten, pieces: int = 10, draft: PlanWritten = TWO
) -> str:
    """Return a lot with pieces that wait at operation 20, after which a plan asks."""
    item = make.item(inspect=())
    publish_plan(make.quality.act(), plan_id=plan(make, item, *fields, draft=draft), version=1)
    lot = make.lot(pieces, item_id=item)
    for operation in (10, 20):
        report_quantities(make.operator.act(), lot=lot, operation=operation, good=Decimal(pieces))
    return lot


def read(make: Factory, lot: str, *values: Read, by: Worker | None = None, **how: Any) -> Readings:
    who = by or make.inspector
    return read_values(who.act(), lot=lot, operation=20, values=values, **how)


def judge(make: Factory, lot: str, verdict: Verdict = Verdict.PASS, **how: Any) -> Any:
    return record_inspection(make.inspector.act(), lot=lot, operation=20, verdict=verdict, **how)


def good(piece: int) -> tuple[Read, ...]:
    return (
        Read("length", "10.00", piece),
        Read("length", "10,01", piece, 2),
        Read("crack", "yes", piece),
    )


def test_a_plan_makes_an_operation_inspected_and_a_pass_needs_its_values(make: Factory) -> None:
    lot = waiting_lot(make, LENGTH, CRACK, SPREAD)
    with refused("not_begun", field="verdict"):
        judge(make, lot)
    first = read(make, lot, *good(1))
    assert (first.size, first.missing, first.verdict) == (2, 3, None)
    with refused("unfinished"):
        judge(make, lot)
    last = read(make, lot, *good(2))
    assert (last.missing, last.verdict) == (0, Verdict.PASS)
    judged = judge(make, lot)
    assert judged.quantity == 10
    check = db.session.scalars(select(Check)).one()
    assert (check.verdict, check.closed_at is not None) == (Verdict.PASS, True)
    assert db.session.scalars(select(Value.number).where(Value.reading == 2)).first() == Decimal(
        "10.01"
    )


def test_a_fail_is_possible_at_once_and_a_pass_never_against_the_values(make: Factory) -> None:
    """Torture 8, row Q62."""
    lot = waiting_lot(make, LENGTH, CRACK)
    stands = read(make, lot, Read("crack", "no", 1))
    assert stands.verdict == Verdict.FAIL
    with refused("too_many_bad"):
        judge(make, lot)
    judged = judge(make, lot, Verdict.FAIL)
    assert db.session.get_one(Hold, judged.hold_id).released_at is None
    # What is decided takes no further value, and under the lock nothing passes.
    with refused("nothing_waits"):
        read(make, lot, *good(2))
    with refused("held"):
        judge(make, lot)


def test_pieces_whose_sample_fails_leave_their_lot_only_locked(make: Factory) -> None:
    """In a lot of their own they would be sampled anew, until a good sample is found. Row Q53."""
    lot = waiting_lot(make, CRACK)
    parts: dict[str, Any] = {"lot": lot, "operation": 20, "standing": Standing.WAITING}
    read(make, lot, Read("crack", "no", 2))
    with refused("too_many_bad"):
        split_lot(make.operator.act(), quantity=Decimal(9), **parts)
    query = select(Event.id).where(Event.kind == "work.reported").order_by(Event.id.desc())
    undo_event(make.operator.act(), event_id=db.session.scalars(query).first() or 0)
    with refused("too_many_bad"):
        split_lot(make.operator.act(), lot=lot, operation=20, quantity=Decimal(9))
    report_quantities(make.operator.act(), lot=lot, operation=20, good=Decimal(10))
    reason = make.reasons["hold"]
    hold_part(make.inspector.act(), quantity=Decimal(2), reason_id=reason, **parts)
    assert judge(make, lot, Verdict.FAIL).hold_id


def test_a_split_is_not_taken_back_while_its_pieces_are_inspected(make: Factory) -> None:
    """In the lot that they came from what was read of them would count no more. Row Q53."""
    lot = waiting_lot(make, CRACK)
    parted = split_lot(
        make.operator.act(),
        lot=lot,
        operation=20,
        quantity=Decimal(4),
        standing=Standing.WAITING,
    )
    read(make, parted.target.code, Read("crack", "no", 1))
    with refused("being_inspected"):
        undo_event(make.operator.act(), event_id=parted.event_id)
    assert judge(make, parted.target.code, Verdict.FAIL).hold_id


def test_a_fail_needs_no_values(make: Factory) -> None:
    lot = waiting_lot(make, LENGTH)
    assert judge(make, lot, Verdict.FAIL).hold_id


def test_more_is_bad_than_one_class_lets_through(one_make: Factory) -> None:
    draft = PlanWritten(sampling=Sampling.FIXED, size=3, accepts={"minor": 1})
    lot = waiting_lot(one_make, FINISH, draft=draft)
    assert read(one_make, lot, Read("finish", "1", 1)).verdict is None
    read(one_make, lot, Read("finish", "0", 2))
    assert read(one_make, lot, Read("finish", "0", 3)).verdict == Verdict.PASS
    other = waiting_lot(one_make, FINISH, draft=draft)
    read(one_make, other, Read("finish", "1", 1))
    assert read(one_make, other, Read("finish", "1", 2)).verdict == Verdict.FAIL


def test_a_computed_value_judges_too(one_make: Factory) -> None:
    spread = FieldWritten(
        "spread",
        {"en": "Spread"},
        FieldKind.COMPUTED,
        decimals=2,
        high=Decimal("0.02"),
        formula="range(length)",
    )
    draft = PlanWritten(sampling=Sampling.FIXED, size=1)
    lot = waiting_lot(one_make, LENGTH, spread, draft=draft)
    values = (Read("length", "9.97"), Read("length", "10.03", reading=2))
    assert read(one_make, lot, *values).verdict == Verdict.FAIL


def test_a_question_is_asked_only_after_its_answer(one_make: Factory) -> None:
    depth = FieldWritten(
        "depth",
        {"en": "Depth"},
        FieldKind.NUMBER,
        decimals=1,
        show_if={"key": "crack", "is": "no"},
    )
    crack = FieldWritten("crack", {"en": "Free of cracks"}, FieldKind.YES_NO, Weight.MINOR)
    draft = PlanWritten(sampling=Sampling.FIXED, size=2, accepts={"minor": 5})
    lot = waiting_lot(one_make, crack, depth, draft=draft)
    assert read(one_make, lot, Read("crack", "yes", 1)).missing == 1
    with refused("not_asked"):
        read(one_make, lot, Read("depth", "0.3", 1))
    assert read(one_make, lot, Read("crack", "no", 2)).missing == 1
    assert read(one_make, lot, Read("depth", "0.3", 2)).verdict == Verdict.PASS


def test_what_is_far_off_is_asked_for_again(make: Factory) -> None:
    """Torture 50: 105 for 10.5; whoever is sure may send it."""
    lot = waiting_lot(make, LENGTH)
    with refused("implausible", field="v:length:1"):
        read(make, lot, Read("length", "105"))
    assert db.session.scalars(select(Value)).all() == []
    read(make, lot, Read("length", "105"), sure=True)
    assert db.session.scalars(select(Value.said)).all() == ["105"]
    kept = db.session.scalars(select(Event.payload).where(Event.kind == "inspection.read")).one()
    assert '"confirmed":["105"]' in kept


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        (Read("length", "ten"), "bad_answer"),
        (Read("length", "10.001"), "too_many_decimals"),
        (Read("length", "10.00", piece=3), "bad_piece"),
        (Read("length", "10.00", reading=3), "bad_piece"),
        (Read("crack", "perhaps"), "bad_answer"),
        (Read("finish", "2"), "bad_answer"),
        (Read("finish", "-1"), "bad_answer"),
        (Read("spread", "0"), "unknown_field"),
        (Read("other", "0"), "unknown_field"),
    ],
)
def test_what_is_no_answer_is_refused_and_nothing_of_it_kept(
    one_make: Factory, value: Read, rule: str
) -> None:
    lot = waiting_lot(one_make, LENGTH, CRACK, SPREAD, FINISH)
    with refused(rule):
        read(one_make, lot, Read("crack", "yes"), value)
    assert db.session.scalars(select(Value)).all() == []
    assert db.session.scalars(select(Check)).all() == []


def test_two_read_one_sample_and_neither_writes_over_the_other(make: Factory) -> None:
    """Torture 6."""
    lot = waiting_lot(make, LENGTH, CRACK)
    read(make, lot, *good(1))
    read(make, lot, *good(1), by=make.quality)
    with refused("read_already"):
        read(make, lot, Read("length", "9.99", 1), by=make.quality)
    read(make, lot, *good(2), by=make.quality)
    assert len(db.session.scalars(select(Value)).all()) == 6
    judge(make, lot)
    with refused("nothing_waits") as no:
        record_inspection(make.quality.act(), lot=lot, operation=20, verdict=Verdict.PASS)
    assert "Inspector has judged these pieces: OK" in str(no.value.sentence)


def test_a_correction_keeps_the_old_value_and_decides_nothing(make: Factory) -> None:
    """Row Q65."""
    lot = waiting_lot(make, LENGTH, CRACK)
    read(make, lot, *good(1), good(2)[0], Read("crack", "no", 2))
    value = Read("crack", "yes", 2)
    with refused("reason_missing"):
        correct_value(make.inspector.act(), lot=lot, operation=20, value=value, reason_id=None)
    told = correct_value(
        make.inspector.act(), lot=lot, operation=20, value=value, reason_id=make.reasons["undo"]
    )
    assert (told.missing, told.verdict) == (1, None)
    check = of_turn(db.session(), db.session.scalars(select(Check.lot_id)).one(), operation_id(lot))
    assert check is not None
    assert check.verdict is None
    old, new = db.session.scalars(select(Value).where(Value.piece == 2).order_by(Value.id)).all()[
        1:
    ]
    assert (old.said, old.replaced_at is not None, new.replaces_id) == ("no", True, old.id)
    change = db.session.scalars(
        select(EventChange).where(EventChange.event_id == told.event_id)
    ).one()
    assert (change.before, change.after) == ("no", "yes")
    with refused("not_read"):
        correct_value(
            make.inspector.act(),
            lot=lot,
            operation=20,
            value=Read("length", "10.00", 2, 2),
            reason_id=make.reasons["undo"],
        )


def operation_id(lot: str) -> int:
    db.session.rollback()
    return db.session.scalars(select(Check.operation_id)).one() or 0


def test_a_bad_value_needs_its_photo(one_make: Factory) -> None:
    scratch = FieldWritten(
        "scratch", {"en": "No scratch"}, FieldKind.YES_NO, Weight.MINOR, photo_on_fail=True
    )
    lot = waiting_lot(one_make, scratch)
    with refused("photo_missing"):
        read(one_make, lot, Read("scratch", "no"))
    photo = keep(b"a photo", "image/jpeg")
    read(one_make, lot, Read("scratch", "no", sha256=photo))


def test_a_running_inspection_keeps_the_revision_it_began_with(make: Factory) -> None:
    lot = waiting_lot(make, LENGTH, CRACK)
    read(make, lot, *good(1))
    check = db.session.scalars(select(Check)).one()
    made = db.session.get_one(Check, check.id).revision_id
    plan_id = db.session.scalars(select(Plan.id)).one()
    revise_plan(make.quality.act(), plan_id=plan_id)
    save_plan(
        make.quality.act(),
        plan_id=plan_id,
        version=1,
        names={"en": "Longer"},
        draft=PlanWritten(sampling=Sampling.FIXED, size=5, fields=(FINISH,)),
    )
    publish_plan(make.quality.act(), plan_id=plan_id, version=2)
    archive_plan(make.quality.act(), plan_id=plan_id, archived=True)
    assert read(make, lot, *good(2)).verdict == Verdict.PASS
    db.session.rollback()
    assert db.session.scalars(select(Check.revision_id)).one() == made
    judge(make, lot)


def test_a_pass_lets_only_those_go_that_were_sampled(make: Factory) -> None:
    item = make.item(inspect=())
    publish_plan(make.quality.act(), plan_id=plan(make, item, CRACK, draft=TWO), version=1)
    lot = make.lot(10, item_id=item)
    for quantity in (6, 4):
        for operation in (10, 20):
            report_quantities(
                make.operator.act(), lot=lot, operation=operation, good=Decimal(quantity)
            )
        if quantity == 6:
            read(make, lot, Read("crack", "yes", 1), Read("crack", "yes", 2))
    with refused("more_than_sampled"):
        judge(make, lot, quantity=Decimal(10))
    assert judge(make, lot).quantity == 6
    with refused("not_begun"):
        judge(make, lot)


def test_who_may_not_inspect_reads_nothing(make: Factory) -> None:
    lot = waiting_lot(make, LENGTH)
    with refused("no_right"):
        read(make, lot, Read("length", "10.00"), by=make.operator)
    plain = make.lot(5)
    with refused("no_plan"):
        read(make, plain, Read("length", "10.00"))


def test_two_passes_at_once_are_one_verdict(make: Factory) -> None:
    """Torture 6, with real processes."""
    lot = waiting_lot(make, CRACK)
    read(make, lot, Read("crack", "yes", 1), Read("crack", "yes", 2))
    told = {"lot": lot, "operation": 20, "verdict": Verdict.PASS}
    acts = [make.inspector.act(), make.quality.act()]
    answers = together([(send, "record_inspection", act, told) for act in acts])
    assert sorted(str(type(answer).__name__) for answer in answers) == ["Judged", "str"]
    assert "nothing_waits" in answers
    db.session.rollback()
    assert len(db.session.scalars(select(Inspection)).all()) == 1


def test_values_read_without_network_are_booked_as_read_when_somebody_says_so(
    make: Factory,
) -> None:
    """What arrives before the report of its pieces waits, and is the inspector's own afterwards."""
    item = make.item(inspect=())
    publish_plan(make.quality.act(), plan_id=plan(make, item, CRACK, draft=TWO), version=1)
    lot = make.lot(10, item_id=item)
    with refused("parked"):
        read_values(offline(make.inspector), lot=lot, operation=20, values=(Read("crack", "yes"),))
    for operation in (10, 20):
        report_quantities(make.operator.act(), lot=lot, operation=operation, good=Decimal(10))
    event_id = db.session.scalars(select(ParkedAction.event_id)).one()
    accept_parked(make.supervisor.act(), event_id=event_id)
    db.session.rollback()
    value = db.session.scalars(select(Value)).one()
    assert (value.said, value.person_id) == ("yes", make.inspector.id)


def test_a_fail_locks_as_far_as_its_plan_says(make: Factory) -> None:
    """Q56: the lot alone, and what was split from its order goes on."""
    draft = PlanWritten(sampling=Sampling.FIXED, size=1, holds=HoldScope.LOT)
    lot = waiting_lot(make, CRACK, draft=draft)
    rest = split_lot(
        make.operator.act(),
        lot=lot,
        operation=20,
        quantity=Decimal(4),
        standing=Standing.WAITING,
    ).target
    read(make, lot, Read("crack", "no", 1))
    hold = db.session.get_one(Hold, judge(make, lot, Verdict.FAIL).hold_id)
    found = work.load(db.session(), lot)
    assert hold.subject_id == found.lot.id != found.lot.family_id
    assert [stop.held for stop in found.stops] == [0, 6, 0]
    assert not found.lot.suspect
    # Y4: what was split from it before is not locked, but suspected.
    assert [(s.lot, s.quantity, s.locked) for s in suspected(db.session(), hold.id)] == [
        (rest.number, 4, False)
    ]


def test_the_bad_ones_are_read_and_all_others_called_good_together(make: Factory) -> None:
    draft = PlanWritten(sampling=Sampling.FIXED, size=80, accepts={"critical": 5, "minor": 5})
    lot = waiting_lot(make, CRACK, FINISH, pieces=100, draft=draft)
    read(make, lot, Read("crack", "no", 1), Read("finish", "1", 1))
    stands = read(make, lot, Read("crack", "no", 2), rest=79)
    assert (stands.missing, stands.verdict) == (0, Verdict.PASS)
    said = db.session.execute(select(Value.said, func.count()).group_by(Value.said)).all()
    assert sorted(map(tuple, said)) == [("0", 79), ("1", 1), ("no", 2), ("yes", 78)]
    kept = db.session.scalars(select(Event.payload).where(Event.kind == "inspection.read")).all()
    assert '"rest":"157"' in kept[1]
    assert judge(make, lot).quantity == 100


def test_the_rest_is_what_whoever_calls_it_good_has_seen(make: Factory) -> None:
    """Torture 6: somebody else reads a bad one while the page is open."""
    draft = PlanWritten(sampling=Sampling.FIXED, size=3)
    lot = waiting_lot(make, CRACK, draft=draft)
    read(make, lot, Read("crack", "no", 1), by=make.quality)
    with refused("rest_changed", field="rest"):
        read(make, lot, rest=3)
    assert len(db.session.scalars(select(Value)).all()) == 1
    with refused("no_values"):
        read(make, lot)


def test_the_rest_is_not_good_when_as_many_are_open_but_more_was_read(one_make: Factory) -> None:
    """Torture 6: a bad one is read, and what is asked about it keeps it open."""
    more = replace(FINISH, key="more", show_if={"key": "crack", "is": "no"})
    lot = waiting_lot(one_make, CRACK, FINISH, more, draft=replace(TWO, size=3))
    seen = read(one_make, lot, Read("crack", "yes", 1)).event_id
    read(one_make, lot, Read("crack", "no", 2), by=one_make.quality)
    with refused("rest_changed", field="rest"):
        read(one_make, lot, rest=3, seen=seen)
    assert len(db.session.scalars(select(Value)).all()) == 2
    last = db.session.scalars(select(func.max(Value.event_id))).one()
    read(one_make, lot, rest=3, seen=last)


def test_what_is_asked_about_a_bad_piece_stays_open_when_the_rest_is_good(
    one_make: Factory,
) -> None:
    """Its defects are counted, and not taken for none."""
    finish = replace(FINISH, show_if={"key": "crack", "is": "no"})
    lot = waiting_lot(one_make, CRACK, finish)
    stands = read(one_make, lot, Read("crack", "no", 1), rest=2)
    assert stands.missing == 1
    said = db.session.scalars(select(Value.said).order_by(Value.id)).all()
    assert said == ["no", "yes"]


def test_a_value_that_is_sent_twice_counts_once_or_is_refused(one_make: Factory) -> None:
    """Torture 65."""
    lot = waiting_lot(one_make, CRACK)
    with refused("said_twice", 422):
        read(one_make, lot, Read("crack", "yes", 1), Read("crack", "no", 1))
    read(one_make, lot, Read("crack", "yes", 1), Read("crack", "yes", 1))
    assert db.session.scalars(select(Value.said)).all() == ["yes"]


def test_what_has_to_be_measured_stays_open_when_the_rest_is_good(one_make: Factory) -> None:
    finish = replace(FINISH, show_if={"key": "crack", "is": "yes"})
    lot = waiting_lot(one_make, LENGTH, CRACK, finish)
    stands = read(one_make, lot, Read("length", "10.00", 1), rest=2)
    assert (stands.missing, stands.verdict) == (3, None)
    said = db.session.scalars(select(Value.said).order_by(Value.id)).all()
    assert said == ["10.00", "yes", "0", "yes", "0"]
