"""What programs hear of the catalogue, one part of a list at a time."""

from collections import defaultdict

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from shopfloor.catalogue.entries import of_category
from shopfloor.catalogue.entry_fields import Category
from shopfloor.catalogue.models import Item, ItemUnit, Partner, Reason, ReasonKind, Tracking
from shopfloor.core.api import part_of
from shopfloor.core.api_fields import Exact, Named, Page, Told, name_of
from shopfloor.core.sought import Sought, narrowed
from shopfloor.core.subjects import Subject


class UnitTold(Told):
    """Another unit of an item: one of it is exactly numerator/denominator of the item's own."""

    unit: str
    numerator: int
    denominator: int


class ValueTold(Told):
    """A value of a feature by its key, which choices name."""

    key: str
    names: dict[str, str]


class FeatureTold(ValueTold):
    """What the variants of a model differ in."""

    values: list[ValueTold]


class ItemTold(Named):
    """An item; quantities of it are in its unit with so many decimals.

    With features it is a model; a variant has its model and one value of each feature as choices.
    """

    names: dict[str, str]
    unit: str
    decimals: int
    units: list[UnitTold]
    tracking: Tracking
    shelf_life_days: int | None
    gtin: str | None
    other_number: str | None
    synonyms: str
    category: str | None
    consent_required: bool
    cost: Exact | None
    cost_currency: str | None
    model: Named | None
    features: list[FeatureTold]
    choices: dict[str, str]
    version: int
    archived: bool


class PartnerTold(Named):
    """Another company, and what it is to us."""

    names: dict[str, str]
    supplier: bool
    customer: bool
    contractor: bool
    email: str | None
    phone: str | None
    address: str
    synonyms: str
    version: int
    archived: bool


class ReasonTold(Named):
    """A reason and what it explains."""

    explains: ReasonKind
    names: dict[str, str]
    photo: bool
    version: int
    archived: bool


class AskedItems(Sought):
    """Which part of the items, and of one category only."""

    category: Category | None = None


def items(session: Session, asked: AskedItems, *, with_cost: bool) -> Page[ItemTold]:
    """Return a part of the items with their other units; two statements."""
    model = aliased(Subject)
    query = (
        select(Subject, Item, model)
        .join(Item, Item.id == Subject.id)
        .join(model, model.id == Item.model_id, isouter=True)
    )
    if asked.category:
        query = query.where(of_category(asked.category))
    rows, after = part_of(session, narrowed(query, asked, Item.found_by), Item.id, asked)
    units: dict[int, list[UnitTold]] = defaultdict(list)
    for unit in session.scalars(
        select(ItemUnit)
        .where(ItemUnit.item_id.in_([item.id for _subject, item, *_ in rows]))
        .order_by(ItemUnit.unit)
    ):
        told = UnitTold(unit=unit.unit, numerator=unit.numerator, denominator=unit.denominator)
        units[unit.item_id].append(told)
    return Page(
        entries=[
            ItemTold(
                code=subject.code,
                number=subject.number,
                names=item.names,
                unit=item.unit,
                decimals=item.decimals,
                units=units[item.id],
                tracking=item.tracking,
                shelf_life_days=item.shelf_life_days,
                gtin=item.gtin,
                other_number=item.other_number,
                synonyms=item.synonyms,
                category=item.category,
                consent_required=item.consent_required,
                cost=item.cost if with_cost else None,
                cost_currency=item.cost_currency if with_cost else None,
                model=name_of(of) if of else None,
                features=[FeatureTold.model_validate(each) for each in item.features],
                choices=item.choices,
                version=item.version,
                archived=subject.archived_at is not None,
            )
            for subject, item, of, _id in rows
        ],
        next=after,
    )


def partners(session: Session, asked: Sought) -> Page[PartnerTold]:
    """Return a part of the partners; one statement."""
    query = select(Subject, Partner).join(Partner, Partner.id == Subject.id)
    rows, after = part_of(session, narrowed(query, asked, Partner.found_by), Partner.id, asked)
    told = [
        PartnerTold(
            code=subject.code,
            number=subject.number,
            names=partner.names,
            supplier=partner.supplier,
            customer=partner.customer,
            contractor=partner.contractor,
            email=partner.email,
            phone=partner.phone,
            address=partner.address,
            synonyms=partner.synonyms,
            version=partner.version,
            archived=subject.archived_at is not None,
        )
        for subject, partner, _id in rows
    ]
    return Page(entries=told, next=after)


def reasons(session: Session, asked: Sought) -> Page[ReasonTold]:
    """Return a part of the reasons; one statement."""
    query = select(Subject, Reason).join(Reason, Reason.id == Subject.id)
    rows, after = part_of(session, narrowed(query, asked, Reason.found_by), Reason.id, asked)
    told = [
        ReasonTold(
            code=subject.code,
            number=subject.number,
            explains=reason.kind,
            names=reason.names,
            photo=reason.photo,
            version=reason.version,
            archived=subject.archived_at is not None,
        )
        for subject, reason, _id in rows
    ]
    return Page(entries=told, next=after)
