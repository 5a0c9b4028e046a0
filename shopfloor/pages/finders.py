"""What the search over everything looks through: who may, what is asked, what opens."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import Row, Select, or_, select

from shopfloor.catalogue import entries
from shopfloor.catalogue.models import Item
from shopfloor.core import clock
from shopfloor.core.finding import finds
from shopfloor.core.refusals import Sentence
from shopfloor.core.rights import Rights
from shopfloor.core.subjects import Subject
from shopfloor.core.words import in_words
from shopfloor.people import queries as people
from shopfloor.people.skill_queries import skill_list
from shopfloor.plant.models import Line, Place, PlaceKind, Station
from shopfloor.production import overview
from shopfloor.production.models import WorkOrder
from shopfloor.quality.gauge_queries import gauges
from shopfloor.quality.plan_queries import plans
from shopfloor.stock.models import LOT, Lot

VIEW, CATALOGUE, PEOPLE, PLANT = "work.view", "catalogue.edit", "people.edit", "plant.edit"
Query = Select[*tuple[Any, ...]]


@dataclass(frozen=True)
class Hit:
    """One thing that was found, as a row of the page shows it."""

    title: str
    detail: str
    url: str
    archived: bool


@dataclass(frozen=True)
class Finder:
    """One kind of thing that is searched; the first column of its query is the thing's table."""

    key: str
    label: Sentence
    verb: str
    query: Callable[[Rights, str], Query]
    shown: Callable[[Row[Any], Rights], Hit]


def _opens(endpoint: str) -> Callable[[Row[Any], Rights], Hit]:
    """Return how a row of (thing with names, its subject, …) is shown, and which page opens it."""

    def shown(row: Row[Any], _rights: Rights) -> Hit:
        return _hit(row.Subject, in_words(row[0].names), url_for(endpoint, code=row.Subject.code))

    return shown


def _hit(subject: Subject, title: str, url: str, *more: str) -> Hit:
    detail = " · ".join(part for part in (subject.number or "", *more) if part)
    return Hit(title or subject.number or "", detail, url, subject.archived_at is not None)


def _order(row: Row[Any], _rights: Rights) -> Hit:
    url = url_for("production.order", code=row.Subject.code)
    return Hit(row.Subject.number, f"{row.item_number} · {in_words(row.Item.names)}", url, False)


def _lot(row: Row[Any], _rights: Rights) -> Hit:
    url = url_for("scanning.lot", code=row.Subject.code)
    return Hit(row.Subject.number or row.Subject.code, in_words(row.Item.names), url, False)


def _person(row: Row[Any], _rights: Rights) -> Hit:
    url = url_for("directory.person", code=row.Subject.code)
    return _hit(row.Subject, row.Person.name, url, in_words(row.crew_names))


def _station(row: Row[Any], rights: Rights) -> Hit:
    page = "plant.piece" if rights.has(PLANT) else "scanning.open_station"
    url = url_for(page, code=row.Subject.code)
    return _hit(row.Subject, in_words(row[0].names), url, in_words(row.parent_names))


def _lots(rights: Rights, text: str) -> Query:
    query = (
        select(Lot, Subject, Item)
        .join(Subject, Subject.id == Lot.id)
        .join(Item, Item.id == Lot.item_id)
        # By its kind a lot's number stands in an index; it is one subject of a great many.
        .where(Subject.kind == LOT.name, finds(text, Subject.number, Lot.supplier_lot))
        .order_by(Subject.number, Subject.id)
    )
    scopes = rights.scopes(VIEW)
    if scopes is None:
        return query
    family = select(WorkOrder.id).where(WorkOrder.id == Lot.family_id, overview.visible(rights))
    return query.where(or_(Subject.site_id.in_(scopes), family.exists()))


def _stations(rights: Rights, text: str) -> Query:
    query = (
        select(Station, Subject, Line.names.label("parent_names"))
        .join(Subject, Subject.id == Station.id)
        .join(Line, Line.id == Station.line_id)
        .where(finds(text, Subject.number, Station.found_by))
        .order_by(Subject.number, Subject.id)
    )
    scopes = rights.scopes(VIEW)
    if scopes is None:
        return query
    return query.where(
        or_(Station.id.in_(scopes), Station.line_id.in_(scopes), Subject.site_id.in_(scopes))
    )


def _places(rights: Rights, text: str) -> Query:
    query = (
        select(Place, Subject)
        .join(Subject, Subject.id == Place.id)
        .where(Place.kind != PlaceKind.WIP, finds(text, Subject.number, Place.found_by))
        .order_by(Subject.number.is_(None), Subject.number, Subject.id)
    )
    scopes = rights.scopes(PLANT)
    return query if scopes is None else query.where(Place.site_id.in_(scopes))


FINDERS = [
    Finder(
        "items", _l("Items"), VIEW,
        lambda _rights, text: entries.items(text, archived=True), _opens("catalogue.item"),
    ),
    Finder(
        "orders", _l("Orders"), VIEW,
        lambda rights, text: overview.orders(rights, "all", text), _order,
    ),
    Finder("lots", _l("Lots"), VIEW, _lots, _lot),
    Finder(
        "plans", _l("Inspection plans"), VIEW,
        lambda _rights, text: plans(text, archived=True), _opens("plans.plan"),
    ),
    Finder(
        "gauges", _l("Gauges"), VIEW,
        lambda _rights, text: gauges(clock.now().date(), text, archived=True),
        _opens("gauges.gauge"),
    ),
    Finder(
        "partners", _l("Partners"), CATALOGUE,
        lambda _rights, text: entries.partners(text, archived=True), _opens("partners.partner"),
    ),
    Finder(
        "people", _l("People"), PEOPLE,
        lambda rights, text: people.people(rights, text, archived=True), _person,
    ),
    Finder("stations", _l("Stations"), VIEW, _stations, _station),
    Finder("places", _l("Places"), PLANT, _places, _opens("plant.piece")),
    Finder(
        "reasons", _l("Reasons"), CATALOGUE,
        lambda _rights, text: entries.reasons(text, archived=True), _opens("reasons.edit_reason"),
    ),
    Finder(
        "skills", _l("Skills"), PEOPLE,
        lambda _rights, text: skill_list(text, archived=True), _opens("skills.skill"),
    ),
]  # fmt: skip
