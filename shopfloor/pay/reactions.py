"""What piece pay does when work is reported, taken back, judged or decided about."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any

from sqlalchemy import bindparam, func, insert, literal_column, select

from shopfloor.catalogue.models import Item, PieceRate
from shopfloor.core.apportion import apportion
from shopfloor.core.commands import Tx
from shopfloor.core.db import metadata, rows
from shopfloor.core.events import Effect, Recorded
from shopfloor.core.types import plain
from shopfloor.pay.models import PayLine, PayState
from shopfloor.stock.models import Lot

_OF_TODAY = (
    PayLine.person_id == bindparam("person"),
    PayLine.day == bindparam("day"),
    PayLine.currency == PieceRate.currency,
)
_EARNED = select(func.coalesce(func.sum(PayLine.amount), 0)).where(*_OF_TODAY)
# Named as its value stands in the table: a bound enum would be adapted on every report.
_CERTAIN = _EARNED.where(PayLine.state == literal_column(f"'{PayState.COUNTED.value}'"))
# Every report runs these: they are made once, below the ORM.
_RATE = (
    select(
        PieceRate.amount,
        PieceRate.currency,
        _EARNED.scalar_subquery().label("earned"),
        _CERTAIN.scalar_subquery().label("certain"),
    )
    .where(
        PieceRate.item_id == bindparam("item"),
        PieceRate.sequence == bindparam("sequence"),
        PieceRate.valid_from <= bindparam("day"),
    )
    .order_by(PieceRate.valid_from.desc())
    .limit(1)
)
_LINES = (
    select(PayLine)
    .where(
        PayLine.lot_id == bindparam("lot"),
        PayLine.operation_id == bindparam("operation"),
        PayLine.pass_ == bindparam("pass"),
        PayLine.state == bindparam("state"),
    )
    # What is left of a split line keeps its place: it has its report's number.
    .order_by(PayLine.event_id, PayLine.person_id, PayLine.id)
)
_INSERT_LINES = insert(metadata.tables[PayLine.__tablename__])


def pay_for_report(tx: Tx, event: Recorded) -> Effect | None:
    """Book pieces × rate for the worker, or for each of those who share the report.

    The reporter hears his own line and his day's sum. Nothing happens where no rate is set: that
    job is not paid by the piece.
    """
    facts = event.payload
    day, person_id = date.fromisoformat(facts["day"]), event.act.actor_id
    pieces = Decimal(facts["good"])
    asked = {"person": person_id, "day": day, "item": int(facts["item"])}
    found = rows(tx.session, _RATE, {**asked, "sequence": int(facts["sequence"])})
    rate = found[0] if found else None
    if rate is None or person_id is None or not pieces:
        return None
    lines = [
        {
            "event_id": event.id,
            "person_id": whose,
            "day": day,
            "lot_id": int(facts["lot"]),
            "operation_id": int(facts["operation"]),
            "pass": int(part["pass"]),
            "pieces": much,
            "rate": rate.amount,
            "amount": pay_of(much, rate.amount),
            "currency": rate.currency,
            "state": _state(facts, part),
        }
        for part in facts["parts"]
        for whose, much in whose_pieces(part, person_id)
    ]
    tx.session.connection().execute(_INSERT_LINES, lines)
    # What is told on the page is the reporter's own: his mates read theirs in their own lists.
    own = [line for line in lines if line["person_id"] == person_id]
    if not own:
        return None
    amount = sum((line["amount"] for line in own), Decimal(0))
    pieces = sum((line["pieces"] for line in own), Decimal(0))
    waits = [line["state"] for line in own if line["state"] is not PayState.COUNTED]
    counts = [line["amount"] for line in own if line["state"] is PayState.COUNTED]
    today, certain = rate.earned + amount, rate.certain + sum(counts, Decimal(0))
    return Effect(
        "pay/line",
        {
            "pieces": str(plain(pieces)),
            "rate": str(rate.amount),
            "amount": str(plain(amount)),
            "today": str(plain(today)),
            "certain": str(plain(certain)),
            "waiting": str(plain(today - certain)),
            "currency": rate.currency,
            "state": (waits or [PayState.COUNTED])[0].value,
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
        _cancel(tx, event, line)
    return None


def judge_pay(tx: Tx, event: Recorded) -> Effect | None:
    """Let what the inspector accepted count; what he failed waits for the decision."""
    facts = event.payload
    passed = facts["verdict"] == "pass"
    for pass_, quantity in facts["parts"]:
        where = (int(facts["lot"]), int(facts["operation"]), int(pass_))
        for line in lines_for(tx, where, PayState.WAITING, Decimal(quantity)):
            line.state = PayState.COUNTED if passed else PayState.HELD
    return None


def decide_pay(tx: Tx, event: Recorded) -> Effect | None:
    """Let held pieces that are used count; those that are sorted wait for their inspection again.

    Those scrapped, sent to rework or taken out of the order are rejected: they are not paid.
    """
    for each in event.payload["dispositions"]:
        where = (int(each["lot"]), int(each["operation"]), int(each["pass"]))
        for line in lines_for(tx, where, PayState.HELD, Decimal(each["quantity"])):
            if each["kind"] == "use_as_is":
                line.state = PayState.COUNTED
            elif each["kind"] == "sort":
                line.state = PayState.WAITING
            else:
                line.state, line.decided_id = PayState.REJECTED, event.id
                _add(tx, line, event.id, -line.pieces, -line.amount, PayState.REJECTED)
    return None


def lines_for(
    tx: Tx, where: tuple[int, int, int], state: PayState, quantity: Decimal
) -> Iterable[PayLine]:
    """Yield the lines for a quantity of pieces, the oldest report first; the last is split to fit.

    Those who share a report are concerned in proportion to their shares: nobody's pieces are
    called the failed ones. The largest remainders get the pieces that cannot be divided, and of
    equal ones the person whose number is lower.
    """
    lot_id, operation_id, pass_ = where
    asked = {"lot": lot_id, "operation": operation_id, "pass": pass_, "state": state}
    found = tx.session.scalars(_LINES, asked).all()
    for _event, report in groupby(found, key=lambda line: line.event_id):
        if quantity <= 0:
            return
        lines = list(report)
        taken = min(quantity, sum((line.pieces for line in lines), Decimal(0)))
        quantity -= taken
        for mine, much in _by_person(tx, lot_id, lines, taken):
            yield from _first(tx, mine, much, state)


def _by_person(
    tx: Tx, lot_id: int, lines: list[PayLine], quantity: Decimal
) -> Iterable[tuple[list[PayLine], Decimal]]:
    """Split a quantity over those who share a report, by their shares of it, exactly."""
    people = [list(mine) for _who, mine in groupby(lines, key=lambda line: line.person_id)]
    if len(people) == 1:
        return [(lines, quantity)]
    decimals = tx.session.scalar(
        select(Item.decimals).join(Lot, Lot.item_id == Item.id).where(Lot.id == lot_id)
    )
    weights = [sum((line.pieces for line in mine), Decimal(0)) for mine in people]
    parts = apportion(quantity, weights, Decimal(1).scaleb(-(decimals or 0)))
    return zip(people, parts, strict=True)


def _first(tx: Tx, lines: list[PayLine], quantity: Decimal, state: PayState) -> Iterable[PayLine]:
    """Yield one person's lines for a quantity; the last one is split to fit."""
    for line in lines:
        if quantity <= 0:
            return
        if line.pieces > quantity:
            amount = pay_of(quantity, line.rate)
            _add(tx, line, line.event_id, line.pieces - quantity, line.amount - amount, state)
            line.pieces, line.amount = quantity, amount
        quantity -= line.pieces
        yield line


def _cancel(tx: Tx, event: Recorded, line: PayLine) -> None:
    """Book the counter-line; both count from now on, so that nothing waits for them."""
    line.state = PayState.COUNTED
    _add(tx, line, event.id, -line.pieces, -line.amount, PayState.COUNTED)


def _add(
    tx: Tx, line: PayLine, event_id: int, pieces: Decimal, amount: Decimal, state: PayState
) -> None:
    tx.session.add(
        PayLine(
            event_id=event_id,
            person_id=line.person_id,
            day=line.day,
            lot_id=line.lot_id,
            operation_id=line.operation_id,
            pass_=line.pass_,
            pieces=pieces,
            rate=line.rate,
            amount=amount,
            currency=line.currency,
            state=state,
            decided_id=line.decided_id,
        )
    )


def whose_pieces(part: Mapping[str, Any], reporter_id: int) -> list[tuple[int, Decimal]]:
    """Return whose good pieces of one pass are how many: shares, or all the reporter's."""
    if "shares" in part:
        return [(int(person), Decimal(pieces)) for person, pieces in part["shares"]]
    return [(reporter_id, Decimal(part["good"]))] if Decimal(part["good"]) else []


def pay_of(pieces: Decimal, rate: Decimal) -> Decimal:
    """Return pieces × rate, to the ten-thousandth that amounts are kept in."""
    return plain(round(pieces * rate, 4))


def _state(facts: Mapping[str, Any], part: Mapping[str, Any]) -> PayState:
    if facts["held"]:
        return PayState.HELD
    return PayState.WAITING if part["waits"] else PayState.COUNTED
