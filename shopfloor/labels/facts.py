"""What the labels of each kind say about things, as text for the reader; one statement a kind."""

from collections.abc import Callable, Collection
from typing import Any

from flask_babel import gettext
from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from shopfloor.catalogue.models import ITEM, Item
from shopfloor.core.shown import in_unit, show_day, show_quantity
from shopfloor.core.subjects import Subject
from shopfloor.core.words import in_words
from shopfloor.labels.models import PRINTER, Printer
from shopfloor.plant.models import DEVICE, PLACE, STATION, Device, Line, Place, Site, Station
from shopfloor.production.models import OPERATION, ORDER, Operation, WorkOrder
from shopfloor.quality.gauge_models import GAUGE, Gauge, Sample
from shopfloor.quality.gauge_models import SAMPLE as APPROVED
from shopfloor.stock.models import LOT, Balance, Lot

Facts = dict[int, dict[str, str]]
_Order = aliased(Subject, name="order_subject")
# Every stroke that a printer can get wrong.
SAMPLE = "流转卡 批次 检验 · ÄÖÜ Ωμ ≤ 0123456789"


def named(names: dict[str, str] | None) -> dict[str, str]:
    """Return a name in the reader's language, and the one in the other language below it."""
    first = in_words(names)
    others = [text for text in (names or {}).values() if text != first]
    return {"name": first, "other_name": others[0] if others else ""}


def _lots(session: Session, ids: Collection[int]) -> Facts:
    quantity = (
        select(func.sum(Balance.quantity, type_=Balance.quantity.type))
        .where(Balance.lot_id == Lot.id)
        .correlate(Lot)
        .scalar_subquery()
    )
    found = session.execute(
        select(Lot.id, Item.names, Item.unit, quantity.label("quantity"), _Order.number)
        .join(Item, Item.id == Lot.item_id)
        .join(_Order, _Order.id == Lot.family_id)
        .where(Lot.id.in_(ids))
    )
    return {
        row.id: {
            **named(row.names),
            "quantity": f"{show_quantity(row.quantity)} {in_unit(row.unit)}"
            if row.quantity
            else "",
            "order": gettext("Work order %(number)s", number=row.number) if row.number else "",
        }
        for row in found
    }


def _orders(session: Session, ids: Collection[int]) -> Facts:
    found = session.execute(
        select(WorkOrder.id, Item.names, Item.unit, WorkOrder.quantity, WorkOrder.due)
        .join(Item, Item.id == WorkOrder.item_id)
        .where(WorkOrder.id.in_(ids))
    )
    return {
        row.id: {
            **named(row.names),
            "quantity": f"{show_quantity(row.quantity)} {in_unit(row.unit)}",
            "due": gettext("Due %(day)s", day=show_day(row.due)) if row.due else "",
        }
        for row in found
    }


def _operations(session: Session, ids: Collection[int]) -> Facts:
    found = session.execute(
        select(
            Operation.id,
            Operation.sequence,
            Operation.names,
            Station.names.label("station_names"),
            _Order.number,
        )
        .join(Station, Station.id == Operation.station_id)
        .join(_Order, _Order.id == Operation.order_id)
        .where(Operation.id.in_(ids))
    )
    return {
        row.id: {
            **named(row.names),
            "number": str(row.sequence),
            "station": in_words(row.station_names),
            "order": gettext("Work order %(number)s", number=row.number),
        }
        for row in found
    }


def _items(session: Session, ids: Collection[int]) -> Facts:
    found = session.execute(select(Item.id, Item.names, Item.unit).where(Item.id.in_(ids)))
    return {row.id: {**named(row.names), "unit": in_unit(row.unit)} for row in found}


def _stations(session: Session, ids: Collection[int]) -> Facts:
    found = session.execute(
        select(Station.id, Station.names, Line.names.label("line_names"))
        .join(Line, Line.id == Station.line_id)
        .where(Station.id.in_(ids))
    )
    return {row.id: {**named(row.names), "line": in_words(row.line_names)} for row in found}


def _places(session: Session, ids: Collection[int]) -> Facts:
    found = session.execute(
        select(Place.id, Place.names, Subject.number, Site.names.label("site_names"))
        .join(Subject, Subject.id == Place.id)
        .join(Site, Site.id == Place.site_id)
        .where(Place.id.in_(ids))
    )
    facts: Facts = {}
    for row in found:
        words = named(row.names)
        # The places that every site has are known by their names alone.
        title = row.number or words.pop("name")
        facts[row.id] = {**words, "number": title, "site": in_words(row.site_names)}
    return facts


def _devices(session: Session, ids: Collection[int]) -> Facts:
    found = session.execute(
        select(Device.id, Device.name, Station.names, Site.names.label("site_names"))
        .join(Site, Site.id == Device.site_id)
        .join(Station, Station.id == Device.station_id, isouter=True)
        .where(Device.id.in_(ids))
    )
    return {
        row.id: {
            "number": row.name,
            "station": in_words(row.names),
            "site": in_words(row.site_names),
        }
        for row in found
    }


def _gauges(session: Session, ids: Collection[int]) -> Facts:
    found = session.execute(select(Gauge).where(Gauge.id.in_(ids))).scalars()
    return {row.id: {**named(row.names), "type": row.type} for row in found}


def _samples(session: Session, ids: Collection[int]) -> Facts:
    found = session.execute(
        select(Sample.id, Sample.names, Sample.valid_until, _Order.number)
        .join(_Order, _Order.id == Sample.item_id)
        .where(Sample.id.in_(ids))
    )
    return {
        row.id: {
            **named(row.names),
            "item": gettext("Item %(number)s", number=row.number),
            "until": gettext("valid until %(day)s", day=show_day(row.valid_until)),
        }
        for row in found
    }


def _printers(session: Session, ids: Collection[int]) -> Facts:
    found = session.execute(select(Printer).where(Printer.id.in_(ids))).scalars()
    return {
        row.id: {
            "number": row.name,
            "name": f"{row.width_mm} × {row.height_mm} mm · {row.dpi} dpi",
            "sample": SAMPLE,
        }
        for row in found
    }


FACTS: dict[str, Callable[[Session, Collection[Any]], Facts]] = {
    LOT.name: _lots,
    ORDER.name: _orders,
    OPERATION.name: _operations,
    ITEM.name: _items,
    STATION.name: _stations,
    PLACE.name: _places,
    DEVICE.name: _devices,
    PRINTER.name: _printers,
    GAUGE.name: _gauges,
    APPROVED.name: _samples,
}
