"""What people do to the catalogue."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from shopfloor.catalogue.limits import MOST_PER_PIECE, require_rate, require_tolerance
from shopfloor.catalogue.loops import require_no_loop
from shopfloor.catalogue.models import (
    BOM,
    ITEM,
    REASON,
    ROUTING,
    Bom,
    BomLine,
    Item,
    PieceRate,
    Reason,
    ReasonKind,
    Routing,
    RoutingOperation,
)
from shopfloor.core import clock, subjects
from shopfloor.core.commands import Gate, Tx, command
from shopfloor.core.events import Change, EventKind, Where
from shopfloor.core.refusals import Malformed, NotFound, Refused
from shopfloor.core.subjects import Made
from shopfloor.core.words import require_names
from shopfloor.plant.models import STATION

_NO_INVERSE = "an entry of the catalogue is replaced by a new revision, never unmade"
ITEM_ADDED = EventKind("catalogue.item_added", _l("Item added"), no_inverse_because=_NO_INVERSE)
BOM_ADDED = EventKind("catalogue.bom_added", _l("BOM revision"), no_inverse_because=_NO_INVERSE)
ROUTING_ADDED = EventKind(
    "catalogue.routing_added", _l("Routing revision"), no_inverse_because=_NO_INVERSE
)
REASON_ADDED = EventKind(
    "catalogue.reason_added", _l("Reason added"), no_inverse_because=_NO_INVERSE
)
RATE_SET = EventKind("catalogue.rate_set", _l("Piece rate set"), no_inverse_because=_NO_INVERSE)
_BECAUSE = "the catalogue describes; it touches no lot"


@dataclass(frozen=True)
class Material:
    """An item of a BOM and how much of it goes into one piece, in the item's unit."""

    item_id: int
    quantity: Decimal


@dataclass(frozen=True)
class Step:
    """One operation of a routing."""

    sequence: int
    names: dict[str, str]
    station_id: int
    inspect: bool = False
    tolerance_percent: int = 0


@command(Gate.NONE, _BECAUSE)
def add_item(
    tx: Tx, *, number: str, names: dict[str, str], unit: str = "pcs", decimals: int = 0
) -> Made:
    """Add an item with its unit and how many decimals a quantity of it may have."""
    tx.act.rights.require("catalogue.edit")
    if not 0 <= decimals <= 6 or not unit.strip() or len(unit) > 20:
        raise Malformed(
            _l("An item needs a unit and 0 to 6 decimals."), rule="bad_unit", field="unit"
        )
    made = subjects.create(tx.session, ITEM, number)
    names = require_names(names)
    tx.session.add(Item(id=made.id, names=names, unit=unit.strip(), decimals=decimals))
    tx.session.flush()
    tx.record(
        ITEM_ADDED,
        Where(),
        {"number": made.number, "unit": unit},
        about=[made.id],
        changes=[
            Change(made.id, "number", None, made.number),
            Change(made.id, "names", None, names),
            Change(made.id, "unit", None, unit),
        ],
    )
    return made


@command(Gate.NONE, _BECAUSE)
def add_bom(tx: Tx, *, item_id: int, materials: tuple[Material, ...]) -> Made:
    """Add the next revision of what goes into an item."""
    tx.act.rights.require("catalogue.edit")
    item = _item(tx, item_id)
    if not materials or any(not 0 < line.quantity <= MOST_PER_PIECE for line in materials):
        raise Malformed(
            _l("A BOM needs at least one item, each with a quantity above zero."),
            rule="bad_bom",
            field="quantity_1",
        )
    parts = [line.item_id for line in materials]
    subjects.require_in_use(tx.session, ITEM, parts, "item_1")
    require_no_loop(tx.session, item.id, parts)
    revision = 1 + (
        tx.session.scalar(select(func.max(Bom.revision)).where(Bom.item_id == item.id)) or 0
    )
    made = subjects.create(tx.session, BOM, None)
    tx.session.add(Bom(id=made.id, item_id=item.id, revision=revision, made_at=tx.act.when.at))
    tx.session.flush()
    tx.session.add_all(
        BomLine(bom_id=made.id, position=10 * n, item_id=line.item_id, quantity=line.quantity)
        for n, line in enumerate(materials, 1)
    )
    tx.session.flush()
    tx.record(
        BOM_ADDED,
        Where(),
        {"revision": str(revision), "lines": [[str(m.item_id), m.quantity] for m in materials]},
        about=[made.id, item.id],
    )
    return made


@command(Gate.NONE, _BECAUSE)
def add_routing(tx: Tx, *, item_id: int, steps: tuple[Step, ...]) -> Made:
    """Add the next revision of how an item is made; running orders keep theirs."""
    tx.act.rights.require("catalogue.edit")
    item = _item(tx, item_id)
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
    revision = 1 + (
        tx.session.scalar(select(func.max(Routing.revision)).where(Routing.item_id == item.id)) or 0
    )
    made = subjects.create(tx.session, ROUTING, None)
    tx.session.add(Routing(id=made.id, item_id=item.id, revision=revision, made_at=tx.act.when.at))
    tx.session.flush()
    tx.session.add_all(
        RoutingOperation(
            routing_id=made.id,
            sequence=step.sequence,
            names=require_names(step.names),
            station_id=step.station_id,
            inspect=step.inspect,
            tolerance_percent=step.tolerance_percent,
        )
        for step in steps
    )
    tx.session.flush()
    tx.record(
        ROUTING_ADDED,
        Where(),
        {"revision": str(revision), "sequences": [str(s) for s in sorted(sequences)]},
        about=[made.id, item.id],
    )
    return made


@command(Gate.NONE, _BECAUSE)
def add_reason(
    tx: Tx, *, kind: ReasonKind, number: str, names: dict[str, str], photo: bool = False
) -> Made:
    """Add a reason people can choose; `photo` asks for a picture with it."""
    tx.act.rights.require("catalogue.edit")
    made = subjects.create(tx.session, REASON, number)
    names = require_names(names)
    tx.session.add(Reason(id=made.id, kind=kind, names=names, photo=photo))
    tx.session.flush()
    tx.record(
        REASON_ADDED,
        Where(),
        {"number": made.number, "kind": kind.value},
        about=[made.id],
        changes=[Change(made.id, "names", None, names)],
    )
    return made


@command(Gate.NONE, _BECAUSE)
def set_piece_rate(
    tx: Tx, *, item_id: int, sequence: int, valid_from: date, amount: Decimal, currency: str
) -> Made:
    """Set what a good piece of an operation pays from a day on, not earlier than today.

    Lines already booked keep the rate they were booked with. Who sets the factory up chooses any
    day, because before anybody has an account none was worked.
    """
    tx.act.rights.require("rate.edit")
    item = _item(tx, item_id)
    require_rate(amount)
    # Somewhere west of Greenwich it is still yesterday.
    yesterday = (clock.now() - timedelta(hours=12)).date()
    if valid_from < yesterday and tx.act.actor_id is not None:
        raise Refused(
            _l("A rate cannot change days that are already worked."),
            _l("Choose today or a later day."),
            rule="rate_in_the_past",
            field="valid_from",
        )
    same = (
        PieceRate.item_id == item.id,
        PieceRate.sequence == sequence,
        PieceRate.valid_from == valid_from,
    )
    rate = tx.session.scalar(select(PieceRate).where(*same).with_for_update())
    before = rate.amount if rate else None
    if rate is None:
        rate = PieceRate(item_id=item.id, sequence=sequence, valid_from=valid_from)
        tx.session.add(rate)
    rate.amount, rate.currency = amount, currency
    tx.session.flush()
    tx.record(
        RATE_SET,
        Where(),
        {"sequence": str(sequence), "amount": amount, "valid_from": valid_from.isoformat()},
        about=[item.id],
        changes=[Change(item.id, f"rate {sequence} from {valid_from}", before, amount)],
    )
    return Made(rate.id, "", None)


def _item(tx: Tx, item_id: int) -> Item:
    # Two revisions made at once would take the same number: the item's row keeps them in line.
    item = tx.session.get(Item, item_id, with_for_update={"key_share": True})
    if item is None:
        raise NotFound(_l("There is no such item."), rule="not_found", field="item")
    subjects.require_in_use(tx.session, ITEM, [item_id], "item")
    return item
