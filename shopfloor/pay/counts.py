"""What piece pay does when a report was corrected to what the next worker counted."""

from decimal import Decimal

from sqlalchemy import insert, select

from shopfloor.core.commands import Tx
from shopfloor.core.db import metadata
from shopfloor.core.events import Effect, Recorded
from shopfloor.pay.models import PayLine, PayState
from shopfloor.pay.reactions import pay_of, whose_pieces

_INSERT = insert(metadata.tables[PayLine.__tablename__])


def pay_for_correction(tx: Tx, event: Recorded) -> Effect | None:
    """Book what the report gained or lost, for those whose pieces they are, on its day and rate.

    Nothing happens where the report itself was not paid.
    """
    facts = event.payload
    paid = tx.session.scalars(
        select(PayLine).where(PayLine.event_id == int(facts["report"])).order_by(PayLine.id)
    ).first()
    if paid is None:
        return None
    lines = [
        {
            "event_id": event.id,
            "person_id": whose,
            "day": paid.day,
            "lot_id": paid.lot_id,
            "operation_id": paid.operation_id,
            "pass": int(part["pass"]),
            "pieces": Decimal(much),
            "rate": paid.rate,
            "amount": pay_of(Decimal(much), paid.rate),
            "currency": paid.currency,
            "state": PayState.WAITING if part["waits"] else PayState.COUNTED,
        }
        for part in facts["parts"]
        for whose, much in whose_pieces(part, paid.person_id)
    ]
    tx.session.connection().execute(_INSERT, lines)
    return None
