"""What a release can decide: each way moves exactly its pieces, and some need a concession."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select, update

from shopfloor.catalogue.commands import add_item
from shopfloor.catalogue.models import Item
from shopfloor.core import clock
from shopfloor.core.db import db, transaction
from shopfloor.core.events import EventSubject, Role
from shopfloor.core.reconcile import run_checks
from shopfloor.core.subjects import Subject
from shopfloor.holds.commands import place_hold
from shopfloor.plant.commands import add_place
from shopfloor.plant.models import Place, PlaceKind
from shopfloor.plant.shifts import day_at
from shopfloor.production import work
from shopfloor.production.commands.reports import report_quantities
from shopfloor.quality.commands.checks import read_values
from shopfloor.quality.commands.concessions import MEANING as CONCESSION
from shopfloor.quality.commands.concessions import approve_concession
from shopfloor.quality.commands.inspections import record_inspection
from shopfloor.quality.commands.releases import Conceded, Decided
from shopfloor.quality.models import Disposition, DispositionKind, Verdict
from shopfloor.quality.ncr_models import Concession
from shopfloor.quality.plan_models import Check
from shopfloor.quality.values import Read
from shopfloor.stock.models import Balance, Lot
from tests.invariants import require_invariants
from tests.make import FITS, Factory, Worker
from tests.quality.test_checks import waiting_lot
from tests.quality.test_plans import CRACK
from tests.quality.test_release_hold import failed, release, stops
from tests.refusing import refused

USE, REWORK, REPAIR = DispositionKind.USE_AS_IS, DispositionKind.REWORK, DispositionKind.REPAIR
SORT, DOWNGRADE, RETURN = DispositionKind.SORT, DispositionKind.DOWNGRADE, DispositionKind.RETURN
SCRAP = DispositionKind.SCRAP


def require_clean() -> None:
    assert run_checks().differences == ()


def failed_at_20(make: Factory, quantity: int = 10) -> tuple[str, int]:
    lot = make.lot(quantity, inspect=(20,))
    for operation in (10, 20):
        report_quantities(make.operator.act(), lot=lot, operation=operation, good=Decimal(quantity))
    judged = record_inspection(make.inspector.act(), lot=lot, operation=20, verdict=Verdict.FAIL)
    return lot, judged.hold_id or 0


def test_rework_begins_again_at_the_named_operation_and_is_inspected(make: Factory) -> None:
    """W42: operations 10 to 20 run again in the second pass, and 20 is inspected again."""
    lot, hold = failed_at_20(make)
    with refused("not_before", 409, "dispositions"):
        release(make, hold, Decided(lot, 20, REWORK, Decimal(10), back_to=30))
    release(
        make,
        hold,
        Decided(lot, 20, REWORK, Decimal(4), back_to=10),
        Decided(lot, 20, REPAIR, Decimal(3)),
        Decided(lot, 20, SCRAP, Decimal(3)),
    )
    assert [stop.left for stop in stops(lot)] == [4, 3, 0]
    report_quantities(make.operator.act(), lot=lot, operation=10, good=Decimal(4))
    report_quantities(make.operator.act(), lot=lot, operation=20, good=Decimal(7))
    assert [(stop.left, stop.waiting) for stop in stops(lot)] == [(0, 0), (0, 7), (0, 0)]
    record_inspection(make.inspector.act(), lot=lot, operation=20, verdict=Verdict.PASS)
    assert [stop.left for stop in stops(lot)] == [0, 0, 7]
    require_invariants()
    require_clean()


def test_sorted_pieces_wait_for_an_inspection_again(make: Factory) -> None:
    lot, hold = failed(make)
    release(make, hold, Decided(lot, 10, SORT, Decimal(10)), concession=None)
    assert [(stop.left, stop.waiting) for stop in stops(lot)] == [(0, 10), (0, 0), (0, 0)]
    record_inspection(
        make.inspector.act(), lot=lot, operation=10, verdict=Verdict.PASS, quantity=Decimal(7)
    )
    record_inspection(make.inspector.act(), lot=lot, operation=10, verdict=Verdict.FAIL)
    assert [(stop.left, stop.held) for stop in stops(lot)] == [(0, 3), (7, 0), (0, 0)]
    require_invariants()
    require_clean()


def test_downgraded_pieces_are_a_lot_of_another_item(make: Factory) -> None:
    """Its history is kept: the lot they came from was used, and the new one made."""
    lot, hold = failed(make)
    second = add_item(make.planner.act(), number="SECOND", names={"en": "Second choice"})
    metres = add_item(make.planner.act(), number="ROPE", names={"en": "Rope"}, unit="m")
    for wrong, rule in ((None, "no_item"), ("NONE", "no_item"), (metres.number, "other_unit")):
        with refused(rule):
            release(make, hold, Decided(lot, 10, DOWNGRADE, Decimal(10), to_item=wrong))
    with refused("no_store", 404):
        release(make, hold, Decided(lot, 10, DOWNGRADE, Decimal(10), to_item="SECOND", place="X"))
    freed = release(
        make,
        hold,
        Decided(lot, 10, DOWNGRADE, Decimal(6), to_item="SECOND"),
        Decided(lot, 10, SCRAP, Decimal(4)),
    )
    row = db.session.scalars(select(Disposition).where(Disposition.kind == DOWNGRADE)).one()
    made = db.session.get_one(Lot, row.made_lot_id)
    assert (made.item_id, made.family_id) == (second.id, made.id)
    balance = db.session.execute(
        select(Balance.quantity, Place.kind)
        .join(Place, Place.id == Balance.place_id)
        .where(Balance.lot_id == made.id)
    ).one()
    assert tuple(balance) == (6, PlaceKind.FINISHED)
    rows = db.session.execute(
        select(EventSubject.subject_id, EventSubject.role).where(
            EventSubject.event_id == freed.event_id, EventSubject.role != Role.ABOUT
        )
    )
    roles = {each.subject_id: each.role for each in rows}
    assert roles == {row.lot_id: Role.USED, made.id: Role.MADE}
    assert [stop.left + stop.held for stop in stops(lot)] == [0, 0, 0]
    require_invariants()
    require_clean()


def test_only_what_came_from_a_supplier_is_returned(make: Factory) -> None:
    lot, hold = failed(make)
    with refused("made_here", 409, "dispositions"):
        release(make, hold, Decided(lot, 10, RETURN, Decimal(10)))
    add_place(
        make.administrator.act(),
        site_id=make.site_id,
        number="OUT",
        names={"en": "Suppliers"},
        kind=PlaceKind.SUPPLIER,
    )
    with transaction() as session:
        bought = select(Subject.id).where(Subject.code == lot).scalar_subquery()
        session.execute(update(Lot).where(Lot.id == bought).values(supplier_lot="V-1"))
    release(make, hold, Decided(lot, 10, RETURN, Decimal(10)))
    assert [stop.left + stop.held for stop in stops(lot)] == [0, 0, 0]
    require_invariants()
    require_clean()


def test_pieces_that_are_not_right_need_a_concession(make: Factory) -> None:
    """Q59: use as is and repair; in words, in time, and with the customer's consent if he wants."""
    lot, hold = failed(make)
    every = Decided(lot, 10, USE, Decimal(10))
    with refused("concession_missing", 409, "concession"):
        release(make, hold, every, concession=None)
    with refused("concession_missing"):
        release(make, hold, Decided(lot, 10, REPAIR, Decimal(10)), concession=None)
    # Of the site, where the next day may have begun.
    today = day_at(db.session(), make.site_id, clock.now())
    yesterday = today - timedelta(days=1)
    with refused("concession_expired", 409, "expires_on"):
        release(make, hold, every, concession=Conceded("fits", yesterday))
    deputy = make.deputy
    with refused("no_right", 403, "badge"):
        release(make, hold, every, by=deputy, concession=FITS)
    with transaction() as session:
        session.execute(update(Item).values(consent_required=True))
    with refused("consent_missing", 409, "consent"):
        release(make, hold, every)
    release(make, hold, every, concession=Conceded("fits", today, "Mr Li, by mail"))
    kept = db.session.scalars(select(Concession)).one()
    assert (kept.quantity, kept.consent, kept.used) == (10, "Mr Li, by mail", True)
    assert kept.approved_by_id == make.supervisor.id
    assert db.session.scalars(select(Disposition.concession_id)).all() == [kept.id]
    require_invariants()


def test_a_concession_that_was_approved_before_serves_one_release(make: Factory) -> None:
    """Torture 58: it is signed anew, with words of its own."""
    lot, hold = failed(make)

    def approve(by: str, quantity: int, meaning: str = CONCESSION) -> None:
        approve_concession(
            make.deputy.act(),
            hold_id=hold,
            signature_id=make.people[by].signs(meaning),
            quantity=Decimal(quantity),
            concession=FITS,
        )

    with refused("signature_missing"):
        approve("quality", 10, "hold.release")
    with refused("no_right", 403, "badge"):
        approve("deputy", 10)
    approve("quality", 6)
    with refused("concession_too_small"):
        release(make, hold, Decided(lot, 10, USE, Decimal(10)), by=make.deputy, concession=None)
    release(
        make,
        hold,
        Decided(lot, 10, USE, Decimal(6)),
        Decided(lot, 10, SCRAP, Decimal(4)),
        by=make.deputy,
        concession=None,
    )
    assert db.session.scalars(select(Concession.used)).all() == [True]
    require_invariants()


def test_whoever_failed_pieces_lets_none_go_on_that_his_lock_has_left_to_another(
    make: Factory,
) -> None:
    """Q58: two locks on the same pieces are no way round the second person."""
    lot, head = make.lot(10, inspect=(10, 20)), make.quality
    report_quantities(make.operator.act(), lot=lot, operation=10, good=Decimal(10))
    told: dict[str, Any] = {"lot": lot, "operation": 10, "verdict": Verdict.FAIL}
    first = record_inspection(head.act(), **told).hold_id or 0
    order, reason = work.load(db.session(), lot).order.id, make.reasons["hold"]
    second = place_hold(make.inspector.act(), subject_id=order, reason_id=reason).hold_id

    def approve(by: Worker) -> None:
        signed = by.signs(CONCESSION)
        many: dict[str, Any] = {"quantity": Decimal(10), "concession": FITS}
        approve_concession(head.act(), hold_id=second, signature_id=signed, **many)

    with refused("four_eyes", 403, "badge"):
        approve(head)
    release(make, first)
    every = Decided(lot, 10, USE, Decimal(10))
    with refused("four_eyes", 403, "badge"):
        release(make, second, every, by=head)
    with refused("four_eyes", 403, "badge"):
        approve(head)
    approve(make.supervisor)
    release(make, second, every, by=make.deputy, concession=None)
    # What fails after a decision is another matter: who has failed the pieces before may sign.
    report_quantities(make.operator.act(), lot=lot, operation=20, good=Decimal(10))
    again = record_inspection(make.inspector.act(), **told | {"operation": 20})
    release(make, again.hold_id or 0, Decided(lot, 20, USE, Decimal(10)), by=head)
    require_invariants()
    require_clean()


def test_every_sorted_piece_is_looked_at_whatever_the_plan_draws(make: Factory) -> None:
    lot = waiting_lot(make, CRACK)
    judged = record_inspection(make.inspector.act(), lot=lot, operation=20, verdict=Verdict.FAIL)
    release(make, judged.hold_id or 0, Decided(lot, 20, SORT, Decimal(10)), concession=None)
    read_values(
        make.inspector.act(), lot=lot, operation=20, values=(Read("crack", "yes", piece=1),)
    )
    assert db.session.scalars(select(Check.size).order_by(Check.id.desc())).first() == 10
    bad = ("yes", "no", "yes", "yes", "no", "yes", "yes", "yes", "yes")
    values = tuple(Read("crack", said, piece=n) for n, said in enumerate(bad, 2))
    read_values(make.inspector.act(), lot=lot, operation=20, values=values)
    told: dict[str, Any] = {"lot": lot, "operation": 20, "verdict": Verdict.PASS}
    with refused("sorted_out"):
        record_inspection(make.inspector.act(), **told, quantity=Decimal(9))
    assert record_inspection(make.inspector.act(), **told).quantity == 8
    # What was read of the two bad ones stands against them: they cannot pass by a second look.
    with refused("sorted_out"):
        record_inspection(make.inspector.act(), **told)
    failed = record_inspection(make.inspector.act(), **told | {"verdict": Verdict.FAIL})
    assert [(stop.left, stop.held) for stop in stops(lot)][1:] == [(0, 0), (8, 0)]
    assert stops(failed.lot_code)[1].held == 2
    require_invariants()
    require_clean()
