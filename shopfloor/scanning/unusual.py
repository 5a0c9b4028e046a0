"""What a scan that books at once is asked first: has the lot moved on, is it read twice."""

from datetime import timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from shopfloor.core.actions import Act
from shopfloor.core.events import Event, EventSubject
from shopfloor.core.refusals import Refused, Sentence
from shopfloor.core.words import in_words
from shopfloor.holds.commands import PLACED
from shopfloor.production.commands.jobs import STARTED
from shopfloor.production.queries import LotView
from shopfloor.production.way import Stop
from shopfloor.scanning.stations import my_station

# Unusual but legal: the second scan of the same code is the yes.
SCAN_AGAIN = "scan_again"
# A label that is read twice by mistake is read twice within this time.
TWICE = timedelta(seconds=30)


def require_not_moved_on(session: Session, act: Act, view: LotView) -> None:
    """Refuse what was scanned offline when another operation may have been next then."""
    if not act.offline:
        return
    lot = view.work.subject.number
    if act.when.undated:
        raise _moved_on(
            _l(
                "It is not known when you scanned lot %(lot)s; look at it and report again.",
                lot=lot,
            )
        )
    started_before = and_(
        Event.actor_id == act.actor_id,
        Event.kind == STARTED.name,
        Event.happened_at <= act.when.at,
    )
    # A lock moves nothing: the command meets it, and keeps the entry for the supervisor.
    changed = and_(Event.kind != PLACED.name, ~started_before)
    if _has_event(session, view, Event.recorded_at > act.when.at, changed):
        raise _moved_on(
            _l(
                "Lot %(lot)s has moved on since you scanned it; look at it and report again.",
                lot=lot,
            )
        )


def require_first(session: Session, act: Act, view: LotView, stop: Stop) -> None:
    """Ask once more when the same label may have been read twice: that would book what is next."""
    if not _has_event(
        session,
        view,
        Event.actor_id == act.actor_id,
        Event.recorded_at >= act.when.at - TWICE,
        Event.kind != STARTED.name,
    ):
        return
    raise Refused(
        _l(
            "You have just booked lot %(lot)s. Scan it again to book operation %(operation)s too.",
            lot=view.work.subject.number,
            operation=stop.operation.sequence,
        ),
        rule=SCAN_AGAIN,
        field="code",
    )


def require_own_station(session: Session, view: LotView, stop: Stop) -> None:
    """Ask once more when the lot is at another station than the one this person works at."""
    mine = my_station(session, view.viewer)
    if mine is not None and mine.id != stop.station.id:
        raise Refused(
            _l(
                "Lot %(lot)s is at %(station)s, you work at %(mine)s. Scan it again to confirm.",
                lot=view.work.subject.number,
                station=in_words(stop.station.names),
                mine=in_words(mine.names),
            ),
            rule=SCAN_AGAIN,
            field="code",
        )


def _moved_on(said: Sentence) -> Refused:
    return Refused(said, rule="moved_on", field="code")


def _has_event(session: Session, view: LotView, *such: ColumnElement[bool]) -> bool:
    about = EventSubject.subject_id == view.work.lot.id
    query = select(Event.id).join(EventSubject, EventSubject.event_id == Event.id)
    return session.scalar(query.where(about, *such).limit(1)) is not None
