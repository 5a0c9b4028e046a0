"""Recounts pay: every line is the pieces of its entry times its rate, and none is missing."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from shopfloor.catalogue.models import PieceRate
from shopfloor.core.events import Event
from shopfloor.core.reconcile import Check, Difference
from shopfloor.core.types import plain
from shopfloor.core.undo import UNDONE
from shopfloor.pay.models import PayLine
from shopfloor.pay.reactions import pay_of, whose_pieces
from shopfloor.production.commands.differences import CORRECTED
from shopfloor.production.commands.reports import REPORTED

EVENTS_AT_ONCE = 1000
Rates = Mapping[tuple[int, int], date]


def find(session: Session) -> Iterator[Difference]:
    """Compare the lines of every report and of every undo with what they should be."""
    first_rates = _first_rates(session)
    after = 0
    while events := _batch(session, after):
        after = events[-1].id
        ids = [event.id for event in events] + [e.undoes_id for e in events if e.undoes_id]
        lines: dict[int, list[PayLine]] = defaultdict(list)
        for line in session.scalars(select(PayLine).where(PayLine.event_id.in_(ids))):
            lines[line.event_id].append(line)
        for event in events:
            own = lines[event.id]
            if event.kind == REPORTED.name:
                yield from _report(event, own, first_rates)
            elif event.kind == CORRECTED.name:
                yield from _correction(event, own)
            elif event.undoes_id is not None and _sums(own) != _taken_back(lines[event.undoes_id]):
                yield Difference("not_taken_back", {"event": str(event.id)})


def _batch(session: Session, after: int) -> Sequence[Event]:
    return session.scalars(
        select(Event)
        .where(Event.id > after, Event.kind.in_([REPORTED.name, UNDONE.name, CORRECTED.name]))
        .order_by(Event.id)
        .limit(EVENTS_AT_ONCE)
    ).all()


def _report(event: Event, lines: list[PayLine], first_rates: Rates) -> Iterator[Difference]:
    facts = json.loads(event.payload)
    said = {"event": str(event.id)}
    if not lines:
        first = first_rates.get((int(facts["item"]), int(facts["sequence"])))
        # A rate may be set for the day itself after the report: that report stays unpaid.
        due = first is not None and first < date.fromisoformat(facts["day"])
        if due and event.actor_id is not None and Decimal(facts["good"]):
            yield Difference("unpaid", said | {"pieces": facts["good"]})
        return
    pieces = sum((line.pieces for line in lines), Decimal(0))
    if pieces != Decimal(facts["good"]):
        yield Difference(
            "pieces", said | {"stored": str(plain(pieces)), "counted": str(facts["good"])}
        )
    amount = sum((line.amount for line in lines), Decimal(0))
    whose = [each for part in facts["parts"] for each in whose_pieces(part, event.actor_id or 0)]
    due_amount = sum((pay_of(much, lines[0].rate) for _who, much in whose), Decimal(0))
    if amount != due_amount or len({line.rate for line in lines}) > 1:
        yield Difference(
            "amount", said | {"stored": str(plain(amount)), "counted": str(plain(due_amount))}
        )
    if {line.person_id for line in lines} != {person for person, _much in whose}:
        yield Difference("person", said)


def _correction(event: Event, lines: list[PayLine]) -> Iterator[Difference]:
    change = Decimal(json.loads(event.payload)["good"])
    pieces = sum((line.pieces for line in lines), Decimal(0))
    if lines and pieces != change:
        facts = {"stored": str(plain(pieces)), "counted": str(plain(change))}
        yield Difference("pieces", {"event": str(event.id)} | facts)


def _sums(lines: list[PayLine]) -> dict[int, tuple[Decimal, Decimal]]:
    sums: dict[int, tuple[Decimal, Decimal]] = {}
    for line in lines:
        pieces, amount = sums.get(line.person_id, (Decimal(0), Decimal(0)))
        sums[line.person_id] = pieces + line.pieces, amount + line.amount
    return sums


def _taken_back(lines: list[PayLine]) -> dict[int, tuple[Decimal, Decimal]]:
    return {person: (-pieces, -amount) for person, (pieces, amount) in _sums(lines).items()}


def _first_rates(session: Session) -> Rates:
    """Return since when each operation of each item is paid by the piece."""
    first: dict[tuple[int, int], date] = {}
    for rate in session.scalars(select(PieceRate).order_by(PieceRate.valid_from)):
        first.setdefault((rate.item_id, rate.sequence), rate.valid_from)
    return first


CHECK = Check(
    "pay",
    _l("Piece pay"),
    find,
    {
        "unpaid": _l("Entry %(event)s: %(pieces)s pieces have a rate, but no line pays them."),
        "pieces": _l("Entry %(event)s: its lines pay %(stored)s pieces, %(counted)s were good."),
        "amount": _l("Entry %(event)s: its lines pay %(stored)s, pieces × rate are %(counted)s."),
        "person": _l("Entry %(event)s: a line pays somebody else than who reported."),
        "not_taken_back": _l("Entry %(event)s took a report back, but not its pay."),
    },
)
