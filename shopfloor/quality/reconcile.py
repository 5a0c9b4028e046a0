"""Rebuilds every lot's counters from what was reported, taken back, judged and decided."""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import groupby
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from shopfloor.core.events import Event, EventSubject
from shopfloor.core.reconcile import Check, Difference
from shopfloor.core.subjects import Subject
from shopfloor.core.types import plain
from shopfloor.production.commands.reports import REPORTED
from shopfloor.production.models import LotOperation, Operation
from shopfloor.quality.recounting import KINDS, PARTED, Tally
from shopfloor.stock.models import Lot

COUNTERS = ("came", "good", "scrap", "rework", "onward", "held", "excess")
# So many lots are rebuilt at a time that memory does not grow with the years.
LOTS_AT_ONCE = 500
ZERO = Decimal(0)


def find(session: Session) -> Iterator[Difference]:
    """Compare the stored counters of every lot with those rebuilt from its events."""
    lots = session.scalars(select(Lot.id).order_by(Lot.id)).all()
    for start in range(0, len(lots), LOTS_AT_ONCE):
        yield from _compare(session, lots[start : start + LOTS_AT_ONCE])


def _compare(session: Session, lot_ids: Sequence[int]) -> Iterator[Difference]:
    sequences: dict[int, int] = {}
    tallies = {lot_id: Tally(lot_id, []) for lot_id in lot_ids}
    ways = session.execute(
        select(Lot.id, Operation.id, Operation.sequence)
        .join(Operation, Operation.order_id == Lot.family_id)
        .where(Lot.id.in_(lot_ids))
        .order_by(Lot.id, Operation.sequence)
    )
    for lot_id, steps in groupby(ways, key=lambda row: row[0]):
        way = [(operation_id, sequence) for _lot_id, operation_id, sequence in steps]
        sequences.update(way)
        tallies[lot_id] = Tally(lot_id, [operation_id for operation_id, _sequence in way])
    for lot_id, kind, payload, undone in _events(session, lot_ids):
        tallies[lot_id].take(kind, json.loads(payload), json.loads(undone) if undone else None)
    stored = _stored(session, lot_ids)
    names = {
        subject.id: subject.number or subject.code
        for subject in session.scalars(select(Subject).where(Subject.id.in_(lot_ids)))
    }
    for lot_id, tally in tallies.items():
        kept = stored.get(lot_id, {})
        for key in sorted({*kept, *tally.counters}):
            operation_id, number, counter = key
            counted = tally.counters.get(key, ZERO)
            if kept.get(key, ZERO) != counted:
                facts = {
                    "lot": names[lot_id],
                    "operation": str(sequences.get(operation_id, "?")),
                    "pass": str(number),
                    "stored": str(plain(kept.get(key, ZERO))),
                    "counted": str(plain(counted)),
                }
                yield Difference(counter, facts)


def _events(session: Session, lot_ids: Sequence[int]) -> Any:
    undone = aliased(Event)
    return session.execute(
        select(EventSubject.subject_id, Event.kind, Event.payload, undone.payload)
        .join(Event, Event.id == EventSubject.event_id)
        .join(
            undone,
            (undone.id == Event.undoes_id) & undone.kind.in_([REPORTED.name, *PARTED]),
            isouter=True,
        )
        .where(EventSubject.subject_id.in_(lot_ids), Event.kind.in_(KINDS))
        .order_by(EventSubject.subject_id, Event.id)
        .execution_options(yield_per=1000)
    )


def _stored(
    session: Session, lot_ids: Sequence[int]
) -> dict[int, dict[tuple[int, int, str], Decimal]]:
    stored: dict[int, dict[tuple[int, int, str], Decimal]] = defaultdict(dict)
    for row in session.scalars(select(LotOperation).where(LotOperation.lot_id.in_(lot_ids))):
        for name in COUNTERS:
            stored[row.lot_id][row.operation_id, row.pass_, name] = getattr(row, name)
    return stored


CHECK = Check(
    "counters",
    _l("Counters of the operations"),
    find,
    {
        "came": _l(
            "Lot %(lot)s, operation %(operation)s, pass %(pass)s:"
            " %(stored)s came as stored, %(counted)s by the entries."
        ),
        "good": _l(
            "Lot %(lot)s, operation %(operation)s, pass %(pass)s:"
            " %(stored)s good as stored, %(counted)s by the entries."
        ),
        "scrap": _l(
            "Lot %(lot)s, operation %(operation)s, pass %(pass)s:"
            " %(stored)s scrap as stored, %(counted)s by the entries."
        ),
        "rework": _l(
            "Lot %(lot)s, operation %(operation)s, pass %(pass)s:"
            " %(stored)s rework as stored, %(counted)s by the entries."
        ),
        "onward": _l(
            "Lot %(lot)s, operation %(operation)s, pass %(pass)s:"
            " %(stored)s went on as stored, %(counted)s by the entries."
        ),
        "held": _l(
            "Lot %(lot)s, operation %(operation)s, pass %(pass)s:"
            " %(stored)s held as stored, %(counted)s by the entries."
        ),
        "excess": _l(
            "Lot %(lot)s, operation %(operation)s, pass %(pass)s:"
            " %(stored)s in excess as stored, %(counted)s by the entries."
        ),
    },
)
