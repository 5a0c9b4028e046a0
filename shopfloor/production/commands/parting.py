"""Splitting a lot at an operation, and joining two lots that stand at the same one."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from shopfloor.core import clock
from shopfloor.core.commands import Gate, Tx, command
from shopfloor.core.events import Event, EventKind, Undone, Where
from shopfloor.core.subjects import Made, Subject
from shopfloor.holds import gate
from shopfloor.people.models import Person
from shopfloor.production import counting, parting_refusals, portions, progress, refusals, work
from shopfloor.production.commands.jobs import require_open
from shopfloor.production.models import Job
from shopfloor.production.new_lots import new_lot
from shopfloor.production.portions import Portion, Standing
from shopfloor.production.progress import require_quantity
from shopfloor.production.saving import save
from shopfloor.production.stretches import close_job
from shopfloor.production.way import ZERO, Stop, Work
from shopfloor.stock import ledger


@dataclass(frozen=True)
class Parted:
    """Pieces that went from one lot to another at an operation; quantities in the item's unit."""

    event_id: int
    source: Made
    target: Made
    operation: int
    names: dict[str, str]
    unit: str
    quantity: Decimal
    # What stands in each lot at the operation now.
    source_here: Decimal
    target_here: Decimal


@command(Gate.MOVE)
def split_lot(
    tx: Tx, *, lot: str, operation: int, quantity: Decimal, standing: Standing = Standing.LEFT
) -> Parted:
    """Make counted pieces at an operation a lot of their own, in the same family.

    They are pieces not yet reported there, or such as wait for an inspection. Refused on a held
    lot, and for all that a lot has.
    """
    source, stop = open_lot(tx, lot, operation)
    require_quantity(source.item, quantity, "quantity")
    if not quantity:
        raise refusals.nothing_reported()
    target, parts = part_off(tx, source, stop, quantity, standing)
    return record_parting(tx, LOT_SPLIT, source, target, operation, parts)


@command(Gate.MOVE)
def merge_lots(tx: Tx, *, lot: str, operation: int, other: str) -> Parted:
    """Let all pieces that another lot of the same order has at an operation join this lot there.

    Both must have pieces at it and be free; nobody else may be working on the other lot there.
    """
    target, stop = open_lot(tx, lot, operation)
    source = work.load(tx.session, other)
    require_one_order(target, source)
    theirs = source.stop(operation)
    gate.require_free(tx, source.held_by(theirs, tx.act.actor_id))
    require_here(target, source, operation)
    _end_work(tx, source, theirs)
    parts = [
        part
        for standing, there in ((Standing.LEFT, theirs.left), (Standing.WAITING, theirs.waiting))
        for part in portions.take(theirs, standing, there)
    ]
    for part in parts:
        portions.give(stop, part)
    return record_parting(tx, LOTS_MERGED, source, target, operation, parts)


def require_one_order(target: Work, source: Work) -> None:
    """Refuse to join a lot with itself, or with one of another order."""
    if source.lot.id == target.lot.id:
        raise parting_refusals.same_lot()
    if source.lot.family_id != target.lot.family_id:
        raise parting_refusals.other_family(source.subject.number)


def require_here(target: Work, source: Work, operation: int) -> None:
    """Refuse to join lots of which one has no pieces at the operation."""
    for each in (source, target):
        found = each.stop(operation)
        if not found.left + found.waiting:
            raise parting_refusals.not_here(each.subject.number, operation)


def open_lot(tx: Tx, lot: str, operation: int, verb: str = "work.report") -> tuple[Work, Stop]:
    """Lock and load a lot whose pieces may change their lot at an operation; refused when held."""
    lot_id = work.lock_family(tx.session, lot)
    found = work.load(tx.session, lot_id)
    stop = found.stop(operation)
    tx.act.rights.require(verb, *found.scopes(stop))
    gate.require_free(tx, found.held_by(stop, tx.act.actor_id))
    require_open(found)
    return found, stop


def part_off(
    tx: Tx, source: Work, stop: Stop, quantity: Decimal, standing: Standing
) -> tuple[Work, list[Portion]]:
    """Give pieces at an operation to a new lot of the family; refused for all that a lot has."""
    if quantity == everything(source):
        raise parting_refusals.whole_lot()
    parts = portions.take(stop, standing, quantity)
    target = work.load(tx.session, new_lot(tx, source).id)
    for part in parts:
        portions.give(target.stop(stop.operation.sequence), part)
    return target, parts


def everything(lot_work: Work) -> Decimal:
    """Return all pieces of a lot, or none when some are finished: then anything may go."""
    last = lot_work.stops[-1]
    if any(row.onward for row in last.passes):
        return ZERO
    return sum((stop.left + stop.waiting + stop.held for stop in lot_work.stops), ZERO)


def record_parting(
    tx: Tx,
    kind: EventKind,
    source: Work,
    target: Work,
    operation: int,
    parts: list[Portion],
    **how: Any,
) -> Parted:
    """Write both ways, the event and the movements of pieces that go from source to target."""
    for changed in (source, target):
        save(tx.session, changed)
    stop, there = source.stop(operation), target.stop(operation)
    lot = target if kind is LOTS_MERGED else source
    where, _turn = work.where(tx, source, stop)
    event = tx.record(
        kind,
        where,
        facts_of(lot, source, stop, [part.to(target.lot.id) for part in parts]),
        about=[source.order.id, stop.operation.id],
        **how,
        used=[source.lot.id],
        made=[target.lot.id],
    )
    quantity = carry_over(tx, source, target, stop, parts)
    return Parted(
        event.id,
        Made(source.lot.id, *source.subject),
        Made(target.lot.id, *target.subject),
        operation,
        stop.operation.names,
        source.item.unit,
        quantity,
        stop.left + stop.waiting,
        there.left + there.waiting,
    )


def carry_over(tx: Tx, source: Work, target: Work, stop: Stop, parts: list[Portion]) -> Decimal:
    """Book under its event that pieces are another lot's now; returns how many they are."""
    quantity = sum((part.quantity for part in parts), ZERO)
    ledger.post(tx, portions.moves(tx, source, [(target.lot.id, quantity)]))
    counting.carry_off(tx.session, source.lot.id, stop.operation.id, quantity)
    return quantity


def facts_of(lot: Work, source: Work, stop: Stop, parts: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what an event keeps of pieces that changed their lot; `lot` is the one it is about."""
    return {
        "lot": str(lot.lot.id),
        "from": str(source.lot.id),
        "operation": str(stop.operation.id),
        "sequence": str(stop.operation.sequence),
        "parts": parts,
    }


def _end_work(tx: Tx, source: Work, stop: Stop) -> None:
    """End one's own jobs on pieces that join another lot; refused while somebody else has one."""
    open_jobs = tx.session.execute(
        select(Job.id, Job.person_id, Person.name)
        .join(Person, Person.id == Job.person_id)
        .where(
            Job.lot_id == source.lot.id,
            Job.operation_id == stop.operation.id,
            Job.closed_at.is_(None),
        )
    ).all()
    for job_id, person_id, name in open_jobs:
        if person_id != tx.act.actor_id:
            raise parting_refusals.somebody_works(name)
        close_job(tx, job_id)


def put_back(tx: Tx, event: Event, facts: Mapping[str, Any]) -> Undone:
    """Let pieces go back to the lot they came from; refused when they have gone on since.

    A lot that was made for them and has nothing left is archived.
    """
    source = work.load(tx.session, work.lock_family(tx.session, int(facts["from"])))
    sequence = int(facts["sequence"])
    stop = source.stop(sequence)
    gate.require_free(
        tx, [*source.held_by(stop, tx.act.actor_id), *(int(part["to"]) for part in facts["parts"])]
    )
    require_open(source)
    back: list[ledger.Move] = []
    targets = {int(part["to"]): work.load(tx.session, int(part["to"])) for part in facts["parts"]}
    for part in facts["parts"]:
        portion, target = Portion.kept(part), targets[int(part["to"])]
        portions.take_again(target.stop(sequence), portion)
        portions.give(stop, portion)
        back += portions.moves(tx, target, [(source.lot.id, portion.quantity)])
        counting.carry_off(tx.session, source.lot.id, stop.operation.id, -portion.quantity)
    for target in targets.values():
        _end_work(tx, target, target.stop(sequence))
        save(tx.session, target)
        if event.kind != LOTS_MERGED.name:
            tx.session.get_one(Subject, target.lot.id).archived_at = clock.now()
    progress.settle_order(tx, source)
    save(tx.session, source)
    return Undone(
        about=(source.order.id, stop.operation.id, source.lot.id, *targets),
        where=Where(event.site_id, event.line_id, event.station_id, event.place_id, event.shift_id),
        payload={n: facts[n] for n in ("lot", "from", "operation", "sequence", "parts")},
        afterwards=lambda done: ledger.post(done, back),
    )


LOT_SPLIT = EventKind("lot.split", _l("Lot split"), inverse=put_back)
LOTS_MERGED = EventKind("lot.merged", _l("Lots joined"), inverse=put_back)
