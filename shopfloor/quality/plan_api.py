"""Inspection plans for programs: read with all revisions, drafted, published."""

from typing import Any

from flask import Blueprint
from sqlalchemy import Row

from shopfloor.catalogue.entry_fields import Category, named_over
from shopfloor.catalogue.models import ITEM, PARTNER
from shopfloor.core.api import call, part_of
from shopfloor.core.api_fields import Name, Named, Page, Thing, name_of
from shopfloor.core.db import db
from shopfloor.core.references import id_or_none
from shopfloor.core.sought import Sought, narrowed
from shopfloor.core.subjects import find
from shopfloor.people.access import requires
from shopfloor.people.programs import doing
from shopfloor.quality import plan_queries as queries
from shopfloor.quality.commands.plans import add_plan, publish_plan, revise_plan, save_plan
from shopfloor.quality.plan_models import PLAN, Plan
from shopfloor.quality.plan_sent import (
    Begun,
    NewPlan,
    PlanChange,
    PlanListed,
    PlanTold,
    RevisionTold,
    Seen,
)
from shopfloor.quality.plan_writing import PlanWritten, as_written

bp = Blueprint("plans_api", __name__)
EDIT, VIEW = "plan.edit", "work.view"


class AskedPlans(Sought):
    """Which part of the plans, and of one item or category only."""

    item: Name | None = None
    category: Category | None = None


@bp.get("/plans")
@requires(VIEW)
@call(asks=AskedPlans, gives=Page[PlanListed])
def plans(asked: AskedPlans) -> Page[PlanListed]:
    """List the inspection plans, oldest first, without what they ask."""
    item_id = id_or_none(db.session(), ITEM, asked.item, "item")
    query = queries.plans(asked.search or "", archived=True).order_by(None)
    if item_id is not None:
        query = query.where(Plan.item_id == item_id)
    if asked.category:
        query = query.where(Plan.category == asked.category)
    # The query above has searched already, in the items too.
    query = narrowed(query, asked.model_copy(update={"search": None}))
    rows, after = part_of(db.session(), query, Plan.id, asked)
    return Page(entries=[_listed(row) for row in rows], next=after)


@bp.post("/plans")
@requires(EDIT)
@call(takes=NewPlan, gives=Thing, status=201)
def new_plan(body: NewPlan) -> Thing:
    """Add an inspection plan with the draft of its first revision; publishing it is a call more."""
    made = add_plan(
        doing(),
        names=body.names.given(),
        kind=body.kind,
        item_id=id_or_none(db.session(), ITEM, body.item, "item"),
        category=body.category,
        partner_id=id_or_none(db.session(), PARTNER, body.supplier, "supplier"),
        sequence=body.operation,
        number=body.number,
        draft=body.over(PlanWritten()),
    )
    return Thing.of(made)


@bp.get("/plans/<code>")
@requires(VIEW)
@call(gives=PlanTold)
def plan(code: str) -> PlanTold:
    """Tell a plan with all its revisions and their fields."""
    return _told(queries.plan_page(db.session(), code))


@bp.patch("/plans/<code>")
@requires(EDIT)
@call(takes=PlanChange, gives=Thing)
def save(code: str, body: PlanChange) -> Thing:
    """Change the draft of a plan; 409 with both sides when it was changed since `version`."""
    found = queries.plan_page(db.session(), code)
    saved = save_plan(
        doing(),
        plan_id=found.plan.id,
        version=body.version,
        names=named_over(body.names, found.plan.names),
        draft=body.over(as_written(found.revisions[-1])),
    )
    return Thing.of(saved)


@bp.post("/plans/<code>/revise")
@requires(EDIT)
@call(takes=Begun, gives=Thing)
def revise(code: str, body: Begun) -> Thing:
    """Begin the next revision of a plan with what the last one says."""
    return Thing.of(revise_plan(doing(), plan_id=find(db.session(), PLAN, code).id))


@bp.post("/plans/<code>/publish")
@requires(EDIT)
@call(takes=Seen, gives=Thing)
def publish(code: str, body: Seen) -> Thing:
    """Publish the draft: inspections begun from now on ask for it, running ones keep theirs."""
    plan_id = find(db.session(), PLAN, code).id
    return Thing.of(publish_plan(doing(), plan_id=plan_id, version=body.version))


def _named(code: str | None, number: str | None) -> Named | None:
    return Named(code=code, number=number) if code else None


def _listed(row: Row[Any]) -> PlanListed:
    return PlanListed(
        code=row.Subject.code,
        number=row.Subject.number,
        names=row.Plan.names,
        kind=row.Plan.kind,
        item=_named(row.item_code, row.item_number),
        category=row.Plan.category,
        supplier=_named(row.supplier_code, row.supplier_number),
        operation=row.Plan.sequence,
        newest=row.newest,
        published=row.published,
        version=row.Plan.version,
        archived=row.Subject.archived_at is not None,
    )


def _told(found: queries.PlanPage) -> PlanTold:
    return PlanTold(
        code=found.subject.code,
        number=found.subject.number,
        names=found.plan.names,
        kind=found.plan.kind,
        item=name_of(found.item_subject) if found.item_subject else None,
        category=found.plan.category,
        supplier=name_of(found.supplier) if found.supplier else None,
        operation=found.plan.sequence,
        newest=found.revisions[-1].revision,
        published=found.published.revision if found.published else None,
        version=found.plan.version,
        archived=found.subject.archived_at is not None,
        revisions=[RevisionTold.told(each) for each in found.revisions],
    )
