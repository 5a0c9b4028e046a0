"""Which plan asks for an inspection, and which inspection runs."""

from collections.abc import Sequence

from sqlalchemy import Select, case, select
from sqlalchemy.orm import Session, selectinload

from shopfloor.catalogue.models import Item
from shopfloor.configure.models import Form
from shopfloor.core.subjects import Subject
from shopfloor.quality.judging import Tally, tally
from shopfloor.quality.plan_models import Check, Plan, PlanKind, PlanRevision, Value


def _in_use(item_id: int) -> Select[PlanRevision]:
    """Return the published revisions of an item's plans, the one that holds first."""
    whose = select(Item.id, Item.model_id).where(Item.id == item_id).subquery()
    own = Plan.item_id == whose.c.id
    return (
        select(PlanRevision)
        .join(Plan, Plan.id == PlanRevision.plan_id)
        .join(Subject, Subject.id == Plan.id)
        .join(whose, own | (Plan.item_id == whose.c.model_id))
        .where(
            Plan.kind == PlanKind.OPERATION,
            Plan.partner_id.is_(None),
            PlanRevision.published_at.is_not(None),
            Subject.archived_at.is_(None),
        )
        # A variant is inspected as its model is, unless it has a plan of its own.
        .order_by(case((own, 0), else_=1), PlanRevision.revision.desc())
    )


def asked_plan(session: Session, item_id: int, sequence: int) -> PlanRevision | None:
    """Return what is inspected after an operation of an item now; one statement."""
    return session.scalar(_in_use(item_id).where(Plan.sequence == sequence).limit(1))


def asked_operations(session: Session, item_id: int) -> set[int]:
    """Return the operations of an item after which a plan asks for an inspection; one statement."""
    found = session.scalars(_in_use(item_id).with_only_columns(Plan.sequence))
    return {sequence for sequence in found if sequence is not None}


def running(session: Session, lot_id: int, operation_id: int) -> Check | None:
    """Return the inspection that runs on a lot at an operation; one statement."""
    return session.scalar(
        select(Check)
        .where(
            Check.lot_id == lot_id, Check.operation_id == operation_id, Check.closed_at.is_(None)
        )
        .order_by(Check.id)
        .limit(1)
    )


def revision_of(session: Session, check: Check) -> PlanRevision:
    """Return the revision an inspection was opened with, with its fields; three statements."""
    return session.scalars(
        select(PlanRevision)
        .where(PlanRevision.id == check.revision_id)
        .options(selectinload(PlanRevision.form).selectinload(Form.fields))
    ).one()


def current_values(session: Session, check: Check) -> Sequence[Value]:
    """Return what stands of an inspection, in the order in which it was read; one statement."""
    return session.scalars(
        select(Value)
        .where(Value.check_id == check.id, Value.replaced_at.is_(None))
        .order_by(Value.id)
    ).all()


def standing(session: Session, check: Check) -> Tally:
    """Return how an inspection stands; four statements."""
    revision, values = revision_of(session, check), current_values(session, check)
    return tally(revision.form.fields, check.size, check.numbers, values)
