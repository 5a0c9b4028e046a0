"""What a release takes: what holds on the day of its site, in each material's own unit."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import select

from shopfloor.catalogue.boms import Material
from shopfloor.catalogue.routings import Step, add_routing
from shopfloor.core.clock import When
from shopfloor.core.db import db
from shopfloor.core.subjects import Subject
from shopfloor.production.commands.orders import create_order, release_order
from shopfloor.production.models import Operation, OrderMaterial
from tests.boms import bom, items, unit
from tests.make import Factory
from tests.refusing import refused

ONE = Decimal(1)
TODAY, TOMORROW = date(2026, 11, 22), date(2026, 11, 23)


def ordered(make: Factory, item: int, quantity: int = 1) -> int:
    much = Decimal(quantity)
    return create_order(make.planner.act(), site_id=make.site_id, item_id=item, quantity=much).id


def taken(order: int) -> list[tuple[str, Decimal]]:
    rows = db.session.execute(
        select(Subject.number, OrderMaterial.quantity)
        .join(Subject, Subject.id == OrderMaterial.item_id)
        .where(OrderMaterial.order_id == order)
        .order_by(OrderMaterial.position)
    )
    return [(row.number or "", row.quantity) for row in rows]


@pytest.mark.parametrize(("hour", "part", "step"), [(15, "OLD", "Saw"), (16, "NEW", "Mill")])
def test_the_day_is_that_of_the_site(make: Factory, hour: int, part: str, step: str) -> None:
    """At 16:00 UTC it is already tomorrow in Shanghai."""
    item, old, new = items(make, "A", "OLD", "NEW")
    bom(make, item, Material(old, ONE, valid_to=TODAY), Material(new, ONE, valid_from=TOMORROW))
    act = make.planner.act
    saw = (Step(10, {"en": "Saw"}, make.stations[0]),)
    mill = (Step(10, {"en": "Mill"}, make.stations[1]),)
    add_routing(act(), item_id=item, steps=saw, valid_to=TODAY)
    add_routing(act(), item_id=item, steps=mill, valid_from=TOMORROW)
    order = ordered(make, item)
    instant = When(datetime(2026, 11, 22, hour, tzinfo=UTC))
    release_order(make.planner.act(when=instant), order_id=order)
    assert taken(order) == [(part, ONE)]
    assert db.session.scalars(select(Operation.names)).one() == {"en": step}


def test_an_order_keeps_what_it_took_when_the_bom_changes(make: Factory) -> None:
    """Row B82."""
    item, old, new = items(make, "A", "OLD", "NEW")
    bom(make, item, old)
    steps = (Step(10, {"en": "Saw"}, make.stations[0]),)
    add_routing(make.planner.act(), item_id=item, steps=steps)
    running, waiting = ordered(make, item), ordered(make, item)
    release_order(make.planner.act(), order_id=running)
    bom(make, item, new)
    release_order(make.planner.act(), order_id=waiting)
    assert (taken(running), taken(waiting)) == ([("OLD", ONE)], [("NEW", ONE)])


def test_needs_are_exact_in_the_own_unit_of_the_material(make: Factory) -> None:
    item, steel, bolt = items(make, "A", "STEEL", "BOLT")
    unit(steel, "lb", 45359237, 100000000)
    unit(bolt, "third", 1, 3)
    bom(make, item, Material(steel, Decimal("2.5"), "lb"), Material(bolt, ONE, "third"))
    steps = (Step(10, {"en": "Saw"}, make.stations[0]),)
    add_routing(make.planner.act(), item_id=item, steps=steps)
    order = ordered(make, item, 1000)
    release_order(make.planner.act(), order_id=order)
    assert taken(order) == [("STEEL", Decimal("1133.980925")), ("BOLT", Decimal("333.333334"))]


def test_a_routing_that_is_over_is_none(make: Factory) -> None:
    (item,) = items(make, "A")
    steps = (Step(10, {"en": "Saw"}, make.stations[0]),)
    add_routing(make.planner.act(), item_id=item, steps=steps, valid_to=date(2020, 1, 1))
    order = ordered(make, item)
    with refused("no_routing"):
        release_order(make.planner.act(), order_id=order)
