"""What quality keeps open: nonconformances, and the inspections that are due by themselves."""

from collections.abc import Iterator

from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased

from shopfloor.catalogue.models import Item, Reason
from shopfloor.core.open_things import OpenKind, OpenThing
from shopfloor.core.rights import Rights
from shopfloor.core.subjects import Subject
from shopfloor.people.models import Person
from shopfloor.plant.models import Station
from shopfloor.production.models import Operation
from shopfloor.quality.in_stock import IN_STOCK
from shopfloor.quality.ncr_models import NcrState, Nonconformance
from shopfloor.quality.order_reach import within
from shopfloor.quality.plan_models import Check, Plan, PlanRevision
from shopfloor.stock.models import Lot

SEE = "work.view"


def nonconformances(session: Session, rights: Rights) -> Iterator[OpenThing]:
    """Tell the nonconformances that are not closed, with their owner; one statement."""
    query = (
        select(Nonconformance, Subject.number, Subject.code, Reason.names, Person.name)
        .add_columns(Item.names, Item.unit, Item.cost, Item.cost_currency, Station.line_id)
        .join(Subject, Subject.id == Nonconformance.id)
        .join(Item, Item.id == Nonconformance.item_id)
        .join(Reason, Reason.id == Nonconformance.reason_id, isouter=True)
        .join(Person, Person.id == Nonconformance.owner_id, isouter=True)
        .join(Operation, Operation.id == Nonconformance.found_at_id, isouter=True)
        .join(Station, Station.id == Operation.station_id, isouter=True)
        .where(Nonconformance.state == NcrState.OPEN)
    )
    scopes = rights.scopes(SEE)
    if scopes is not None:
        query = query.where(within(scopes, Nonconformance.family_id))
    for row in session.execute(query):
        ncr, number, code, reason, owner, names, unit, cost, currency, line_id = row
        yield OpenThing(
            "ncr",
            ncr.id,
            number or code,
            ncr.opened_at,
            f"/ncrs/{code}",
            names=names,
            reason=reason,
            owner=owner or "",
            quantity=ncr.quantity,
            unit=unit,
            cost=cost,
            currency=currency,
            line_id=line_id,
            behind=ncr.hold_id,
        )


def due(session: Session, rights: Rights) -> Iterator[OpenThing]:
    """Tell the inspections that have become due by themselves; one statement."""
    lot = aliased(Subject)
    query = (
        select(Check.id, Check.due_at, Check.quantity, lot.number, lot.code, Plan.names)
        .add_columns(Operation.sequence, Item.names, Item.unit, Station.line_id)
        .join(PlanRevision, PlanRevision.id == Check.revision_id)
        .join(Plan, Plan.id == PlanRevision.plan_id)
        .join(lot, lot.id == Check.lot_id)
        .join(Lot, Lot.id == Check.lot_id)
        .join(Item, Item.id == Lot.item_id)
        .join(Operation, Operation.id == Check.operation_id, isouter=True)
        .join(Station, Station.id == Operation.station_id, isouter=True)
        .where(Check.closed_at.is_(None), Check.overdue_at.is_not(None))
    )
    scopes = rights.scopes(SEE)
    if scopes is not None:
        places = (lot.site_id, Station.line_id, Station.id)
        query = query.where(or_(*(place.in_(scopes) for place in places)))
    for id_, at, quantity, number, code, plan, sequence, names, unit, line_id in session.execute(
        query
    ):
        yield OpenThing(
            "due",
            id_,
            number or code,
            at,
            f"/lots/{code}/{sequence or IN_STOCK}/inspect",
            names=names,
            reason=plan,
            quantity=quantity,
            unit=unit,
            line_id=line_id,
        )


OPEN_KINDS = [
    OpenKind("ncr", _l("Nonconformance"), "alert", nonconformances, behind="lock"),
    OpenKind("due", _l("Inspection due"), "inspect", due),
]
