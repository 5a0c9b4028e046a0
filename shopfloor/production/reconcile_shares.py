"""Recounts shares: those of a report make its good pieces, and an undo takes all of them back."""

import json
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from shopfloor.core.events import Event
from shopfloor.core.reconcile import Check, Difference
from shopfloor.core.types import plain
from shopfloor.core.undo import UNDONE
from shopfloor.production.commands.reports import REPORTED
from shopfloor.production.floor_models import ReportShare

EVENTS_AT_ONCE = 1000
ZERO = Decimal(0)


def find(session: Session) -> Iterator[Difference]:
    """Compare the shares of every shared report, undo and correction with what they are of."""
    after = 0
    while batch := session.scalars(
        select(Event)
        .where(Event.id > after, Event.id.in_(select(ReportShare.event_id)))
        .order_by(Event.id)
        .limit(EVENTS_AT_ONCE)
    ).all():
        after = batch[-1].id
        ids = {event.id for event in batch} | {e.undoes_id for e in batch if e.undoes_id}
        shares: dict[int, dict[int, Decimal]] = defaultdict(dict)
        for row in session.scalars(select(ReportShare).where(ReportShare.event_id.in_(ids))):
            shares[row.event_id][row.person_id] = row.pieces
        for event in batch:
            yield from _compare(event, shares)
    yield from _lost(session)


def _compare(event: Event, shares: dict[int, dict[int, Decimal]]) -> Iterator[Difference]:
    own, said = shares[event.id], {"event": str(event.id)}
    if event.kind == UNDONE.name:
        if own != {person: -pieces for person, pieces in shares[event.undoes_id or 0].items()}:
            yield Difference("not_taken_back", said)
        return
    good = Decimal(json.loads(event.payload)["good"])
    total = sum(own.values(), ZERO)
    if total != good:
        facts = {"stored": str(plain(total)), "counted": str(plain(good))}
        yield Difference("sum", said | facts)


def _lost(session: Session) -> Iterator[Difference]:
    """Find reports that were shared and taken back, but whose shares still count."""
    undone = select(Event.undoes_id, Event.id).where(Event.undoes_id.is_not(None)).subquery()
    query = (
        select(Event.id)
        .join(undone, undone.c.undoes_id == Event.id)
        .where(
            Event.kind == REPORTED.name,
            Event.id.in_(select(ReportShare.event_id)),
            undone.c.id.not_in(select(ReportShare.event_id)),
        )
        .order_by(Event.id)
    )
    for event_id in session.scalars(query):
        yield Difference("not_taken_back", {"event": str(event_id)})


CHECK = Check(
    "shares",
    _l("Shared reports"),
    find,
    {
        "sum": _l("Entry %(event)s: its shares make %(stored)s pieces, %(counted)s were good."),
        "not_taken_back": _l("Entry %(event)s took a report back, but not all of its shares."),
    },
)
