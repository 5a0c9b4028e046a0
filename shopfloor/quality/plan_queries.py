"""What the pages of inspection plans ask."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, aliased, selectinload

from shopfloor.catalogue.models import Item, Partner
from shopfloor.catalogue.queries import of_item
from shopfloor.configure.models import Form
from shopfloor.core.finding import finds
from shopfloor.core.subjects import Subject, find, nothing_under
from shopfloor.quality.plan_models import PLAN, Plan, PlanRevision

MOST_SUPPLIERS = 500


@dataclass(frozen=True)
class PlanPage:
    """A plan with its item, its revisions, and the one that is looked at."""

    subject: Subject
    plan: Plan
    item: Item | None
    item_subject: Subject | None
    supplier: Subject | None
    supplier_names: dict[str, str]
    revisions: Sequence[PlanRevision]
    shown: PlanRevision

    @property
    def bound_to(self) -> str:
        """Return the number of the item, or the category, that it is for."""
        if self.item_subject is None:
            return self.plan.category or ""
        return self.item_subject.number or self.item_subject.code

    @property
    def draft(self) -> PlanRevision | None:
        """Return the revision that is not published yet."""
        last = self.revisions[-1]
        return last if last.published_at is None else None

    @property
    def published(self) -> PlanRevision | None:
        """Return the newest revision that is published."""
        return next((each for each in reversed(self.revisions) if each.published_at), None)


def plans(search: str = "", archived: bool = False, item: str = "") -> Select[*tuple[Any, ...]]:
    """Return the query for plans with item, newest revision and newest published one.

    They are found by number, name, category and item; `item` is the number or code of one item,
    whose category may have plans too.
    """
    own, supplier = aliased(Subject), aliased(Subject)
    revisions = select(func.max(PlanRevision.revision)).where(PlanRevision.plan_id == Plan.id)
    published = revisions.where(PlanRevision.published_at.is_not(None))
    query = (
        select(
            Plan,
            Subject,
            own.code.label("item_code"),
            own.number.label("item_number"),
            Item.names.label("item_names"),
            supplier.code.label("supplier_code"),
            supplier.number.label("supplier_number"),
            Partner.names.label("supplier_names"),
            revisions.correlate(Plan).scalar_subquery().label("newest"),
            published.correlate(Plan).scalar_subquery().label("published"),
        )
        .join(Subject, Subject.id == Plan.id)
        .join(Item, Item.id == Plan.item_id, isouter=True)
        .join(own, own.id == Plan.item_id, isouter=True)
        .join(Partner, Partner.id == Plan.partner_id, isouter=True)
        .join(supplier, supplier.id == Plan.partner_id, isouter=True)
        .order_by(own.number.is_(None), own.number, Plan.category, Plan.sequence, Plan.id)
    )
    if not archived:
        query = query.where(Subject.archived_at.is_(None))
    if item:
        # Its category's are among those that may ask of it.
        meant = aliased(Subject)
        of = (
            select(Item.category)
            .join(meant, meant.id == Item.id)
            .where(or_(meant.number == item, meant.code == item))
        )
        query = query.where(or_(own.number == item, own.code == item, Plan.category.in_(of)))
    if search:
        query = query.where(
            finds(search, Subject.number, Plan.found_by, Plan.category, also=of_item(Plan.item_id))
        )
    return query


def plan_page(session: Session, code: str, revision: int | None = None) -> PlanPage:
    """Return a plan by code or number; without a revision the newest published one is shown.

    Eight statements, one more for a supplier.
    """
    subject = find(session, PLAN, code)
    plan = session.get_one(Plan, subject.id)
    revisions = session.scalars(
        select(PlanRevision)
        .where(PlanRevision.plan_id == plan.id)
        .order_by(PlanRevision.revision)
        .options(selectinload(PlanRevision.form).selectinload(Form.fields))
    ).all()
    wanted = [each for each in revisions if each.revision == revision]
    if revision is not None and not wanted:
        raise nothing_under(code)
    shown = wanted or [each for each in revisions if each.published_at] or list(revisions)
    supplier = session.get_one(Partner, plan.partner_id) if plan.partner_id else None
    return PlanPage(
        subject,
        plan,
        session.get(Item, plan.item_id) if plan.item_id else None,
        session.get(Subject, plan.item_id) if plan.item_id else None,
        session.get(Subject, supplier.id) if supplier else None,
        supplier.names if supplier else {},
        revisions,
        shown[-1],
    )


def suppliers(session: Session) -> list[tuple[str, dict[str, str]]]:
    """Return number and names of the suppliers in use; one statement."""
    rows = session.execute(
        select(func.coalesce(Subject.number, Subject.code), Partner.names)
        .join(Partner, Partner.id == Subject.id)
        .where(Partner.supplier, Subject.archived_at.is_(None))
        .order_by(Subject.number)
        .limit(MOST_SUPPLIERS)
    )
    return [(number, names) for number, names in rows]
