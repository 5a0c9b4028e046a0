"""What items are measured in: their units, and whether anything is measured in them yet."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from shopfloor.catalogue.items import ItemDetails
from shopfloor.catalogue.models import Bom, BomLine, Item, ItemUnit
from shopfloor.catalogue.units import UnitFactor
from shopfloor.core.types import plain
from shopfloor.exchange.lookups import pieces
from shopfloor.production.models import OrderMaterial, WorkOrder
from shopfloor.stock.models import Lot


def details_of(item: Item, units: tuple[UnitFactor, ...]) -> ItemDetails:
    """Return what is stored of an item."""
    return ItemDetails(
        item.tracking,
        item.shelf_life_days,
        item.gtin,
        None if item.cost is None else plain(item.cost),
        item.cost_currency,
        item.other_number,
        item.synonyms,
        units,
        item.consent_required,
        item.category,
    )


def units_by_item(session: Session, ids: Iterable[int]) -> dict[int, tuple[UnitFactor, ...]]:
    """Return the other units of some items, in order."""
    found: dict[int, tuple[UnitFactor, ...]] = {}
    for piece in pieces(ids):
        rows = session.scalars(
            select(ItemUnit)
            .where(ItemUnit.item_id.in_(piece))
            .order_by(ItemUnit.item_id, ItemUnit.unit)
        )
        for row in rows:
            unit = UnitFactor(row.unit, row.numerator, row.denominator)
            found[row.item_id] = (*found.get(row.item_id, ()), unit)
    return {item_id: tuple(sorted(u, key=lambda each: each.unit)) for item_id, u in found.items()}


def measured_among(session: Session, ids: Iterable[int]) -> set[int]:
    """Return which items something is measured in: lots, orders, materials of orders, BOMs.

    One by one it is what measured_by() says, for hundreds of items in a few statements.
    """
    found: set[int] = set()
    columns = (Lot.item_id, WorkOrder.item_id, OrderMaterial.item_id, BomLine.item_id, Bom.item_id)
    for piece in pieces(ids):
        for column in columns:
            found |= set(session.scalars(select(column).where(column.in_(piece)).distinct()))
    return found
