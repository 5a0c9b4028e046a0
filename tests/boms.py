"""Items and BOMs for tests, in a few words."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from shopfloor.catalogue.boms import Material, add_bom
from shopfloor.catalogue.commands import add_item
from shopfloor.catalogue.explosion import Explosion, explode
from shopfloor.catalogue.models import Item, ItemUnit
from shopfloor.core.db import db, transaction
from tests.make import Factory


def items(make: Factory, *numbers: str, **more: Any) -> list[int]:
    """Add items under these numbers."""
    return [add_item(make.planner.act(), number=n, names={"en": n}, **more).id for n in numbers]


def bom(
    make: Factory, item: int, *lines: int | Material, quantity: Decimal = Decimal(1), **more: Any
) -> int:
    """Add a revision; a line given as an item's id goes in `quantity` times."""
    materials = tuple(
        line if isinstance(line, Material) else Material(line, quantity) for line in lines
    )
    return add_bom(make.planner.act(), item_id=item, materials=materials, **more).id


def unit(item: int, name: str, numerator: int, denominator: int = 1) -> None:
    """Give an item another unit."""
    with transaction() as session:
        session.add(ItemUnit(item_id=item, unit=name, numerator=numerator, denominator=denominator))


def model(make: Factory, number: str, **features: str) -> int:
    """Add a model; its features with their values, as in size="s m l"."""
    (made,) = items(make, number)
    with transaction() as session:
        session.get_one(Item, made).features = [
            {
                "key": key,
                "names": {"en": key.title()},
                "values": [{"key": v, "names": {"en": v.upper()}} for v in values.split()],
            }
            for key, values in features.items()
        ]
    return made


def variant(make: Factory, number: str, of: int, **choices: str) -> int:
    """Add a variant of a model with its choices."""
    (made,) = items(make, number)
    with transaction() as session:
        item = session.get_one(Item, made)
        item.model_id, item.choices = of, choices
    return made


def exploded(item: int, day: date, quantity: Fraction | int = 1) -> Explosion:
    """Explode an item on a day."""
    return explode(db.session(), item, day, Fraction(quantity))


def totals(found: Explosion) -> dict[str, Fraction]:
    """Return the totals of an explosion by number."""
    return {each.part.number: each.quantity for each in (*found.leaves, *found.assemblies)}


def numbers(totals: Sequence[Any]) -> list[str]:
    """Return the numbers of some totals."""
    return [total.part.number for total in totals]
