"""What uses items, stations and skills in BOMs and routings."""

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import aliased

from shopfloor.catalogue.models import ITEM, Bom, BomLine, Item, Routing, RoutingOperation
from shopfloor.core.subjects import Subject
from shopfloor.core.uses import UsedBy
from shopfloor.people.models import SKILL
from shopfloor.plant.models import STATION


def _items(*conditions: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return select(Item.id.label("id"), Item.names.label("names")).where(*conditions)


def _with_own_bom(item_id: int) -> Select[*tuple[Any, ...]]:
    return _items(Item.id == item_id, Item.id.in_(select(Bom.item_id)))


def _in_boms(item_id: int) -> Select[*tuple[Any, ...]]:
    lines = select(Bom.item_id).join(BomLine).where(BomLine.item_id == item_id)
    return _items(Item.id.in_(lines))


def _in_newest_boms(item_id: int) -> Select[*tuple[Any, ...]]:
    return _items(Item.id.in_(_newest_with(item_id)), _in_use())


def _in_older_boms(item_id: int) -> Select[*tuple[Any, ...]]:
    lines = select(Bom.item_id).join(BomLine).where(BomLine.item_id == item_id)
    return _items(Item.id.in_(lines), Item.id.not_in(_newest_with(item_id)), _in_use())


def _newest_with(item_id: int) -> Select[*tuple[Any, ...]]:
    return select(Bom.item_id).join(BomLine).where(BomLine.item_id == item_id, _newest(Bom))


def _routed(condition: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    steps = select(Routing.item_id).join(RoutingOperation).where(condition, _newest(Routing))
    return _items(Item.id.in_(steps), _in_use())


def _newest(table: type[Bom | Routing]) -> ColumnElement[bool]:
    other = aliased(table)
    newest = select(func.max(other.revision)).where(other.item_id == table.item_id)
    return table.revision == newest.scalar_subquery()


def _in_use() -> ColumnElement[bool]:
    return Item.id.in_(
        select(Subject.id).where(Subject.kind == ITEM.name, Subject.archived_at.is_(None))
    )


USES = [
    UsedBy(ITEM.name, _l("Goes into, by the newest BOM"), _in_newest_boms, keeps=True),
    UsedBy(ITEM.name, _l("Stands in an older BOM of"), _in_older_boms),
    UsedBy(ITEM.name, _l("Stands in the BOM of"), _in_boms, measures=True, listed=False),
    UsedBy(ITEM.name, _l("Has a BOM of its own"), _with_own_bom, measures=True, listed=False),
    UsedBy(
        STATION.name,
        _l("Items that are made here, by the newest routing"),
        lambda station_id: _routed(RoutingOperation.station_id == station_id),
        keeps=True,
    ),
    UsedBy(
        SKILL.name,
        _l("Items whose newest routing asks for it"),
        lambda skill_id: _routed(RoutingOperation.skill_id == skill_id),
        keeps=True,
    ),
]
