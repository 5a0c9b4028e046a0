"""What piece pay does when work is reported, taken back or judged."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import func, insert, select, update

from shopfloor.catalogue.models import PieceRate
from shopfloor.core.commands import Tx
from shopfloor.core.events import Effect, Recorded
from shopfloor.core.types import plain
from shopfloor.pay.models import PayLine, PayState


def pay_for_report(tx: Tx, event: Recorded) -> Effect | None:
    """Book pieces × rate for the worker, and tell him the line and his day's sum.

    Nothing happens where no rate is set: that job is not paid by the piece.
    """
    facts = event.payload
    day, person_id = date.fromisoformat(facts["day"]), event.act.actor_id
    rate = (
        select(PieceRate.amount)
        .where(
            PieceRate.item_id == int(facts["item"]),
            PieceRate.sequence == int(facts["sequence"]),
            PieceRate.valid_from <= day,
        )
        .order_by(PieceRate.valid_from.desc())
        .limit(1)
        .scalar_subquery()
    )
    earned = (
        select(func.coalesce(func.sum(PayLine.amount), 0))
        .where(PayLine.person_id == person_id, PayLine.day == day)
        .scalar_subquery()
    )
    row = tx.session.execute(select(rate.label("rate"), earned.label("earned"))).one()
    amount: Decimal | None = row.rate
    if amount is None or person_id is None:
        return None
    pieces = Decimal(facts["good"])
    state = _state(facts)
    line = plain(round(pieces * amount, 4))
    tx.session.execute(
        insert(PayLine).values(
            event_id=event.id,
            person_id=person_id,
            day=day,
            lot_id=int(facts["lot"]),
            operation_id=int(facts["operation"]),
            pass_=int(facts["pass"]),
            pieces=pieces,
            rate=amount,
            amount=line,
            currency=facts["currency"],
            state=state,
        )
    )
    return Effect(
        "pay/line",
        {
            "pieces": str(plain(pieces)),
            "rate": str(amount),
            "amount": str(line),
            "today": str(plain(row.earned + line)),
            "currency": facts["currency"],
            "state": state.value,
        },
    )


def take_pay_back(tx: Tx, event: Recorded) -> Effect | None:
    """Book the counter-line of a report that was taken back, on the same day and rate."""
    if event.payload.get("kind") != "work.reported":
        return None
    lines = tx.session.scalars(
        select(PayLine).where(PayLine.event_id == int(event.payload["undoes"]))
    ).all()
    for line in lines:
        tx.session.add(
            PayLine(
                event_id=event.id,
                person_id=line.person_id,
                day=line.day,
                lot_id=line.lot_id,
                operation_id=line.operation_id,
                pass_=line.pass_,
                pieces=-line.pieces,
                rate=line.rate,
                amount=-line.amount,
                currency=line.currency,
                state=line.state,
            )
        )
    return None


def count_inspected_pay(tx: Tx, event: Recorded) -> Effect | None:
    """Let the lines that waited for this inspection count when it passed."""
    if event.payload["verdict"] != "pass":
        return None
    tx.session.execute(
        update(PayLine)
        .where(
            PayLine.lot_id == int(event.payload["lot"]),
            PayLine.operation_id == int(event.payload["operation"]),
            PayLine.pass_ == int(event.payload["pass"]),
            PayLine.state == PayState.WAITING,
        )
        .values(state=PayState.COUNTED)
        .execution_options(synchronize_session=False)
    )
    return None


def _state(facts: Mapping[str, Any]) -> PayState:
    if Decimal(facts["held"]):
        return PayState.HELD
    return PayState.WAITING if facts["waits"] else PayState.COUNTED
