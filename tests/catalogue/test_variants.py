"""One BOM for many sizes and colours: how it resolves, and what keeps an order from release."""

from decimal import Decimal

import pytest
from sqlalchemy import func, select

from shopfloor.catalogue.boms import Material
from shopfloor.catalogue.contents import contents, parts
from shopfloor.catalogue.copies import copy_item
from shopfloor.catalogue.features import write_features
from shopfloor.catalogue.models import Item
from shopfloor.catalogue.routings import Step, add_routing
from shopfloor.catalogue.variants import add_variants, set_features
from shopfloor.core.db import db
from shopfloor.core.events import Event
from shopfloor.core.refusals import Refused
from shopfloor.core.subjects import Subject
from shopfloor.production.models import Operation, OrderMaterial
from tests.boms import bom, exploded, items, unit
from tests.make import Factory
from tests.refusing import refused

TWO, ONE = Decimal(2), Decimal(1)
FEATURES = "Size / 尺寸 = S, L\nColour / 颜色 = Red / 红, Blue / 蓝"


class Shirts:
    """A shirt in two sizes and two colours; its cloth comes in the same two colours."""

    def __init__(self, make: Factory) -> None:
        self.make = make
        self.shirt, self.cloth, self.tag, self.button = items(
            make, "SHIRT", "CLOTH", "TAG-L", "BUTTON"
        )
        act = make.planner.act
        set_features(act(), item_id=self.shirt, version=1, features=FEATURES)
        set_features(act(), item_id=self.cloth, version=1, features="Colour / 颜色 = Red, Blue")
        self.large_red, self.small_blue = (
            each.id
            for each in add_variants(
                act(),
                model_id=self.shirt,
                choices=({"size": "l", "colour": "red"}, {"size": "s", "colour": "blue"}),
            )
        )
        add_variants(act(), model_id=self.cloth, choices=({"colour": "red"},))
        unit(self.cloth, "yd", 9144, 10000)
        bom(
            make,
            self.shirt,
            Material(self.cloth, TWO),
            Material(self.tag, ONE, only_for={"size": ["l"]}),
            Material(self.button, Decimal(7)),
        )
        steps = (Step(10, {"en": "Sew"}, make.stations[0]),)
        add_routing(act(), item_id=self.shirt, steps=steps)

    def lines(self, variant: int) -> list[tuple[str, str]]:
        """Return what goes into a variant, each with why it does not resolve."""
        session, day = db.session(), self.make.today()
        found = contents(session, parts(session, [variant]).values(), day)[variant]
        return [
            (
                need.part.number if need.part else need.named.number,
                str(need.why) if need.why is not None else "",
            )
            for need in found.needs
        ]


@pytest.fixture
def shirts(make: Factory) -> Shirts:
    return Shirts(make)


def test_each_variant_takes_the_lines_that_are_for_it(shirts: Shirts) -> None:
    assert shirts.lines(shirts.large_red) == [("CLOTH-RED", ""), ("TAG-L", ""), ("BUTTON", "")]
    assert shirts.lines(shirts.small_blue) == [
        ("CLOTH", "It has no variant with these choices: Blue."),
        ("BUTTON", ""),
    ]


def test_generated_variants_have_numbers_names_and_the_units_of_their_model(
    make: Factory, shirts: Shirts
) -> None:
    session = db.session()
    assert session.get_one(Subject, shirts.large_red).number == "SHIRT-L-RED"
    assert session.get_one(Item, shirts.large_red).names == {"en": "SHIRT L Red"}
    with refused("bad_variants"):
        add_variants(
            make.planner.act(),
            model_id=shirts.shirt,
            choices=({"size": "l", "colour": "red"},),
        )
    with refused("bad_variants"):
        add_variants(make.planner.act(), model_id=shirts.shirt, choices=({"size": "l"},))
    with refused("no_right", 403):
        add_variants(make.operator.act(), model_id=shirts.shirt, choices=())


def test_an_unresolved_line_blocks_the_release_and_says_what_is_missing(
    make: Factory, shirts: Shirts
) -> None:
    """Row B190."""
    with pytest.raises(Refused, match="Line 10 of the BOM of SHIRT-S-BLUE") as no:
        make.order(5, item_id=shirts.small_blue)
    assert "CLOTH. It has no variant with these choices: Blue." in str(no.value)
    assert no.value.rule == "unresolved_line"
    add_variants(make.planner.act(), model_id=shirts.cloth, choices=({"colour": "blue"},))
    make.order(5, item_id=shirts.small_blue)
    taken = db.session.execute(
        select(Subject.number, OrderMaterial.quantity)
        .join(Subject, Subject.id == OrderMaterial.item_id)
        .order_by(OrderMaterial.position)
    )
    assert [tuple(row) for row in taken] == [("CLOTH-BLUE", 10), ("BUTTON", 35)]
    assert db.session.scalars(select(Operation.names)).one() == {"en": "Sew"}


def test_nobody_makes_a_model(make: Factory, shirts: Shirts) -> None:
    with pytest.raises(Refused, match="SHIRT is a model") as no:
        make.order(5, item_id=shirts.shirt)
    assert "SHIRT-L-RED, SHIRT-S-BLUE" in str(no.value.hint)
    with refused("is_model"):
        exploded(shirts.shirt, make.today())


def test_a_variant_with_a_bom_and_a_routing_of_its_own_takes_those(
    make: Factory, shirts: Shirts
) -> None:
    (gold,) = items(make, "GOLD")
    bom(make, shirts.large_red, gold)
    steps = (Step(10, {"en": "Embroider"}, make.stations[0]),)
    add_routing(make.planner.act(), item_id=shirts.large_red, steps=steps)
    assert shirts.lines(shirts.large_red) == [("GOLD", "")]
    make.order(5, item_id=shirts.large_red)
    assert db.session.scalars(select(Operation.names)).one() == {"en": "Embroider"}


def test_where_several_variants_fit_none_is_guessed(make: Factory, shirts: Shirts) -> None:
    (bag,) = items(make, "BAG")
    bom(make, bag, Material(shirts.cloth, ONE))
    assert shirts.lines(bag) == [("CLOTH-RED", "")]
    add_variants(make.planner.act(), model_id=shirts.cloth, choices=({"colour": "blue"},))
    assert shirts.lines(bag) == [("CLOTH", "Several variants of it fit: CLOTH-BLUE, CLOTH-RED.")]
    found = exploded(bag, make.today())
    assert [(whole.number, need.position) for whole, need in found.unresolved] == [("BAG", 10)]
    assert found.leaves == []


def test_what_a_variant_has_cannot_be_taken_away(make: Factory, shirts: Shirts) -> None:
    act = make.planner.act
    with refused("value_in_use", field="features"):
        set_features(act(), item_id=shirts.shirt, version=2, features="Size / 尺寸 = S, L")
    with refused("edited_since"):
        set_features(act(), item_id=shirts.shirt, version=1, features=FEATURES)
    more = FEATURES.replace("S, L", "S, M, L")
    set_features(act(), item_id=shirts.shirt, version=2, features=more)
    assert write_features(db.session.get_one(Item, shirts.shirt).features) == more
    for wrong in ("Size", "= S", "Size = ", "Size = S, S", "Size = S\nSize = L"):
        with refused("bad_features", 422, "features"):
            set_features(act(), item_id=shirts.shirt, version=3, features=wrong)
    with refused("is_variant"):
        set_features(act(), item_id=shirts.large_red, version=1, features="Fit = Slim, Wide")


def test_an_item_is_copied_with_bom_and_routing_in_one_event(make: Factory, shirts: Shirts) -> None:
    before = db.session.scalar(select(func.count()).select_from(Event)) or 0
    act = make.planner.act
    today = make.today()
    copy = copy_item(act(), item_id=shirts.large_red, number="X", names={"en": "X"}, day=today)
    model = copy_item(act(), item_id=shirts.shirt, number="Y", names={"en": "Y"}, day=today)
    assert (db.session.scalar(select(func.count()).select_from(Event)) or 0) == before + 2
    assert shirts.lines(copy.id) == [("CLOTH-RED", ""), ("TAG-L", ""), ("BUTTON", "")]
    assert make.order(3, item_id=copy.id).sequences == (10,)
    assert db.session.get_one(Item, model.id).features
    with refused("number_taken", field="number"):
        copy_item(act(), item_id=shirts.shirt, number="X", names={"en": "X"}, day=today)
    with refused("unresolved_line"):
        copy_item(act(), item_id=shirts.small_blue, number="Z", names={"en": "Z"}, day=today)
    with refused("no_right", 403):
        copy_item(
            make.operator.act(), item_id=shirts.shirt, number="Q", names={"en": "Q"}, day=today
        )


def test_the_same_variant_twice_in_one_form_is_refused(make: Factory) -> None:
    shirts = Shirts(make)
    twice = ({"size": "s", "colour": "red"},) * 2
    with refused("bad_variants"):
        add_variants(make.planner.act(), model_id=shirts.shirt, choices=twice)
