"""Nonconformances: opened with the lock, completed in one form, closed when all is settled."""

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select, update

from shopfloor.core.db import db, transaction
from shopfloor.core.subjects import Subject
from shopfloor.core.undo import undo_event
from shopfloor.holds.commands import place_hold
from shopfloor.people.changes import archive_person
from shopfloor.people.setup import founder
from shopfloor.people.viewer import Viewer
from shopfloor.plant.commands import add_site
from shopfloor.production import work
from shopfloor.production.commands.reports import report_quantities
from shopfloor.quality.commands.inspections import record_inspection
from shopfloor.quality.commands.ncrs import Findings, close_ncr, complete_ncr
from shopfloor.quality.commands.releases import Decided
from shopfloor.quality.models import DispositionKind, Verdict
from shopfloor.quality.ncr_models import Cause, NcrState, Nonconformance
from shopfloor.quality.ncr_money import money_in
from shopfloor.quality.ncr_queries import ncr_page, owners
from tests.crowd import send, together
from tests.invariants import require_invariants
from tests.make import Factory, new_id
from tests.quality.test_dispositions import failed_at_20, require_clean
from tests.quality.test_release_hold import failed, release
from tests.refusing import refused

USE, REWORK, SCRAP = DispositionKind.USE_AS_IS, DispositionKind.REWORK, DispositionKind.SCRAP


def only() -> Nonconformance:
    db.session.rollback()
    db.session.expire_all()
    return db.session.scalars(select(Nonconformance)).one()


def test_a_fail_opens_one_and_it_closes_when_all_is_inspected_again(make: Factory) -> None:
    """Q59, Q60: nothing may be pending."""
    lot, hold = failed(make)
    ncr = only()
    assert (ncr.hold_id, ncr.quantity, ncr.state) == (hold, 10, NcrState.OPEN)
    assert ncr.found_at_id == ncr.made_at_id
    assert ncr.inspection_id
    number = db.session.get_one(Subject, ncr.id).number or ""
    assert number.startswith("NCR-")
    assert number.endswith("-001")
    with refused("still_open", 409):
        close_ncr(make.supervisor.act(), ncr_id=ncr.id)
    release(make, hold, Decided(lot, 10, USE, Decimal(7)), Decided(lot, 10, REWORK, Decimal(3)))
    assert (only().decided, only().state) == (10, NcrState.OPEN)
    with refused("still_open"):
        close_ncr(make.supervisor.act(), ncr_id=ncr.id)
    report_quantities(make.operator.act(), lot=lot, operation=10, good=Decimal(3))
    assert only().state is NcrState.OPEN
    record_inspection(make.inspector.act(), lot=lot, operation=10, verdict=Verdict.PASS)
    assert (only().state, only().closed_by_id) == (NcrState.CLOSED, None)
    with refused("closed"):
        close_ncr(make.supervisor.act(), ncr_id=ncr.id)
    require_invariants()
    require_clean()


def test_it_closes_when_the_last_reworked_piece_is_scrapped(make: Factory) -> None:
    """Q60: nothing may be pending, and nothing comes back that is scrap."""
    lot, hold = failed(make)
    release(make, hold, Decided(lot, 10, USE, Decimal(7)), Decided(lot, 10, REWORK, Decimal(3)))
    reason = make.reasons["scrap"]
    spoilt: dict[str, Any] = {
        "lot": lot,
        "operation": 10,
        "scrap": Decimal(1),
        "scrap_reason_id": reason,
    }
    report_quantities(make.operator.act(), **spoilt)
    report_quantities(make.operator.act(), lot=lot, operation=10, good=Decimal(1))
    record_inspection(make.inspector.act(), lot=lot, operation=10, verdict=Verdict.PASS)
    assert only().state is NcrState.OPEN
    last = report_quantities(make.operator.act(), **spoilt)
    assert (only().state, only().closed_event_id) == (NcrState.CLOSED, last.event_id)
    undo_event(make.operator.act(), event_id=last.event_id)
    assert (only().state, only().closed_at) == (NcrState.OPEN, None)
    report_quantities(make.operator.act(), **spoilt)
    assert only().state is NcrState.CLOSED
    require_invariants()
    require_clean()


def test_it_waits_for_what_its_lock_has_left_to_another(make: Factory) -> None:
    """Q60: the last lock on pieces is the one at whose end they are decided about."""
    lot, hold = failed(make)
    found, reason = work.load(db.session(), lot), make.reasons["hold"]
    order = place_hold(make.quality.act(), subject_id=found.order.id, reason_id=reason).hold_id
    release(make, hold)
    item = place_hold(make.quality.act(), subject_id=found.item.id, reason_id=reason).hold_id
    release(make, order)
    assert (only().decided, only().state) == (0, NcrState.OPEN)
    release(make, item, Decided(lot, 10, USE, Decimal(7)), Decided(lot, 10, REWORK, Decimal(3)))
    assert (only().decided, only().state) == (10, NcrState.OPEN)
    code = db.session.get_one(Subject, only().id).code
    rights = make.quality.act().rights
    viewer = Viewer(make.quality.id, "", "en", make.site_id, "UTC", None, None, rights)
    page = ncr_page(db.session(), viewer, code)
    assert [each.row.quantity for each in page.decisions] == [7, 3]
    assert [each.quantity for each in page.concessions] == [7]
    report_quantities(make.operator.act(), lot=lot, operation=10, good=Decimal(3))
    record_inspection(make.inspector.act(), lot=lot, operation=10, verdict=Verdict.PASS)
    assert only().state is NcrState.CLOSED
    require_invariants()
    require_clean()


def test_it_waits_for_no_pieces_that_fail_later(make: Factory) -> None:
    lot, hold = failed(make)
    release(make, hold, Decided(lot, 10, USE, Decimal(7)), Decided(lot, 10, REWORK, Decimal(3)))
    report_quantities(make.operator.act(), lot=lot, operation=10, good=Decimal(3))
    again = record_inspection(make.inspector.act(), lot=lot, operation=10, verdict=Verdict.FAIL)
    release(make, again.hold_id or 0, Decided(lot, 10, SCRAP, Decimal(3), 2))
    db.session.rollback()
    found = db.session.scalars(select(Nonconformance).order_by(Nonconformance.id)).all()
    assert [(ncr.decided, ncr.state) for ncr in found] == [
        (10, NcrState.CLOSED),
        (3, NcrState.CLOSED),
    ]
    require_clean()


def test_it_is_completed_in_one_form(make: Factory) -> None:
    """Q60, Q144: where it was found and where it was made, with the money in between."""
    lot, hold = failed_at_20(make)
    ncr = only()
    findings = Findings(
        make.reasons["hold"],
        Decimal(9),
        20,
        10,
        Cause.MACHINE,
        "worn jaw",
        make.quality.id,
        make.today() + timedelta(days=3),
    )
    for wrong, rule in (
        (Findings(quantity=Decimal(-1)), "bad_quantity"),
        (Findings(quantity=Decimal("0.5")), "bad_quantity"),
        (Findings(found_at=15), "bad_found_at"),
        (Findings(found_at=10, made_at=20), "bad_made_at"),
        (Findings(made_at=15), "bad_made_at"),
        (Findings(owner_id=10**17), "bad_owner"),
        (Findings(deadline=make.today() - timedelta(days=1)), "bad_deadline"),
        (Findings(reason_id=make.reasons["pause"]), "reason_missing"),
    ):
        with refused(rule, 422):
            complete_ncr(make.inspector.act(), ncr_id=ncr.id, version=1, findings=wrong)
    with refused("no_right", 403):
        complete_ncr(make.operator.act(), ncr_id=ncr.id, version=1, findings=findings)
    kept = complete_ncr(make.inspector.act(), ncr_id=ncr.id, version=1, findings=findings)
    assert kept.version == 2
    with refused("edited_since"):
        complete_ncr(make.inspector.act(), ncr_id=ncr.id, version=1, findings=findings)
    ncr = only()
    assert (ncr.cause, ncr.owner_id, ncr.quantity) == (Cause.MACHINE, make.quality.id, 9)
    assert ncr.made_at_id != ncr.found_at_id
    release(make, hold, Decided(lot, 20, SCRAP, Decimal(10)))
    assert only().state is NcrState.CLOSED


def test_who_sees_to_it_stays_when_he_leaves_until_another_is_named(make: Factory) -> None:
    failed(make)
    site, number = make.site_id, only().id
    owner = make.person("supervisor", "leaving", scope_id=make.line_id)
    far = add_site(founder(new_id()), number="F2", names={"en": "Far"}, zone="UTC", currency="CNY")
    guest = make.person("supervisor", "guest", scope_id=site, site_id=far.id)
    stranger = make.person("supervisor", "stranger", scope_id=far.id)

    def offered() -> list[int]:
        return [person_id for person_id, _name in owners(db.session(), site, only().owner_id)]

    def complete(version: int, owner_id: int | None) -> None:
        findings = Findings(owner_id=owner_id)
        complete_ncr(make.inspector.act(), ncr_id=number, version=version, findings=findings)

    assert {owner.id, guest.id, make.quality.id} <= {*offered()}
    assert not {stranger.id, make.operator.id} & {*offered()}
    complete(1, owner.id)
    archive_person(make.administrator.act(), person_id=owner.id, archived=True)
    assert offered()[0] == owner.id
    complete(2, owner.id)
    complete(3, guest.id)
    assert owner.id not in offered()
    with refused("not_in_use"):
        complete(4, owner.id)


def test_a_deadline_that_has_passed_stays_until_another_is_set(make: Factory) -> None:
    failed(make)
    passed = make.today() - timedelta(days=3)
    with transaction() as session:
        session.execute(update(Nonconformance).values(deadline=passed))
    findings = Findings(cause_note="worn jaw", deadline=passed)
    complete_ncr(make.inspector.act(), ncr_id=only().id, version=1, findings=findings)
    earlier = Findings(deadline=passed + timedelta(days=1))
    with refused("bad_deadline", 422, field="deadline"):
        complete_ncr(make.inspector.act(), ncr_id=only().id, version=2, findings=earlier)


def test_the_money_in_the_pieces_never_counts_the_unknown_as_nothing(make: Factory) -> None:
    make.lot(10, inspect=(10,), rate="0.12")
    order = make.order(10, inspect=(20,), rate="0.12")
    for operation in (10, 20):
        report_quantities(
            make.operator.act(), lot=order.lot.code, operation=operation, good=Decimal(10)
        )
    record_inspection(make.inspector.act(), lot=order.lot.code, operation=20, verdict=Verdict.FAIL)
    found = money_in(db.session(), only(), Decimal(10))
    assert [(each.amount, each.currency) for each in found.wages.money] == [(Decimal("2.4"), "CNY")]
    assert not found.wages.unknown
    # At seven in the morning in China it is still yesterday in Greenwich.
    morning = datetime.combine(make.today() - timedelta(days=1), time(23), UTC)
    with transaction() as session:
        session.execute(update(Nonconformance).values(opened_at=morning))
    assert money_in(db.session(), only(), Decimal(10)).wages.sums == {"CNY": Decimal("2.4")}
    # The raw material has no cost: it is named, and its sum is empty and not zero.
    assert found.material.unknown
    assert not found.material.money


def test_a_lock_by_hand_opens_one_where_it_is_said(make: Factory) -> None:
    order = make.order(10)
    inspector, reason = make.inspector, make.reasons["hold"]
    lot = db.session.scalars(select(Subject.id).where(Subject.code == order.lot.code)).one()
    place_hold(inspector.act(), subject_id=lot, reason_id=reason)
    assert not db.session.scalars(select(Nonconformance)).all()
    placed = place_hold(inspector.act(), subject_id=lot, reason_id=reason, nonconformance=True)
    ncr = only()
    assert (ncr.hold_id, ncr.lot_id, ncr.reason_id) == (placed.hold_id, lot, reason)
    place_hold(inspector.act(), subject_id=make.stations[0], reason_id=reason, nonconformance=True)
    assert only().id == ncr.id


def test_two_fails_at_once_have_two_numbers(make: Factory) -> None:
    lots = [make.lot(10, inspect=()) for _ in range(2)]
    jobs = [
        (send, "record_inspection", make.inspector.act(), arguments)
        for arguments in ({"lot": lot, "operation": 10, "verdict": Verdict.FAIL} for lot in lots)
    ]
    together(jobs)
    db.session.rollback()
    numbers = db.session.scalars(select(Subject.number).where(Subject.kind == "ncr")).all()
    assert len(set(numbers)) == 2
    require_invariants()
