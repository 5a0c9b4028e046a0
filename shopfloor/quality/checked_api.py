"""An inspection by plan with everything that was read, for programs."""

from datetime import datetime
from typing import Any, Self

from flask import Blueprint

from shopfloor.core.api import call
from shopfloor.core.api_fields import Exact, Id, Named, Told
from shopfloor.core.db import db
from shopfloor.people.access import requires, viewer
from shopfloor.quality.checked import Checked, checked
from shopfloor.quality.models import Verdict
from shopfloor.quality.plan_models import PlanKind

bp = Blueprint("checked_api", __name__)


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


class InspectionTold(Told):
    """An inspection by plan: its sample, what was read of it, and the verdict once there is one.

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

    @classmethod
    def of(cls, found: Checked) -> Self:
        """Tell an inspection."""
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
            values=[ReadValueTold.of(row, found.is_doubtful(row.Value)) for row in found.rows],
        )


@bp.get("/inspections/<int:inspection>")
@requires("work.view")
@call(gives=InspectionTold)
def inspection(inspection: int) -> InspectionTold:
    """Tell an inspection by plan, with every value and who has read it with which gauge."""
    return InspectionTold.of(checked(db.session(), viewer(), inspection))
