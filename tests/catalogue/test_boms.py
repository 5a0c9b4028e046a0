"""What goes into an item."""

from decimal import Decimal

import pytest
from sqlalchemy import func, select

from shopfloor.catalogue.boms import Material, add_bom
from shopfloor.catalogue.changes import archive_entry
from shopfloor.catalogue.commands import add_item
from shopfloor.catalogue.models import Bom
from shopfloor.catalogue.routings import Step, add_routing
from shopfloor.core.db import db
from shopfloor.core.refusals import Refused
from shopfloor.production.commands.orders import create_order, release_order
from shopfloor.production.models import OrderMaterial
from tests.make import Factory
from tests.refusing import refused

ONE = Decimal(1)


def items(make: Factory, *numbers: str) -> list[int]:
    return [add_item(make.planner.act(), number=n, names={"en": n}).id for n in numbers]


def bom(make: Factory, item: int, *parts: int, quantity: Decimal = ONE) -> None:
    add_bom(make.planner.act(), item_id=item, materials=tuple(Material(p, quantity) for p in parts))


def test_each_bom_is_the_next_revision(make: Factory) -> None:
    a, b, c = items(make, "A", "B", "C")
    bom(make, a, b)
    bom(make, a, b, c, quantity=Decimal("0.000001"))
    assert db.session.scalar(select(func.max(Bom.revision)).where(Bom.item_id == a)) == 2


def test_an_item_never_goes_into_itself_through_any_number_of_levels(make: Factory) -> None:
    """Torture 16."""
    a, b, c, d = items(make, "A", "B", "C", "D")
    with refused("bom_loop"):
        bom(make, a, a)
    bom(make, a, b)
    bom(make, b, c)
    bom(make, c, d)
    with pytest.raises(Refused, match="D → A → B → C → D") as loop:
        bom(make, d, a)
    assert loop.value.rule == "bom_loop"


def test_only_the_newest_bom_counts_for_a_loop(make: Factory) -> None:
    a, b, c = items(make, "A", "B", "C")
    bom(make, a, b)
    bom(make, a, c)
    bom(make, b, a)


def test_a_bom_takes_items_in_use_and_sane_quantities_only(make: Factory) -> None:
    a, b = items(make, "A", "B")
    for quantity in ("0", "-1", "1000001"):
        with refused("bad_bom", 422):
            bom(make, a, b, quantity=Decimal(quantity))
    with refused("bad_bom", 422):
        bom(make, a)
    with refused("not_in_use"):
        bom(make, a, make.site_id)
    archive_entry(make.planner.act(), subject_id=b, archived=True)
    with refused("not_in_use", field="item_1"):
        bom(make, a, b)
    with refused("no_right", 403):
        add_bom(make.operator.act(), item_id=a, materials=(Material(b, ONE),))


def test_a_need_finer_than_a_millionth_is_rounded_up_at_release(make: Factory) -> None:
    (oil,) = items(make, "OIL")
    act = make.planner.act
    paint = add_item(act(), number="P", names={"en": "Paint"}, unit="kg", decimals=3).id
    add_routing(act(), item_id=paint, steps=(Step(10, {"en": "Mix"}, make.stations[0]),))
    bom(make, paint, oil, quantity=Decimal("0.000001"))
    order = create_order(act(), site_id=make.site_id, item_id=paint, quantity=Decimal("0.5"))
    release_order(act(), order_id=order.id)
    assert db.session.scalars(select(OrderMaterial.quantity)).one() == Decimal("0.000001")


def test_an_order_that_needs_more_than_can_be_counted_is_not_released(make: Factory) -> None:
    (oil,) = items(make, "OIL")
    item = make.item()
    bom(make, item, oil, quantity=Decimal(1_000_000))
    with refused("too_much_material"):
        make.order(1_000_000_000, item_id=item)
