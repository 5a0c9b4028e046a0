"""Several people on one report: shares, their pay, and what becomes of both."""

import json
from decimal import Decimal

from sqlalchemy import func, select

from shopfloor.core.db import db, transaction
from shopfloor.core.events import Event
from shopfloor.core.reconcile import run_checks
from shopfloor.core.undo import undo_event
from shopfloor.pay.models import PayLine, PayState
from shopfloor.people.models import Notice
from shopfloor.production.commands.reports import Booked, report_quantities
from shopfloor.production.floor_models import ReportShare
from shopfloor.quality.commands.inspections import record_inspection
from shopfloor.quality.commands.releases import Decided, release_hold
from shopfloor.quality.models import DispositionKind, Verdict
from tests.invariants import require_invariants
from tests.make import FITS, Factory, Worker
from tests.refusing import refused
from tests.statements import counted

Shares = tuple[tuple[int, Decimal], ...]


def split(*shares: tuple[Worker, int]) -> Shares:
    return tuple((worker.id, Decimal(pieces)) for worker, pieces in shares)


def report(make: Factory, lot: str, good: int, shares: Shares, operation: int = 10) -> Booked:
    return report_quantities(
        make.operator.act(), lot=lot, operation=operation, good=Decimal(good), shares=shares
    )


def pay(worker: Worker, *states: PayState) -> tuple[Decimal, Decimal]:
    """Return the pieces and the amount that a person's lines add up to."""
    db.session.rollback()
    query = select(func.sum(PayLine.pieces), func.sum(PayLine.amount))
    query = query.where(PayLine.person_id == worker.id)
    if states:
        query = query.where(PayLine.state.in_(states))
    pieces, amount = db.session.execute(query).one()
    return pieces or Decimal(0), amount or Decimal(0)


def require_clean() -> None:
    db.session.rollback()
    assert run_checks().differences == ()
    require_invariants()


def test_each_is_paid_his_share_and_told_who_reported_it(make: Factory) -> None:
    """W34."""
    lot = make.lot(100, rate="0.12", inspect=())
    ana, ben = make.person("operator", "ana"), make.person("operator", "ben")
    booked = report(make, lot, 100, split((make.operator, 34), (ana, 33), (ben, 33)))
    assert [(m.person_id, m.pieces) for m in booked.shares] == [
        (make.operator.id, 34),
        (ana.id, 33),
        (ben.id, 33),
    ]
    # What is told at once is one's own line.
    assert booked.effects[0].detail["amount"] == "4.08"
    assert pay(make.operator) == (34, Decimal("4.08"))
    assert pay(ana) == pay(ben) == (33, Decimal("3.96"))
    told = db.session.scalars(select(Notice).order_by(Notice.person_id)).all()
    assert [(n.person_id, n.name, n.facts["pieces"]) for n in told] == [
        (ana.id, "production/shared", "33"),
        (ben.id, "production/shared", "33"),
    ]
    event = db.session.get_one(Event, booked.event_id)
    assert json.loads(event.payload)["shares"][0] == [str(make.operator.id), "34"]
    require_clean()


def test_the_shares_make_the_good_pieces_exactly(make: Factory) -> None:
    lot, ana = make.lot(100), make.person("operator", "ana")
    for shares in (
        split((make.operator, 50), (ana, 49)),
        split((make.operator, 50), (ana, 51)),
        split((make.operator, 40)),
    ):
        with refused("shares_sum", 422, "shares"):
            report(make, lot, 100, shares)
    with refused("bad_shares", 422, "shares"):
        report(make, lot, 100, split((ana, 50), (ana, 50)))
    with refused("bad_shares", 422, "shares"):
        report(make, lot, 100, ((make.site_id, Decimal(100)),))
    with refused("bad_quantity", 422, "shares"):
        report(make, lot, 100, ((make.operator.id, Decimal("50.5")), (ana.id, Decimal("49.5"))))
    with refused("bad_quantity", 422, "shares"):
        report(make, lot, 100, split((make.operator, 101), (ana, -1)))
    # Alone with everything is an ordinary report, and who has no piece is not on it.
    assert report(make, lot, 10, split((make.operator, 10), (ana, 0))).shares == ()
    assert db.session.scalar(select(func.count()).select_from(ReportShare)) == 0
    require_clean()


def test_somebody_else_may_report_for_his_people(make: Factory) -> None:
    lot, ana = make.lot(20, rate="0.1", inspect=()), make.person("operator", "ana")
    ben = make.person("operator", "ben")
    booked = report(make, lot, 20, split((ana, 12), (ben, 8)))
    assert booked.effects == ()
    assert pay(make.operator) == (0, 0)
    assert (pay(ana)[0], pay(ben)[0]) == (12, 8)
    require_clean()


def test_scrap_belongs_to_the_report_and_not_to_a_share(make: Factory) -> None:
    lot, ana = make.lot(20, rate="0.1"), make.person("operator", "ana")
    booked = report_quantities(
        make.operator.act(),
        lot=lot,
        operation=10,
        good=Decimal(10),
        scrap=Decimal(3),
        scrap_reason_id=make.reasons["scrap"],
        shares=split((make.operator, 5), (ana, 5)),
    )
    assert (booked.scrap, pay(ana)[0]) == (3, 5)
    require_clean()


def test_an_undo_takes_all_shares_back(make: Factory) -> None:
    lot, ana = make.lot(20, rate="0.1"), make.person("operator", "ana")
    booked = report(make, lot, 20, split((make.operator, 12), (ana, 8)))
    undo_event(make.operator.act(), event_id=booked.event_id)
    assert pay(make.operator) == pay(ana) == (0, 0)
    left = db.session.execute(
        select(ReportShare.person_id, func.sum(ReportShare.pieces)).group_by(ReportShare.person_id)
    ).all()
    assert {total for _who, total in left} == {0}
    names = db.session.scalars(select(Notice.name).where(Notice.person_id == ana.id)).all()
    assert set(names) == {"production/shared", "production/share_back"}
    require_clean()


def test_what_the_inspector_accepts_counts_in_proportion(make: Factory) -> None:
    """The largest remainders get what cannot be divided, and of equal ones the lower number."""
    lot = make.lot(100, rate="0.1", inspect=(10,))
    ana, ben = make.person("operator", "ana"), make.person("operator", "ben")
    report(make, lot, 100, split((make.operator, 50), (ana, 30), (ben, 20)))
    inspect = make.inspector
    record_inspection(
        inspect.act(), lot=lot, operation=10, verdict=Verdict.PASS, quantity=Decimal(33)
    )
    people = (make.operator, ana, ben)
    assert [pay(each, PayState.COUNTED)[0] for each in people] == [16, 10, 7]
    assert sum(pay(each, PayState.WAITING)[0] for each in people) == 67
    failed = record_inspection(inspect.act(), lot=lot, operation=10, verdict=Verdict.FAIL)
    assert [pay(each, PayState.HELD)[0] for each in people] == [34, 20, 13]
    assert failed.hold_id
    release_hold(
        make.supervisor.act(),
        hold_id=failed.hold_id,
        signature_id=make.supervisor.signs(),
        reason_id=make.reasons["release"],
        concession=FITS,
        dispositions=(
            Decided(lot, 10, DispositionKind.USE_AS_IS, Decimal(60)),
            Decided(lot, 10, DispositionKind.REWORK, Decimal(7)),
        ),
    )
    # 34, 20 and 13 of 67: sixty of them are 30.4, 17.9 and 11.6.
    assert [pay(each)[0] for each in people] == [16 + 30, 10 + 18, 7 + 12]
    assert sum(pay(each)[1] for each in people) == Decimal("9.3")
    require_clean()


def test_a_part_of_a_piece_goes_as_fine_as_the_item_is_counted(make: Factory) -> None:
    lot, ana = make.lot(10, rate="0.1", inspect=(10,)), make.person("operator", "ana")
    report(make, lot, 10, split((make.operator, 7), (ana, 3)))
    for quantity in (1, 1, 1):
        record_inspection(
            make.inspector.act(),
            lot=lot,
            operation=10,
            verdict=Verdict.PASS,
            quantity=Decimal(quantity),
        )
    assert pay(make.operator, PayState.COUNTED)[0] + pay(ana, PayState.COUNTED)[0] == 3
    require_clean()


def test_shares_run_over_the_passes_of_a_rework(make: Factory) -> None:
    lot, ana = make.lot(30, rate="0.1", inspect=()), make.person("operator", "ana")
    report_quantities(
        make.operator.act(), lot=lot, operation=10, good=Decimal(10), rework=Decimal(7)
    )
    # Thirteen of the first pass and seven that came back are reported as one.
    booked = report(make, lot, 20, split((make.operator, 11), (ana, 9)))
    parts = json.loads(db.session.get_one(Event, booked.event_id).payload)["parts"]
    assert [part["good"] for part in parts] == ["13", "7"]
    assert [sum(int(p) for _who, p in part["shares"]) for part in parts] == [13, 7]
    assert (pay(ana)[0], pay(make.operator)[0]) == (9, 21)
    require_clean()


def test_the_recount_finds_a_share_that_was_changed(make: Factory) -> None:
    lot, ana = make.lot(20), make.person("operator", "ana")
    booked = report(make, lot, 20, split((make.operator, 12), (ana, 8)))
    with transaction() as session:
        session.get_one(ReportShare, (booked.event_id, ana.id)).pieces = Decimal(9)
    assert [each[:2] for each in run_checks().differences] == [("shares", "sum")]


def test_a_team_of_any_size_needs_three_statements_more(make: Factory) -> None:
    lot = make.lot(90, rate="0.1")
    mates = [make.person("operator", f"mate{n}") for n in range(6)]
    sizes = []
    for people in (mates[:0], mates[:1], mates):
        act = make.operator.act()
        shares = split((make.operator, 30 - len(people)), *((mate, 1) for mate in people))
        with counted() as sent:
            report_quantities(act, lot=lot, operation=10, good=Decimal(30), shares=shares)
        sizes.append(len(sent))
    alone, two, seven = sizes
    # Who they are, their shares, and that they are told.
    assert two == seven <= alone + 3
