"""Everything that can be imported, in the order in which a factory that begins needs it."""

from flask_babel import lazy_gettext as _l

from shopfloor.core.refusals import NotFound
from shopfloor.exchange import (
    bom_fields,
    boms,
    item_fields,
    items,
    orders,
    partners,
    people,
    plant,
    rates,
    routings,
    stock,
    units,
)
from shopfloor.exchange.findings import Kind

EDIT = "catalogue.edit"
KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            "items",
            _l("Items"),
            _l("One row for each item: its number, its names, its unit."),
            EDIT,
            item_fields.FIELDS,
            items.Items,
            "/items",
        ),
        Kind(
            "units",
            _l("Other units of items"),
            _l("One row for each unit: one box is 12 pieces."),
            EDIT,
            units.FIELDS,
            units.Units,
            "/items",
        ),
        Kind(
            "boms",
            _l("BOM lines"),
            _l("One row for each line: what goes into what, and how much of it."),
            EDIT,
            bom_fields.FIELDS,
            boms.Boms,
            "/items",
            (bom_fields.TAKE_UNITS,),
        ),
        Kind(
            "stations",
            _l("Stations"),
            _l("One row for each machine or bench, with the line on which it stands."),
            "plant.edit",
            plant.STATION_FIELDS,
            plant.Stations,
            "/plant",
        ),
        Kind(
            "places",
            _l("Places"),
            _l("One row for each store or shelf."),
            "plant.edit",
            plant.PLACE_FIELDS,
            plant.Places,
            "/plant",
        ),
        Kind(
            "routings",
            _l("Routings"),
            _l("One row for each operation of an item."),
            EDIT,
            routings.FIELDS,
            routings.Routings,
            "/items",
        ),
        Kind(
            "people",
            _l("People"),
            _l("One row for each person. Badges, PINs and passwords are given by hand."),
            "people.edit",
            people.FIELDS,
            people.People,
            "/people",
        ),
        Kind(
            "rates",
            _l("Piece rates"),
            _l("One row for each operation: what one good piece pays."),
            "rate.edit",
            rates.FIELDS,
            rates.Rates,
            "/items",
        ),
        Kind(
            "partners",
            _l("Partners"),
            _l("One row for each supplier, customer or contract manufacturer."),
            EDIT,
            partners.FIELDS,
            partners.Partners,
            "/partners",
        ),
        Kind(
            "stock",
            _l("Opening stock"),
            _l("One row for each lot at a place: how much of it is there."),
            "order.plan",
            stock.FIELDS,
            stock.Stock,
            "/labels",
        ),
        Kind(
            "orders",
            _l("Work orders"),
            _l("One row for each order; a half-finished one names the operation where it stands."),
            "order.plan",
            orders.FIELDS,
            orders.Orders,
            "/orders",
        ),
    )
}


def kind_of(name: str) -> Kind:
    """Return what can be imported under a name; NotFound for anything else."""
    if name not in KINDS:
        raise NotFound(_l("Nothing of this kind can be imported."), rule="not_found")
    return KINDS[name]
