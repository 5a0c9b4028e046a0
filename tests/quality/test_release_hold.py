"""Releasing a hold: a second person decides about every piece and signs."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, update

from shopfloor.core import clock
from shopfloor.core.db import db, transaction
from shopfloor.core.subjects import Subject
from shopfloor.holds.commands import place_hold
from shopfloor.holds.gate import releasers
from shopfloor.holds.models import Hold
from shopfloor.people.models import Signature
from shopfloor.people.setup import founder
from shopfloor.plant.commands import add_line, add_site, add_station
from shopfloor.production import work
from shopfloor.production.commands.jobs import pause_work, resume_work, start_work
from shopfloor.production.commands.reports import report_quantities
from shopfloor.production.way import Stop
from shopfloor.quality.commands.inspections import record_inspection
from shopfloor.quality.commands.releases import Decided, Freed, release_hold
from shopfloor.quality.held import held_by, scopes_of, works_of
from shopfloor.quality.models import Disposition, DispositionKind, Verdict
from shopfloor.quality.queries import open_holds
from tests.crowd import send, send_many, together
from tests.invariants import require_invariants
from tests.make import FITS, Factory, Worker, new_id
from tests.refusing import refused
from tests.statements import counted

USE, REWORK, SCRAP = DispositionKind.USE_AS_IS, DispositionKind.REWORK, DispositionKind.SCRAP


def failed(make: Factory, quantity: int = 10, **more: Any) -> tuple[str, int]:
    """Return a lot whose pieces at operation 10 failed, and the hold."""
    lot = make.lot(quantity, **{"inspect": (10,), **more})
    report_quantities(make.operator.act(), lot=lot, operation=10, good=Decimal(quantity))
    judged = record_inspection(make.inspector.act(), lot=lot, operation=10, verdict=Verdict.FAIL)
    assert judged.hold_id
    return lot, judged.hold_id


def release(
    make: Factory, hold_id: int, *decided: Decided, by: Worker | None = None, **more: Any
) -> Freed:
    signer = by or make.supervisor
    arguments: dict[str, Any] = {
        "hold_id": hold_id,
        "signature_id": signer.signs(),
        "reason_id": make.reasons["release"],
        "dispositions": decided,
        "concession": FITS,
    }
    return release_hold(make.supervisor.act(), **{**arguments, **more})


def stops(lot: str) -> list[Stop]:
    db.session.rollback()
    db.session.expire_all()
    return work.load(db.session(), lot).stops


def test_the_decisions_move_exactly_what_they_say(make: Factory) -> None:
    """Q58, Q59: use as is goes on, rework comes back for inspection, scrap leaves."""
    lot, hold = failed(make)
    freed = release(
        make,
        hold,
        Decided(lot, 10, USE, Decimal(5)),
        Decided(lot, 10, REWORK, Decimal(3)),
        Decided(lot, 10, SCRAP, Decimal(2)),
    )
    assert freed.released_by_id == make.supervisor.id
    assert [s.left for s in stops(lot)] == [3, 5, 0]
    assert len(db.session.scalars(select(Disposition)).all()) == 3
    row = db.session.get_one(Hold, hold)
    assert (row.released_by_id, row.released_event_id) == (make.supervisor.id, freed.event_id)
    report_quantities(make.operator.act(), lot=lot, operation=10, good=Decimal(3))
    assert [s.waiting for s in stops(lot)] == [3, 0, 0]
    record_inspection(make.inspector.act(), lot=lot, operation=10, verdict=Verdict.PASS)
    assert [s.left for s in stops(lot)] == [0, 8, 0]
    with refused("already_released", 409):
        release(make, hold)
    require_invariants()


def test_rework_is_inspected_also_where_nothing_is(make: Factory) -> None:
    lot, operator = make.lot(10, inspect=()), make.operator
    # The worker's own rework has made the second pass already, and that one is not inspected.
    report_quantities(operator.act(), lot=lot, operation=10, rework=Decimal(2))
    start_work(operator.act(), lot=lot, operation=10)
    judged = record_inspection(make.inspector.act(), lot=lot, operation=10, verdict=Verdict.FAIL)
    report_quantities(operator.act(), lot=lot, operation=10, good=Decimal(4))
    release(make, judged.hold_id or 0, Decided(lot, 10, REWORK, Decimal(4)))
    assert [s.left for s in stops(lot)] == [10, 0, 0]
    report_quantities(operator.act(), lot=lot, operation=10, good=Decimal(10))
    assert [(s.left, s.waiting) for s in stops(lot)] == [(0, 6), (4, 0), (0, 0)]
    require_invariants()


def test_the_sum_must_be_exact_and_about_what_is_held(make: Factory) -> None:
    lot, hold = failed(make)
    for wrong in ((), (9,), (11,), (5, 6)):
        with refused("sum_differs", 409, "dispositions"):
            release(make, hold, *(Decided(lot, 10, USE, Decimal(q)) for q in wrong))
    for odd in ("-1", "0.5", "NaN"):
        with refused("bad_quantity", 422):
            release(make, hold, Decided(lot, 10, USE, Decimal(odd)))
    for nowhere in (Decided(lot, 20, USE, Decimal(10)), Decided(lot, 10, USE, Decimal(10), 2)):
        with refused("nothing_held", 422):
            release(make, hold, nowhere)
    with refused("nothing_held"):
        release(make, hold, Decided(make.lot(5), 10, USE, Decimal(10)))
    assert stops(lot)[0].held == 10
    require_invariants()


def test_only_a_second_person_with_the_right_here_releases(make: Factory) -> None:
    """Q58: four eyes."""
    lot, hold = failed(make)
    everything = Decided(lot, 10, USE, Decimal(10))
    both = make.person("quality", "both")
    with refused("no_right", 403, "badge"):
        release(make, hold, everything, by=make.operator)
    with refused("four_eyes", 403, "badge"):
        release(make, hold, everything, by=make.inspector)
    site = add_site(
        founder(new_id()), number="F2", names={"en": "Two"}, zone="UTC", currency="EUR"
    ).id
    for scope in (site, make.stations[1]):
        elsewhere = make.person("supervisor", f"at{scope}", scope_id=scope)
        with refused("no_right", 403, "badge"):
            release(make, hold, everything, by=elsewhere)
    for wrong in (10**17, make.reasons["scrap"]):
        with refused("reason_missing", 422, "reason"):
            release(make, hold, everything, by=both, reason_id=wrong)
    with refused("not_found", 404):
        release(make, 10**17, everything, by=both)
    here = make.person("supervisor", "here", scope_id=make.stations[0])
    release(make, hold, everything, by=here)


def test_whom_the_lock_names_and_who_finds_it_may_sign_its_release(make: Factory) -> None:
    """Q58: at the site, or at the line and the station where the signature counts."""
    other = add_line(founder(new_id()), site_id=make.site_id, number="L2", names={"en": "Two"}).id
    scopes = [make.site_id, make.line_id, make.stations[0], other]
    people = [make.person("supervisor", f"at{scope}", scope_id=scope) for scope in scopes]
    make.person("supervisor", "locker", scope_id=make.line_id)
    _lot, by_verdict = failed(make)
    here = make.order(5)
    bench = add_station(founder(new_id()), line_id=other, number="S9", names={"en": "Far"})
    make.stations[2] = bench.id
    across, reason = make.order(5), make.reasons["hold"]
    # Pieces of an item wait for its lock at one line, but it locks everywhere.
    waits = failed(make, item_id=make.item(inspect=(10,)))
    item_id = work.load(db.session(), waits[0]).item.id
    operation_id = work.load(db.session(), here.lot.code).stops[1].operation.id
    holds = {
        by_verdict: {make.site_id, make.line_id, make.stations[0]},
        **{
            place_hold(make.people["locker"].act(), subject_id=thing, reason_id=reason).hold_id: at
            for thing, at in (
                (here.order.id, {make.site_id, make.line_id}),
                (here.lot.id, {make.site_id, make.line_id}),
                (across.order.id, {make.site_id}),
                (make.stations[1], {make.site_id}),
                (make.line_id, {make.site_id, make.line_id}),
                (operation_id, {make.site_id, make.line_id}),
            )
        },
    }
    whole = place_hold(make.inspector.act(), subject_id=item_id, reason_id=reason).hold_id
    holds[whole] = set()
    release(make, waits[1])
    rows = [db.session.get_one(Hold, hold_id) for hold_id in holds]
    named = releasers(db.session(), rows)
    for hold in rows:
        assert {name for name in named[hold.id] if name.startswith("At")} == {
            f"At{scope}" for scope in holds[hold.id]
        }
        assert "Locker" not in named[hold.id] or hold.id == by_verdict
        subject = db.session.get_one(Subject, hold.subject_id)
        assert holds[hold.id] == scopes_of(hold, subject, works_of(db.session(), hold)) & {*scopes}
    for worker, scope in zip(people, scopes, strict=True):
        found = open_holds(db.session(), worker.act().rights)
        assert {hold.id for hold, *_ in found} == {each for each in holds if scope in holds[each]}


def test_a_signature_is_fresh_meant_for_this_and_used_once(make: Factory) -> None:
    """Torture 58."""
    lot, hold = failed(make)
    everything = Decided(lot, 10, USE, Decimal(10))
    signer = make.supervisor
    stale, other = signer.signs(), signer.signs("concession")
    with transaction() as session:
        session.execute(
            update(Signature)
            .where(Signature.id == stale)
            .values(signed_at=clock.now() - timedelta(minutes=3))
        )
    for wrong in (stale, other, 10**17):
        with refused("signature_missing", 401, "badge"):
            release(make, hold, everything, signature_id=wrong)
    used = signer.signs()
    release(make, hold, everything, signature_id=used)
    lot, hold = failed(make)
    with refused("signature_missing", 401):
        release(make, hold, Decided(lot, 10, USE, Decimal(10)), signature_id=used)


def test_what_another_lock_holds_too_waits_for_the_last_release(make: Factory) -> None:
    """I5: nothing moves on while any lock is on it."""
    lot, first = failed(make)
    second = place_hold(
        make.inspector.act(),
        subject_id=work.load(db.session(), lot).order.id,
        reason_id=make.reasons["hold"],
    ).hold_id
    everything = Decided(lot, 10, USE, Decimal(10))
    with refused("held_elsewhere", 409):
        release(make, first, everything)
    assert release(make, first).still == (second,)
    assert [(s.held, s.left) for s in stops(lot)] == [(10, 0), (0, 0), (0, 0)]
    with refused("held"):
        start_work(make.operator.act(), lot=lot, operation=20)
    with refused("sum_differs"):
        release(make, second or 0)
    assert release(make, second or 0, everything).still == ()
    assert [(s.held, s.left) for s in stops(lot)] == [(0, 0), (0, 10), (0, 0)]
    require_invariants()


@pytest.mark.parametrize("kind", ["item", "station", "line", "person", "operation", "lot"])
def test_every_kind_of_lock_stops_work_and_can_be_released(make: Factory, kind: str) -> None:
    lot, operator = make.lot(10, inspect=()), make.operator
    job = start_work(operator.act(), lot=lot, operation=10).job_id
    db.session.rollback()
    found = work.load(db.session(), lot)
    subject = {
        "item": found.item.id,
        "station": make.stations[0],
        "line": make.line_id,
        "person": operator.id,
        "operation": found.stops[0].operation.id,
        "lot": found.lot.id,
    }[kind]
    placed = place_hold(
        make.inspector.act(), subject_id=subject, reason_id=make.reasons["hold"], note="why"
    )
    with refused("held"):
        start_work(operator.act(), lot=lot, operation=10)
    report_quantities(operator.act(), lot=lot, operation=10, good=Decimal(4))
    with refused("held"):
        report_quantities(operator.act(), lot=lot, operation=10, good=Decimal(1))
    pause_work(operator.act(), job_id=job, reason_id=make.reasons["pause"])
    with refused("held"):
        resume_work(operator.act(), job_id=job)
    with refused("sum_differs"):
        release(make, placed.hold_id)
    freed = release(make, placed.hold_id, Decided(lot, 10, USE, Decimal(4)))
    assert freed.lot_code == lot
    assert [s.left for s in stops(lot)] == [6, 4, 0]
    resume_work(operator.act(), job_id=job)
    # Without any piece held, the release only ends the lock.
    again = place_hold(make.inspector.act(), subject_id=subject, reason_id=make.reasons["hold"])
    release(make, again.hold_id)
    report_quantities(operator.act(), lot=lot, operation=10, good=Decimal(6))
    require_invariants()


def test_what_is_left_behind_for_the_lock_on_its_place_is_decided_there(make: Factory) -> None:
    """I5: pieces are never held without a lock by which somebody can decide about them."""
    lot, first = failed(make)
    place = work.load(db.session(), lot).wip.id
    reason = make.reasons["hold"]
    second = place_hold(make.inspector.act(), subject_id=place, reason_id=reason).hold_id
    release(make, first)
    with refused("sum_differs"):
        release(make, second)
    release(make, second, Decided(lot, 10, USE, Decimal(10)))
    assert [(s.left, s.held) for s in stops(lot)] == [(0, 0), (10, 0), (0, 0)]
    require_invariants()


def test_what_a_lock_keeps_costs_the_same_statements_however_many_lots(make: Factory) -> None:
    costs = []
    for held in (1, 4):
        item = make.item(inspect=(10,))
        fails = [failed(make, 2, item_id=item)[1] for _ in range(held)]
        reason = make.reasons["hold"]
        placed = place_hold(make.inspector.act(), subject_id=item, reason_id=reason)
        for each in fails:
            release(make, each)
        hold = db.session.get_one(Hold, placed.hold_id)
        with counted() as statements:
            kept = held_by(db.session(), hold, works_of(db.session(), hold))
        assert [each.elsewhere for each in kept] == [False] * held
        costs.append(len(statements))
    assert costs == [5, 5]


@pytest.mark.processes
def test_two_who_release_at_once_make_one_decision(make: Factory) -> None:
    """Torture 8."""
    for _ in range(3):
        lot, hold = failed(make)
        jobs = []
        for worker, kind in ((make.supervisor, USE), (make.quality, SCRAP)):
            arguments: dict[str, Any] = {
                "hold_id": hold,
                "signature_id": worker.signs(),
                "reason_id": make.reasons["release"],
                "dispositions": (Decided(lot, 10, kind, Decimal(10)),),
                "concession": FITS,
            }
            jobs.append((send, "release_hold", worker.act(), arguments))
        answers = together(jobs)
        assert sum(answer == "already_released" for answer in answers) == 1
        assert sum(isinstance(answer, Freed) for answer in answers) == 1
        require_invariants()


@pytest.mark.processes
def test_a_release_and_another_lock_at_once_have_an_order(make: Factory) -> None:
    """I5: pieces go on before the item or the lot is locked, or wait for that lock."""
    releases, locks = [], []
    for n in range(14):
        lot, hold = failed(make, 1)
        found = work.load(db.session(), lot)
        on = (found.item.id, found.lot.id)[n % 2]
        locks.append({"subject_id": on, "reason_id": make.reasons["hold"]})
        releases.append(
            {
                "hold_id": hold,
                "signature_id": make.supervisor.signs(),
                "reason_id": make.reasons["release"],
                "dispositions": (Decided(lot, 10, USE, Decimal(1)),),
                "concession": FITS,
            }
        )
    freed, placed = together(
        [
            (send_many, "release_hold", [make.supervisor.act() for _ in releases], releases),
            (send_many, "place_hold", [make.inspector.act() for _ in locks], locks),
        ]
    )
    db.session.rollback()
    opened = dict(db.session.execute(select(Hold.id, Hold.opened_event_id)).all())
    for release_, lock in zip(freed, placed, strict=True):
        assert release_ == "held_elsewhere" or release_.event_id < opened[lock.hold_id]
    require_invariants()
