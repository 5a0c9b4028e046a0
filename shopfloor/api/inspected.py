"""The verdicts for programs, in a list within the token's scope."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from shopfloor.api.floor_asked import AskedInspections
from shopfloor.api.floor_lists import Scopes, when_and_where
from shopfloor.api.floor_told import InspectionRow
from shopfloor.core.api import part_of
from shopfloor.core.api_fields import Page
from shopfloor.core.events import Event
from shopfloor.core.references import id_of, names_of
from shopfloor.core.stream import within
from shopfloor.production.models import Operation
from shopfloor.quality.models import Inspection
from shopfloor.quality.plan_models import Check
from shopfloor.stock.models import LOT


def inspections(session: Session, asked: AskedInspections, scopes: Scopes) -> Page[InspectionRow]:
    """Return a part of the verdicts; at most four statements."""
    query = (
        select(Inspection, Operation.sequence, Check.id)
        .join(Check, Check.inspection_id == Inspection.id, isouter=True)
        .join(Operation, Operation.id == Inspection.operation_id, isouter=True)
        .join(Event, Event.id == Inspection.event_id)
        .where(within(scopes))
    )
    if asked.lot is not None:
        query = query.where(Inspection.lot_id == id_of(session, LOT, asked.lot, "lot"))
    if asked.verdict is not None:
        query = query.where(Inspection.verdict == asked.verdict)
    query = when_and_where(session, query, asked)
    rows, after = part_of(session, query, Inspection.id, asked)
    named = names_of(session, (n for row, *_ in rows for n in (row.lot_id, row.inspector_id)))
    told = [
        InspectionRow(
            event=row.event_id,
            inspection=check_id,
            lot=named[row.lot_id],
            operation=sequence,
            pass_number=row.pass_,
            inspector=named[row.inspector_id],
            verdict=row.verdict,
            quantity=row.quantity,
            note=row.note,
            inspected_at=row.inspected_at,
        )
        for row, sequence, check_id, _id in rows
    ]
    return Page(entries=told, next=after)
