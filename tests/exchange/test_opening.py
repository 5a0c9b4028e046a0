"""A running factory comes over: its stock is counted in, its orders stand where they stand."""

from datetime import timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from shopfloor.catalogue.models import PARTNER, Item
from shopfloor.core import clock
from shopfloor.core.db import db
from shopfloor.core.reconcile import run_checks
from shopfloor.core.subjects import find
from shopfloor.pay.models import PayLine
from shopfloor.production.commands.jobs import start_work
from shopfloor.production.commands.reports import report_quantities
from shopfloor.production.models import ORDER, LotOperation, Operation, OrderState, WorkOrder
from shopfloor.stock.models import LOT, Balance, Lot
from tests.exchange.bringing import booked, checked, counts
from tests.exchange.test_kinds import wrong
from tests.make import Factory
from tests.people.devices import move_clock

STOCK = (
    "料号,数量,库位,批号,供应商批号,供应商\n"
    "R-1,250,A-01,B1,H77,V-1\nR-1,50,A-02,B1,H77,V-1\nR-2,3,A-01,,,\n"
)


def prepared(make: Factory) -> None:
    booked(make, "items", "number,name,类别\nR-1,Bar,Steel\nR-2,Box,\nP-1,Part,\n")
    partner = "number,name,supplier\nV-1,Mill,1\nV-2,Shop,0\n"
    booked(make, "partners", partner)
    booked(make, "places", "number,name\nA-01,One\nA-02,Two\n")
    steps = "".join(f"P-1,{n},Step,S{n // 10},{'x' if n == 20 else ''}\n" for n in (10, 20, 30))
    booked(make, "routings", f"item,operation,name,station,inspection\n{steps}")


def balances() -> dict[tuple[str, Decimal], int]:
    rows = db.session.execute(select(Balance.lot_id, Balance.quantity).where(Balance.quantity > 0))
    found: dict[tuple[str, Decimal], int] = {}
    for lot_id, quantity in rows:
        key = (str(lot_id), quantity)
        found[key] = found.get(key, 0) + 1
    return found


def test_opening_stock_is_counted_in_once_and_corrected_until_it_is_used(make: Factory) -> None:
    prepared(make)
    assert counts(booked(make, "stock", STOCK)) == (3, 0, 0)
    lot = db.session.get_one(Lot, find(db.session(), LOT, "B1").id)
    assert (lot.supplier_lot, lot.family_id) == ("H77", lot.id)
    assert lot.supplier_id == find(db.session(), PARTNER, "V-1").id
    assert db.session.get_one(Item, lot.item_id).category == "Steel"
    assert sorted(quantity for _lot, quantity in balances()) == [3, 50, 250]
    assert counts(booked(make, "stock", STOCK)) == (0, 0, 3)
    assert counts(booked(make, "stock", STOCK.replace("250", "240"))) == (0, 1, 2)
    assert sorted(quantity for _lot, quantity in balances()) == [3, 50, 240]
    assert not run_checks().differences
    shop = checked(make, "stock", STOCK.replace("V-1", "V-2"))
    assert {each[3] for each in wrong(shop)} == {"a partner that supplies us"}


def test_half_finished_orders_stand_at_their_operation_and_the_next_report_works(
    make: Factory, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A rate without a day holds from today: the shift of a night has begun the day before.
    now = clock.now().astimezone(ZoneInfo("Asia/Shanghai"))
    move_clock(monkeypatch, now.replace(hour=12) + timedelta(days=1) - now)
    prepared(make)
    booked(make, "rates", "item,operation,rate\nP-1,10,1\nP-1,20,1\nP-1,30,1\n")
    orders = (
        "工单号,物料编码,数量,当前工序,交期\n"
        "W-1,P-1,60,20,2027-01-31\nW-1,P-1,40,30,2027-01-31\nW-2,P-1,25,,\nW-3,P-1,5,10,\n"
    )
    assert counts(booked(make, "orders", orders)) == (3, 0, 0)
    assert counts(booked(make, "orders", orders)) == (0, 0, 3)
    order = db.session.get_one(WorkOrder, find(db.session(), ORDER, "W-1").id)
    assert (order.quantity, order.state) == (100, OrderState.RELEASED)
    rows = db.session.execute(
        select(Operation.sequence, LotOperation.came, LotOperation.good, LotOperation.onward)
        .join(LotOperation, LotOperation.operation_id == Operation.id)
        .where(Operation.order_id == order.id)
        .order_by(Operation.sequence)
    )
    assert [tuple(row) for row in rows] == [
        (10, 100, 100, 100),
        (20, 100, 40, 40),
        (30, 40, 0, 0),
    ]
    planned = db.session.get_one(WorkOrder, find(db.session(), ORDER, "W-2").id)
    assert planned.state is OrderState.PLANNED
    assert not run_checks().differences
    lot = find(db.session(), LOT, "W-1-1")
    start_work(make.operator.act(), lot=lot.code, operation=30)
    report_quantities(make.operator.act(), lot=lot.code, operation=30, good=Decimal(40))
    db.session.rollback()
    assert db.session.scalars(select(PayLine.pieces)).all() == [40]
    assert not run_checks().differences


def test_orders_on_the_floor_take_a_new_due_day_and_nothing_else(make: Factory) -> None:
    prepared(make)
    head = "order number,item,quantity,operation,due\n"
    booked(make, "orders", f"{head}W-1,P-1,60,20,2027-01-31\n")
    assert counts(booked(make, "orders", f"{head}W-1,P-1,99,30,2027-02-28\n")) == (0, 1, 0)
    order = db.session.get_one(WorkOrder, find(db.session(), ORDER, "W-1").id)
    assert (order.quantity, str(order.due)) == (60, "2027-02-28")
    run = checked(make, "orders", f"{head}W-9,P-1,5,99,\nW-8,R-1,5,10,\n")
    assert [each["expected"] for each in run.result["first"]] == [
        "an operation of the routing: 10, 20, 30",
        "an operation of the routing: –",
    ]
