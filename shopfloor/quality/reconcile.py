"""Rebuilds every lot's counters from what was reported, taken back, judged and decided."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import groupby, pairwise
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from shopfloor.core.events import Event, EventSubject
from shopfloor.core.imported import IMPORTED
from shopfloor.core.reconcile import Check, Difference
from shopfloor.core.subjects import Subject
from shopfloor.core.types import plain
from shopfloor.core.undo import UNDONE
from shopfloor.production.commands.differences import CORRECTED
from shopfloor.production.commands.orders import ORDER_RELEASED
from shopfloor.production.commands.parting import LOT_SPLIT, LOTS_MERGED
from shopfloor.production.commands.reports import REPORTED
from shopfloor.production.commands.serialising import LOT_SERIALISED
from shopfloor.production.models import LotOperation, Operation
from shopfloor.production.portions import Standing
from shopfloor.quality.commands.inspections import INSPECTED
from shopfloor.quality.commands.releases import RELEASED
from shopfloor.quality.models import DispositionKind, Verdict
from shopfloor.stock.models import Lot

# Pieces change their lot, and with it go the counters of the operation where they stand.
PARTED = frozenset(kind.name for kind in (LOT_SPLIT, LOTS_MERGED, LOT_SERIALISED))
KINDS = [
    *(each.name for each in (ORDER_RELEASED, REPORTED, CORRECTED, UNDONE, INSPECTED, RELEASED)),
    *(IMPORTED.name, *PARTED),
]
COUNTERS = ("came", "good", "scrap", "rework", "onward", "held", "excess")
# So many lots are rebuilt at a time that memory does not grow with the years.
LOTS_AT_ONCE = 500
ZERO = Decimal(0)


class Tally:
    """The counters of one lot, as its events make them."""

    def __init__(self, lot_id: int, operations: Sequence[int]) -> None:
        """Begin with nothing at any of the operations, given in their order."""
        self.lot_id, self.operations = lot_id, operations
        self.following = dict(pairwise(operations))
        self.counters: dict[tuple[int, int, str], Decimal] = defaultdict(Decimal)

    def take(self, kind: str, facts: Mapping[str, Any], undone: Mapping[str, Any] | None) -> None:
        """Count one event in."""
        match kind:
            case ORDER_RELEASED.name if self.operations:
                self._add(self.operations[0], 1, came=Decimal(facts["quantity"]))
            case REPORTED.name | CORRECTED.name:
                self._report(facts, 1)
            case UNDONE.name if undone is not None and facts["kind"] in PARTED:
                self._part(undone, -1)
            case UNDONE.name if undone is not None:
                self._report(undone, -1)
            case _ if kind in PARTED:
                self._part(facts, 1)
            case INSPECTED.name:
                self._inspection(facts)
            case IMPORTED.name:
                self._taken_over(facts)
            case RELEASED.name:
                self._release(facts)

    def _taken_over(self, facts: Mapping[str, Any]) -> None:
        """Count in pieces that came half-finished: what stands behind has passed all before."""
        standing = {
            int(op): Decimal(much) for op, much in facts["standing"].get(str(self.lot_id), ())
        }
        further = ZERO
        for operation in reversed(self.operations):
            self._add(operation, 1, good=further, onward=further)
            further += standing.get(operation, ZERO)
            self._add(operation, 1, came=further)

    def _report(self, facts: Mapping[str, Any], sign: int) -> None:
        operation, held = int(facts["operation"]), Decimal(facts["held"])
        if "over" in facts:
            self._part(facts["over"], sign)
        # A correction is also about the lot to which its pieces had gone.
        for part in facts["parts"] if int(facts["lot"]) == self.lot_id else ():
            number = int(part["pass"])
            good, scrap, rework, excess = (
                sign * Decimal(part[name]) for name in ("good", "scrap", "rework", "excess")
            )
            self._add(operation, number, came=excess, excess=excess)
            self._add(operation, number, good=good, scrap=scrap, rework=rework)
            self._add(operation, number + 1, came=rework)
            if held:
                self._add(operation, number, held=good)
            elif not part["waits"]:
                self._pass_on(operation, number, good)

    def _part(self, facts: Mapping[str, Any], sign: int) -> None:
        operation = int(facts["operation"])
        for part in facts["parts"]:
            here = (int(part["to"]) == self.lot_id) - (int(facts["from"]) == self.lot_id)
            quantity, excess = (
                sign * here * Decimal(part[name]) for name in ("quantity", "excess")
            )
            good = quantity if part["standing"] == Standing.WAITING else ZERO
            self._add(operation, int(part["pass"]), came=quantity, good=good, excess=excess)

    def _inspection(self, facts: Mapping[str, Any]) -> None:
        operation = int(facts["operation"])
        for number, quantity in facts["parts"]:
            if facts["verdict"] == Verdict.PASS:
                self._pass_on(operation, int(number), Decimal(quantity))
            else:
                self._add(operation, int(number), held=Decimal(quantity))

    def _release(self, facts: Mapping[str, Any]) -> None:
        for each in facts["dispositions"]:
            if int(each["lot"]) != self.lot_id:
                continue
            operation, number = int(each["operation"]), int(each["pass"])
            quantity = Decimal(each["quantity"])
            self._add(operation, number, held=-quantity)
            if each["kind"] == DispositionKind.USE_AS_IS:
                self._pass_on(operation, number, quantity)
                continue
            self._add(operation, number, good=-quantity)
            if each["kind"] == DispositionKind.REWORK:
                self._add(operation, number, rework=quantity)
                self._add(operation, number + 1, came=quantity)
            else:
                self._add(operation, number, scrap=quantity)

    def _pass_on(self, operation: int, number: int, quantity: Decimal) -> None:
        self._add(operation, number, onward=quantity)
        if operation in self.following:
            self._add(self.following[operation], number, came=quantity)

    def _add(self, operation: int, number: int, **quantities: Decimal) -> None:
        for name, quantity in quantities.items():
            self.counters[operation, number, name] += quantity


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
