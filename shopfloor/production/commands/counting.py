"""Counting what the operation before has handed over: one tap when it is right, or the number."""

from dataclasses import dataclass
from decimal import Decimal

from flask_babel import lazy_gettext as _l

from shopfloor.core.commands import Gate, Tx, command
from shopfloor.core.events import EventKind
from shopfloor.core.shown import show_quantity
from shopfloor.people.deciders import deciders
from shopfloor.people.models import Person
from shopfloor.people.notices import tell_all
from shopfloor.production import counting, work
from shopfloor.production.counting import HandedOver
from shopfloor.production.floor_models import CountDecision, HandedCount
from shopfloor.production.progress import require_quantity
from shopfloor.production.way import Stop, Work

COUNTED = EventKind(
    "count.made",
    _l("Hand-over counted"),
    no_inverse_because="who has miscounted tells his supervisor, who decides about the difference",
)


@dataclass(frozen=True)
class CountMade:
    """What was told, what was counted, and who hears of a difference."""

    event_id: int
    count_id: int
    lot: str
    lot_code: str
    operation: int
    unit: str
    told: Decimal
    counted: Decimal
    reporter: str
    deciders: tuple[str, ...] = ()


@command(Gate.JUDGE, "counting moves nothing; a held lot may be counted too")
def count_pieces(tx: Tx, *, lot: str, operation: int, counted: Decimal) -> CountMade:
    """Say how many pieces have really come from the operation before.

    The same number agrees and is done. Another one goes to the supervisor with both names; the
    work goes on meanwhile.
    """
    tx.gate_asked = True
    lot_id = work.lock_family(tx.session, lot)
    lot_work = work.load(tx.session, lot_id)
    stop = lot_work.stop(operation)
    tx.act.rights.require("work.report", *lot_work.scopes(stop))
    require_quantity(lot_work.item, counted, "counted")
    handed = counting.handed_over(tx.session, lot_work, stop, tx.act.actor_id)
    if handed is None:
        raise counting.nothing_to_count()
    where, _turn = work.where(tx, lot_work, stop)
    agreed = counted == handed.quantity
    event = tx.record(
        COUNTED,
        where,
        {
            "lot": str(lot_id),
            "operation": str(stop.operation.id),
            "sequence": str(stop.operation.sequence),
            "told": handed.quantity,
            "counted": counted,
            "report": str(handed.report_event_id),
        },
        about=[lot_id, lot_work.order.id, stop.operation.id, handed.reporter_id],
        caused_by_id=handed.report_event_id,
    )
    row = HandedCount(
        event_id=event.id,
        lot_id=lot_id,
        operation_id=stop.operation.id,
        person_id=tx.act.actor_id,
        reporter_id=handed.reporter_id,
        report_event_id=handed.report_event_id,
        came=counting.came(stop),
        told=handed.quantity,
        counted=counted,
        decision=CountDecision.AGREED if agreed else None,
        decided_at=tx.act.when.at if agreed else None,
    )
    tx.session.add(row)
    tx.session.flush()
    people = [] if agreed else deciders(tx.session, where)
    _tell(tx, lot_work, stop, handed, counted, row.id, people)
    return CountMade(
        event.id,
        row.id,
        lot_work.subject.number or "",
        lot_work.subject.code,
        operation,
        lot_work.item.unit,
        handed.quantity,
        counted,
        handed.reporter,
        tuple(name for _id, name in people),
    )


def _tell(
    tx: Tx,
    lot_work: Work,
    stop: Stop,
    handed: HandedOver,
    counted: Decimal,
    count_id: int,
    people: list[tuple[int, str]],
) -> None:
    if not people:
        return
    counter = tx.session.get_one(Person, tx.act.actor_id)
    facts = lot_work.facts_at(stop) | {
        "told": show_quantity(handed.quantity),
        "counted": show_quantity(counted),
        "reporter": handed.reporter,
        "counter": counter.name,
        "count": count_id,
    }
    tell_all(tx, "production/count_differs", [(person_id, facts) for person_id, _name in people])
