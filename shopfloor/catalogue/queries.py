"""What the pages of the catalogue ask."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from shopfloor.catalogue.models import (
    ITEM,
    Item,
    PieceRate,
    Reason,
    ReasonKind,
)
from shopfloor.catalogue.structure import StepShown, Structure, structure
from shopfloor.core.paging import contains
from shopfloor.core.refusals import Malformed
from shopfloor.core.subjects import Subject, find
from shopfloor.plant.models import Site


@dataclass(frozen=True)
class ItemPage:
    """Everything the page of an item shows."""

    subject: Subject
    item: Item
    made: Structure
    rates: Sequence[PieceRate]

    @property
    def steps(self) -> list[StepShown]:
        """The operations of the routing that holds."""
        return self.made.steps


def item_page(session: Session, reference: str, day: date) -> ItemPage:
    """Return an item by code or number with what holds on a day, and its rates."""
    subject = find(session, ITEM, reference)
    item = session.get_one(Item, subject.id)
    made = structure(session, item.id, day)
    return ItemPage(subject, item, made, rates(session, item.id))


def rates(session: Session, item_id: int) -> Sequence[PieceRate]:
    """Return an item's piece rates, operation by operation, the newest first; one statement."""
    return session.scalars(
        select(PieceRate)
        .where(PieceRate.item_id == item_id)
        .order_by(PieceRate.sequence, PieceRate.valid_from.desc())
    ).all()


def rates_on(rates: Sequence[PieceRate], day: date) -> dict[int, PieceRate]:
    """Return the rate of each operation that holds on a day."""
    holding: dict[int, PieceRate] = {}
    for rate in rates:
        if rate.valid_from <= day:
            holding.setdefault(rate.sequence, rate)
    return holding


def offered_reasons(session: Session, *kinds: ReasonKind) -> Sequence[Reason]:
    """Return the reasons of some kinds that people can still choose; one statement."""
    return session.scalars(
        select(Reason)
        .join(Subject, Subject.id == Reason.id)
        .where(Reason.kind.in_(kinds), Subject.archived_at.is_(None))
        .order_by(Subject.number, Reason.id)
    ).all()


def item_ids(session: Session, numbers: Sequence[tuple[str, str]]) -> dict[str, int]:
    """Return item ids by the number or code typed into a field; Malformed names the first unknown.

    `numbers` are pairs of field and text; archived items are not taken. One statement.
    """
    texts = {text for _field, text in numbers}
    found = session.execute(
        select(Subject.id, Subject.number, Subject.code).where(
            Subject.kind == ITEM.name,
            Subject.archived_at.is_(None),
            Subject.number.in_(texts) | Subject.code.in_(texts),
        )
    )
    ids = {text: row.id for row in found for text in (row.code, row.number)}
    for field, text in numbers:
        if text not in ids:
            raise unknown_item(text, field)
    return {text: ids[text] for text in texts}


def unknown_item(text: str, field: str) -> Malformed:
    """Return the refusal for a number that is no item in use."""
    return Malformed(
        _l("There is no item “%(number)s”.", number=text[:80]),
        _l("Write its number as it stands in the list of items."),
        rule="no_item",
        field=field,
    )


def currency_of(session: Session, site_id: int) -> str:
    """Return the currency in which a site pays."""
    return session.scalar(select(Site.currency).where(Site.id == site_id)) or ""


def of_item(
    item_id: InstrumentedAttribute[int] | InstrumentedAttribute[int | None],
) -> Callable[[str], ColumnElement[bool]]:
    """Return for finds() the condition that a word finds the item which a record is of."""

    def found(word: str) -> ColumnElement[bool]:
        items = (
            select(Item.id)
            .join(Subject, Subject.id == Item.id)
            .where(or_(contains(Item.found_by, word), contains(Subject.number, word)))
            .correlate(None)
        )
        return item_id.in_(items)

    return found
