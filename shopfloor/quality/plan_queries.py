"""What the pages of inspection plans ask."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, aliased, selectinload

from shopfloor.catalogue.models import Item
from shopfloor.catalogue.queries import of_item
from shopfloor.configure.models import Form
from shopfloor.core.finding import finds
from shopfloor.core.subjects import Subject, find, nothing_under
from shopfloor.quality.plan_models import PLAN, Plan, PlanRevision


@dataclass(frozen=True)
class PlanPage:
    """A plan with its item, its revisions, and the one that is looked at."""

    subject: Subject
    plan: Plan
    item: Item
    item_subject: Subject
    revisions: Sequence[PlanRevision]
    shown: PlanRevision

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

    They are found by number, name and item; `item` is the number or code of one item.
    """
    own = aliased(Subject)
    revisions = select(func.max(PlanRevision.revision)).where(PlanRevision.plan_id == Plan.id)
    published = revisions.where(PlanRevision.published_at.is_not(None))
    query = (
        select(
            Plan,
            Subject,
            own.code.label("item_code"),
            own.number.label("item_number"),
            Item.names.label("item_names"),
            revisions.correlate(Plan).scalar_subquery().label("newest"),
            published.correlate(Plan).scalar_subquery().label("published"),
        )
        .join(Subject, Subject.id == Plan.id)
        .join(Item, Item.id == Plan.item_id)
        .join(own, own.id == Plan.item_id)
        .order_by(own.number, Plan.sequence, Plan.id)
    )
    if not archived:
        query = query.where(Subject.archived_at.is_(None))
    if item:
        query = query.where(or_(own.number == item, own.code == item))
    if search:
        query = query.where(
            finds(search, Subject.number, Plan.found_by, also=of_item(Plan.item_id))
        )
    return query


def plan_page(session: Session, code: str, revision: int | None = None) -> PlanPage:
    """Return a plan by code or number; without a revision the newest published one is shown.

    Seven statements.
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
    return PlanPage(
        subject,
        plan,
        session.get_one(Item, plan.item_id),
        session.get_one(Subject, plan.item_id),
        revisions,
        shown[-1],
    )
