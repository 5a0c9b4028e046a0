"""Which reports are offered to be taken back: what the list says, the command does."""

import json
from decimal import Decimal

from shopfloor.core.db import db
from shopfloor.core.events import Event
from shopfloor.core.refusals import Refused
from shopfloor.core.undo import undo_event
from shopfloor.production import still_here
from shopfloor.production.commands.orders import close_order
from shopfloor.production.commands.reports import report_quantities
from shopfloor.quality.commands.inspections import record_inspection
from shopfloor.quality.models import Verdict
from tests.make import Factory


def report(make: Factory, lot: str, operation: int, good: int) -> int:
    act = make.operator.act()
    booked = report_quantities(act, lot=lot, operation=operation, good=Decimal(good))
    return booked.event_id


def why_not(make: Factory, *events: int) -> dict[int, str]:
    act = make.operator.act()
    found = {event: db.session.get_one(Event, event) for event in events}
    asked = {event: json.loads(event.payload) for event in found.values()}
    said = still_here.why_not(db.session(), act.rights, make.operator.id, asked)
    return {event: str(sentence) for event, sentence in said.items()}


def takes_back(make: Factory, event: int) -> bool:
    try:
        undo_event(make.operator.act(), event_id=event)
    except Refused:
        db.session.rollback()
        return False
    return True


def test_what_has_gone_on_is_not_offered_and_what_is_here_is(make: Factory) -> None:
    lot = make.lot(10, inspect=(20,))
    first, second = report(make, lot, 10, 6), report(make, lot, 10, 4)
    assert why_not(make, first, second) == {}
    onward = report(make, lot, 20, 8)
    told = why_not(make, first, second, onward)
    assert told == dict.fromkeys((first, second), "The pieces have already gone on.")
    assert [takes_back(make, event) for event in (first, second, onward)] == [False, False, True]
    assert why_not(make, first, second) == {}


def test_what_is_judged_locked_or_closed_is_not_offered(make: Factory) -> None:
    passed, locked = make.lot(10, inspect=(10,)), make.lot(10, inspect=(10,))
    order = make.order(10)
    events = [report(make, lot, 10, 5) for lot in (passed, locked, order.lot.code)]
    record_inspection(make.inspector.act(), lot=passed, operation=10, verdict=Verdict.PASS)
    record_inspection(make.inspector.act(), lot=locked, operation=10, verdict=Verdict.FAIL)
    close_order(make.planner.act(), order_id=order.order.id)
    assert list(why_not(make, *events).values()) == [
        "The pieces have already gone on.",
        "It is locked now.",
        "The order is closed.",
    ]
    assert not any(takes_back(make, event) for event in events)
