"""What of items and places is in stock."""

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, select

from shopfloor.catalogue.models import ITEM, Item
from shopfloor.core.uses import UsedBy
from shopfloor.plant.models import PLACE
from shopfloor.stock.models import Balance, Lot


def _lots_of(item_id: int) -> Select[*tuple[Any, ...]]:
    return _lots().where(Lot.item_id == item_id)


def _lots_at(place_id: int) -> Select[*tuple[Any, ...]]:
    here = select(Balance.lot_id).where(Balance.place_id == place_id, Balance.quantity > 0)
    return _lots().where(Lot.id.in_(here))


def _lots() -> Select[*tuple[Any, ...]]:
    return select(Lot.id.label("id"), Item.names.label("names")).join(Item, Item.id == Lot.item_id)


USES = [
    UsedBy(ITEM.name, _l("Lots"), _lots_of, measures=True),
    UsedBy(PLACE.name, _l("Lots that are here"), _lots_at, keeps=True),
]
