"""Everything an item has besides its name: units, GTIN, cost, tracking, synonyms, and limits."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from shopfloor.catalogue.boms import Material, add_bom
from shopfloor.catalogue.changes import archive_entry, change_item
from shopfloor.catalogue.commands import add_item
from shopfloor.catalogue.items import NO_DETAILS, ItemDetails, units_of
from shopfloor.catalogue.models import Item, Tracking
from shopfloor.catalogue.units import UnitFactor
from shopfloor.core.db import db
from shopfloor.core.events import EventChange
from shopfloor.core.subjects import Made
from tests.make import Factory
from tests.refusing import refused

POUND = UnitFactor("lb", 45359237, 100000000)
ALL = ItemDetails(
    tracking=Tracking.SERIAL,
    shelf_life_days=365,
    gtin="4006381333931",
    cost=Decimal("0.1234"),
    cost_currency="CNY",
    other_number="ERP-7",
    synonyms="球阀\nball cock",
    units=(POUND, UnitFactor("bag", 50, 2)),
)


def added(make: Factory, number: str, unit: str = "kg", **details: Any) -> Made:
    return add_item(
        make.planner.act(),
        number=number,
        names={"en": number},
        unit=unit,
        details=ItemDetails(**details),
    )


def change(make: Factory, item_id: int, version: int = 1, **wanted: Any) -> Made:
    common: dict[str, Any] = {
        "names": {"en": "A"},
        "unit": "kg",
        "decimals": 0,
        "details": NO_DETAILS,
    }
    return change_item(make.planner.act(), item_id=item_id, version=version, **(common | wanted))


def test_an_item_keeps_all_that_is_known_of_it(make: Factory) -> None:
    made = add_item(make.planner.act(), number="A", names={"en": "A"}, unit="kg", details=ALL)
    item = db.session.get_one(Item, made.id)
    assert (item.tracking, item.shelf_life_days) == (Tracking.SERIAL, 365)
    assert (item.gtin, item.other_number) == ("04006381333931", "ERP-7")
    assert (item.cost, item.cost_currency) == (Decimal("0.1234"), "CNY")
    assert item.synonyms == "球阀\nball cock"
    assert units_of(db.session(), made.id) == (UnitFactor("bag", 25, 1), POUND)


def test_each_changed_field_is_told_with_both_sides(make: Factory) -> None:
    made = added(make, "A")
    change(make, made.id, decimals=3, details=ALL)
    rows = db.session.execute(
        select(EventChange.field, EventChange.before, EventChange.after).where(
            EventChange.subject_id == made.id, EventChange.field != "number"
        )
    )
    told = {field: (before, after) for field, before, after in rows}
    assert told["gtin"] == (None, "04006381333931")
    assert told["decimals"] == ("0", "3")
    assert told["units"] == ("", "1 bag = 25 kg\n1 lb = 0.45359237 kg")
    assert told["cost"] == (None, '{"amount":"0.1234","currency":"CNY"}')
    assert told["tracking"] == ("lot", "serial")


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("gtin", {"gtin": "4006381333930"}),
        ("gtin", {"gtin": "123"}),
        ("gtin", {"gtin": "00000000"}),
        ("gtin", {"gtin": "٤٠٠٦٣٨١٣٣٣٩٣١"}),
        ("shelf_life_days", {"shelf_life_days": 0}),
        ("cost", {"cost": Decimal("0.00001"), "cost_currency": "CNY"}),
        ("cost", {"cost": Decimal(-1), "cost_currency": "CNY"}),
        ("cost_currency", {"cost": Decimal(1), "cost_currency": "yuan"}),
        ("synonyms", {"synonyms": "x" * 2001}),
        ("units", {"units": (UnitFactor("box", 0),)}),
        ("units", {"units": (UnitFactor("kg", 2),)}),
        ("units", {"units": (UnitFactor("box", 10**16, 3),)}),
        ("units", {"units": (UnitFactor("box", 1), UnitFactor("box ", 2))}),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    one_make: Factory, field: str, wrong: dict[str, Any]
) -> None:
    with refused(f"bad_{field}", 422, field):
        added(one_make, "A", **wrong)


def test_an_item_without_gtin_takes_its_other_number_beside_others_without(make: Factory) -> None:
    added(make, "HV-40", other_number="Y1")
    added(make, "HV-41", other_number="Y2")
    added(make, "HV-42", gtin="4006381333931")


def test_a_gtin_and_another_number_belong_to_one_item_and_it_is_named(make: Factory) -> None:
    added(make, "HV-32", gtin="4006381333931", other_number="X1")
    other = added(make, "HV-33")
    with refused("taken", field="gtin") as no:
        added(make, "HV-34", gtin="04006381333931")
    assert "HV-32" in str(no.value.sentence)
    with refused("taken", field="other_number") as no:
        change(make, other.id, details=ItemDetails(other_number="X1"))
    assert "HV-32" in str(no.value.sentence)


def test_unit_and_fewer_decimals_are_refused_once_something_is_measured(make: Factory) -> None:
    free, used, whole = added(make, "F"), added(make, "U"), added(make, "W")
    change(make, free.id, unit="g")
    add_bom(make.planner.act(), item_id=whole.id, materials=(Material(used.id, Decimal(2)),))
    for item in (used, whole):
        with refused("unit_in_use", field="unit") as no:
            change(make, item.id, unit="g")
    assert "W" in str(no.value.sentence)
    change(make, used.id, decimals=3)
    with refused("unit_in_use", field="decimals"):
        change(make, used.id, version=2, decimals=2)
    made = make.item()
    make.order(5, item_id=made)
    with refused("unit_in_use", field="unit"):
        change(make, made, unit="box")


def test_an_item_in_a_bom_or_an_open_order_is_not_archived(make: Factory) -> None:
    part, whole = added(make, "P"), added(make, "W")
    add_bom(make.planner.act(), item_id=whole.id, materials=(Material(part.id, Decimal(1)),))
    with refused("in_use") as no:
        archive_entry(make.planner.act(), subject_id=part.id, archived=True)
    assert "W" in str(no.value.sentence)
    archive_entry(make.planner.act(), subject_id=whole.id, archived=True)
    archive_entry(make.planner.act(), subject_id=part.id, archived=True)
    made = make.item()
    make.order(5, item_id=made)
    with refused("in_use"):
        archive_entry(make.planner.act(), subject_id=made, archived=True)


def test_who_may_not_edit_changes_nothing(make: Factory) -> None:
    made = added(make, "A")
    with refused("no_right", 403):
        change_item(
            make.operator.act(), item_id=made.id, version=1, names={"en": "B"}, unit="kg",
            decimals=0, details=NO_DETAILS,
        )  # fmt: skip
    with refused("not_found", 404):
        change(make, make.site_id)
