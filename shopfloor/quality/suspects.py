"""Suspects: what else a station has made since its last pass, when an inspection fails there."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, exists, func, select
from sqlalchemy.orm import Session, aliased

from shopfloor.catalogue.models import Item
from shopfloor.core.commands import Tx
from shopfloor.core.events import Effect, Event, Recorded
from shopfloor.core.subjects import Subject
from shopfloor.core.types import Quantity
from shopfloor.holds.models import Hold
from shopfloor.plant.models import Station
from shopfloor.production.commands.reports import REPORTED
from shopfloor.production.models import Operation
from shopfloor.quality.models import Inspection, Verdict
from shopfloor.quality.suspect_models import Suspect
from shopfloor.quality.suspect_ways import STANDS, descend, note
from shopfloor.stock.models import Lot

# A station at which nothing ever passed is suspected for so long, and never for more reports.
LONGEST = timedelta(days=30)
MOST_REPORTS = 5_000
ZERO = Decimal(0)


@dataclass(frozen=True)
class Suspected:
    """A lot under suspicion: what of it was made there, and whether it is locked by now."""

    lot: str
    lot_code: str
    item_names: dict[str, str]
    unit: str
    operation: int
    names: dict[str, str]
    quantity: Decimal
    locked: bool


def mark_suspects(tx: Tx, event: Recorded) -> Effect | None:
    """Mark what the station reported between its last pass and this fail, wherever it is now.

    What the fail locks is not suspected besides: the order, or only the lot where the plan says so.
    """
    if event.payload["verdict"] != Verdict.FAIL or event.where.station_id is None:
        return None
    hold = tx.session.scalars(select(Hold).where(Hold.opened_event_id == event.id)).first()
    since, made = _made_since(tx.session, event.where.station_id, event.id, event.act.when.at)
    if hold is None or not made:
        return None
    here = select(Lot.id).where(Lot.id.in_({lot for lot, _ in made}))
    suspects = set(tx.session.scalars(here.where(Lot.family_id != hold.subject_id)))
    if not suspects:
        return None
    tx.session.add_all(
        Suspect(hold_id=hold.id, lot_id=lot_id, operation_id=operation_id, quantity=quantity)
        for (lot_id, operation_id), quantity in made.items()
        if lot_id in suspects
    )
    tx.session.flush()
    failed = int(event.payload["lot"])
    suspects = descend(tx.session, hold.id, suspects, since, failed)
    # A lot that is locked alone was marked so far only to find what has left it before.
    tx.session.execute(delete(Suspect).where(Suspect.hold_id == hold.id, Suspect.lot_id == failed))
    note(tx, suspects - {failed})
    return None


def note_cleared(tx: Tx, event: Recorded) -> Effect | None:
    """Take the mark from a lot that nobody suspects any more."""
    note(tx, {int(event.payload["lot"])})
    return None


def suspected(session: Session, hold_id: int) -> list[Suspected]:
    """Return the lots that are still under suspicion because of a fail; one statement."""
    own = aliased(Subject)
    rows = session.execute(
        select(Suspect.quantity, own.number, own.code, Item.names, Item.unit)
        .add_columns(Operation.sequence, Operation.names.label("operation_names"), _locked())
        .join(Lot, Lot.id == Suspect.lot_id)
        .join(own, own.id == Lot.id)
        .join(Item, Item.id == Lot.item_id)
        .join(Operation, Operation.id == Suspect.operation_id)
        .where(Suspect.hold_id == hold_id, Suspect.cleared_at.is_(None))
        .order_by(own.number, Operation.sequence)
    )
    return [
        Suspected(
            row.number or row.code,
            row.code,
            row.names,
            row.unit,
            row.sequence,
            row.operation_names,
            row.quantity,
            row.locked,
        )
        for row in rows
    ]


def suspicions(session: Session, lot_id: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return by lock how many pieces of a lot are suspected, and where they were made.

    One statement, asked only of a lot that has the mark.
    """
    return session.execute(
        select(
            Suspect.hold_id,
            func.sum(Suspect.quantity, type_=Quantity()).label("pieces"),
            Station.names,
        )
        .join(Hold, Hold.id == Suspect.hold_id)
        .join(Event, Event.id == Hold.opened_event_id)
        .join(Station, Station.id == Event.station_id)
        .where(Suspect.lot_id == lot_id, Suspect.cleared_at.is_(None))
        .group_by(Suspect.hold_id, Station.id)
        .order_by(Suspect.hold_id)
    ).all()


def _locked() -> ColumnElement[bool]:
    held = (Hold.subject_id == Lot.id) | (Hold.subject_id == Lot.family_id)
    return exists().where(held, Hold.released_at.is_(None)).label("locked")


def _made_since(
    session: Session, station_id: int, fail_id: int, at: datetime
) -> tuple[int, dict[tuple[int, int], Decimal]]:
    """Return its last pass, and by lot and operation what a station reported since.

    Two statements.
    """
    passed = session.scalar(
        select(func.max(Event.id))
        .join(Inspection, Inspection.event_id == Event.id)
        .where(Event.station_id == station_id, Inspection.verdict == Verdict.PASS)
    )
    query = (
        select(Event.payload)
        .where(
            Event.station_id == station_id,
            Event.kind == REPORTED.name,
            Event.id < fail_id,
            STANDS,
        )
        .order_by(Event.id.desc())
        .limit(MOST_REPORTS)
    )
    query = query.where(Event.happened_at > at - LONGEST if passed is None else Event.id > passed)
    made: dict[tuple[int, int], Decimal] = {}
    for payload in session.scalars(query):
        facts = json.loads(payload)
        key = int(facts["lot"]), int(facts["operation"])
        pieces = (Decimal(facts[name]) for name in ("good", "scrap", "rework", "held"))
        made[key] = sum(pieces, made.get(key, ZERO))
    return passed or 0, made
