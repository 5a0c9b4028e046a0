"""A fail at a station: what else was made there since its last pass, and where every piece is."""

from decimal import Decimal
from typing import Any

from flask import Flask
from sqlalchemy import select

from shopfloor.catalogue.commands import add_item
from shopfloor.core.db import db
from shopfloor.core.events import EventSubject, Role
from shopfloor.core.subjects import Subject
from shopfloor.core.undo import undo_event
from shopfloor.holds.commands import place_hold
from shopfloor.holds.models import Hold
from shopfloor.production import work
from shopfloor.production.commands.jobs import start_work
from shopfloor.production.commands.parting import merge_lots, split_lot
from shopfloor.production.commands.reports import report_quantities
from shopfloor.quality.commands.checks import read_values
from shopfloor.quality.commands.clearing import clear_suspect
from shopfloor.quality.commands.inspections import Judged, record_inspection
from shopfloor.quality.commands.plans import publish_plan
from shopfloor.quality.commands.releases import Decided
from shopfloor.quality.models import DispositionKind, Verdict
from shopfloor.quality.plan_models import Sampling
from shopfloor.quality.plan_writing import PlanWritten
from shopfloor.quality.suspects import suspected, suspicions
from shopfloor.quality.values import Read
from shopfloor.quality.whereabouts import whereabouts
from tests.browse import Browser, text_of
from tests.make import Factory
from tests.quality.test_plans import CRACK, plan
from tests.quality.test_release_hold import release
from tests.refusing import refused


def report(make: Factory, lot: str, good: int) -> None:
    report_quantities(make.operator.act(), lot=lot, operation=10, good=Decimal(good))


def fail(make: Factory, lot: str) -> int:
    judged = record_inspection(
        make.inspector.act(),
        lot=lot,
        operation=10,
        verdict=Verdict.FAIL,
        reason_id=make.reasons["hold"],
    )
    assert judged.hold_id is not None
    return judged.hold_id


def suspects(hold_id: int) -> list[tuple[str, Decimal, bool]]:
    db.session.rollback()
    return [(s.lot_code, s.quantity, s.locked) for s in suspected(db.session(), hold_id)]


def test_a_fail_marks_what_the_station_made_since_its_last_pass(make: Factory) -> None:
    """Y4: the order itself is locked; others from the same station are suspects, older ones not."""
    before, passed, after, bad = (make.lot(10, inspect=(10,)) for _ in range(4))
    report(make, before, 2)
    report(make, passed, 3)
    record_inspection(make.inspector.act(), lot=passed, operation=10, verdict=Verdict.PASS)
    report(make, after, 4)
    report(make, after, 1)
    report(make, bad, 5)
    hold_id = fail(make, bad)
    assert suspects(hold_id) == [(after, 5, False)]
    assert [work.load(db.session(), lot).lot.suspect for lot in (before, after, bad)] == [
        False,
        True,
        False,
    ]
    assert [
        (each.pieces, each.names["en"])
        for each in suspicions(db.session(), work.load(db.session(), after).lot.id)
    ] == [(5, "Saw")]
    clearing: dict[str, Any] = {
        "hold_id": hold_id,
        "lot": after,
        "reason_id": make.reasons["release"],
    }
    with refused("no_right", 403):
        clear_suspect(make.operator.act(), **clearing)
    clear_suspect(make.supervisor.act(), **clearing)
    assert suspects(hold_id) == []
    assert not work.load(db.session(), after).lot.suspect
    with refused("no_suspect", 409):
        clear_suspect(make.supervisor.act(), **clearing)


def test_what_was_reported_under_a_lock_is_suspected_once(make: Factory) -> None:
    """Y4: it is good and held, and the same pieces."""
    other, bad = make.lot(10, inspect=(10,)), make.lot(10, inspect=(10,))
    start_work(make.operator.act(), lot=other, operation=10)
    place_hold(
        make.inspector.act(),
        subject_id=work.load(db.session(), other).lot.id,
        reason_id=make.reasons["hold"],
    )
    report(make, other, 4)
    report(make, bad, 5)
    assert suspects(fail(make, bad)) == [(other, 4, True)]


def test_suspicion_goes_where_the_pieces_go(make: Factory) -> None:
    """Y4: split off before the fail or after it; what was not made there yet is no suspect."""
    other, bad = make.lot(20, inspect=()), make.lot(10, inspect=(10,))
    report(make, other, 12)
    report(make, bad, 5)

    def split(operation: int, quantity: int) -> str:
        parted = split_lot(
            make.operator.act(), lot=other, operation=operation, quantity=Decimal(quantity)
        )
        splits.append(parted.event_id)
        return parted.target.code

    splits: list[int] = []
    early, untouched = split(20, 3), split(10, 4)
    hold_id = fail(make, bad)
    late = split(20, 2)
    assert dict(each[:2] for each in suspects(hold_id)) == {other: 12, early: 3, late: 2}
    assert not work.load(db.session(), untouched).lot.suspect
    merge_lots(make.operator.act(), lot=late, operation=20, other=early)
    assert dict(each[:2] for each in suspects(hold_id))[late] == 5
    again = split(20, 1)
    assert work.load(db.session(), again).lot.suspect
    undo_event(make.operator.act(), event_id=splits[-1])
    assert again not in dict(each[:2] for each in suspects(hold_id))


def test_suspicion_goes_along_with_pieces_that_were_sorted_out(make: Factory) -> None:
    """They left their lot by a verdict, before anybody suspected it."""
    item = make.item(inspect=())
    two = PlanWritten(sampling=Sampling.FIXED, size=2)
    written = plan(make, item, CRACK, sequence=20, draft=two)
    publish_plan(make.quality.act(), plan_id=written, version=1)
    lot, bad = make.lot(10, item_id=item), make.lot(5, inspect=(10,))
    report(make, lot, 10)
    report_quantities(make.operator.act(), lot=lot, operation=20, good=Decimal(10))

    def judge(verdict: Verdict) -> Judged:
        return record_inspection(make.inspector.act(), lot=lot, operation=20, verdict=verdict)

    many = Decided(lot, 20, DispositionKind.SORT, Decimal(10))
    release(make, judge(Verdict.FAIL).hold_id or 0, many, concession=None)
    said = enumerate(["yes"] * 8 + ["no"] * 2, 1)
    values = tuple(Read("crack", each, piece) for piece, each in said)
    read_values(make.inspector.act(), lot=lot, operation=20, values=values)
    judge(Verdict.PASS)
    apart = judge(Verdict.FAIL)
    used = Decided(apart.lot_code, 20, DispositionKind.USE_AS_IS, Decimal(2))
    release(make, apart.hold_id or 0, used)
    report(make, bad, 5)
    assert dict(each[:2] for each in suspects(fail(make, bad))) == {lot: 10, apart.lot_code: 2}


def test_lots_that_are_parted_again_keep_each_what_was_theirs(make: Factory) -> None:
    """Y4: a merge that is taken back leaves no suspicion with the lot that had nothing there."""

    def made() -> str:
        lot = make.lot(10, inspect=(10,))
        report(make, lot, 5)
        return lot

    def passes() -> None:
        record_inspection(make.inspector.act(), lot=made(), operation=10, verdict=Verdict.PASS)

    def split(lot: str, operation: int) -> str:
        act = make.operator.act()
        return split_lot(act, lot=lot, operation=operation, quantity=Decimal(5)).target.code

    def join() -> int:
        joined = merge_lots(make.operator.act(), lot=clean, operation=20, other=own)
        return joined.event_id

    clean = make.lot(40, inspect=())
    other = split(clean, 10)
    report(make, clean, 2)
    passes()
    report(make, other, 5)
    own = split(clean, 10)
    report(make, own, 3)
    first = fail(make, made())
    marked = {other: 5, own: 3}
    assert dict(each[:2] for each in suspects(first)) == marked
    joined = join()
    assert dict(each[:2] for each in suspects(first)) == marked | {clean: 3}
    second = fail(make, made())
    assert dict(each[:2] for each in suspects(second))[clean] == 3
    undo_event(make.operator.act(), event_id=joined)
    for hold_id in (first, second):
        found = dict(each[:2] for each in suspects(hold_id))
        assert (found.get(clean), found[own], found[other]) == (None, 3, 5)
    assert not work.load(db.session(), clean).lot.suspect
    # What is made after they were joined has not come along with the pieces.
    joined = join()
    passes()
    report(make, own, 1)
    report(make, clean, 2)
    third = fail(make, made())
    undo_event(make.operator.act(), event_id=joined)
    assert dict(each[:2] for each in suspects(third)) == {own: 1, clean: 2}


def test_downgraded_pieces_take_their_suspicion_along(make: Factory) -> None:
    """Y4: into the lot of another item that they become, before the fail or after it."""
    add_item(make.planner.act(), number="SECOND", names={"en": "Second choice"})

    def made() -> str:
        lot = make.lot(10, inspect=())
        report(make, lot, 6)
        return lot

    def downgraded(lot: str) -> str:
        start_work(make.operator.act(), lot=lot, operation=20)
        subject_id = work.load(db.session(), lot).lot.id
        hold = place_hold(
            make.inspector.act(), subject_id=subject_id, reason_id=make.reasons["hold"]
        )
        act = make.operator.act()
        report_quantities(act, lot=lot, operation=20, good=Decimal(4))
        decided = Decided(lot, 20, DispositionKind.DOWNGRADE, Decimal(4), to_item="SECOND")
        release(make, hold.hold_id, decided)
        event = select(Hold.released_event_id).where(Hold.id == hold.hold_id)
        became = select(Subject.code).join(EventSubject, EventSubject.subject_id == Subject.id)
        became = became.where(EventSubject.event_id.in_(event), EventSubject.role == Role.MADE)
        return db.session.scalars(became).one()

    one, other, bad = made(), made(), make.lot(10, inspect=(10,))
    before = downgraded(one)
    report(make, bad, 5)
    hold_id = fail(make, bad)
    marked = {one: 6, other: 6, before: 4}
    assert dict(each[:2] for each in suspects(hold_id)) == marked
    after = downgraded(other)
    assert dict(each[:2] for each in suspects(hold_id)) == marked | {after: 4}
    for lot in (before, after):
        how: dict[str, Any] = {"hold_id": hold_id, "reason_id": make.reasons["release"]}
        clear_suspect(make.supervisor.act(), **how, lot=lot)
    assert {each[0] for each in suspects(hold_id)} == {one, other}


def test_where_every_piece_is(make: Factory) -> None:
    """Y3: to do, waiting and held, along the routing, and what is finished by its place."""
    lot = make.lot(10, inspect=(10,))
    report(make, lot, 6)
    record_inspection(
        make.inspector.act(),
        lot=lot,
        operation=10,
        verdict=Verdict.PASS,
        quantity=Decimal(4),
    )
    for operation in (20, 30):
        report_quantities(make.operator.act(), lot=lot, operation=operation, good=Decimal(3))
    hold = db.session.get(Hold, fail(make, lot))
    assert hold is not None
    found = whereabouts(db.session(), make.quality.act().rights, hold.subject_id)
    assert [(s.operation, s.to_do, s.waiting, s.held, s.stored) for s in found.spots] == [
        (10, 4, 0, 2, 0),
        (20, 1, 0, 0, 0),
        (0, 0, 0, 0, 3),
    ]
    assert found.pieces == 10


def test_all_suspects_are_locked_with_one_tap_and_counted_live(
    one_app: Flask, one_make: Factory
) -> None:
    """Y3, Y4: the same tap sent twice locks each of them once."""
    other, bad = one_make.lot(10, inspect=(10,)), one_make.lot(10, inspect=(10,))
    report(one_make, other, 4)
    report(one_make, bad, 5)
    hold_id = fail(one_make, bad)
    inspector = Browser(one_app).sign_in(one_make.inspector)
    page = f"/holds/{hold_id}/where"
    shown = text_of(inspector.get(page))
    for words in ("10 pieces in all", "5 wait for a decision", "Lock 1 lot"):
        assert words in shown
    for own in (f"/lots/{other}", f"/lots/{other}/10/inspect"):
        said = text_of(inspector.get(own))
        assert "4 pieces are suspect" in said
        assert "last pass at Saw" in said
    assert "are suspect" not in text_of(inspector.get(f"/lots/{bad}"))
    for _ in range(2):
        tap = inspector.post(f"/holds/{hold_id}/suspects", page=page, action_id="lock-them-all")
        assert tap.status_code == 303
    db.session.rollback()
    assert len(db.session.scalars(select(Hold)).all()) == 2
    assert suspects(hold_id) == [(other, 4, True)]
    assert "Lock 1 lot" not in text_of(inspector.get(page))
    supervisor = Browser(one_app).sign_in(one_make.supervisor)
    form: dict[str, Any] = {"lot": other, "reason": one_make.reasons["release"]}
    assert supervisor.post(f"/holds/{hold_id}/suspects/clear", page=page, **form).status_code == 303
    assert "Nothing else was made" in text_of(supervisor.get(page))
