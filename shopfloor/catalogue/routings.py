"""How an item is made: a routing is never changed, a new revision replaces it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import lazy_gettext as _l

from shopfloor.catalogue.limits import require_tolerance
from shopfloor.catalogue.models import ROUTING, Item, Routing, RoutingOperation
from shopfloor.catalogue.revisions import locked_item, next_revision
from shopfloor.core import subjects
from shopfloor.core.commands import Gate, Tx, command
from shopfloor.core.events import EventKind, Where
from shopfloor.core.refusals import Malformed
from shopfloor.core.subjects import Made
from shopfloor.core.words import require_names
from shopfloor.plant.models import STATION

ROUTING_ADDED = EventKind(
    "catalogue.routing_added",
    _l("Routing revision"),
    no_inverse_because="an entry of the catalogue is replaced by a new revision, never unmade",
)


@dataclass(frozen=True)
class Step:
    """One operation of a routing."""

    sequence: int
    names: dict[str, str]
    station_id: int
    inspect: bool = False
    tolerance_percent: int = 0


@command(Gate.NONE, "the catalogue describes; it touches no lot")
def add_routing(tx: Tx, *, item_id: int, steps: tuple[Step, ...]) -> Made:
    """Add the next revision of how an item is made; running orders keep theirs."""
    tx.act.rights.require("catalogue.edit")
    routing = put(tx, locked_item(tx, item_id), steps)
    subject = tx.session.get_one(subjects.Subject, routing.id)
    tx.record(
        ROUTING_ADDED,
        Where(),
        {
            "revision": str(routing.revision),
            "sequences": [str(s) for s in sorted(step.sequence for step in steps)],
        },
        about=[routing.id, item_id],
    )
    return Made(routing.id, subject.code, None)


def put(
    tx: Tx,
    item: Item,
    steps: Sequence[Step],
    *,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> Routing:
    """Write the next revision of an item's routing; whoever calls it has locked the item.

    Records no event: a command does that, once for all that it writes.
    """
    sequences = [step.sequence for step in steps]
    numbered = all(0 < sequence < 10_000 for sequence in sequences)
    if not steps or len(set(sequences)) != len(sequences) or not numbered:
        raise Malformed(
            _l("A routing needs at least one operation, each with a number of its own."),
            _l("Numbers are 1 to 9999."),
            rule="bad_routing",
            field="sequence_1",
        )
    for n, step in enumerate(steps, 1):
        require_tolerance(step.tolerance_percent, f"tolerance_{n}")
    subjects.require_in_use(tx.session, STATION, (s.station_id for s in steps), "station_1")
    routing = Routing(
        id=subjects.create(tx.session, ROUTING, None).id,
        item_id=item.id,
        revision=next_revision(tx.session, Routing, item.id),
        valid_from=valid_from,
        valid_to=valid_to,
        made_at=tx.act.when.at,
    )
    routing.operations = [
        RoutingOperation(
            sequence=step.sequence,
            names=require_names(step.names),
            station_id=step.station_id,
            inspect=step.inspect,
            tolerance_percent=step.tolerance_percent,
        )
        for step in steps
    ]
    tx.session.add(routing)
    tx.session.flush()
    return routing
