"""What is to be inspected, and the operator's own check of a first article, for programs."""

from datetime import datetime
from typing import Annotated, Any, Self

from flask import Blueprint
from pydantic import ConfigDict, Field
from sqlalchemy import Row

from shopfloor.core import clock
from shopfloor.core.api import call
from shopfloor.core.api_fields import Asked, Booking, Exact, Id, Name, Named, Page, Sequence, Told
from shopfloor.core.db import db
from shopfloor.core.references import id_or_none
from shopfloor.people.access import requires, viewer
from shopfloor.people.programs import doing
from shopfloor.plant.models import LINE
from shopfloor.quality import due_queries as queries
from shopfloor.quality.commands.self_checks import SelfChecked, check_first_article
from shopfloor.quality.due_queries import DueState
from shopfloor.quality.plan_models import PlanKind

bp = Blueprint("due_api", __name__)


class AskedOpen(Asked):
    """Which part of what is to be inspected, the most urgent first; `after` counts entries."""

    state: DueState | None = None
    line: Name | None = None


class OpenInspection(Told):
    """Something to be inspected; `inspection` is null while pieces wait and nothing is begun."""

    inspection: int | None
    kind: PlanKind
    state: DueState
    lot: Named
    operation: int | None = Field(description="None in stock: the calls take 0 for it.")
    names: dict[str, str] | None
    quantity: Exact
    unit: str
    held: bool
    due_at: datetime | None
    overdue_at: datetime | None
    self_checked_at: datetime | None

    @classmethod
    def told(cls, row: Row[*tuple[Any, ...]]) -> Self:
        """Tell one row of the list."""
        return cls(
            inspection=row.check_id,
            kind=PlanKind(row.kind),
            state=DueState(row.standing),
            lot=Named(code=row.lot_code, number=row.lot_number),
            operation=row.sequence,
            names=row.operation_names,
            quantity=row.quantity,
            unit=row.unit,
            held=row.held,
            due_at=row.due_at,
            overdue_at=row.overdue_at,
            self_checked_at=row.self_checked_at,
        )


class NewSelfCheck(Booking):
    """Who made the first article has looked at it: the keys of all characteristics he ticked."""

    lot: Name
    operation: Sequence
    ticked: Annotated[tuple[Name, ...], Field(max_length=100)]

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"lot": "1042-1", "operation": 20, "ticked": ["length", "crack"]}]
        }
    )


class SelfCheckTold(Told):
    """A first article that waits for the inspector now."""

    event: Id
    inspection: int
    lot: Named
    operation: int
    checked_at: datetime

    @classmethod
    def of(cls, made: SelfChecked) -> Self:
        """Tell what was checked."""
        return cls(
            event=made.event_id,
            inspection=made.check_id,
            lot=Named(code=made.lot_code, number=made.lot or None),
            operation=made.operation,
            checked_at=made.checked_at,
        )


@bp.get("/inspections/open")
@requires("inspection.record")
@call(asks=AskedOpen, gives=Page[OpenInspection])
def open_inspections(asked: AskedOpen) -> Page[OpenInspection]:
    """List what is to be inspected: due, overdue or running, the most urgent first."""
    session = db.session()
    line_id = id_or_none(session, LINE, asked.line, "line")
    query = queries.inspections(viewer().rights, clock.now(), asked.state or "", line_id)
    rows = session.execute(query.offset(asked.after).limit(asked.limit + 1)).all()
    told = [OpenInspection.told(row) for row in rows[: asked.limit]]
    return Page(entries=told, next=asked.after + asked.limit if len(rows) > asked.limit else None)


@bp.post("/inspections/self-checks")
@requires("work.report")
@call(takes=NewSelfCheck, gives=SelfCheckTold)
def self_check(body: NewSelfCheck) -> SelfCheckTold:
    """Say that one has checked the first article oneself; an inspector confirms it."""
    made = check_first_article(
        doing(body), lot=body.lot, operation=body.operation, ticked=body.ticked
    )
    return SelfCheckTold.of(made)
