"""One list of everything that is open, what costs most by waiting first."""

from dataclasses import dataclass

from flask import Blueprint, render_template, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from shopfloor.alerts import hearing
from shopfloor.alerts.models import Alert
from shopfloor.alerts.open_things import SEE, about_lock
from shopfloor.core import clock, open_things, parking
from shopfloor.core.db import db
from shopfloor.core.forms import Form
from shopfloor.core.open_things import OpenThing
from shopfloor.core.paging import Page, asked_page, page_of_list
from shopfloor.core.rights import Rights
from shopfloor.core.subjects import Subject
from shopfloor.core.words import in_words
from shopfloor.holds.models import Hold
from shopfloor.people.access import requires, viewer
from shopfloor.people.viewer import Viewer
from shopfloor.plant.models import Line

bp = Blueprint("exceptions", __name__)
# Who decides what becomes of pieces, or plans with their cost, sees what they are worth.
_SEES_VALUE = ("hold.release", parking.DECIDES, "catalogue.edit")


@dataclass(frozen=True)
class Listed:
    """The open things of one page, with the alerts about them, and the lines to choose from."""

    page: Page
    alerts: dict[int, Alert]
    lines: list[tuple[int, str, dict[str, str]]]
    shows_value: bool

    @property
    def choices(self) -> list[tuple[int, str]]:
        """Return the lines as a select offers them."""
        return [(id_, f"{number} {in_words(names)}") for id_, number, names in self.lines]

    def may_answer(self, alert: Alert, person: Viewer) -> bool:
        """Say whether this person can do something about an alert."""
        return hearing.may_answer(alert, person.rights, person.person_id)


@bp.get("/exceptions")
@requires(SEE)
def exceptions() -> str:
    """Show everything that is open, by what it costs to wait; filtered by kind and line."""
    form = Form(request.args)
    kind, line_id = form.text("kind", 20), form.whole("line")
    found = listed(db.session(), viewer().rights, kind, line_id, asked_page())
    return render_template(
        "alerts/exceptions.html",
        found=found,
        kinds=open_things.KINDS,
        kind=kind,
        line_id=line_id,
    )


def listed(session: Session, rights: Rights, kind: str, line_id: int | None, number: int) -> Listed:
    """Return a page of what is open in the order of what it costs to wait."""
    page = page_of_list(by_cost(open_things.open_things(session, rights, kind), line_id), number)
    holds = [thing.hold_id for thing in page.rows if thing.hold_id]
    # Several locks on one thing have one alert.
    about = select(Hold.id, Alert).join(Alert, about_lock()).where(Hold.id.in_(holds))
    alerts = dict(iter(session.execute(about))) if holds else {}
    return Listed(page, alerts, _lines(session, rights), sees_value(rights))


def sees_value(rights: Rights) -> bool:
    """Say whether these rights see what pieces are worth."""
    return any(rights.has(verb) for verb in _SEES_VALUE)


def by_cost(things: list[OpenThing], line_id: int | None) -> list[OpenThing]:
    """Return the things of a line, or all: the most costly first, unknown ones by their pieces."""
    now = clock.now()
    kept = [thing for thing in things if line_id is None or thing.is_at(line_id)]
    return sorted(
        kept, key=lambda thing: (-thing.waiting_cost(now), -(thing.quantity or 0), thing.since)
    )


def _lines(session: Session, rights: Rights) -> list[tuple[int, str, dict[str, str]]]:
    query = select(Line.id, Subject.number, Line.names).join(Subject, Subject.id == Line.id)
    scopes = rights.scopes(SEE)
    if scopes is not None:
        query = query.where(Line.id.in_(scopes) | Line.site_id.in_(scopes))
    found = session.execute(query.order_by(Subject.number).limit(200))
    return [(id_, number or "", names) for id_, number, names in found]
