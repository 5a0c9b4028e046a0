"""Pay of pieces that change their lot: what waits for an inspection there waits with them."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from shopfloor.core.commands import Tx
from shopfloor.core.events import Effect, Recorded
from shopfloor.pay.models import PayState
from shopfloor.pay.reactions import lines_for
from shopfloor.production.commands.parting import LOT_SPLIT, LOTS_MERGED
from shopfloor.production.commands.setting_apart import PART_HELD
from shopfloor.production.portions import Standing
from shopfloor.quality.reach import parting_of

# Pieces that get serial numbers are not reported yet, so nothing waits for them.
KINDS = (LOT_SPLIT.name, LOTS_MERGED.name)


def follow_pieces(tx: Tx, event: Recorded) -> Effect | None:
    """Let the lines of waiting pieces name the lot in which they are now, held if they are."""
    state = PayState.HELD if event.kind == PART_HELD.name else PayState.WAITING
    for part in event.payload["parts"]:
        _move(tx, event.payload, part, int(event.payload["from"]), int(part["to"]), state)
    return None


def follow_sorted_out(tx: Tx, event: Recorded) -> Effect | None:
    """Let the lines of pieces that were sorted out follow them, before their verdict is heard."""
    parting = parting_of(event)
    return follow_pieces(tx, parting) if parting else None


def follow_back(tx: Tx, event: Recorded) -> Effect | None:
    """Let the lines return with the pieces when a split or a join was taken back."""
    if event.payload.get("kind") in KINDS:
        for part in event.payload["parts"]:
            _move(tx, event.payload, part, int(part["to"]), int(event.payload["from"]))
    return None


def _move(
    tx: Tx,
    facts: Mapping[str, Any],
    part: Mapping[str, Any],
    source: int,
    target: int,
    state: PayState = PayState.WAITING,
) -> None:
    if part["standing"] != Standing.WAITING:
        return
    where = (source, int(facts["operation"]), int(part["pass"]))
    for line in lines_for(tx, where, PayState.WAITING, Decimal(part["quantity"])):
        line.lot_id, line.state = target, state
