"""Which plan asks for an inspection, and which inspection runs."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import Session, aliased, selectinload

from shopfloor.catalogue.models import Item
from shopfloor.configure.models import Form
from shopfloor.core.subjects import Subject
from shopfloor.production.way import Stop, Work
from shopfloor.quality.judging import Tally, tally
from shopfloor.quality.plan_models import DUE_KINDS, Check, Plan, PlanKind, PlanRevision, Value

# Made once: an alias of so many columns takes longer than its statement.
_MODEL = aliased(Item)


def in_use(
    item_id: int,
    *kinds: PlanKind,
    supplier_id: int | None = None,
    first: tuple[ColumnElement[Any], ...] = (),
) -> Select[PlanRevision]:
    """Return the published revisions of the plans of some kinds that ask, the narrowest first.

    A plan for a supplier asks only for what came from him. A variant is inspected as its model is,
    and an item as its category, unless it has a plan of its own; `first` goes before all that.
    """
    whose = (
        select(Item.id, Item.model_id, func.coalesce(Item.category, _MODEL.category).label("of"))
        .join(_MODEL, _MODEL.id == Item.model_id, isouter=True)
        .where(Item.id == item_id)
        .subquery()
    )
    own = Plan.item_id == whose.c.id
    model_s = Plan.item_id == whose.c.model_id
    bought = Plan.partner_id == supplier_id
    return (
        select(PlanRevision)
        .join(Plan, Plan.id == PlanRevision.plan_id)
        .join(Subject, Subject.id == Plan.id)
        .join(whose, own | model_s | (Plan.category == whose.c.of))
        .where(
            Plan.kind.in_(kinds),
            Plan.partner_id.is_(None) | bought if supplier_id else Plan.partner_id.is_(None),
            PlanRevision.published_at.is_not(None),
            Subject.archived_at.is_(None),
        )
        .order_by(
            *first,
            case((own, 0), (model_s, 1), else_=2),
            Plan.partner_id.is_(None),
            PlanRevision.revision.desc(),
        )
    )


def asked_plan(session: Session, lot_work: Work, stop: Stop) -> PlanRevision | None:
    """Return what is inspected after an operation of a lot now; one statement.

    Behind the last operation the plan of the final inspection goes before one of the operation.
    """
    last = lot_work.after(stop) is None
    final = Plan.kind == PlanKind.FINAL
    here = Plan.sequence == stop.operation.sequence
    query = in_use(
        lot_work.item.id,
        PlanKind.OPERATION,
        PlanKind.FINAL,
        supplier_id=lot_work.lot.supplier_id,
        first=(case((final, 0), else_=1),),
    )
    return session.scalar(query.where((final & last) | (~final & here)).limit(1))


def asked_operations(session: Session, item_id: int, sequences: Sequence[int]) -> set[int]:
    """Return after which of an item's operations a plan asks for an inspection; one statement."""
    query = in_use(item_id, PlanKind.OPERATION, PlanKind.FINAL)
    found = set(session.scalars(query.with_only_columns(func.coalesce(Plan.sequence, 0))))
    return (found - {0}) | ({max(sequences)} if 0 in found and sequences else set())


def watched_operations(session: Session, item_id: int) -> set[int]:
    """Return the operations at which something becomes due while they run; one statement."""
    found = session.scalars(in_use(item_id, *DUE_KINDS).with_only_columns(Plan.sequence))
    return {sequence for sequence in found if sequence is not None}


def running(session: Session, lot_id: int, operation_id: int) -> Check | None:
    """Return the inspection whose turn it is on a lot at an operation; one statement.

    One that is begun comes first, then what is due at the operation, in the order of its kind.
    Without an operation it is the retest of a lot in stock.
    """
    return session.scalar(
        select(Check)
        .where(
            Check.operation_id == (operation_id or None),
            Check.closed_at.is_(None),
            (Check.lot_id == lot_id) | Check.kind.in_(DUE_KINDS),
        )
        .order_by(
            Check.opened_at.is_(None),
            case(*((Check.kind == kind, n) for n, kind in enumerate(DUE_KINDS)), else_=9),
            Check.id,
        )
        .limit(1)
    )


def first_article(session: Session, operation_id: int) -> Check | None:
    """Return the first article that an operation waits for; one statement."""
    return session.scalar(
        select(Check).where(
            Check.operation_id == operation_id,
            Check.kind == PlanKind.FIRST_ARTICLE,
            Check.closed_at.is_(None),
        )
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
