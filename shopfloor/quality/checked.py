"""An inspection by plan as it was read: values, their gauges and photos, and what is in doubt."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, aliased

from shopfloor.configure.models import FormField
from shopfloor.core.subjects import Subject, nothing_under
from shopfloor.people.models import Person
from shopfloor.people.viewer import Viewer
from shopfloor.production.queries import LotView
from shopfloor.quality.doubt import Doubt, doubts_of
from shopfloor.quality.in_stock import IN_STOCK, view_at
from shopfloor.quality.plan_models import Check, Plan, PlanRevision, Value


@dataclass(frozen=True)
class Checked:
    """An inspection by plan with its lot and plan, and why what was read is in doubt."""

    check: Check
    plan: Plan
    plan_code: str
    revision: int
    view: LotView
    doubts: Sequence[Doubt]

    def is_doubtful(self, value: Value) -> bool:
        """Say whether a value was measured with a gauge that was found bad after it."""
        return any(value.id in doubt.values for doubt in self.doubts)


def checked(session: Session, viewer: Viewer, check_id: int) -> Checked:
    """Return an inspection by plan; NotFound outside of what this person may see."""
    found = session.execute(
        select(Check, Plan, Subject.code, PlanRevision.revision)
        .join(PlanRevision, PlanRevision.id == Check.revision_id)
        .join(Plan, Plan.id == PlanRevision.plan_id)
        .join(Subject, Subject.id == Plan.id)
        .where(Check.id == check_id)
    ).first()
    if found is None:
        raise nothing_under(str(check_id))
    check: Check = found.Check
    # A lot that is out of this person's reach is not there, nor is what was read of it.
    code, at = session.get_one(Subject, check.lot_id).code, check.operation_id
    view = view_at(session, viewer, code, at or IN_STOCK, gone=True)
    return Checked(
        check,
        found.Plan,
        found.code,
        found.revision,
        view,
        doubts_of(session, check),
    )


def read_in(check: Check) -> Select[*tuple[Any, ...]]:
    """Return the query for every value of an inspection with field, reader and gauge."""
    gauge = aliased(Subject)
    return (
        select(Value, FormField, Person.name, gauge.code, gauge.number)
        .join(FormField, FormField.id == Value.field_id)
        .join(Person, Person.id == Value.person_id)
        .join(gauge, gauge.id == Value.gauge_id, isouter=True)
        .where(Value.check_id == check.id)
        .order_by(Value.piece, FormField.position, Value.reading, Value.id)
    )
