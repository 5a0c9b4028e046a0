"""Which plan asks for an inspection, and whose turn it is of those that are open."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Select, bindparam, case, func, select
from sqlalchemy.orm import Session, aliased, contains_eager

from shopfloor.catalogue.models import Item
from shopfloor.core.subjects import Subject
from shopfloor.production.way import Stop, Work
from shopfloor.quality.judging import Tally, tally
from shopfloor.quality.plan_models import DUE_KINDS, Check, Plan, PlanKind, PlanRevision, Value

# Every statement here is made once: making one takes longer than it runs.
_MODEL = aliased(Item)
_FINAL = Plan.kind == PlanKind.FINAL
_RANK = case(*((Check.kind == kind, n) for n, kind in enumerate(DUE_KINDS)), else_=9)


def in_use(*kinds: PlanKind, first: tuple[ColumnElement[Any], ...] = ()) -> Select[PlanRevision]:
    """Return the published revisions of the plans of some kinds that ask, the narrowest first.

    It is asked with `item` and `supplier`: a plan for a supplier asks only for what came from him.
    A variant is inspected as its model is, and an item as its category, unless it has a plan of its
    own; `first` goes before all that.
    """
    whose = (
        select(Item.id, Item.model_id, func.coalesce(Item.category, _MODEL.category).label("of"))
        .join(_MODEL, _MODEL.id == Item.model_id, isouter=True)
        .where(Item.id == bindparam("item"))
        .subquery()
    )
    own = Plan.item_id == whose.c.id
    model_s = Plan.item_id == whose.c.model_id
    return (
        select(PlanRevision)
        .join(Plan, Plan.id == PlanRevision.plan_id)
        .join(Subject, Subject.id == Plan.id)
        .join(whose, own | model_s | (Plan.category == whose.c.of))
        .where(
            Plan.kind.in_(kinds),
            Plan.partner_id.is_(None) | (Plan.partner_id == bindparam("supplier")),
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


def _next_of(whose: ColumnElement[bool]) -> Select[Check]:
    """Return the one inspection whose turn it is: a begun one, then what is due, by its kind."""
    return (
        select(Check)
        .where(whose, Check.closed_at.is_(None))
        .order_by(Check.opened_at.is_(None), _RANK, Check.id)
        .limit(1)
    )


_LAST = bindparam("last", type_=Boolean())
_HERE = Plan.sequence == bindparam("sequence")
_OF_WORK = in_use(PlanKind.OPERATION, PlanKind.FINAL, first=(case((_FINAL, 0), else_=1),))
_ASKED = _OF_WORK.where((_FINAL & _LAST) | (~_FINAL & _HERE)).limit(1)
_ASKED = _ASKED.options(contains_eager(PlanRevision.plan))
_ASKED_AT = _OF_WORK.with_only_columns(func.coalesce(Plan.sequence, 0))
_WATCHED_AT = in_use(*DUE_KINDS).with_only_columns(Plan.sequence)
_LOT = Check.lot_id == bindparam("lot")
_TURN_AT = _next_of(
    (Check.operation_id == bindparam("operation")) & (_LOT | Check.kind.in_(DUE_KINDS))
)
_TURN_IN_STOCK = _next_of(Check.operation_id.is_(None) & _LOT)
_STANDING = (
    select(Value)
    .where(Value.check_id == bindparam("check"), Value.replaced_at.is_(None))
    .order_by(Value.id)
)


def asked_plan(session: Session, lot_work: Work, stop: Stop) -> PlanRevision | None:
    """Return what is inspected after an operation of a lot now, with its plan; one statement.

    Behind the last operation the plan of the final inspection goes before one of the operation.
    """
    return session.scalar(
        _ASKED,
        {
            "item": lot_work.item.id,
            "supplier": lot_work.lot.supplier_id,
            "last": lot_work.after(stop) is None,
            "sequence": stop.operation.sequence,
        },
    )


def asked_operations(session: Session, item_id: int, sequences: Sequence[int]) -> set[int]:
    """Return after which of an item's operations a plan asks for an inspection; one statement."""
    found = set(session.scalars(_ASKED_AT, {"item": item_id, "supplier": None}))
    return (found - {0}) | ({max(sequences)} if 0 in found and sequences else set())


def watched_operations(session: Session, item_id: int) -> set[int]:
    """Return the operations at which something becomes due while they run; one statement."""
    found = session.scalars(_WATCHED_AT, {"item": item_id, "supplier": None})
    return {sequence for sequence in found if sequence is not None}


def of_turn(session: Session, lot_id: int, operation_id: int) -> Check | None:
    """Return the inspection whose turn it is on a lot at an operation; one statement.

    One that is begun comes first, then what is due at the operation, in the order of its kind.
    Without an operation it is the retest of a lot in stock.
    """
    query = _TURN_AT if operation_id else _TURN_IN_STOCK
    return session.scalar(query, {"lot": lot_id, "operation": operation_id})


def first_article(session: Session, operation_id: int) -> Check | None:
    """Return the first article that an operation waits for; one statement."""
    return session.scalar(
        select(Check).where(
            Check.operation_id == operation_id,
            Check.kind == PlanKind.FIRST_ARTICLE,
            Check.closed_at.is_(None),
        )
    )


def current_values(session: Session, check: Check) -> Sequence[Value]:
    """Return what stands of an inspection, in the order in which it was read; one statement."""
    return session.scalars(_STANDING, {"check": check.id}).all()


def standing(session: Session, check: Check) -> Tally:
    """Return how an inspection stands; at most three statements."""
    values = current_values(session, check)
    return tally(check.revision.form.fields, check.size, check.numbers, values)
