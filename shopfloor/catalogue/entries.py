"""What the lists of the catalogue find, and everything about one item or partner."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, or_, select
from sqlalchemy.orm import Session, aliased

from shopfloor.catalogue.items import ItemDetails, item_fields, units_of
from shopfloor.catalogue.models import ITEM, PARTNER, REASON, Item, Partner, Reason, ReasonKind
from shopfloor.catalogue.partners import Contact, partner_fields
from shopfloor.catalogue.units import UnitFactor
from shopfloor.core.finding import finds, folded
from shopfloor.core.subjects import Subject, find
from shopfloor.core.uses import Users, users_of

MOST_CATEGORIES = 500
ROLES = ("supplier", "customer", "contractor")


@dataclass(frozen=True)
class ItemEntry:
    """An item with its other units, what its form shows, and what uses it."""

    subject: Subject
    item: Item
    units: Sequence[UnitFactor]
    stored: dict[str, str]
    users: list[Users]


@dataclass(frozen=True)
class PartnerEntry:
    """A partner, what its form shows, and what uses it."""

    subject: Subject
    partner: Partner
    stored: dict[str, str]
    users: list[Users]


def items(search: str = "", archived: bool = False, category: str = "") -> Select[Any]:
    """Return the query for the items in use, or for all, that a search finds; of one category."""
    query = _listed(Item, ITEM.name, search, archived)
    return query.where(of_category(category)) if category else query


def of_category(category: str) -> ColumnElement[bool]:
    """Say of an item that it is of a category: by its own, or without one by its model's."""
    model = aliased(Item)
    models = select(model.id).where(model.category == category)
    return or_(Item.category == category, and_(Item.category.is_(None), Item.model_id.in_(models)))


def categories(session: Session) -> list[str]:
    """Return the categories that items have, in order; one statement."""
    query = select(Item.category).where(Item.category.is_not(None)).distinct()
    return sorted(session.scalars(query.limit(MOST_CATEGORIES)))


def as_items_spell(session: Session, category: str) -> str:
    """Return a category as the items have it, whatever the case; as it is if none has it yet."""
    known = (each for each in categories(session) if folded(each) == folded(category))
    return next(known, category)


def partners(search: str = "", archived: bool = False, role: str = "") -> Select[*tuple[Any, ...]]:
    """Return the query for the partners that a search finds, of one role if it is named."""
    query = _listed(Partner, PARTNER.name, search, archived)
    return query.where(getattr(Partner, role)) if role in ROLES else query


def reasons(search: str = "", archived: bool = False, kind: str = "") -> Select[*tuple[Any, ...]]:
    """Return the query for the reasons that a search finds, kind by kind, those in use first."""
    order = case(*((Reason.kind == each, n) for n, each in enumerate(ReasonKind)))
    query = _listed(Reason, REASON.name, search, archived).order_by(None)
    query = query.order_by(order, Subject.archived_at.is_not(None), Subject.number, Subject.id)
    return query.where(Reason.kind == ReasonKind(kind)) if kind in tuple(ReasonKind) else query


def item_entry(session: Session, code: str, *, used: bool = True) -> ItemEntry:
    """Return an item by code or number; NotFound when there is none."""
    subject = find(session, ITEM, code)
    item, units = session.get_one(Item, subject.id), units_of(session, subject.id)
    users = users_of(session, ITEM, subject.id) if used else []
    return ItemEntry(subject, item, units, item_fields(item, units), users)


def partner_entry(session: Session, code: str) -> PartnerEntry:
    """Return a partner by code or number; NotFound when there is none."""
    subject = find(session, PARTNER, code)
    partner = session.get_one(Partner, subject.id)
    users = users_of(session, PARTNER, subject.id)
    return PartnerEntry(subject, partner, partner_fields(partner), users)


def details_of(item: Item, units: Sequence[UnitFactor]) -> ItemDetails:
    """Return an item's details as a program that changes some of them leaves the others."""
    return ItemDetails(
        tracking=item.tracking,
        shelf_life_days=item.shelf_life_days,
        gtin=item.gtin,
        cost=item.cost,
        cost_currency=item.cost_currency,
        other_number=item.other_number,
        synonyms=item.synonyms,
        units=tuple(units),
        consent_required=item.consent_required,
        category=item.category,
    )


def contact_of(partner: Partner) -> Contact:
    """Return a partner's contact as a program that changes some of it leaves the rest."""
    return Contact(**{field.name: getattr(partner, field.name) for field in fields(Contact)})


def _listed(table: Any, kind: str, search: str, archived: bool) -> Select[*tuple[Any, ...]]:
    query = (
        select(table, Subject)
        .join(Subject, Subject.id == table.id)
        .where(Subject.kind == kind)
        .order_by(Subject.number, Subject.id)
    )
    if not archived:
        query = query.where(Subject.archived_at.is_(None))
    return query.where(finds(search, Subject.number, table.found_by)) if search else query
