"""What uses items and stations in work orders."""

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, select

from shopfloor.catalogue.models import ITEM, Item
from shopfloor.core.uses import UsedBy
from shopfloor.plant.models import STATION
from shopfloor.production.models import Operation, OrderMaterial, OrderState, WorkOrder

_OPEN = (OrderState.PLANNED, OrderState.RELEASED)


def _orders() -> Select[*tuple[Any, ...]]:
    return (
        select(WorkOrder.id.label("id"), Item.names.label("names"))
        .join(Item, Item.id == WorkOrder.item_id)
        .where(WorkOrder.state.in_(_OPEN))
    )


def _needing(item_id: int) -> Select[*tuple[Any, ...]]:
    materials = select(OrderMaterial.order_id).where(OrderMaterial.item_id == item_id)
    return _orders().where(WorkOrder.id.in_(materials))


def _worked_on(station_id: int) -> Select[*tuple[Any, ...]]:
    operations = select(Operation.order_id).where(Operation.station_id == station_id)
    return _orders().where(WorkOrder.id.in_(operations))


USES = [
    UsedBy(
        ITEM.name,
        _l("Open work orders that make it"),
        lambda item_id: _orders().where(WorkOrder.item_id == item_id),
        keeps=True,
        measures=True,
    ),
    UsedBy(ITEM.name, _l("Open work orders that need it"), _needing, keeps=True, measures=True),
    UsedBy(STATION.name, _l("Open work orders that pass it"), _worked_on, keeps=True),
]
