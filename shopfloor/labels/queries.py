"""What the pages of labels and printers ask."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from shopfloor.catalogue.models import ITEM, Item
from shopfloor.catalogue.queries import of_item
from shopfloor.core.finding import finds
from shopfloor.core.paging import contains, named_like
from shopfloor.core.rights import Rights
from shopfloor.core.subjects import Subject
from shopfloor.labels.models import Printer, PrinterDefault
from shopfloor.plant.models import (
    DEVICE,
    PLACE,
    STATION,
    Device,
    Line,
    Place,
    PlaceKind,
    Site,
    Station,
)
from shopfloor.production.models import OPERATION, ORDER, Operation, WorkOrder
from shopfloor.production.overview import visible
from shopfloor.stock.models import LOT, Lot

_Order = aliased(Subject, name="order_subject")
Chosen = Select[*tuple[Any, ...]]
MOST_ORDERS = 200


def printers_for(rights: Rights, own_site: int | None) -> Select[*tuple[Any, ...]]:
    """Return the query for the printers in use where a person works or sees work."""
    query = (
        select(Printer, Subject)
        .join(Subject, Subject.id == Printer.id)
        .where(Subject.archived_at.is_(None))
        .order_by(Printer.name, Printer.id)
    )
    scopes = rights.scopes("work.view")
    if scopes is None:
        return query
    return query.where(Printer.site_id.in_(scopes) | (Printer.site_id == own_site))


def default_printers(session: Session, site_id: int | None) -> dict[str, int]:
    """Return by kind of label the printer that a site's labels come out of; one statement."""
    rows = session.execute(
        select(PrinterDefault.kind, PrinterDefault.printer_id).where(
            PrinterDefault.site_id == site_id
        )
    )
    return {row.kind: row.printer_id for row in rows}


def all_printers(scopes: frozenset[int] | None) -> Select[*tuple[Any, ...]]:
    """Return the query for the printers of the sites that a person edits, those in use first."""
    query: Select[*tuple[Any, ...]] = (
        select(Printer, Subject, Site.names.label("site_names"))
        .join(Subject, Subject.id == Printer.id)
        .join(Site, Site.id == Printer.site_id)
        .order_by(Subject.archived_at.is_not(None), Printer.name, Printer.id)
    )
    return query if scopes is None else query.where(Printer.site_id.in_(scopes))


def defaults_of(session: Session, printer_id: int) -> list[str]:
    """Return the kinds of labels that come out of a printer; one statement."""
    return list(
        session.scalars(select(PrinterDefault.kind).where(PrinterDefault.printer_id == printer_id))
    )


def kinds_of(session: Session, printer_ids: Sequence[int]) -> dict[int, list[str]]:
    """Return by printer the kinds of labels that come out of it; one statement."""
    found: dict[int, list[str]] = {}
    for kind, printer_id in session.execute(
        select(PrinterDefault.kind, PrinterDefault.printer_id)
        .where(PrinterDefault.printer_id.in_(printer_ids))
        .order_by(PrinterDefault.kind)
    ):
        found.setdefault(printer_id, []).append(kind)
    return found


def choices(rights: Rights, kind: str, search: str) -> Chosen:
    """Return the query for what labels of a kind can be printed of: (code, number, names, detail).

    The newest first where there are ever more of them, the others by number.
    """
    return _CHOICES[kind](rights, search)


def _lots(rights: Rights, search: str) -> Chosen:
    query = (
        select(Subject.code, Subject.number, Item.names, _Order.number.label("detail"))
        .select_from(Lot)
        .join(Subject, Subject.id == Lot.id)
        .join(Item, Item.id == Lot.item_id)
        .join(_Order, _Order.id == Lot.family_id)
        .join(WorkOrder, WorkOrder.id == Lot.family_id, isouter=True)
        .order_by(Lot.id.desc())
    )
    scopes = rights.scopes("work.view")
    if scopes is not None:
        query = query.where(Subject.site_id.in_(scopes) | visible(rights))
    return query.where(_found(search, Lot.item_id)) if search else query


def _orders(rights: Rights, search: str) -> Chosen:
    query = (
        select(Subject.code, Subject.number, Item.names, Subject.code.label("detail"))
        .select_from(WorkOrder)
        .join(Subject, Subject.id == WorkOrder.id)
        .join(Item, Item.id == WorkOrder.item_id)
        .where(visible(rights))
        .order_by(WorkOrder.id.desc())
    )
    return query.where(_found(search, WorkOrder.item_id)) if search else query


def _operations(rights: Rights, search: str) -> Chosen:
    query = (
        select(
            Subject.code,
            Operation.sequence.label("number"),
            Operation.names,
            _Order.number.label("detail"),
        )
        .select_from(Operation)
        .join(Subject, Subject.id == Operation.id)
        .join(WorkOrder, WorkOrder.id == Operation.order_id)
        .join(_Order, _Order.id == Operation.order_id)
        .where(visible(rights))
        .order_by(Operation.order_id.desc(), Operation.sequence)
    )
    if not search:
        return query
    # The newest orders are found first: there are several operations of each.
    order, number = aliased(WorkOrder), aliased(Subject)
    found = (
        select(order.id)
        .join(number, number.id == order.id)
        .where(_found(search, order.item_id, number.number))
        .order_by(order.id.desc())
        .limit(MOST_ORDERS)
    )
    return query.where(Operation.order_id.in_(found))


def _items(rights: Rights, search: str) -> Chosen:
    query = (
        select(Subject.code, Subject.number, Item.names, Subject.code.label("detail"))
        .join(Item, Item.id == Subject.id)
        .where(Subject.archived_at.is_(None))
        .order_by(Subject.number)
    )
    return query.where(finds(search, Subject.number, Item.found_by)) if search else query


def _stations(rights: Rights, search: str) -> Chosen:
    query = (
        select(Subject.code, Subject.number, Station.names, Subject.code.label("detail"))
        .join(Station, Station.id == Subject.id)
        .join(Line, Line.id == Station.line_id)
        .where(Subject.archived_at.is_(None))
        .order_by(Subject.number)
    )
    scopes = rights.scopes("work.view")
    if scopes is not None:
        query = query.where(
            or_(Line.site_id.in_(scopes), Line.id.in_(scopes), Station.id.in_(scopes))
        )
    return _search(query, search, Subject.number, Station.names)


def _places(rights: Rights, search: str) -> Chosen:
    query = (
        select(Subject.code, Subject.number, Place.names, Subject.code.label("detail"))
        .join(Place, Place.id == Subject.id)
        # Places of single orders come and go with the order: its label is the lot's.
        .where(Subject.archived_at.is_(None), Place.kind != PlaceKind.WIP)
        .order_by(Subject.number.is_(None), Subject.number, Subject.id)
    )
    scopes = rights.scopes("work.view")
    if scopes is not None:
        query = query.where(Place.site_id.in_(scopes))
    return _search(query, search, Subject.number, Place.names)


def _devices(rights: Rights, search: str) -> Chosen:
    query = (
        select(
            Subject.code, Device.name.label("number"), Station.names, Subject.code.label("detail")
        )
        .join(Device, Device.id == Subject.id)
        .join(Station, Station.id == Device.station_id, isouter=True)
        .where(Device.revoked_at.is_(None))
        .order_by(Device.name)
    )
    scopes = rights.scopes("people.edit")
    if scopes is not None:
        query = query.where(Device.site_id.in_(scopes))
    return query.where(contains(Device.name, search)) if search else query


def _found(
    search: str,
    item_id: InstrumentedAttribute[int],
    number: InstrumentedAttribute[Any] = Subject.number,
) -> ColumnElement[bool]:
    return finds(search, number, also=of_item(item_id))


def _search(query: Chosen, search: str, number: Any, names: Any) -> Chosen:
    return query.where(contains(number, search) | named_like(names, search)) if search else query


_CHOICES: dict[str, Callable[[Rights, str], Chosen]] = {
    LOT.name: _lots,
    ORDER.name: _orders,
    OPERATION.name: _operations,
    ITEM.name: _items,
    STATION.name: _stations,
    PLACE.name: _places,
    DEVICE.name: _devices,
}
