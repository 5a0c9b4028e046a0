"""Which pieces a hold keeps for a decision."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, union
from sqlalchemy.orm import Session, aliased

from shopfloor.core.subjects import Subject
from shopfloor.holds import gate
from shopfloor.holds.models import Hold
from shopfloor.plant.models import Station
from shopfloor.production import work
from shopfloor.production.models import Job, LotOperation, Operation, WorkOrder
from shopfloor.production.way import Pass, Stop, Work
from shopfloor.quality.models import Disposition, Inspection, Verdict
from shopfloor.stock.models import Lot


@dataclass
class Held:
    """Held pieces of one lot at one operation in one pass."""

    work: Work
    stop: Stop
    row: Pass
    elsewhere: bool  # another lock is on them too: whoever releases the last one decides


def families_of(session: Session, hold_id: int, subject_id: int) -> set[int]:
    """Return the families whose pieces may wait for the end of this hold; one statement."""
    return set(session.scalars(select(Lot.family_id).where(_concerned(hold_id, subject_id))))


def works_of(session: Session, hold: Hold) -> list[Work]:
    """Return the lots that are held by a hold on them, or have pieces reported under it.

    Two statements.
    """
    # A lot that no order has made has no pieces at an operation: it is locked and freed whole.
    lots = session.scalars(
        select(Lot.id)
        .join(WorkOrder, WorkOrder.id == Lot.family_id)
        .where(_concerned(hold.id, hold.subject_id))
    )
    return work.load_all(session, lots.all())


def held_by(session: Session, hold: Hold, works: list[Work]) -> list[Held]:
    """Return the pieces of these lots that wait for a decision about this hold.

    A hold on a lot or its order keeps everything of it that waits; one on an item, an operation,
    a station or a person keeps what was reported under it, and what an earlier lock has left to it:
    the last lock on pieces is the one at whose end they are decided about. Three statements.
    """
    under_it = select(Job.lot_id, Job.operation_id).where(Job.reported_under_id == hold.id)
    reported = {(row.lot_id, row.operation_id) for row in session.execute(under_it)}
    there = [
        (lot_work, stop, row)
        for lot_work in works
        for stop in lot_work.stops
        for row in stop.passes
        if row.held > 0
    ]
    asked = set[int | None]().union(*(w.held_by(stop) for w, stop, _row in there))
    locked = {each.subject_id for each in gate.in_force(session, asked) if each.id != hold.id}
    waiting = [
        Held(lot_work, stop, row, not locked.isdisjoint(lot_work.held_by(stop)))
        for lot_work, stop, row in there
    ]
    return [
        each
        for each in waiting
        if hold.subject_id in (each.work.lot.id, each.work.lot.family_id)
        or (each.work.lot.id, each.stop.operation.id) in reported
        or (hold.subject_id in each.work.held_by(each.stop) and not each.elsewhere)
    ]


def lockers_of(session: Session, hold: Hold, pieces: Iterable[Held]) -> set[int]:
    """Return who may not decide about these pieces: whoever placed this lock, or one before it.

    That is every lock under which they have waited already, also one that was released when another
    one was on them: it left them undecided. One statement for each lot and operation.
    """
    found = {hold.opened_by_id}
    at = {(each.work.lot.id, each.work.lot.family_id, each.stop.operation.id) for each in pieces}
    for lot_id, family_id, operation_id in sorted(at):
        found.update(session.scalars(_waited_under(lot_id, family_id, operation_id)))
    return found


def _waited_under(lot_id: int, family_id: int, operation_id: int) -> Select[int]:
    """Return who opened the locks under which pieces have waited since the last decision here."""
    other, last = aliased(Hold), aliased(Hold)
    decided = (
        select(func.coalesce(func.max(last.released_event_id), 0))
        .join(Disposition, Disposition.hold_id == last.id)
        .where(Disposition.lot_id == lot_id, Disposition.operation_id == operation_id)
        .scalar_subquery()
    )
    reported = select(Job.reported_under_id).where(
        Job.lot_id == lot_id, Job.operation_id == operation_id
    )
    still = or_(other.released_at.is_(None), other.released_event_id > decided)
    # Since when they wait: what was locked and free again before that had nothing of them.
    began = union(
        select(Inspection.event_id.label("event_id")).where(
            Inspection.lot_id == lot_id,
            Inspection.operation_id == operation_id,
            Inspection.verdict == Verdict.FAIL,
            Inspection.event_id > decided,
        ),
        select(other.opened_event_id).where(other.id.in_(reported), still),
    ).subquery()
    since = select(func.coalesce(func.min(began.c.event_id), decided)).scalar_subquery()
    on_it = and_(
        Hold.subject_id.in_((lot_id, family_id)),
        or_(Hold.released_at.is_(None), Hold.released_event_id > since),
    )
    under_it = and_(
        Hold.id.in_(reported),
        or_(Hold.released_at.is_(None), Hold.released_event_id > decided),
    )
    return select(Hold.opened_by_id).where(or_(on_it, under_it)).distinct()


def scopes_of(hold: Hold, subject: Subject, works: list[Work]) -> set[int | None]:
    """Return where a right to release must hold: at the failed operation, or all over the order.

    A lock on something else, an item say, is released by whoever may do so there or at its site, on
    whichever line its pieces wait. production.standing.signed_at() asks the same in a query.
    """
    stops = [(w, s) for w in works for s in w.stops if subject.id in _own(w)]
    judged = [(w, s) for w, s in stops if s.operation.id == hold.operation_id]
    reach = [{*w.scopes(s)} for w, s in judged or stops]
    return {subject.site_id, subject.id, *(set.intersection(*reach) if reach else ())}


def _own(lot_work: Work) -> set[int]:
    """Return a lot, its order and its operations: a lock on one of them is about this order."""
    operations = {stop.operation.id for stop in lot_work.stops}
    return {lot_work.lot.id, lot_work.lot.family_id} | operations


def other_locks(session: Session, hold: Hold, works: list[Work]) -> list[Hold]:
    """Return the other open holds on these lots, or on the held subject; one statement."""
    on = {hold.subject_id}.union(*(w.held_by(stop) for w in works for stop in w.stops))
    return [other for other in gate.in_force(session, on) if other.id != hold.id]


def _concerned(hold_id: int, subject_id: int) -> ColumnElement[bool]:
    return or_(
        Lot.id == subject_id,
        Lot.family_id == subject_id,
        Lot.family_id.in_(select(Operation.order_id).where(Operation.id == subject_id)),
        exists().where(Job.lot_id == Lot.id, Job.reported_under_id == hold_id),
        # What another lock has left behind waits for this one.
        exists().where(
            LotOperation.lot_id == Lot.id,
            LotOperation.held > 0,
            Operation.id == LotOperation.operation_id,
            WorkOrder.id == Operation.order_id,
            Station.id == Operation.station_id,
            # As Work.held_by() counts; lot, order and operation have been asked for above.
            or_(
                Lot.item_id == subject_id,
                Station.id == subject_id,
                Station.line_id == subject_id,
                WorkOrder.wip_place_id == subject_id,
            ),
        ),
    )
