"""Entering, releasing and closing work orders."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from shopfloor.catalogue.boms import Material, add_bom
from shopfloor.catalogue.commands import add_item
from shopfloor.catalogue.routings import Step, add_routing
from shopfloor.core.db import db
from shopfloor.core.events import Event
from shopfloor.production import work
from shopfloor.production.commands.jobs import finish_work, start_work
from shopfloor.production.commands.orders import close_order, create_order, release_order
from shopfloor.production.commands.reports import report_quantities
from shopfloor.production.models import Operation, OrderMaterial, OrderState, WorkOrder
from tests.invariants import require_invariants
from tests.make import Factory
from tests.refusing import refused


def order_of(order_id: int) -> WorkOrder:
    db.session.rollback()
    return db.session.get_one(WorkOrder, order_id)


def test_an_order_is_entered_with_a_number_of_its_own_or_ours(make: Factory) -> None:
    item = make.item()
    plain: dict[str, Any] = {"site_id": make.site_id, "item_id": item, "quantity": Decimal(5)}
    named = create_order(make.planner.act(), number=" A-7 ", due=date(2026, 12, 1), **plain)
    ours = create_order(make.planner.act(), **plain)
    assert named.number == "A-7"
    assert ours.number
    assert ours.code.startswith("W")
    with refused("number_taken", field="number"):
        create_order(make.planner.act(), number="A-7", **plain)
    with refused("no_right", 403):
        create_order(make.operator.act(), **plain)


def test_the_next_number_follows_without_a_gap(make: Factory) -> None:
    plain: dict[str, Any] = {"site_id": make.site_id, "item_id": make.item()}
    first = create_order(make.planner.act(), quantity=Decimal(5), **plain)
    for _ in range(3):
        with refused("bad_quantity"):
            create_order(make.planner.act(), quantity=Decimal(0), **plain)
    create_order(make.planner.act(), quantity=Decimal(5), number="0004", **plain)
    numbers = [
        create_order(make.planner.act(), quantity=Decimal(5), **plain).number for _ in range(2)
    ]
    assert first.number == "0001"
    assert numbers == ["0003", "0005"], "0004 has been typed by somebody"


def test_an_order_for_nothing_or_for_too_much_is_refused(make: Factory) -> None:
    """Torture 49."""
    item = make.item()
    for wrong in ("0", "-1", "0.5", "1E+308", "NaN", "Infinity", "sNaN", "1000000001"):
        with refused("bad_quantity", 422, "quantity"):
            create_order(
                make.planner.act(), site_id=make.site_id, item_id=item, quantity=Decimal(wrong)
            )
    for site_id, item_id in ((make.site_id, make.site_id), (item, item), (10**17, 10**17)):
        with refused("not_found", 404):
            create_order(make.planner.act(), site_id=site_id, item_id=item_id, quantity=Decimal(1))
    with refused("bad_number", 422, "number"):
        create_order(
            make.planner.act(),
            site_id=make.site_id,
            item_id=item,
            quantity=Decimal(1),
            number="N" * 79,
        )


def test_a_release_copies_what_holds_now_and_later_revisions_change_nothing(make: Factory) -> None:
    item = make.item(inspect=(20,))
    released = make.order(100, item_id=item)
    add_routing(
        make.planner.act(), item_id=item, steps=(Step(5, {"en": "Other"}, make.stations[0]),)
    )
    db.session.rollback()
    operations = db.session.scalars(
        select(Operation).where(Operation.order_id == released.order.id)
    ).all()
    assert sorted((o.sequence, o.inspect) for o in operations) == [
        (10, False),
        (20, True),
        (30, False),
    ]
    material = db.session.scalars(select(OrderMaterial)).one()
    assert material.quantity == 150
    assert released.lot.number == f"{released.order.number}-1"
    assert [stop.left for stop in work.load(db.session(), released.lot.code).stops] == [100, 0, 0]
    with refused("already_released"):
        release_order(make.planner.act(), order_id=released.order.id)
    assert make.order(1, item_id=item).sequences == (5,)
    require_invariants()


def test_a_need_finer_than_can_be_kept_is_rounded_up(make: Factory) -> None:
    planner = make.planner
    item = add_item(planner.act(), number="X", names={"en": "X"}, unit="kg", decimals=3)
    raw = add_item(planner.act(), number="Y", names={"en": "Y"}, unit="kg", decimals=6)
    add_bom(planner.act(), item_id=item.id, materials=(Material(raw.id, Decimal("0.000333")),))
    add_routing(planner.act(), item_id=item.id, steps=(Step(10, {"en": "A"}, make.stations[0]),))
    order = create_order(
        planner.act(), site_id=make.site_id, item_id=item.id, quantity=Decimal("0.001")
    )
    release_order(planner.act(), order_id=order.id)
    db.session.rollback()
    assert db.session.scalars(select(OrderMaterial.quantity)).one() == Decimal("0.000001")


def test_an_item_without_a_routing_is_not_released(make: Factory) -> None:
    item = add_item(make.planner.act(), number="X", names={"en": "X"}).id
    order = create_order(
        make.planner.act(), site_id=make.site_id, item_id=item, quantity=Decimal(1)
    )
    with refused("no_routing"):
        release_order(make.planner.act(), order_id=order.id)
    other = make.item()
    db.session.rollback()
    foreign = order_of(make.order(1, item_id=other).order.id).routing_id
    with refused("no_routing"):
        release_order(make.planner.act(), order_id=order.id, routing_id=foreign)
    with refused("not_found", 404):
        release_order(make.planner.act(), order_id=10**17)
    with refused("not_found", 404):
        release_order(make.planner.act(), order_id=other)


def test_a_closed_order_takes_no_start_and_no_report_by_any_way(make: Factory) -> None:
    """Torture 68: every way in says the same."""
    released = make.order(10, inspect=(10,))
    lot, operator = released.lot.code, make.operator
    running = start_work(operator.act(), lot=lot, operation=10)
    report_quantities(operator.act(), lot=lot, operation=10, good=Decimal(4))
    close_order(make.planner.act(), order_id=released.order.id)
    with refused("order_closed", 409):
        report_quantities(operator.act(), lot=lot, operation=10, good=Decimal(1))
    with refused("order_closed", 409):
        report_quantities(
            operator.act(), lot=lot, operation=10, good=Decimal(1), job_id=running.job_id
        )
    with refused("order_closed", 409):
        start_work(operator.act(), lot=released.lot.number or "", operation=10)
    with refused("order_closed", 409):
        close_order(make.planner.act(), order_id=released.order.id)
    # Whoever is still at it can stop.
    finish_work(operator.act(), job_id=running.job_id)
    assert order_of(released.order.id).state is OrderState.CLOSED
    require_invariants()


def test_a_supervisor_books_late_on_a_closed_order_with_a_reason(make: Factory) -> None:
    """Torture 33."""
    released = make.order(10)
    close_order(make.planner.act(), order_id=released.order.id)
    booked = report_quantities(
        make.supervisor.act(),
        lot=released.lot.code,
        operation=10,
        good=Decimal(3),
        override_reason_id=make.reasons["override"],
    )
    assert booked.overrides == ("backdated",)
    with refused("no_right", 403):
        report_quantities(
            make.operator.act(),
            lot=released.lot.code,
            operation=10,
            good=Decimal(3),
            override_reason_id=make.reasons["override"],
        )
    assert order_of(released.order.id).state is OrderState.CLOSED
    require_invariants()


def test_an_order_keeps_its_milestones(make: Factory) -> None:
    """M232."""
    released = make.order(10, inspect=())
    lot = released.lot.code
    start_work(make.operator.act(), lot=lot, operation=10)
    began = order_of(released.order.id).first_start_at
    for sequence in (10, 20, 30):
        assert order_of(released.order.id).state is OrderState.RELEASED
        report_quantities(make.operator.act(), lot=lot, operation=sequence, good=Decimal(10))
    order = order_of(released.order.id)
    assert order.state is OrderState.FINISHED
    times = [order.confirmed_at, order.released_at, order.first_start_at, order.last_finish_at]
    assert None not in times
    assert times == sorted(times, key=str)
    assert order.first_start_at == began
    payload = db.session.scalars(select(Event.payload).where(Event.kind == "order.released")).one()
    assert json.loads(payload)["quantity"] == "10"
    require_invariants()
