"""The way from an empty factory to the first report, each step ticked when it is done."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from shopfloor.catalogue.models import REASON, Item, PieceRate, Routing
from shopfloor.core.db import db
from shopfloor.core.events import Event
from shopfloor.core.subjects import Subject
from shopfloor.people.access import requires, viewer_or_none
from shopfloor.people.models import Badge
from shopfloor.plant.models import Station
from shopfloor.production.commands.reports import REPORTED
from shopfloor.production.models import OrderState, WorkOrder

bp = Blueprint("first_steps", __name__)


@dataclass(frozen=True)
class Done:
    """Which of the first steps the factory has behind it."""

    stations: bool
    item: bool
    routing: bool
    rate: bool
    reasons: bool
    badge: bool
    order: bool
    released: bool
    reported: bool

    @property
    def all(self) -> bool:
        """Say whether the first report has come; the rest can wait."""
        return all(vars(self).values())


@bp.get("/first-steps")
@requires("plant.edit")
def first_steps() -> str:
    """Show what comes next until the first report."""
    return render_template("pages/first_steps.html", done=steps_done(db.session()))


@bp.app_template_global("steps_open")
def steps_open() -> bool:
    """Say whether the reader is on his way through the first steps; asked after each save."""
    person = viewer_or_none()
    return (
        person is not None and person.rights.has("plant.edit") and not steps_done(db.session()).all
    )


def steps_done(session: Session) -> Done:
    """Return how far the factory is; one statement."""

    def some(table: Any, *conditions: Any) -> Any:
        return exists(select(table.id).where(*conditions))

    row = session.execute(
        select(
            some(Station),
            some(Item),
            some(Routing),
            some(PieceRate),
            some(Subject, Subject.kind == REASON.name, Subject.archived_at.is_(None)),
            some(Badge, Badge.revoked_at.is_(None)),
            some(WorkOrder),
            some(WorkOrder, WorkOrder.state != OrderState.PLANNED),
            some(Event, Event.kind == REPORTED.name),
        )
    ).one()
    return Done(*(bool(value) for value in row))
