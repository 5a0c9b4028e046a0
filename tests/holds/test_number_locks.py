"""Numbers of lots that do not exist yet are locked: whatever makes such a lot makes it held."""

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select, update

from shopfloor.alerts.models import Alert
from shopfloor.alerts.open_things import locks
from shopfloor.catalogue.commands import add_item
from shopfloor.core import clock
from shopfloor.core.clock import When
from shopfloor.core.db import db, transaction
from shopfloor.core.reconcile import run_checks
from shopfloor.core.settings import ROOT
from shopfloor.core.subjects import Subject
from shopfloor.core.undo import undo_event
from shopfloor.holds.models import Hold
from shopfloor.holds.number_commands import MEANING, NumbersLocked, lift_numbers, lock_numbers
from shopfloor.holds.number_models import NumberKind, NumberLock
from shopfloor.holds.numbers import is_meant
from shopfloor.people.viewer import rights_of
from shopfloor.production import work
from shopfloor.production.commands.jobs import start_work
from shopfloor.production.commands.orders import close_order, create_order, release_order
from shopfloor.production.commands.parting import split_lot
from shopfloor.production.commands.reports import report_quantities
from shopfloor.production.commands.setting_apart import hold_part
from shopfloor.quality.commands.inspections import record_inspection
from shopfloor.quality.commands.releases import Decided, release_hold
from shopfloor.quality.models import DispositionKind, Verdict
from shopfloor.stock import numbers
from tests.crowd import send_many, together
from tests.exchange.bringing import booked
from tests.invariants import require_invariants
from tests.make import Factory
from tests.production.test_serialising import a_lot_with_serials_at_20, give
from tests.refusing import refused

# Every file in which a lot comes into being; a new one needs its reaction and a line below.
MAKE_LOTS = {
    "exchange/stock.py",
    "production/commands/orders.py",
    "production/new_lots.py",
    "production/opening.py",
    "quality/disposing.py",
}


def lock(make: Factory, first: str, last: str | None = None, **more: Any) -> NumbersLocked:
    arguments: dict[str, Any] = {"kind": NumberKind.LOT, "site_id": make.site_id, "note": "recall"}
    arguments |= {"first": first, "last": last, "reason_id": make.reasons["hold"]} | more
    return lock_numbers(make.inspector.act(), **arguments)


def held(make: Factory) -> list[str]:
    """Return the numbers of the lots that locks on numbers hold."""
    db.session.rollback()
    query = select(Subject.number).join(Hold, Hold.subject_id == Subject.id)
    query = query.where(Hold.number_lock_id.is_not(None)).order_by(Hold.id)
    return [number or "" for number in db.session.scalars(query)]


def release_numbered(make: Factory, number: str, **step: Any) -> str:
    order = create_order(
        make.planner.act(),
        site_id=make.site_id,
        item_id=make.item(**step),
        quantity=Decimal(10),
        number=number,
    )
    return release_order(make.planner.act(), order_id=order.id).lot.code


def test_whatever_makes_a_lot_under_a_locked_number_makes_it_held(make: Factory) -> None:
    """Release, split, part and serial numbers; every use is refused by the usual card."""
    lock(make, "0900-*")
    lot = release_numbered(make, "0900")
    assert held(make) == ["0900-1"]
    with refused("held") as no:
        start_work(make.operator.act(), lot=lot, operation=10)
    assert "0900-* · recall" in str(no.value.sentence)
    other = release_numbered(make, "0901")
    for number in ("0901-2", "0901-3", "SN-07"):
        lock(make, number)
    split_lot(make.operator.act(), lot=other, operation=10, quantity=Decimal(2))
    hold_part(
        make.inspector.act(),
        lot=other,
        operation=10,
        quantity=Decimal(1),
        reason_id=make.reasons["hold"],
    )
    give(make, a_lot_with_serials_at_20(make), "SN-06", 3)
    assert held(make) == ["0900-1", "0901-2", "0901-3", "SN-07"]
    alerts = db.session.scalars(select(Alert.subject_id)).all()
    assert len(alerts) == len(set(alerts)) == 4
    assert not run_checks().differences
    require_invariants()


def test_a_downgraded_lot_and_an_imported_one_are_held(make: Factory) -> None:
    lock(make, "0902-1-D1")
    add_item(make.planner.act(), number="SECOND", names={"en": "Second choice"})
    lot = release_numbered(make, "0902", inspect=(10,))
    report_quantities(make.operator.act(), lot=lot, operation=10, good=Decimal(10))
    failed = record_inspection(make.inspector.act(), lot=lot, operation=10, verdict=Verdict.FAIL)
    release_hold(
        make.supervisor.act(),
        hold_id=failed.hold_id or 0,
        signature_id=make.supervisor.signs(),
        reason_id=make.reasons["release"],
        dispositions=(Decided(lot, 10, DispositionKind.DOWNGRADE, Decimal(10), to_item="SECOND"),),
    )
    assert held(make) == ["0902-1-D1"]
    lock(make, "h77", kind=NumberKind.SUPPLIER)
    lock(make, "W-1-1")
    booked(make, "items", "number,name\nR-1,Bar\nP-1,Part\n")
    booked(make, "places", "number,name\nA-01,One\n")
    booked(make, "routings", "item,operation,name,station\nP-1,10,Saw,S1\nP-1,20,Mill,S2\n")
    booked(make, "stock", "料号,数量,库位,批号,供应商批号\nR-1,250,A-01,B1,H77\n")
    booked(make, "orders", "工单号,物料编码,数量,当前工序,交期\nW-1,P-1,60,20,2027-01-31\n")
    assert held(make) == ["0902-1-D1", "B1", "W-1-1"]
    assert not run_checks().differences


def test_an_empty_lot_is_held_as_soon_as_anything_can_come_to_it(make: Factory) -> None:
    """One of an order at once, another one by the import that counts more of it."""
    lot = release_numbered(make, "0903")
    bad: dict[str, Any] = {"scrap": Decimal(10), "scrap_reason_id": make.reasons["scrap"]}
    report = report_quantities(make.operator.act(), lot=lot, operation=10, **bad)
    assert lock(make, "0903-1").lots == 1
    with refused("held"):
        undo_event(make.operator.act(), event_id=report.event_id)
    with refused("held"):
        report_quantities(
            make.supervisor.act(),
            lot=lot,
            operation=10,
            good=Decimal(1),
            override_reason_id=make.reasons["override"],
        )
    hold = db.session.scalars(select(Hold)).one()
    call: dict[str, Any] = {"hold_id": hold.id, "reason_id": make.reasons["release"]}
    release_hold(make.inspector.act(), signature_id=make.supervisor.signs(), **call)
    undo_event(make.operator.act(), event_id=report.event_id)
    booked(make, "items", "number,name\nR-1,Bar\n")
    booked(make, "places", "number,name\nA-01,One\n")
    stock = "item,quantity,place,lot\nR-1,{},A-01,B1\n"
    for quantity in (5, 0):
        booked(make, "stock", stock.format(quantity))
    assert lock(make, "B1").lots == 0
    booked(make, "stock", stock.format(7))
    assert held(make) == ["0903-1", "B1"]
    assert db.session.scalar(select(func.count(Alert.id)).where(Alert.closed_at.is_(None))) == 1
    assert not run_checks().differences


def test_lots_that_are_here_with_the_number_are_held_at_once(make: Factory) -> None:
    lots = [release_numbered(make, f"C-{n}") for n in (9, 10, 11)]
    locked = lock(make, "c-9-1", None)
    assert locked.lots == 1
    assert lock(make, "C-10", "C-12").lots == 0
    assert [e.detail["lot"] for e in lock(make, "C-1*").effects] == ["C-10-1"]
    assert held(make) == ["C-9-1", "C-10-1", "C-11-1"]
    supervisor = make.person("supervisor", "of-the-line", scope_id=make.line_id)
    found = list(locks(db.session(), rights_of(db.session(), supervisor.id)))
    assert [thing.line_id for thing in found] == [make.line_id] * 3
    with refused("held"):
        start_work(make.operator.act(), lot=lots[1], operation=10)
    # Who locked the number cannot release the lot; a second person does, as any other.
    first = db.session.scalars(select(Hold).order_by(Hold.id)).first()
    assert first is not None
    for person, rule in ((make.inspector, "four_eyes"), (make.supervisor, "")):
        call: dict[str, Any] = {"hold_id": first.id, "reason_id": make.reasons["release"]}
        if rule:
            with refused(rule, 403):
                release_hold(make.supervisor.act(), signature_id=person.signs(), **call)
        else:
            release_hold(make.supervisor.act(), signature_id=person.signs(), **call)
    start_work(make.operator.act(), lot=lots[0], operation=10)
    assert not run_checks().differences


def test_only_what_is_here_or_may_still_come_is_held_and_counted(
    make: Factory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The floor waits while numbers are locked: closed orders of years are not gone through."""
    empty: dict[str, Any] = {"scrap": Decimal(10), "scrap_reason_id": make.reasons["scrap"]}
    lots = [release_numbered(make, f"K-{n}") for n in range(3)] + [release_numbered(make, "Ｋ-9")]
    release_numbered(make, "L-1")
    report = report_quantities(make.operator.act(), lot=lots[0], operation=10, **empty)
    report_quantities(make.operator.act(), lot=lots[1], operation=10, **empty)
    for lot in lots[:2]:
        close_order(make.planner.act(), order_id=work.load(db.session(), lot).order.id)
    looked_at: list[str | None] = []

    def watched(first: str, last: str | None, number: str | None) -> bool:
        looked_at.append(number)
        return is_meant(first, last, number)

    monkeypatch.setattr(numbers, "is_meant", watched)
    monkeypatch.setattr(numbers, "MOST_LOTS", 1)
    with refused("too_many_lots", 409, "first") as no:
        lock(make, "k-*")
    assert str(no.value).startswith("2 lots")
    monkeypatch.setattr(numbers, "MOST_LOTS", 2)
    assert lock(make, "k-*").lots == 2
    assert looked_at == ["K-2-1", "Ｋ-9-1"] * 2
    late = make.supervisor.act(when=When(clock.now() - timedelta(hours=1)))
    told: dict[str, Any] = {"lot": lots[1], "operation": 10, "good": Decimal(1)}
    with refused("number_locked", 409):
        report_quantities(late, **told, override_reason_id=make.reasons["override"])
    undo = make.reasons["undo"]
    undo_event(make.supervisor.act(), event_id=report.event_id, reason_id=undo)
    assert held(make) == ["K-2-1", "Ｋ-9-1", "K-0-1"]
    assert not run_checks().differences


def test_a_second_person_lifts_it_and_lots_made_then_are_free(make: Factory) -> None:
    locked = lock(make, "D-*")
    release_numbered(make, "D-1")
    call: dict[str, Any] = {
        "number_lock_id": locked.number_lock_id,
        "reason_id": make.reasons["release"],
    }
    with refused("four_eyes", 403, "badge"):
        lift_numbers(make.supervisor.act(), signature_id=make.inspector.signs(MEANING), **call)
    with refused("no_right", 403, "badge"):
        lift_numbers(make.supervisor.act(), signature_id=make.operator.signs(MEANING), **call)
    lift_numbers(make.inspector.act(), signature_id=make.supervisor.signs(MEANING), **call)
    with refused("already_lifted"):
        lift_numbers(make.inspector.act(), signature_id=make.supervisor.signs(MEANING), **call)
    release_numbered(make, "D-2")
    assert held(make) == ["D-1-1"]
    for wrong in (
        {"first": "*"},
        {"first": "＊﹡"},
        {"first": "A-5", "last": "A-4"},
        {"first": "A-1", "last": "B-2"},
    ):
        with refused("bad_numbers", 422):
            lock(make, **wrong)
    with refused("no_right", 403):
        lock_numbers(
            make.operator.act(),
            kind=NumberKind.LOT,
            first="X-1",
            site_id=make.site_id,
            reason_id=make.reasons["hold"],
        )
    assert not run_checks().differences
    with transaction() as session:
        session.execute(update(Hold).values(number_lock_id=None))
        session.execute(update(NumberLock).values(signature_id=None))
    found = [rule for _check, rule, _facts in run_checks().differences]
    assert sorted(found) == ["not_held", "not_opened", "not_signed"]


@pytest.mark.processes
def test_a_lot_made_at_the_same_instant_is_held_whoever_comes_first(make: Factory) -> None:
    orders, locks = [], []
    item = make.item()
    for n in range(12):
        order = create_order(
            make.planner.act(),
            site_id=make.site_id,
            item_id=item,
            quantity=Decimal(1),
            number=f"E-{n}",
        )
        orders.append({"order_id": order.id})
        locks.append(
            {
                "kind": NumberKind.LOT,
                "first": f"E-{n}-1",
                "site_id": make.site_id,
                "reason_id": make.reasons["hold"],
            }
        )
    together(
        [
            (send_many, "release_order", [make.planner.act() for _ in orders], orders),
            (send_many, "lock_numbers", [make.inspector.act() for _ in locks], locks),
        ]
    )
    assert sorted(held(make)) == sorted(f"E-{n}-1" for n in range(12))


def test_numbers_are_compared_as_people_read_them() -> None:
    assert is_meant("C-101", "C-150", "c-0120")
    assert is_meant("Ｃ-１０*", None, "C-107")
    assert is_meant("A*9*Z", None, "A-1991-Z")
    assert not is_meant("A*9*9Z", None, "A9Z")
    assert not is_meant("C-101", "C-150", "C-151")
    assert not is_meant("C-101", "C-150", "C-120-1")
    assert not is_meant("C-101", None, "C-1011")


def test_every_file_that_makes_lots_is_known() -> None:
    package = ROOT / "shopfloor"
    makes = re.compile(r"\bLot\(\s*id=")
    found = {
        str(p.relative_to(package)) for p in package.rglob("*.py") if makes.search(p.read_text())
    }
    assert found == MAKE_LOTS
