"""Suspects: what else a station has made since its last pass, when an inspection fails there."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Row, bindparam, delete, exists, func, insert, select
from sqlalchemy.orm import Session, aliased

from shopfloor.catalogue.models import Item
from shopfloor.core.commands import Tx
from shopfloor.core.db import metadata, rows
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
# Every fail runs these: making one takes longer than it runs.
_MARKS = metadata.tables[Suspect.__tablename__]
_OPENED = select(Hold.id, Hold.subject_id).where(Hold.opened_event_id == bindparam("event"))
_OTHERS = select(Lot.id).where(
    Lot.id.in_(bindparam("lots", expanding=True)), Lot.family_id != bindparam("held")
)
_MARK = insert(_MARKS)
_UNMARK = delete(_MARKS).where(
    _MARKS.c.hold_id == bindparam("hold"), _MARKS.c.lot_id == bindparam("lot")
)
_LAST_PASS = (
    select(func.max(Event.id))
    .join(Inspection, Inspection.event_id == Event.id)
    .where(Event.station_id == bindparam("station"), Inspection.verdict == Verdict.PASS)
)
_REPORTS = (
    select(Event.payload)
    .where(
        Event.station_id == bindparam("station"),
        Event.kind == REPORTED.name,
        Event.id < bindparam("fail"),
        STANDS,
    )
    .order_by(Event.id.desc())
    .limit(MOST_REPORTS)
)
_SINCE_PASS = _REPORTS.where(Event.id > bindparam("passed"))
_SINCE_EVER = _REPORTS.where(Event.happened_at > bindparam("since"))


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
    holds = rows(tx.session, _OPENED, {"event": event.id})
    since, made = _made_since(tx.session, event.where.station_id, event.id, event.act.when.at)
    if not holds or not made:
        return None
    hold, lots = holds[0], {lot for lot, _ in made}
    others = rows(tx.session, _OTHERS, {"lots": sorted(lots), "held": hold.subject_id})
    suspects = {lot_id for (lot_id,) in others}
    if not suspects:
        return None
    marks = [
        {"hold_id": hold.id, "lot_id": lot_id, "operation_id": operation_id, "quantity": quantity}
        for (lot_id, operation_id), quantity in made.items()
        if lot_id in suspects
    ]
    connection = tx.session.connection()
    connection.execute(_MARK, marks)
    failed = int(event.payload["lot"])
    suspects = descend(tx.session, hold.id, suspects, since, failed)
    # A lot that is locked alone was marked so far only to find what has left it before.
    connection.execute(_UNMARK, {"hold": hold.id, "lot": failed})
    note(tx, suspects - {failed})
    return None


def note_cleared(tx: Tx, event: Recorded) -> Effect | None:
    """Take the mark from a lot that nobody suspects any more."""
    note(tx, {int(event.payload["lot"])})
    return None


def suspected(session: Session, hold_id: int) -> list[Suspected]:
    """Return the lots that are still under suspicion because of a fail; one statement."""
    own = aliased(Subject)
    found = session.execute(
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
        for row in found
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
    passed = rows(session, _LAST_PASS, {"station": station_id})[0][0]
    asked = {"station": station_id, "fail": fail_id, "passed": passed, "since": at - LONGEST}
    reports = rows(session, _SINCE_EVER if passed is None else _SINCE_PASS, asked)
    made: dict[tuple[int, int], Decimal] = {}
    for (payload,) in reports:
        facts = json.loads(payload)
        key = int(facts["lot"]), int(facts["operation"])
        # What is held of a report is among its good pieces.
        pieces = (Decimal(facts[name]) for name in ("good", "scrap", "rework"))
        made[key] = sum(pieces, made.get(key, ZERO))
    return passed or 0, made
