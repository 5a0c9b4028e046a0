"""The counters of one lot, made anew from what was reported, taken back, judged and decided."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Any

from shopfloor.core.imported import IMPORTED
from shopfloor.core.undo import UNDONE
from shopfloor.production.commands.differences import CORRECTED
from shopfloor.production.commands.orders import ORDER_RELEASED
from shopfloor.production.commands.parting import LOT_SPLIT, LOTS_MERGED
from shopfloor.production.commands.reports import REPORTED
from shopfloor.production.commands.serialising import LOT_SERIALISED
from shopfloor.production.commands.setting_apart import PART_HELD
from shopfloor.production.portions import Standing
from shopfloor.quality.commands.inspections import INSPECTED
from shopfloor.quality.commands.releases import RELEASED
from shopfloor.quality.models import DispositionKind, Verdict

# Pieces change their lot, and with it go the counters of the operation where they stand.
PARTED = frozenset(kind.name for kind in (LOT_SPLIT, LOTS_MERGED, LOT_SERIALISED, PART_HELD))
KINDS = [
    *(each.name for each in (ORDER_RELEASED, REPORTED, CORRECTED, UNDONE, INSPECTED, RELEASED)),
    *(IMPORTED.name, *PARTED),
]
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
                self._part(facts, 1, held=kind == PART_HELD.name)
            case INSPECTED.name:
                if "apart" in facts:
                    self._part({**facts, "parts": facts["apart"]}, 1)
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

    def _part(self, facts: Mapping[str, Any], sign: int, *, held: bool = False) -> None:
        operation = int(facts["operation"])
        for part in facts["parts"]:
            here = (int(part["to"]) == self.lot_id) - (int(facts["from"]) == self.lot_id)
            quantity, excess = (
                sign * here * Decimal(part[name]) for name in ("quantity", "excess")
            )
            good = quantity if part["standing"] == Standing.WAITING else ZERO
            self._add(operation, int(part["pass"]), came=quantity, good=good, excess=excess)
            if held and here > 0:
                self._add(operation, int(part["pass"]), held=good)

    def _inspection(self, facts: Mapping[str, Any]) -> None:
        operation = int(facts["operation"])
        # Sorted-out pieces are judged in a lot of their own, which the verdict is about then.
        for number, quantity in facts["parts"] if int(facts["lot"]) == self.lot_id else ():
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
            match each["kind"]:
                case DispositionKind.USE_AS_IS:
                    self._pass_on(operation, number, quantity)
                case DispositionKind.SORT:
                    pass
                case DispositionKind.REWORK | DispositionKind.REPAIR:
                    back_to = int(each.get("back_to", operation))
                    self._add(operation, number, good=-quantity, rework=quantity)
                    self._add(back_to, number + 1, came=quantity)
                case DispositionKind.SCRAP:
                    self._add(operation, number, good=-quantity, scrap=quantity)
                case _:
                    excess = -Decimal(each.get("excess", 0))
                    self._add(operation, number, good=-quantity, came=-quantity, excess=excess)

    def _pass_on(self, operation: int, number: int, quantity: Decimal) -> None:
        self._add(operation, number, onward=quantity)
        if operation in self.following:
            self._add(self.following[operation], number, came=quantity)

    def _add(self, operation: int, number: int, **quantities: Decimal) -> None:
        for name, quantity in quantities.items():
            self.counters[operation, number, name] += quantity
