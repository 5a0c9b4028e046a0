"""A lot that no work order has made, such as one of the opening stock: what it is, where it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from shopfloor.catalogue.models import Item, Partner
from shopfloor.core.refusals import NotFound
from shopfloor.core.rights import Rights
from shopfloor.core.subjects import Subject, find
from shopfloor.holds import gate
from shopfloor.holds.models import Hold
from shopfloor.plant.models import Place
from shopfloor.stock.models import LOT, Balance, Lot


@dataclass(frozen=True)
class InStock:
    """A lot with its item and how much of it is where."""

    subject: Subject
    lot: Lot
    item: Item
    item_number: str
    item_code: str
    here: Sequence[Row[*tuple[Any, ...]]]
    holds: list[Hold]
    supplier: dict[str, str]

    @property
    def quantity(self) -> Decimal:
        """Return all of it."""
        return sum((row.quantity for row in self.here), Decimal(0))


def in_stock(session: Session, rights: Rights, reference: str, no: NotFound) -> InStock:
    """Return a lot of no work order; raises `no` for any other, or outside the person's sites."""
    subject = find(session, LOT, reference)
    lot = session.get_one(Lot, subject.id)
    if lot.family_id != lot.id:
        raise no
    rights.require("work.view", subject.site_id)
    item = session.get_one(Item, lot.item_id)
    named = session.get_one(Subject, item.id)
    here = session.execute(
        select(Balance.quantity, Place.names, Subject.number)
        .join(Place, Place.id == Balance.place_id)
        .join(Subject, Subject.id == Place.id)
        .where(Balance.lot_id == lot.id)
        .order_by(Subject.number)
    ).all()
    holds = gate.in_force(session, [lot.id, item.id])
    return InStock(
        subject,
        lot,
        item,
        named.number or named.code,
        named.code,
        [row for row in here if row.quantity],
        holds,
        session.get_one(Partner, lot.supplier_id).names if lot.supplier_id else {},
    )
