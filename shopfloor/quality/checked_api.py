"""An inspection by plan with everything that was read, for programs."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Self

from flask import Blueprint
from pydantic import Field

from shopfloor.core.api import call, part_of
from shopfloor.core.api_fields import Asked, Exact, Id, Named, Told
from shopfloor.core.db import db
from shopfloor.people.access import requires, viewer
from shopfloor.quality.checked import Checked, checked, read_in
from shopfloor.quality.models import Verdict
from shopfloor.quality.plan_models import PlanKind, Value

bp = Blueprint("checked_api", __name__)
MOST_VALUES = 1000


class ReadValueTold(Told):
    """One value as it was read; `good` is null where nothing is judged by it.

    A value with `replaced_at` was mistyped: the right one follows it. A doubtful one was measured
    with a gauge that was found bad later.
    """

    key: str
    piece: int
    reading: int
    text: str
    good: bool | None
    photo: str | None
    gauge: str | None
    person: str
    read_at: datetime
    replaced_at: datetime | None
    doubtful: bool

    @classmethod
    def of(cls, row: Any, doubtful: bool) -> Self:
        """Tell one row of an inspection."""
        value = row.Value
        return cls(
            key=row.FormField.key,
            piece=value.piece,
            reading=value.reading,
            text=value.said,
            good=value.good,
            photo=value.sha256,
            gauge=row.number or row.code,
            person=row.name,
            read_at=value.read_at,
            replaced_at=value.replaced_at,
            doubtful=doubtful,
        )


class AskedValues(Asked):
    """Which part of the values, in the order in which they were read."""

    limit: Annotated[int, Field(ge=1, le=MOST_VALUES)] = MOST_VALUES


class InspectionTold(Told):
    """An inspection by plan: its sample, what was read of it, and the verdict once there is one.

    `next` is the `after` of the next part of the values, or null with the last one.
    `photo` of a value is sent by `GET /records/{lot}/files/{sha256}`.
    """

    id: Id
    plan: str
    revision: int
    kind: PlanKind
    lot: Named
    quantity: Exact
    size: int
    due_at: datetime
    opened_at: datetime | None
    self_checked_at: datetime | None
    closed_at: datetime | None
    verdict: Verdict | None
    values: list[ReadValueTold]
    next: int | None

    @classmethod
    def of(cls, found: Checked, values: Sequence[Any], after: int | None) -> Self:
        """Tell an inspection with a part of its values."""
        check, lot = found.check, found.view.work.subject
        return cls(
            id=check.id,
            plan=found.plan_code,
            revision=found.revision,
            kind=check.kind,
            lot=Named(code=lot.code, number=lot.number),
            quantity=check.quantity,
            size=check.size,
            due_at=check.due_at,
            opened_at=check.opened_at,
            self_checked_at=check.self_checked_at,
            closed_at=check.closed_at,
            verdict=check.verdict,
            values=[ReadValueTold.of(row, found.is_doubtful(row.Value)) for row in values],
            next=after,
        )


@bp.get("/inspections/<int:inspection>")
@requires("work.view")
@call(asks=AskedValues, gives=InspectionTold)
def inspection(inspection: int, asked: AskedValues) -> InspectionTold:
    """Tell an inspection by plan, with the values and who has read each with which gauge."""
    found = checked(db.session(), viewer(), inspection)
    values, after = part_of(db.session(), read_in(found.check).order_by(None), Value.id, asked)
    return InspectionTold.of(found, values, after)
