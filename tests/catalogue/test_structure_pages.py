"""The pages of what an item is made of: tree, totals, uses, revisions side by side, variants."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import func, select

from shopfloor.catalogue.boms import Material
from shopfloor.catalogue.models import Bom
from shopfloor.catalogue.variants import set_features
from shopfloor.core.db import db
from shopfloor.core.subjects import Subject
from shopfloor.production.commands.orders import create_order
from tests.boms import bom, items, model, unit, variant
from tests.browse import Browser, text_of
from tests.make import Factory
from tests.statements import counted

ONE = Decimal(1)


@pytest.fixture
def planner(one_app: Flask, one_make: Factory) -> Browser:
    return Browser(one_app).sign_in(one_make.planner)


@pytest.fixture
def operator(one_app: Flask, one_make: Factory) -> Browser:
    return Browser(one_app).sign_in(one_make.operator)


def count(table: type) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def test_the_page_of_an_item_asks_the_same_number_of_statements_for_any_size(
    planner: Browser, one_make: Factory
) -> None:
    whole, *below = items(one_make, "A", *(f"P{n:02}" for n in range(30)))
    bom(one_make, whole, below[0])
    planner.get("/items/A")
    with counted() as few:
        planner.get("/items/A")
    for _ in range(3):
        bom(one_make, whole, *below)
    with counted() as many:
        page = text_of(planner.get("/items/A"))
    assert len(few) == len(many) <= 26
    assert "4 revisions" in page
    assert "P29" in page


def test_the_revision_that_holds_today_is_shown(planner: Browser, one_make: Factory) -> None:
    a, now, later = items(one_make, "A", "NOW", "LATER")
    tomorrow = one_make.today() + timedelta(days=2)
    bom(one_make, a, now)
    bom(one_make, a, later, valid_from=tomorrow)
    shown = text_of(planner.get("/items/A"))
    assert "NOW" in shown
    assert "LATER" not in shown


def test_an_explosion_shows_tree_and_totals_for_whoever_may_see_work(
    operator: Browser, one_make: Factory
) -> None:
    desk, frame, screw, tape = items(one_make, "DESK", "FRAME", "SCREW", "TAPE")
    unit(tape, "third", 1, 3)
    bom(one_make, frame, Material(screw, Decimal("2.5")), Material(tape, ONE, "third"))
    bom(one_make, desk, Material(frame, Decimal(2)), Material(screw, Decimal(4)))
    page = text_of(operator.get("/items/DESK/explosion?on=2026-05-01&quantity=3"))
    for part in ("FRAME FRAME 6 pcs", "SCREW SCREW 27 pcs", "2.5 pcs for one", "1 third for one"):
        assert part in page
    table = operator.get("/items/DESK/explosion?file=csv&what=totals").get_data(as_text=True)
    assert "TAPE,TAPE,2/3,pcs,0" in table
    tree = operator.get("/items/DESK/explosion?file=csv").get_data(as_text=True)
    assert "2,FRAME,SCREW,SCREW,2.5,pcs,5,pcs,0" in tree
    assert operator.get("/items/DESK/explosion?file=xlsx").data.startswith(b"PK")
    assert "Nothing goes in" in text_of(operator.get("/items/SCREW/explosion"))
    for wrong in ("on=tomorrow", "quantity=-1", "quantity=many", "quantity=99999999999999"):
        assert operator.get(f"/items/DESK/explosion?{wrong}").status_code == 422


def test_a_model_leads_to_its_variants(planner: Browser, one_make: Factory) -> None:
    shirt = model(one_make, "SHIRT", size="s l")
    assert "No variants yet" in text_of(planner.get("/items/SHIRT/explosion"))
    bom(one_make, shirt, *items(one_make, "CLOTH"))
    variant(one_make, "SHIRT-S", shirt, size="s")
    assert "SHIRT-S" in text_of(planner.get("/items/SHIRT/explosion"))
    assert "CLOTH" in text_of(planner.get("/items/SHIRT-S/explosion"))
    page = text_of(planner.get("/items/SHIRT-S"))
    assert "From its model SHIRT" in page
    assert "CLOTH" in page


def test_where_used_goes_one_level_or_up_to_the_products(
    planner: Browser, one_make: Factory
) -> None:
    bike, wheel, spoke, old = items(one_make, "BIKE", "WHEEL", "SPOKE", "OLD")
    bom(one_make, wheel, spoke)
    bom(one_make, bike, wheel)
    bom(one_make, old, spoke, valid_to=date(2020, 1, 1))
    deep = text_of(planner.get("/items/SPOKE/where-used"))
    assert "Products at the top 1 BIKE" in deep
    assert "OLD" not in deep
    one = text_of(planner.get("/items/SPOKE/where-used?levels=one"))
    assert "WHEEL" in one
    assert "BIKE" not in one
    assert "OLD" in text_of(planner.get("/items/SPOKE/where-used?ever=1"))
    assert "OLD" in text_of(planner.get("/items/SPOKE/where-used?on=2020-01-01"))
    assert "It goes into nothing" in text_of(planner.get("/items/BIKE/where-used"))


def test_the_page_of_an_item_lists_what_really_uses_it(planner: Browser, one_make: Factory) -> None:
    bike, old, wheel, hub = items(one_make, "BIKE", "OLD", "WHEEL", "HUB")
    bom(one_make, wheel, hub)
    bom(one_make, bike, wheel)
    bom(one_make, old, wheel)
    bom(one_make, old, hub)
    page = text_of(planner.get("/items/WHEEL"))
    assert "Goes into, by the newest BOM 1 BIKE" in page
    assert "Stands in an older BOM of 1 OLD" in page
    assert "Has a BOM of its own" not in page, "that uses other items, not this one"
    assert "Stands in the BOM of" not in page
    kept = planner.post("/items/WHEEL/edit", version="1", name_en="Wheel", unit="kg")
    assert kept.status_code == 409, "the unit stays all the same"


def test_two_revisions_stand_side_by_side_and_say_in_words_what_differs(
    planner: Browser, one_make: Factory
) -> None:
    a, b, c, d = items(one_make, "A", "B", "C", "D")
    bom(one_make, a, b, c)
    bom(one_make, a, Material(b, Decimal(4)), Material(d, ONE))
    page = text_of(planner.get("/items/A/bom/compare"))
    assert "3 lines differ." in page
    for part in ("B B 1 pcs ≠ changed B B 4 pcs", "C C 1 pcs − removed –", "– + added D D 1 pcs"):
        assert part in page
    same = text_of(planner.get("/items/A/bom/compare?a=2&b=2"))
    assert "Both revisions say the same." in same
    assert planner.get("/items/A/bom/compare?a=9").status_code == 404
    assert planner.get("/items/A/routing/compare").status_code == 404


def test_a_late_save_shows_both_revisions_and_keeps_what_was_typed(
    planner: Browser, one_make: Factory
) -> None:
    """Torture 10."""
    a, b, _c = items(one_make, "A", "B", "C")
    bom(one_make, a, b)
    late = planner.post(
        "/items/A/bom", version="0", item_1="C", quantity_1="7", item_40="B", quantity_40="3"
    )
    assert late.status_code == 409
    page, shown = late.get_data(as_text=True), text_of(late)
    assert "Saved meanwhile: revision 1 By Planner, " in shown
    assert "B 1 3" in shown, "theirs and yours of B"
    assert "C not in it 7" in shown
    assert 'name="version" value="1"' in page
    assert 'name="item_40" value="B"' in page
    assert planner.post("/items/A/bom", version="1", item_1="C", quantity_1="7").status_code == 303
    assert count(Bom) == 2


def test_a_long_bom_is_edited_without_losing_a_line(planner: Browser, one_make: Factory) -> None:
    whole, part = items(one_make, "A", "B")
    bom(one_make, whole, *[part] * 80)
    page = planner.get("/items/A/bom").get_data(as_text=True)
    assert 'name="item_83"' in page


def test_planned_orders_take_a_change_and_running_ones_keep_what_they_took(
    planner: Browser, one_make: Factory
) -> None:
    """Row B82."""
    item = one_make.item()
    running = one_make.order(5, item_id=item)
    waiting = create_order(
        one_make.planner.act(), site_id=one_make.site_id, item_id=item, quantity=ONE
    )
    code = db.session.get_one(Subject, item).code
    before = text_of(planner.get(f"/items/{code}/bom"))
    assert f"1 planned order takes what holds on the day it is released: {waiting.number}" in before
    assert f"1 released order keeps what it took: {running.order.number}" in before
    items(one_make, "NEW")
    saved = planner.post(f"/items/{code}/bom", version="1", item_1="NEW", quantity_1="1")
    assert "1 planned order takes" in text_of(planner.get(saved.location))


def test_variants_are_generated_from_what_is_ticked(planner: Browser, one_make: Factory) -> None:
    items(one_make, "SHIRT")
    saved = planner.post("/items/SHIRT/features", version="1", features="Size / 尺寸 = S, L")
    assert saved.status_code == 303
    assert planner.post("/items/SHIRT/features", version="1", features="X = Y").status_code == 409
    assert "Not there yet 2" in text_of(planner.get("/items/SHIRT/variants"))
    assert planner.post("/items/SHIRT/variants", add_l="1").status_code == 303
    page = text_of(planner.get("/items/SHIRT/variants"))
    assert "SHIRT-L" in page
    assert "no BOM" in page
    assert planner.post("/items/SHIRT/variants", add_q="1").status_code == 409
    wrong = planner.post("/items/SHIRT/features", version="2", features="Size")
    assert wrong.status_code == 422
    assert "is not a feature with its values" in text_of(wrong)


def test_a_line_of_a_model_is_ticked_for_some_variants(planner: Browser, one_make: Factory) -> None:
    (shirt,) = items(one_make, "SHIRT")
    set_features(one_make.planner.act(), item_id=shirt, version=1, features="Size = S, L")
    items(one_make, "TAG")
    fields = {"item_1": "TAG", "quantity_1": "1", "only_1_size_l": "1", "version": "0"}
    assert planner.post("/items/SHIRT/bom", **fields).status_code == 303
    assert "Size: L" in text_of(planner.get("/items/SHIRT"))
    page = planner.get("/items/SHIRT/bom").get_data(as_text=True)
    assert 'name="only_1_size_l" value="1" checked' in page
    wrong = planner.post("/items/SHIRT/bom", **(fields | {"only_1_size_xx": "1", "version": "1"}))
    assert wrong.status_code == 422


def test_a_copy_goes_on_to_its_own_page(planner: Browser, one_make: Factory) -> None:
    a, b = items(one_make, "A", "B")
    bom(one_make, a, b)
    made = planner.post("/items/A/copy", number="A-2", name_en="Second")
    shown = text_of(planner.get(made.location))
    assert "A-2" in shown
    assert "B" in shown
    assert planner.post("/items/A/copy", number="A-2", name_en="Third").status_code == 409


def test_whoever_may_only_report_changes_nothing_here(operator: Browser, one_make: Factory) -> None:
    items(one_make, "A")
    for part in ("features", "copy", "bom", "routing"):
        assert operator.get(f"/items/A/{part}").status_code == 403
        assert operator.post(f"/items/A/{part}", page="/more").status_code == 403
    assert operator.post("/items/A/variants", page="/more").status_code == 403
    assert operator.get("/items/A/variants").status_code == 200
