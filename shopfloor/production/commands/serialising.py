"""Giving pieces numbers of their own, where the routing says that counting ends."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from flask_babel import lazy_gettext as _l
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from shopfloor.core.commands import Gate, Tx, command
from shopfloor.core.db import metadata
from shopfloor.core.events import EventKind
from shopfloor.core.subjects import Made, Subject, clean_number
from shopfloor.production import new_lots, parting_refusals, portions, work
from shopfloor.production.commands import parting
from shopfloor.production.counting import carry_off
from shopfloor.production.models import LotOperation
from shopfloor.production.portions import Portion, Standing
from shopfloor.production.saving import save
from shopfloor.production.serials import MOST, following
from shopfloor.production.way import ZERO
from shopfloor.stock import ledger
from shopfloor.stock.models import LOT

ONE = Decimal(1)
LOT_SERIALISED = EventKind("lot.serialised", _l("Serial numbers given"), inverse=parting.put_back)


@dataclass(frozen=True)
class Serialised:
    """The pieces that have their own number now, and how many at the operation still wait."""

    event_id: int
    lot: Made
    serials: tuple[Made, ...]
    operation: int
    names: dict[str, str]
    left: Decimal


@command(Gate.MOVE)
def serialise_pieces(tx: Tx, *, lot: str, operation: int, serials: tuple[str, ...]) -> Serialised:
    """Make pieces at an operation lots of one, each with its serial number.

    Refused where the routing only counts, on a held lot, for more pieces than are left here, and
    for numbers that another lot has: then the answer names the next free one.
    """
    source, stop = parting.open_lot(tx, lot, operation)
    if not stop.operation.serialise or source.lot.serial:
        raise parting_refusals.no_serials_here(operation)
    numbers = _clean(serials)
    _require_free(tx.session, numbers)
    parts = _single(portions.take(stop, Standing.LEFT, Decimal(len(numbers))))
    made = [new_lots.new_lot(tx, source, number, serial=True) for number in numbers]
    save(tx.session, source)
    tx.session.connection().execute(
        insert(metadata.tables[LotOperation.__tablename__]),
        [_row(lot.id, stop.operation.id, part) for lot, part in zip(made, parts, strict=True)],
    )
    where, _turn = work.where(tx, source, stop)
    told = [part.to(lot.id) for lot, part in zip(made, parts, strict=True)]
    event = tx.record(
        LOT_SERIALISED,
        where,
        parting.facts_of(source, source, stop, told),
        about=[source.order.id, stop.operation.id],
        used=[source.lot.id],
        made=[lot.id for lot in made],
    )
    ledger.post(tx, portions.moves(tx, source, [(lot.id, ONE) for lot in made]))
    carry_off(tx.session, source.lot.id, stop.operation.id, Decimal(len(made)))
    return Serialised(
        event.id,
        Made(source.lot.id, *source.subject),
        tuple(made),
        operation,
        stop.operation.names,
        stop.left,
    )


def _clean(serials: Sequence[str]) -> list[str]:
    numbers = [clean_number(serial) or "" for serial in serials]
    if not 0 < len(numbers) <= MOST or len(set(numbers)) != len(numbers):
        raise parting_refusals.bad_serials(MOST)
    return numbers


def _require_free(session: Session, numbers: list[str]) -> None:
    """Refuse numbers that lots have, with the next one in the row that nobody has."""
    taken = set(
        session.scalars(
            select(Subject.number).where(Subject.kind == LOT.name, Subject.number.in_(numbers))
        )
    )
    if taken:
        first = next(number for number in numbers if number in taken)
        raise parting_refusals.serials_taken(first, next_free(session, numbers[-1]))


def next_free(session: Session, serial: str) -> str:
    """Return the first number after this one, in its row, that no lot has."""
    while True:
        row = following(serial, MOST)[1:]
        taken = set(
            session.scalars(
                select(Subject.number).where(Subject.kind == LOT.name, Subject.number.in_(row))
            )
        )
        for number in row:
            if number not in taken:
                return number
        serial = row[-1]


def _single(parts: list[Portion]) -> list[Portion]:
    """Return the portions piece by piece; the mark of excess falls to the last ones."""
    pieces = []
    for part in parts:
        for n in range(int(part.quantity)):
            marked = int(part.quantity) - n <= part.excess
            pieces.append(
                Portion(part.pass_, part.standing, ONE, part.inspect, ONE if marked else ZERO)
            )
    return pieces


def _row(lot_id: int, operation_id: int, part: Portion) -> dict[str, object]:
    return {
        "lot_id": lot_id,
        "operation_id": operation_id,
        "pass": part.pass_,
        "inspect": part.inspect,
        "came": ONE,
        "good": ZERO,
        "scrap": ZERO,
        "rework": ZERO,
        "onward": ZERO,
        "held": ZERO,
        "excess": part.excess,
    }
