"""The money that lies in the pieces of a nonconformance: material and wages, as far as known."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shopfloor.catalogue.models import Item, PieceRate
from shopfloor.core.subjects import Subject
from shopfloor.core.types import Money, plain
from shopfloor.plant.shifts import day_at
from shopfloor.production.models import Operation, OrderMaterial, WorkOrder
from shopfloor.quality.ncr_models import Nonconformance


@dataclass
class Spent:
    """Amounts by currency, and what nobody knows the price of."""

    sums: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    unknown: list[str] = field(default_factory=list)

    @property
    def money(self) -> list[Money]:
        """Return the amounts, one for each currency."""
        return [Money(plain(round(much, 4)), each) for each, much in sorted(self.sums.items())]


@dataclass(frozen=True)
class InThePieces:
    """What the pieces have cost so far, and what was worked on them after they were made bad."""

    material: Spent
    wages: Spent
    between: Spent


def money_in(session: Session, ncr: Nonconformance, quantity: Decimal) -> InThePieces:
    """Return what lies in so many pieces; at most six statements.

    Wages are the piece rates of the day on which it was found; what is paid otherwise, or has no
    cost, is named as unknown: it is never counted as nothing.
    """
    found, made = (_sequence(session, each) for each in (ncr.found_at_id, ncr.made_at_id))
    wages, between = Spent(), Spent()
    site_id = session.get_one(Subject, ncr.id).site_id or 0
    rates = _rates(session, ncr.item_id, day_at(session, site_id, ncr.opened_at))
    for sequence in session.scalars(
        select(Operation.sequence)
        .where(Operation.order_id == ncr.family_id)
        .order_by(Operation.sequence)
    ):
        if found is not None and sequence > found:
            break
        for spent in (wages, between) if made is not None and sequence > made else (wages,):
            rate = rates.get(sequence)
            if rate is None:
                spent.unknown.append(str(sequence))
            else:
                spent.sums[rate.currency] += rate.amount * quantity
    return InThePieces(_material(session, ncr, quantity), wages, between)


def _material(session: Session, ncr: Nonconformance, quantity: Decimal) -> Spent:
    spent = Spent()
    rows = session.execute(
        select(Subject.number, Item.cost, Item.cost_currency, WorkOrder.quantity)
        .add_columns(OrderMaterial.quantity.label("needed"))
        .join(Item, Item.id == OrderMaterial.item_id)
        .join(Subject, Subject.id == Item.id)
        .join(WorkOrder, WorkOrder.id == OrderMaterial.order_id)
        .where(OrderMaterial.order_id == ncr.family_id)
        .order_by(OrderMaterial.position)
    ).all()
    for number, cost, currency, ordered, needed in rows:
        if cost is None:
            spent.unknown.append(number or "?")
        else:
            spent.sums[currency] += cost * needed * quantity / ordered
    if not rows:
        spent.unknown.append("–")
    return spent


def _sequence(session: Session, operation_id: int | None) -> int | None:
    if operation_id is None:
        return None
    return session.scalar(select(Operation.sequence).where(Operation.id == operation_id))


def _rates(session: Session, item_id: int, day: date) -> dict[int, PieceRate]:
    newest = (
        select(PieceRate.sequence, func.max(PieceRate.valid_from).label("day"))
        .where(PieceRate.item_id == item_id, PieceRate.valid_from <= day)
        .group_by(PieceRate.sequence)
        .subquery()
    )
    rates = session.scalars(
        select(PieceRate)
        .join(
            newest,
            (newest.c.sequence == PieceRate.sequence) & (newest.c.day == PieceRate.valid_from),
        )
        .where(PieceRate.item_id == item_id)
    )
    return {rate.sequence: rate for rate in rates}
