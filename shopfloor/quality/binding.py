"""What a plan is bound to: an item, one of its operations or suppliers, or a category of items."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from shopfloor.catalogue.models import ITEM, PARTNER, Item, Partner
from shopfloor.core import subjects
from shopfloor.core.commands import Tx
from shopfloor.core.refusals import Malformed, NotFound, Refused
from shopfloor.core.subjects import Subject
from shopfloor.quality.plan_models import OF_LOTS, Plan, PlanKind, PlanRevision


def require(
    tx: Tx,
    kind: PlanKind,
    item_id: int | None,
    category: str | None,
    sequence: int | None,
    partner_id: int | None,
) -> None:
    """Refuse a plan that is bound to nothing, to two things, or to what it cannot ask for."""
    if (item_id is None) == (category is None):
        raise Malformed(
            _l("A plan is for one item or for one category of items."),
            _l("Write one of the two."),
            rule="bad_binding",
            field="item",
        )
    if item_id is not None:
        subjects.require_in_use(tx.session, ITEM, [item_id], "item")
        if tx.session.get(Item, item_id) is None:
            raise NotFound(_l("There is no such item."), rule="not_found", field="item")
    if partner_id is not None:
        _require_supplier(tx, kind, item_id, partner_id)
    if kind not in OF_LOTS and not (sequence and 0 < sequence < 10_000):
        raise Malformed(_l("Choose the operation."), rule="bad_sequence", field="sequence")


def require_alone(tx: Tx, plan: Plan) -> None:
    """Refuse a second plan in use for the same thing: nobody would know which one asks."""
    # Two that are published at once see each other here.
    if plan.item_id is not None:
        subjects.lock(tx.session, plan.item_id)
    else:
        # A category is no thing that could be locked: the first item of it stands for it.
        first = select(func.min(Item.id)).where(Item.category == plan.category)
        if (item_id := tx.session.scalar(first)) is not None:
            subjects.lock(tx.session, item_id)
    other = tx.session.scalar(
        select(func.coalesce(Subject.number, Subject.code))
        .join(Plan, Plan.id == Subject.id)
        .where(
            Plan.id != plan.id,
            func.coalesce(Plan.item_id, 0) == (plan.item_id or 0),
            func.coalesce(Plan.category, "") == (plan.category or ""),
            Plan.kind == plan.kind,
            func.coalesce(Plan.sequence, 0) == (plan.sequence or 0),
            func.coalesce(Plan.partner_id, 0) == (plan.partner_id or 0),
            Subject.archived_at.is_(None),
            Plan.revisions.any(PlanRevision.published_at.is_not(None)),
        )
        .limit(1)
    )
    if other is not None:
        raise Refused(
            _l("Plan %(number)s asks for the same inspection already.", number=other),
            _l("Change that one, or archive it first."),
            rule="plan_twice",
        )


def _require_supplier(tx: Tx, kind: PlanKind, item_id: int | None, partner_id: int) -> None:
    subjects.require_in_use(tx.session, PARTNER, [partner_id], "partner")
    if not tx.session.get_one(Partner, partner_id).supplier:
        raise Malformed(_l("This partner supplies nothing."), rule="no_supplier", field="partner")
    if item_id is None or kind not in OF_LOTS:
        raise Malformed(
            _l("Only the final and the periodic inspection of an item ask by supplier."),
            _l("Leave the supplier out, or choose another kind."),
            rule="bad_binding",
            field="partner",
        )
