"""What the pages of the catalogue ask."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from shopfloor.catalogue.models import (
    ITEM,
    Bom,
    BomLine,
    Item,
    PieceRate,
    Reason,
    ReasonKind,
    Routing,
    RoutingOperation,
)
from shopfloor.core.refusals import Malformed
from shopfloor.core.subjects import Subject, find
from shopfloor.plant.models import Site, Station


@dataclass(frozen=True)
class StepShown:
    """One operation of a routing's revision."""

    sequence: int
    names: dict[str, str]
    station_id: int
    station_names: dict[str, str]
    inspect: bool
    tolerance_percent: int


@dataclass(frozen=True)
class Revision:
    """One revision of a routing or a BOM with its lines."""

    revision: int
    made_at: datetime
    lines: tuple[Any, ...]


@dataclass(frozen=True)
class ItemPage:
    """Everything the page of an item shows."""

    subject: Subject
    item: Item
    routings: list[Revision]
    boms: list[Revision]
    rates: Sequence[PieceRate]

    @property
    def steps(self) -> tuple[StepShown, ...]:
        """The operations of the newest routing."""
        return self.routings[0].lines if self.routings else ()


def item_page(session: Session, reference: str) -> ItemPage:
    """Return an item by code or number with its revisions and rates; five statements."""
    subject = find(session, ITEM, reference)
    item = session.get_one(Item, subject.id)
    return ItemPage(
        subject, item, routings(session, item.id), boms(session, item.id), rates(session, item.id)
    )


def routings(session: Session, item_id: int) -> list[Revision]:
    """Return an item's routings, the newest first; one statement."""
    rows = session.execute(
        select(Routing.revision, Routing.made_at, RoutingOperation, Station.names)
        .join(RoutingOperation, RoutingOperation.routing_id == Routing.id)
        .join(Station, Station.id == RoutingOperation.station_id)
        .where(Routing.item_id == item_id)
        .order_by(Routing.revision.desc(), RoutingOperation.sequence)
    )
    return _revisions(
        (
            revision,
            made_at,
            StepShown(
                step.sequence,
                step.names,
                step.station_id,
                station_names,
                step.inspect,
                step.tolerance_percent,
            ),
        )
        for revision, made_at, step, station_names in rows
    )


def boms(session: Session, item_id: int) -> list[Revision]:
    """Return an item's BOMs, the newest first, each line with its material; one statement."""
    rows = session.execute(
        select(Bom.revision, Bom.made_at, BomLine, Item, Subject.code, Subject.number)
        .join(BomLine, BomLine.bom_id == Bom.id)
        .join(Item, Item.id == BomLine.item_id)
        .join(Subject, Subject.id == Item.id)
        .where(Bom.item_id == item_id)
        .order_by(Bom.revision.desc(), BomLine.position)
    )
    return _revisions((row.revision, row.made_at, row) for row in rows)


def _revisions(rows: Any) -> list[Revision]:
    found: dict[int, Revision] = {}
    for revision, made_at, line in rows:
        known = found.get(revision, Revision(revision, made_at, ()))
        found[revision] = Revision(revision, made_at, (*known.lines, line))
    return list(found.values())


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
