"""How an item is made: a routing is never changed, a new revision replaces it from a day on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from shopfloor.catalogue.limits import require_tolerance
from shopfloor.catalogue.models import ROUTING, Item, Routing, RoutingOperation
from shopfloor.catalogue.revisions import holding, locked_item, newest_revision, require_days
from shopfloor.core import subjects
from shopfloor.core.commands import Gate, Tx, command
from shopfloor.core.editing import Overtaken, last_saver
from shopfloor.core.events import Change, EventKind, Where
from shopfloor.core.refusals import Malformed
from shopfloor.core.subjects import Made, Subject
from shopfloor.core.words import require_names
from shopfloor.people.models import SKILL
from shopfloor.plant.models import STATION

ROUTING_ADDED = EventKind(
    "catalogue.routing_added",
    _l("Routing revision"),
    no_inverse_because="an entry of the catalogue is replaced by a new revision, never unmade",
)


@dataclass(frozen=True)
class Step:
    """One operation of a routing.

    `skill_id` is what its workers must have, `serialise` gives each piece a number of its own at
    it, `confirm_count` lets whoever works there count first what the operation before handed over.
    """

    sequence: int
    names: dict[str, str]
    station_id: int
    inspect: bool = False
    tolerance_percent: int = 0
    skill_id: int | None = None
    serialise: bool = False
    confirm_count: bool = False


@command(Gate.NONE, "the catalogue describes; it touches no lot")
def add_routing(
    tx: Tx,
    *,
    item_id: int,
    steps: tuple[Step, ...],
    valid_from: date | None = None,
    valid_to: date | None = None,
    seen: int | None = None,
) -> Made:
    """Add the next revision of how an item is made; running orders keep theirs.

    `seen` is the newest revision that the person knew, 0 for none; Overtaken when somebody else
    has saved one since.
    """
    tx.act.rights.require("catalogue.edit")
    item = locked_item(tx, item_id)
    newest = newest_revision(tx.session, Routing, item.id)
    if seen is not None and seen != newest:
        theirs = fields_of(tx.session, item.id, newest)
        raise Overtaken(newest, theirs, last_saver(tx.session, item.id, "routing"))
    routing = put(tx, item, steps, valid_from=valid_from, valid_to=valid_to)
    tx.record(
        ROUTING_ADDED,
        Where(),
        {
            "revision": str(routing.revision),
            "sequences": [str(s) for s in sorted(step.sequence for step in steps)],
        },
        about=[routing.id, item.id],
        changes=[Change(item.id, "routing", newest or None, routing.revision)],
    )
    return Made(routing.id, tx.session.get_one(Subject, routing.id).code, None)


def put(
    tx: Tx,
    item: Item,
    steps: Sequence[Step],
    *,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> Routing:
    """Write the next revision of an item's routing; records no event: a command does that.

    Whoever calls it has locked the item.
    """
    require_days(valid_from, valid_to)
    _require_steps(steps)
    _require_in_use(tx, steps)
    routing = Routing(
        id=subjects.create(tx.session, ROUTING, None).id,
        item_id=item.id,
        revision=1 + newest_revision(tx.session, Routing, item.id),
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
            skill_id=step.skill_id,
            serialise=step.serialise,
            confirm_count=step.confirm_count,
        )
        for step in steps
    ]
    tx.session.add(routing)
    tx.session.flush()
    return routing


def routing_on(session: Session, item: Item, day: date) -> Routing | None:
    """Return the routing that holds on a day, a variant's own or else its model's.

    One statement, or two for a variant; and one for the operations.
    """
    for item_id in (item.id, item.model_id):
        routing = session.scalar(
            select(Routing)
            .where(Routing.item_id == item_id, holding(Routing, day))
            .options(selectinload(Routing.operations))
        )
        if routing is not None or item.model_id is None:
            return routing
    return None


def fields_of(session: Session, item_id: int, revision: int) -> dict[str, str]:
    """Return what a revision holds, by the fields of the form that edits it."""
    rows = session.scalars(
        select(RoutingOperation)
        .join(Routing, Routing.id == RoutingOperation.routing_id)
        .where(Routing.item_id == item_id, Routing.revision == revision)
        .order_by(RoutingOperation.sequence)
    )
    fields = {}
    for n, step in enumerate(rows, 1):
        fields[f"sequence_{n}"] = str(step.sequence)
        fields |= _names(step.names, n)
        fields[f"station_{n}"] = str(step.station_id)
        fields[f"skill_{n}"] = str(step.skill_id or "")
        fields[f"tolerance_{n}"] = str(step.tolerance_percent or "")
        for name in ("inspect", "serialise", "confirm_count"):
            fields[f"{name}_{n}"] = "1" if getattr(step, name) else ""
    return fields


def _names(names: Mapping[str, str], n: int) -> dict[str, str]:
    return {f"name_{language}_{n}": names.get(language, "") for language in ("en", "zh")}


def _require_steps(steps: Sequence[Step]) -> None:
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
    if sum(step.serialise for step in steps) > 1:
        second = [n for n, step in enumerate(steps, 1) if step.serialise][1]
        raise Malformed(
            _l("Pieces get their numbers at one operation only."),
            _l("Take the mark away from the others."),
            rule="bad_routing",
            field=f"serialise_{second}",
        )


def _require_in_use(tx: Tx, steps: Sequence[Step]) -> None:
    subjects.require_in_use(tx.session, STATION, (s.station_id for s in steps), "station_1")
    skills = {step.skill_id for step in steps if step.skill_id is not None}
    if skills:
        n = next(n for n, step in enumerate(steps, 1) if step.skill_id is not None)
        subjects.require_in_use(tx.session, SKILL, skills, f"skill_{n}")
