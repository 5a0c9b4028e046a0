"""Builds the catalogue of a generated factory: families of items that are made in the same way."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

from shopfloor.catalogue.boms import Material, add_bom
from shopfloor.catalogue.commands import add_item, set_piece_rate
from shopfloor.catalogue.partners import Contact, add_partner
from shopfloor.catalogue.routings import Step, add_routing
from shopfloor.cli.generate.factory import LINES, STATIONS_OF_A_LINE, Factory, Family, Variant
from shopfloor.cli.generate.words import LONG_EVERY, lengthened, named
from shopfloor.people.skills import add_skill

# How many operations the families take, one after the other.
LENGTHS = (4, 5, 3, 6, 8, 5, 4, 7, 2, 5)


def build_catalogue(factory: Factory, told: Callable[[str], None]) -> None:
    """Make skills, partners and items; `told` hears how far it is."""
    extent = factory.extent
    for n in range(20):
        add_skill(factory.founder(), number=f"SK-{n:02d}", names=named(n, ("Skill", "技能")))
    for n in range(extent.others):
        contact = Contact(supplier=n % 2 == 0, customer=n % 2 == 1)
        names = named(n, ("Partner", "伙伴"))
        add_partner(factory.founder(), number=f"P-{n:04d}", names=names, contact=contact)
    made = extent.families * extent.variants
    bought = [_item(factory, f"B-{n:05d}", n) for n in range(max(8, extent.items - made))]
    told(f"{len(bought)} bought items")
    for n in range(extent.families):
        family = _family(factory, n)
        for variant in range(extent.variants):
            family.variants.append(_variant(factory, family, n, variant, bought))
        factory.families.append(family)
    told(f"{made} made items")


def _item(factory: Factory, number: str, n: int) -> int:
    number = lengthened(number, "-0123456789", 70) if n % LONG_EVERY == 2 else number
    return add_item(factory.founder(), number=number, names=named(n)).id


def _family(factory: Factory, n: int) -> Family:
    sequences = tuple(10 * step for step in range(1, LENGTHS[n % len(LENGTHS)] + 1))
    return Family(sequences, frozenset({sequences[min(1, n % 3)], sequences[-1 - n % 2]}))


def _variant(factory: Factory, family: Family, n: int, variant: int, bought: list[int]) -> Variant:
    """Make an item of a family on a line of its own, with BOM, routing and rates."""
    item = _item(factory, f"M-{n:02d}-{variant:04d}", n * factory.extent.variants + variant)
    parts = factory.random.sample(bought, 3)
    # Every third family goes into the next one, so that BOMs have several levels.
    if n % 3 and variant < len(factory.families[n - 1].variants):
        parts[0] = factory.families[n - 1].variants[variant].item_id
    bom = add_bom(
        factory.founder(),
        item_id=item,
        materials=tuple(Material(part, Decimal(m + 1)) for m, part in enumerate(parts)),
    )
    line_id, stations = factory.lines[(n + variant) % LINES]
    at = [stations[m % STATIONS_OF_A_LINE] for m in range(len(family.sequences))]
    routing = add_routing(
        factory.founder(),
        item_id=item,
        steps=tuple(
            Step(
                sequence,
                named(n * 10 + m, ("Step", "工序")),
                at[m],
                inspect=sequence in family.inspected,
                tolerance_percent=1,
            )
            for m, sequence in enumerate(family.sequences)
        ),
    )
    for m, sequence in enumerate(family.sequences):
        set_piece_rate(
            factory.founder(),
            item_id=item,
            sequence=sequence,
            valid_from=factory.extent.since - timedelta(days=30),
            amount=Decimal(5 + (n * 7 + m * 3) % 40) / 100,
            currency="CNY",
        )
    return Variant(item, (item, bom.id, routing.id, line_id, *stations, *parts))
