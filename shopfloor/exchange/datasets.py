"""What can be taken out as a table although no page lists it: BOM lines, routings, stock, pay."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from shopfloor.catalogue.models import Bom, BomLine, Item, PieceRate, Routing, RoutingOperation
from shopfloor.core.refusals import NotFound, Sentence
from shopfloor.core.rights import Rights
from shopfloor.core.subjects import Subject
from shopfloor.core.tables.sending import Column
from shopfloor.pay.models import PayLine
from shopfloor.people.comparing import COMPARE
from shopfloor.people.models import Person
from shopfloor.plant.models import Place, PlaceKind
from shopfloor.production.models import LotOperation, Operation, WorkOrder
from shopfloor.production.overview import visible
from shopfloor.stock.models import Balance, Lot

_Of, _In, _At, _From = (aliased(Subject) for _ in range(4))
Query = Callable[[Rights], Select[*tuple[Any, ...]]]


@dataclass(frozen=True)
class Dataset:
    """A table that can be taken out: the verb it needs, its columns, its rows for somebody."""

    name: str
    label: Sentence
    verb: str
    columns: tuple[Column, ...]
    rows: Query


def _at_sites(rights: Rights, verb: str, site: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
    scopes = rights.scopes(verb)
    return site.is_not(None) if scopes is None else site.in_(scopes)


def _bom_lines(_rights: Rights) -> Select[*tuple[Any, ...]]:
    return (
        select(BomLine, Bom.revision, _Of.number.label("assembly"), _In.number.label("component"))
        .add_columns(Item.unit.label("own_unit"))
        .join(Bom, Bom.id == BomLine.bom_id)
        .join(_Of, _Of.id == Bom.item_id)
        .join(_In, _In.id == BomLine.item_id)
        .join(Item, Item.id == BomLine.item_id)
        .order_by(_Of.number, Bom.revision, BomLine.position)
    )


def _steps(_rights: Rights) -> Select[*tuple[Any, ...]]:
    return (
        select(RoutingOperation, Routing.revision, _Of.number.label("item"))
        .add_columns(_At.number.label("station"))
        .join(Routing, Routing.id == RoutingOperation.routing_id)
        .join(_Of, _Of.id == Routing.item_id)
        .join(_At, _At.id == RoutingOperation.station_id)
        .order_by(_Of.number, Routing.revision, RoutingOperation.sequence)
    )


def _rates(_rights: Rights) -> Select[*tuple[Any, ...]]:
    return (
        select(PieceRate, _Of.number.label("item"))
        .join(_Of, _Of.id == PieceRate.item_id)
        .order_by(_Of.number, PieceRate.sequence, PieceRate.valid_from)
    )


def _stock(rights: Rights) -> Select[*tuple[Any, ...]]:
    return (
        select(Balance.quantity, Lot, _In.number.label("lot"), _Of.number.label("item"))
        .add_columns(_At.number.label("place"), Place.names.label("place_names"), Item.unit)
        .add_columns(_From.number.label("supplier"))
        .join(Lot, Lot.id == Balance.lot_id)
        .join(_From, _From.id == Lot.supplier_id, isouter=True)
        .join(Item, Item.id == Lot.item_id)
        .join(_Of, _Of.id == Lot.item_id)
        .join(_In, _In.id == Lot.id)
        .join(Place, Place.id == Balance.place_id)
        .join(_At, _At.id == Place.id)
        .where(Balance.quantity != 0, Place.kind != PlaceKind.WIP)
        .where(_at_sites(rights, "work.view", Place.site_id))
        .order_by(_Of.number, _In.number, _At.number)
    )


def _progress(rights: Rights) -> Select[*tuple[Any, ...]]:
    return (
        select(LotOperation, Operation.sequence, _In.number.label("lot"), WorkOrder.due)
        .add_columns(_Of.number.label("order"), _At.number.label("item"))
        .join(Operation, Operation.id == LotOperation.operation_id)
        .join(WorkOrder, WorkOrder.id == Operation.order_id)
        .join(_In, _In.id == LotOperation.lot_id)
        .join(_Of, _Of.id == WorkOrder.id)
        .join(_At, _At.id == WorkOrder.item_id)
        .where(visible(rights))
        .order_by(_Of.number, _In.number, Operation.sequence, LotOperation.pass_)
    )


def _pay(rights: Rights) -> Select[*tuple[Any, ...]]:
    return (
        select(PayLine, Person.login, Person.name, _In.number.label("lot"), Operation.sequence)
        .join(Person, Person.id == PayLine.person_id)
        .join(_In, _In.id == PayLine.lot_id)
        .join(Operation, Operation.id == PayLine.operation_id)
        .where(_at_sites(rights, COMPARE, Person.site_id))
        .order_by(PayLine.day, PayLine.id)
    )


DATASETS: dict[str, Dataset] = {
    each.name: each
    for each in (
        Dataset(
            "bom-lines",
            _l("BOM lines"),
            "work.view",
            (
                Column(_l("Assembly"), lambda row: row.assembly),
                Column(_l("Component"), lambda row: row.component),
                Column(_l("Quantity for one"), lambda row: row.BomLine.quantity),
                Column(_l("Unit"), lambda row: row.BomLine.unit or row.own_unit),
                Column(_l("Good from"), lambda row: row.BomLine.valid_from),
                Column(_l("Good through"), lambda row: row.BomLine.valid_to),
                Column(_l("Revision"), lambda row: row.revision),
            ),
            _bom_lines,
        ),
        Dataset(
            "routings",
            _l("Routings"),
            "work.view",
            (
                Column(_l("Item"), lambda row: row.item),
                Column(_l("Operation number"), lambda row: row.RoutingOperation.sequence),
                Column(_l("Name, English"), lambda row: row.RoutingOperation.names.get("en")),
                Column(_l("Name, Chinese"), lambda row: row.RoutingOperation.names.get("zh")),
                Column(_l("Station"), lambda row: row.station),
                Column(_l("Inspected"), lambda row: row.RoutingOperation.inspect),
                Column(_l("Tolerance in %"), lambda row: row.RoutingOperation.tolerance_percent),
                Column(_l("Revision"), lambda row: row.revision),
            ),
            _steps,
        ),
        Dataset(
            "rates",
            _l("Piece rates"),
            "rate.edit",
            (
                Column(_l("Item"), lambda row: row.item),
                Column(_l("Operation number"), lambda row: row.PieceRate.sequence),
                Column(_l("Pays for a good piece"), lambda row: row.PieceRate.amount),
                Column(_l("Currency"), lambda row: row.PieceRate.currency),
                Column(_l("From"), lambda row: row.PieceRate.valid_from),
            ),
            _rates,
        ),
        Dataset(
            "stock",
            _l("Stock by lot and place"),
            "work.view",
            (
                Column(_l("Item"), lambda row: row.item),
                Column(_l("Quantity"), lambda row: row.quantity),
                Column(_l("Unit"), lambda row: row.unit),
                Column(_l("Place"), lambda row: row.place),
                Column(_l("Name of the place"), lambda row: row.place_names),
                Column(_l("Lot number"), lambda row: row.lot),
                Column(_l("Supplier lot"), lambda row: row.Lot.supplier_lot),
                Column(_l("Supplier"), lambda row: row.supplier),
            ),
            _stock,
        ),
        Dataset(
            "progress",
            _l("Work in progress"),
            "work.view",
            (
                Column(_l("Order number"), lambda row: row.order),
                Column(_l("Item"), lambda row: row.item),
                Column(_l("Lot number"), lambda row: row.lot),
                Column(_l("Operation number"), lambda row: row.sequence),
                Column(_l("Pass"), lambda row: row.LotOperation.pass_),
                Column(_l("Came"), lambda row: row.LotOperation.came),
                Column(_l("Good"), lambda row: row.LotOperation.good),
                Column(_l("Scrap"), lambda row: row.LotOperation.scrap),
                Column(_l("Rework"), lambda row: row.LotOperation.rework),
                Column(_l("Left"), lambda row: row.LotOperation.left),
                Column(_l("Held"), lambda row: row.LotOperation.held),
                Column(_l("Due"), lambda row: row.due),
            ),
            _progress,
        ),
        Dataset(
            "pay",
            _l("Pay lines"),
            # Who earns how much, by name: for those whom the factory has named.
            COMPARE,
            (
                Column(_l("Day"), lambda row: row.PayLine.day),
                Column(_l("Login"), lambda row: row.login),
                Column(_l("Name"), lambda row: row.name),
                Column(_l("Lot number"), lambda row: row.lot),
                Column(_l("Operation number"), lambda row: row.sequence),
                Column(_l("Pieces"), lambda row: row.PayLine.pieces),
                Column(_l("Rate"), lambda row: row.PayLine.rate),
                Column(_l("Amount"), lambda row: row.PayLine.amount),
                Column(_l("Currency"), lambda row: row.PayLine.currency),
                Column(_l("State"), lambda row: row.PayLine.state.value),
            ),
            _pay,
        ),
    )
}


def dataset(name: str) -> Dataset:
    """Return a table that can be taken out; NotFound for any other."""
    if name not in DATASETS:
        raise NotFound(_l("Nothing of this kind can be exported."), rule="not_found")
    return DATASETS[name]
