"""Pieces × rate: what a report pays, and what becomes of the line."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select, update

from shopfloor.catalogue.commands import set_piece_rate
from shopfloor.catalogue.models import PieceRate
from shopfloor.core import clock
from shopfloor.core.clock import When
from shopfloor.core.db import db, transaction
from shopfloor.core.subjects import Subject
from shopfloor.core.undo import undo_event
from shopfloor.pay.accepted import paid
from shopfloor.pay.models import PayLine, PayState
from shopfloor.production import work
from shopfloor.production.commands.jobs import start_work
from shopfloor.production.commands.reports import Booked, report_quantities
from shopfloor.quality.commands.inspections import record_inspection
from shopfloor.quality.commands.releases import Decided, release_hold
from shopfloor.quality.models import DispositionKind, Verdict
from shopfloor.quality.ncr_models import Cause, Nonconformance
from tests.invariants import require_invariants
from tests.make import FITS, Factory, Worker
from tests.refusing import refused


def report(worker: Worker, lot: str, good: str, operation: int = 10) -> Booked:
    return report_quantities(worker.act(), lot=lot, operation=operation, good=Decimal(good))


def sums(person: Worker | None = None) -> dict[str, Decimal]:
    """Return what each state adds up to."""
    db.session.rollback()
    query = select(PayLine.state, func.sum(PayLine.amount)).group_by(PayLine.state)
    if person:
        query = query.where(PayLine.person_id == person.id)
    return {state.value: total for state, total in db.session.execute(query) if total}


def test_a_line_says_pieces_rate_amount_and_the_days_sum(make: Factory) -> None:
    """W163: 38 × 0.12 = 4.56."""
    lot = make.lot(100, rate="0.12", inspect=())
    first, second = report(make.operator, lot, "38"), report(make.operator, lot, "12")
    detail = first.effects[0].detail
    assert (detail["pieces"], detail["rate"], detail["amount"]) == ("38", "0.12", "4.56")
    assert detail["currency"] == "CNY"
    assert [e.effects[0].detail["today"] for e in (first, second)] == ["4.56", "6"]
    mate = make.person("operator", "mate")
    assert report(mate, lot, "1").effects[0].detail["today"] == "0.12"
    assert report(make.operator, make.lot(5), "1").effects == ()
    scrap = report_quantities(
        make.operator.act(),
        lot=lot,
        operation=10,
        scrap=Decimal(1),
        scrap_reason_id=make.reasons["scrap"],
    )
    assert scrap.effects == ()


def test_a_new_rate_never_rewrites_what_is_booked(make: Factory) -> None:
    """W47."""
    lot = make.lot(100, rate="0.10", inspect=())
    report(make.operator, lot, "10")
    db.session.rollback()
    item = work.load(db.session(), lot).item.id
    rate: dict[str, Any] = {
        "item_id": item,
        "sequence": 10,
        "currency": "CNY",
        "amount": Decimal("0.2"),
    }
    today = make.today()
    for past in (today - timedelta(days=2), date(2020, 1, 1)):
        with refused("rate_in_the_past"):
            set_piece_rate(make.planner.act(), valid_from=past, **rate)
    set_piece_rate(make.planner.act(), valid_from=today + timedelta(days=3), **rate)
    assert report(make.operator, lot, "10").effects[0].detail["amount"] == "1"
    set_piece_rate(make.planner.act(), valid_from=today, **rate)
    assert report(make.operator, lot, "10").effects[0].detail["amount"] == "2"
    assert sums() == {"counted": Decimal(4)}
    db.session.rollback()
    rates = db.session.scalars(select(PayLine.rate).order_by(PayLine.id)).all()
    assert rates == [Decimal("0.1"), Decimal("0.1"), Decimal("0.2")]


def test_the_day_is_the_shifts_day_in_the_plants_zone(make: Factory) -> None:
    """Torture 30: 02:00 in Shanghai belongs to the night shift of the day before."""
    lot = make.lot(100, inspect=())
    item = work.load(db.session(), lot).item.id
    with transaction() as session:
        session.add(
            PieceRate(
                item_id=item,
                sequence=10,
                valid_from=date(2020, 1, 1),
                amount=Decimal(1),
                currency="CNY",
            )
        )
    local_two = (clock.now() + timedelta(hours=8)).replace(hour=2, minute=0) - timedelta(hours=8)
    if local_two > clock.now():
        local_two -= timedelta(days=1)
    booked = report_quantities(
        make.supervisor.act(when=When(local_two)),
        lot=lot,
        operation=10,
        good=Decimal(1),
        override_reason_id=make.reasons["override"],
    )
    day = (local_two + timedelta(hours=8)).date() - timedelta(days=1)
    db.session.rollback()
    assert db.session.scalars(select(PayLine.day)).all() == [day]
    assert booked.effects[0].detail["today"] == "1"


def test_what_is_taken_back_is_paid_back_on_the_same_day(make: Factory) -> None:
    lot = make.lot(100, rate="0.5", inspect=(10,))
    booked = report(make.operator, lot, "10")
    mate = make.person("operator", "mate")
    report(mate, lot, "4")
    undo_event(make.operator.act(), event_id=booked.event_id)
    assert sums() == {"waiting": Decimal(2)}
    record_inspection(make.inspector.act(), lot=lot, operation=10, verdict=Verdict.PASS)
    # The inspector's pass counts for whoever made the pieces, not for the line taken back.
    assert sums(mate) == {"counted": Decimal(2)}
    assert sums(make.operator) == {}
    assert sum(db.session.scalars(select(PayLine.pieces)), Decimal(0)) == 4


def test_only_the_accepted_quantity_counts_the_oldest_pieces_first(make: Factory) -> None:
    """Q142: the inspector's quantity goes to pay."""
    lot, mate = make.lot(100, rate="0.5", inspect=(10,)), make.person("operator", "mate")
    detail = report(make.operator, lot, "10").effects[0].detail
    assert detail["state"] == "waiting"
    assert detail["today"] == detail["waiting"] != "0", "what waits is told apart from the sum"
    assert detail["certain"] == "0"
    report(mate, lot, "10")
    accepted: dict[str, Any] = {"lot": lot, "operation": 10, "verdict": Verdict.PASS}
    record_inspection(make.inspector.act(), quantity=Decimal(4), **accepted)
    assert sums(make.operator) == {"counted": Decimal(2), "waiting": Decimal(3)}
    record_inspection(make.inspector.act(), quantity=Decimal(9), **accepted)
    assert sums(make.operator) == {"counted": Decimal(5)}
    assert sums(mate) == {"counted": Decimal("1.5"), "waiting": Decimal("3.5")}
    require_invariants()


@pytest.mark.parametrize("inspected", [True, False])
def test_held_pieces_are_paid_as_decided(make: Factory, inspected: bool) -> None:
    """Q141: used as they are they count; scrap and rework pay nothing, done again they do."""
    lot, operator = make.lot(100, rate="1", inspect=(10,) if inspected else ()), make.operator
    start_work(operator.act(), lot=lot, operation=10)
    if inspected:
        report(operator, lot, "10")
    hold = record_inspection(
        make.inspector.act(), lot=lot, operation=10, verdict=Verdict.FAIL
    ).hold_id
    if not inspected:
        report(operator, lot, "10")
    assert sums() == {"held": Decimal(10)}
    release_hold(
        make.supervisor.act(),
        hold_id=hold or 0,
        signature_id=make.supervisor.signs(),
        reason_id=make.reasons["release"],
        concession=FITS,
        dispositions=(
            Decided(lot, 10, DispositionKind.USE_AS_IS, Decimal(6)),
            Decided(lot, 10, DispositionKind.SCRAP, Decimal(1)),
            Decided(lot, 10, DispositionKind.REWORK, Decimal(3)),
        ),
    )
    assert sums() == {"counted": Decimal(6)}
    report(operator, lot, "93")
    record_inspection(make.inspector.act(), lot=lot, operation=10, verdict=Verdict.PASS)
    assert sums() == {"counted": Decimal(99)}
    db.session.rollback()
    states = set(db.session.scalars(select(PayLine.state)))
    assert states == {PayState.COUNTED, PayState.REJECTED}
    # W46: he reads why they do not count, as it was proposed.
    with transaction() as session:
        session.execute(update(Nonconformance).values(cause=Cause.MACHINE))
    events = db.session.scalars(select(PayLine.event_id)).all()
    lines = [each for each in paid(db.session(), operator.id, events) if each.cause]
    assert sorted(each.line.pieces for each in lines) == [-3, -1, 1, 3]
    assert {(each.cause, each.ncr) for each in lines} == {
        (Cause.MACHINE, db.session.scalar(select(Subject.number).where(Subject.kind == "ncr")))
    }
    require_invariants()
