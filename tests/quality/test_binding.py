"""What a plan is bound to: only what it is for is inspected by it, and the narrowest plan asks."""

from typing import Any

import pytest
from flask import Flask

from shopfloor.catalogue.changes import change_item
from shopfloor.catalogue.commands import add_item
from shopfloor.catalogue.items import ItemDetails
from shopfloor.catalogue.models import Item
from shopfloor.catalogue.partners import Contact, add_partner
from shopfloor.core.db import db, transaction
from shopfloor.core.subjects import Subject
from shopfloor.production import work
from shopfloor.quality.asked import asked_plan
from shopfloor.quality.commands.plans import publish_plan
from shopfloor.quality.plan_models import Plan, PlanKind
from shopfloor.stock.models import Lot
from tests.api.program import Program
from tests.browse import Browser, text_of
from tests.make import Factory
from tests.quality.test_plans import CRACK, plan
from tests.refusing import refused


def published(make: Factory, item: int | None, **how: Any) -> int:
    made = plan(make, item, CRACK, **how)
    publish_plan(make.quality.act(), plan_id=made, version=1)
    return made


def put_into(make: Factory, item_id: int, category: str) -> None:
    db.session.rollback()
    item = db.session.get_one(Item, item_id)
    told: dict[str, Any] = {"version": item.version, "names": item.names, "unit": item.unit}
    details = ItemDetails(category=category)
    change_item(make.planner.act(), item_id=item_id, decimals=0, details=details, **told)


def supplier(make: Factory, number: str = "V-1", supplies: bool = True) -> int:
    contact = Contact(supplier=supplies, customer=True)
    names = {"en": "Castings Ltd"}
    return add_partner(make.planner.act(), number=number, names=names, contact=contact).id


def asks(make: Factory, item: int, operation: int, supplier_id: int | None = None) -> int | None:
    """Return which plan asks behind an operation of a fresh lot."""
    lot = make.lot(5, item_id=item)
    with transaction() as session:
        session.get_one(Lot, work.load(session, lot).lot.id).supplier_id = supplier_id
    found = work.load(db.session(), lot)
    revision = asked_plan(db.session(), found, found.stop(operation))
    return revision.plan_id if revision else None


def test_a_plan_of_an_operation_asks_there_and_of_that_item_only(make: Factory) -> None:
    """Row Q49, with what it does not ask."""
    item, other = make.item(), make.item()
    made = published(make, item, sequence=20)
    assert [asks(make, item, n) for n in (10, 20, 30)] == [None, made, None]
    assert asks(make, other, 20) is None


def test_a_plan_of_a_category_asks_of_its_items_without_a_plan_of_their_own(make: Factory) -> None:
    """Row Q49: in the category, out of it, and with a narrower plan."""
    inside, outside, own = make.item(), make.item(), make.item()
    for item, category in ((inside, "Housings"), (outside, "Shafts"), (own, " Ｈousings ")):
        put_into(make, item, category)
    # As the items spell it, or nobody would be asked.
    of_all = published(make, None, category="housings")
    assert asks(make, inside, 20) == of_all
    assert asks(make, inside, 10) is None
    assert asks(make, outside, 20) is None
    assert asks(make, own, 20) == of_all
    narrower = published(make, own)
    assert asks(make, own, 20) == narrower
    twice = plan(make, None, CRACK, category="Housings")
    with refused("plan_twice"):
        publish_plan(make.quality.act(), plan_id=twice, version=1)


def test_a_variant_is_inspected_as_its_model_before_its_category(make: Factory) -> None:
    model, variant = make.item(), make.item()
    put_into(make, model, "Valves")
    with transaction() as session:
        session.get_one(Item, variant).model_id = model
    of_category = published(make, None, category="Valves")
    assert asks(make, variant, 20) == of_category
    of_model = published(make, model)
    assert asks(make, variant, 20) == of_model


def test_a_plan_for_a_supplier_asks_only_for_what_came_from_him(make: Factory) -> None:
    """Row Q49: from him, from another, and from nobody."""
    item = make.item(inspect=(30,))
    one, other = supplier(make), supplier(make, "V-2")
    his = published(make, item, kind=PlanKind.FINAL, partner_id=one)
    assert asks(make, item, 30, one) == his
    assert asks(make, item, 30, other) is None
    assert asks(make, item, 30) is None
    anybody = published(make, item, kind=PlanKind.FINAL)
    assert [asks(make, item, 30, each) for each in (one, other, None)] == [his, anybody, anybody]


@pytest.mark.parametrize(
    ("how", "rule"),
    [
        ({}, "bad_binding"),
        ({"category": "Housings", "item": True}, "bad_binding"),
        ({"category": "Housings", "kind": PlanKind.FINAL, "partner": True}, "bad_binding"),
        ({"item": True, "partner": True}, "bad_binding"),
        ({"item": True, "kind": PlanKind.FINAL, "customer": True}, "no_supplier"),
        ({"category": "x" * 81}, "bad_category"),
    ],
)
def test_a_plan_is_bound_to_one_thing_that_it_can_ask_of(
    one_make: Factory, how: dict[str, Any], rule: str
) -> None:
    item = one_make.item() if how.pop("item", None) else None
    if how.pop("partner", None):
        how["partner_id"] = supplier(one_make)
    if how.pop("customer", None):
        how["partner_id"] = supplier(one_make, supplies=False)
    with refused(rule):
        plan(one_make, item, CRACK, **how)


def test_the_pages_bind_a_plan_to_a_category_and_to_a_supplier(
    one_app: Flask, one_make: Factory
) -> None:
    item = db.session.get_one(Item, one_make.item())
    number = text_number(item.id)
    put_into(one_make, item.id, "Housings")
    supplier(one_make)
    desk = Browser(one_app).sign_in(one_make.quality)
    form = desk.get("/plans/new").get_data(as_text=True)
    assert '<option value="Housings">' in form
    assert "Castings Ltd" in form
    named = {"name_en": "Cleanliness", "kind": "operation", "sequence": "20"}
    assert desk.post("/plans/new", **named).status_code == 422
    assert desk.post("/plans/new", **named, category="Housings").status_code == 303
    final = {"name_en": "Final", "kind": "final", "item": number, "partner": "V-1"}
    assert desk.post("/plans/new", **final).status_code == 303
    listed = text_of(desk.get("/plans"))
    assert "category Housings" in listed
    assert "from Castings Ltd" in listed
    assert "Cleanliness" in text_of(desk.get("/plans?q=housing"))
    assert "Cleanliness" in text_of(desk.get(f"/plans?item={number}"))
    items = text_of(desk.get("/items?category=Housings"))
    assert number in items
    for found in db.session.query(Plan):
        assert found.item_id is None or found.partner_id


def test_a_program_binds_a_plan_and_hears_to_what(one_app: Flask, one_make: Factory) -> None:
    supplier(one_make)
    item = text_number(one_make.item())
    program = Program(one_app, one_make.quality)
    body = {"category": "Housings", "operation": 20, "names": {"en": "Cleanliness"}}
    assert program.post("/plans", body).status_code == 201
    body = {"item": item, "supplier": "V-1", "kind": "final", "names": {"en": "Castings"}}
    assert program.post("/plans", body).status_code == 201
    code = program.heard["code"]
    program.get(f"/plans/{code}")
    assert program.heard["supplier"]["number"] == "V-1"
    program.get("/plans?category=Housings")
    (told,) = program.heard["entries"]
    assert (told["item"], told["category"], told["supplier"]) == (None, "Housings", None)


def text_number(item_id: int) -> str:
    return db.session.get_one(Subject, item_id).number or ""


def test_a_program_finds_items_by_their_category(one_app: Flask, one_make: Factory) -> None:
    add_item(
        one_make.planner.act(),
        number="A",
        names={"en": "A"},
        details=ItemDetails(category="Housings"),
    )
    add_item(one_make.planner.act(), number="B", names={"en": "B"})
    program = Program(one_app, one_make.planner)
    program.get("/items?category=Housings")
    assert [(e["number"], e["category"]) for e in program.heard["entries"]] == [("A", "Housings")]
