"""Making another lot of a family, under the order's next free number or one that was given."""

from typing import Any

from sqlalchemy import func, select

from shopfloor.core import subjects
from shopfloor.core.commands import Tx
from shopfloor.core.refusals import Refused
from shopfloor.core.subjects import Made
from shopfloor.production.way import LotFacts, Work
from shopfloor.stock.models import LOT, Lot


def new_lot(tx: Tx, of: Work, number: str | None = None, *, serial: bool = False) -> Made:
    """Make another lot of the family, under the order's next free number unless it is given."""
    if number is None:
        made = _next_in_order(tx, of)
    else:
        made = subjects.create(tx.session, LOT, number, of.order.site_id)
    tx.session.add(
        Lot(
            id=made.id,
            item_id=of.item.id,
            family_id=of.lot.family_id,
            serial=serial,
            **origin_of(of.lot),
        )
    )
    tx.session.flush()
    return made


def origin_of(lot: LotFacts) -> dict[str, Any]:
    """Return where a lot came from, as the columns of one that is made of it."""
    return {"supplier_lot": lot.supplier_lot, "supplier_id": lot.supplier_id}


def _next_in_order(tx: Tx, of: Work) -> Made:
    """Make a lot's subject; the family is locked, so only a number typed by hand can be taken."""
    n = tx.session.scalar(select(func.count(Lot.id)).where(Lot.family_id == of.lot.family_id)) or 0
    while True:
        n += 1
        try:
            number = f"{of.order_subject.number}-{n}"
            return subjects.create(tx.session, LOT, number, of.order.site_id)
        except Refused as taken:
            if taken.rule != "number_taken":
                raise
