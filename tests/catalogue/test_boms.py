"""What goes into an item."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from shopfloor.catalogue.boms import Material, add_bom
from shopfloor.catalogue.changes import archive_entry
from shopfloor.catalogue.models import Bom, BomLine
from shopfloor.catalogue.routings import Step, add_routing
from shopfloor.core.db import db
from shopfloor.core.editing import Overtaken
from shopfloor.core.events import EventChange
from shopfloor.core.refusals import Refused
from shopfloor.production.commands.orders import create_order, release_order
from shopfloor.production.models import OrderMaterial
from tests.boms import bom, items, unit
from tests.make import Factory
from tests.refusing import refused

ONE = Decimal(1)


def test_each_bom_is_the_next_revision_and_says_which_one_it_replaces(make: Factory) -> None:
    a, b, c = items(make, "A", "B", "C")
    bom(make, a, b)
    bom(make, a, b, c, quantity=Decimal("0.000001"))
    assert db.session.scalar(select(func.max(Bom.revision)).where(Bom.item_id == a)) == 2
    changes = db.session.execute(
        select(EventChange.before, EventChange.after).where(EventChange.field == "bom")
    )
    assert [tuple(row) for row in changes] == [(None, "1"), ("1", "2")]


def test_a_bom_takes_items_in_use_and_sane_quantities_only(make: Factory) -> None:
    a, b = items(make, "A", "B")
    for quantity in ("0", "-1", "1000001"):
        with refused("bad_bom", 422):
            bom(make, a, b, quantity=Decimal(quantity))
    with refused("bad_bom", 422):
        bom(make, a)
    with refused("not_in_use", field="item_2"):
        bom(make, a, b, make.site_id)
    archive_entry(make.planner.act(), subject_id=b, archived=True)
    with refused("not_in_use", field="item_1"):
        bom(make, a, b)
    with refused("no_right", 403):
        add_bom(make.operator.act(), item_id=a, materials=(Material(b, ONE),))
    with refused("bad_only_for", 422, "only_1"):
        bom(make, a, Material(a, ONE, only_for={"size": ["l"]}))


def test_days_that_end_before_they_begin_are_refused(make: Factory) -> None:
    a, b = items(make, "A", "B")
    early, late = date(2026, 1, 1), date(2026, 2, 1)
    with refused("bad_days", 422, "valid_to"):
        bom(make, a, b, valid_from=late, valid_to=early)
    with refused("bad_days", 422, "to_1"):
        bom(make, a, Material(b, ONE, valid_from=late, valid_to=early))
    bom(make, a, Material(b, ONE, valid_from=early, valid_to=early))


def test_a_line_has_the_units_of_its_item_and_no_others(make: Factory) -> None:
    a, tape = items(make, "A", "TAPE", unit="m", decimals=3)
    unit(tape, "roll", 50)
    with pytest.raises(Refused, match=r"TAPE has no unit “box”\. It has: m, roll\.") as wrong:
        bom(make, a, Material(tape, ONE, "box"))
    assert (wrong.value.rule, wrong.value.field) == ("no_unit", "unit_1")
    bom(make, a, Material(tape, ONE, "roll"), Material(tape, ONE, "m"), Material(tape, ONE))
    stored = db.session.scalars(select(BomLine.unit).order_by(BomLine.position)).all()
    assert stored == ["roll", None, None], "the item's own unit is said by saying nothing"


def test_who_saves_late_hears_what_somebody_else_has_saved(make: Factory) -> None:
    """Torture 10."""
    a, b, c = items(make, "A", "B", "C")
    bom(make, a, b, seen=0)
    with pytest.raises(Overtaken) as late:
        bom(make, a, c, seen=0)
    assert late.value.version == 1
    assert (late.value.now["item_1"], late.value.now["quantity_1"]) == ("B", "1")
    bom(make, a, c, seen=1)
    assert db.session.scalar(select(func.max(Bom.revision))) == 2


def test_a_need_finer_than_a_millionth_is_rounded_up_at_release(make: Factory) -> None:
    (oil,) = items(make, "OIL")
    act = make.planner.act
    (paint,) = items(make, "P", unit="kg", decimals=3)
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
