"""Orders, lots and reports for programs."""

from decimal import Decimal
from typing import Annotated, Any

from flask import Blueprint
from pydantic import ConfigDict, Field

from shopfloor.catalogue.models import ITEM, REASON, ROUTING
from shopfloor.core.api import call
from shopfloor.core.api_fields import (
    Body,
    Booking,
    Day,
    Exact,
    Name,
    Page,
    Sequence,
    Thing,
    Yes,
)
from shopfloor.core.db import db
from shopfloor.core.references import id_of, id_or_none, ids_of
from shopfloor.core.sought import Sought
from shopfloor.people.access import requires, viewer
from shopfloor.people.models import PERSON
from shopfloor.people.programs import doing
from shopfloor.plant.models import SITE, STATION
from shopfloor.production import api_queries as queries
from shopfloor.production.api_told import (
    LotTold,
    OrderTold,
    ReleasedTold,
    ReportTold,
    WholeOrderTold,
)
from shopfloor.production.commands.orders import create_order, release_order
from shopfloor.production.commands.reports import report_quantities
from shopfloor.production.models import ORDER, OrderState

bp = Blueprint("production_api", __name__)
PLAN, REPORT, VIEW = "order.plan", "work.report", "work.view"
ZERO = Decimal(0)


class NewOrder(Body):
    """A work order; without a number it gets one, without a site it is the token's."""

    item: Name
    quantity: Exact
    number: Name | None = None
    site: Name | None = None
    due: Day | None = None
    priority: Annotated[int, Field(strict=True, ge=1, le=9)] = 5

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"item": "A-100", "quantity": "500", "due": "2026-12-01"}]}
    )


class Release(Booking):
    """What is released: the newest routing, or the one that is named by its code."""

    routing: Name | None = None


class ShareAsked(Body):
    """Some of the good pieces, and the code or number of the person whose they are."""

    person: Name
    pieces: Exact


class Report(Booking):
    """Pieces of a lot at an operation, in the item's unit; `station` if not the planned one.

    `shares` of several people make `good` exactly; without them all pieces are the reporter's.
    """

    lot: Name
    operation: Sequence
    good: Exact = ZERO
    scrap: Exact = ZERO
    rework: Exact = ZERO
    scrap_reason: Name | None = None
    made_at: Sequence | None = None
    station: Name | None = None
    override_reason: Name | None = None
    finish: Yes = False
    shares: Annotated[list[ShareAsked], Field(max_length=40)] = Field(default_factory=list)

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "lot": "1042-1",
                    "operation": 10,
                    "good": "48",
                    "scrap": "2",
                    "scrap_reason": "burr",
                    "happened_at": "2026-11-21T10:42:00+08:00",
                }
            ]
        }
    )


class AskedOrders(Sought):
    """Which part of the orders, in which state, of which item, due by which day."""

    state: OrderState | None = None
    item: Name | None = None
    due_by: Day | None = None


@bp.post("/work-orders")
@requires(PLAN)
@call(takes=NewOrder, gives=Thing, status=201)
def new_order(body: NewOrder) -> Thing:
    """Enter a work order."""
    made = create_order(
        doing(),
        site_id=id_or_none(db.session(), SITE, body.site, "site") or viewer().site_id,
        item_id=id_of(db.session(), ITEM, body.item, "item"),
        quantity=body.quantity,
        number=body.number,
        due=body.due,
        priority=body.priority,
    )
    return Thing.of(made)


@bp.get("/work-orders")
@requires(VIEW)
@call(asks=AskedOrders, gives=Page[OrderTold])
def orders(asked: AskedOrders) -> Page[OrderTold]:
    """List the work orders, oldest first."""
    item_id = id_or_none(db.session(), ITEM, asked.item, "item")
    wanted = queries.Wanted(asked.state, item_id, asked.due_by)
    return queries.orders(db.session(), asked, viewer().rights, wanted)


@bp.get("/work-orders/<code>")
@requires(VIEW)
@call(gives=WholeOrderTold)
def order(code: str) -> WholeOrderTold:
    """Show a work order with its operations, quantities, materials, lots and locks."""
    return queries.whole_order(db.session(), viewer().rights, code)


@bp.post("/work-orders/<code>/release")
@requires(PLAN)
@call(takes=Release, gives=ReleasedTold)
def release(code: str, body: Release) -> ReleasedTold:
    """Release a work order: copies BOM and routing as they are now, and makes its lot."""
    released = release_order(
        doing(body),
        order_id=id_of(db.session(), ORDER, code, "code"),
        routing_id=id_or_none(db.session(), ROUTING, body.routing, "routing"),
    )
    return ReleasedTold.of(released)


@bp.post("/reports")
@requires(REPORT)
@call(takes=Report, gives=ReportTold)
def report(body: Report) -> ReportTold:
    """Report good, scrapped and rework pieces of a lot at an operation."""
    session = db.session()
    booked = report_quantities(
        doing(body),
        lot=body.lot,
        operation=body.operation,
        **_pieces(body),
        scrap_reason_id=id_or_none(session, REASON, body.scrap_reason, "scrap_reason"),
        made_at=body.made_at,
        station_id=id_or_none(session, STATION, body.station, "station"),
        override_reason_id=id_or_none(session, REASON, body.override_reason, "override_reason"),
        finish=body.finish,
    )
    return ReportTold.of(booked)


def _pieces(body: Report) -> dict[str, Any]:
    """Return the quantities, and the shares by the ids of their people."""
    people = ids_of(db.session(), PERSON, {share.person for share in body.shares}, "shares")
    shares = tuple((people[share.person], share.pieces) for share in body.shares)
    return {"good": body.good, "scrap": body.scrap, "rework": body.rework, "shares": shares}


@bp.get("/lots/<code>")
@requires(VIEW)
@call(gives=LotTold)
def lot(code: str) -> LotTold:
    """Show a lot with its way through the operations, where it is, and what locks it."""
    return queries.whole_lot(db.session(), viewer(), code)
