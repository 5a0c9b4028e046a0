"""Where a person stands in the events: as doer, as the one concerned, by his pieces and his pay."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, select, union
from sqlalchemy.orm import Session, aliased

from shopfloor.core import events
from shopfloor.core.deciding import ACCEPTED, DROPPED
from shopfloor.core.events import Event, EventSubject
from shopfloor.core.parking import PARKED
from shopfloor.core.undo import UNDONE
from shopfloor.holds.models import Hold
from shopfloor.pay.models import PayLine
from shopfloor.people.models import Notice
from shopfloor.production.commands.reports import REPORTED
from shopfloor.production.floor_models import HandedCount, ReportShare
from shopfloor.quality.commands.inspections import INSPECTED
from shopfloor.quality.commands.releases import RELEASED
from shopfloor.quality.models import Disposition, Inspection

Ids = Select[*tuple[Any, ...]]
# What others answer to an entry of his.
_ANSWERS = (
    UNDONE.name,
    ACCEPTED.name,
    DROPPED.name,
    RELEASED.name,
    "count.corrected",
    "count.kept",
    "share.disputed",
    "note.seen",
)


@dataclass(frozen=True)
class At:
    """Where a page of somebody's record begins: behind this instant and event."""

    instant: datetime
    event_id: int

    @classmethod
    def read(cls, text: str) -> "At | None":
        """Read what an address names; None for anything unreadable."""
        instant, _, number = text.partition("_")
        try:
            at = datetime.fromisoformat(instant)
            return cls(at, int(number)) if at.tzinfo and len(number) < 19 else None
        except ValueError:
            return None

    def __str__(self) -> str:
        """Return it as it stands in an address."""
        return f"{self.instant.isoformat()}_{self.event_id}"


def concerning(
    person_id: int, group: str, conditions: Sequence[ColumnElement[bool]], limit: int
) -> Any:
    """Return the query for the newest ids of events that concern a person; each way is cut off."""
    wanted = [*conditions, *_of_group(group)]
    ways = [
        select(
            way.with_only_columns(Event.id.label("id"), Event.happened_at.label("at"))
            .where(*wanted)
            .order_by(Event.happened_at.desc(), Event.id.desc())
            .limit(limit)
            .subquery()
        )
        for way in _ways(person_id, group)
    ]
    every = union(*ways).subquery()
    return select(every.c.id).order_by(every.c.at.desc(), every.c.id.desc()).limit(limit)


def concerns(session: Session, person_id: int, event_id: int) -> bool:
    """Say whether an event stands in a person's record; one statement."""
    found = session.scalar(concerning(person_id, "", [Event.id == event_id], 1))
    return found is not None


def _ways(person_id: int, group: str) -> list[Ids]:
    paid = _with(PayLine.event_id, PayLine.person_id == person_id)
    told = _with(Notice.event_id, Notice.person_id == person_id)
    if group == "pay":
        return [paid]
    if group == "notices":
        return [told]
    return [
        select(Event.id).where(Event.actor_id == person_id),
        _with(EventSubject.event_id, EventSubject.subject_id == person_id),
        _answers(person_id),
        _inspections(person_id),
        _decisions(person_id),
        _with(ReportShare.event_id, ReportShare.person_id == person_id),
        _with(HandedCount.event_id, HandedCount.reporter_id == person_id),
        _with(HandedCount.decided_event_id, HandedCount.reporter_id == person_id),
        paid,
        told,
    ]


def _with(column: Any, condition: ColumnElement[bool]) -> Ids:
    return _named_by(select(column.label("id")).where(condition))


def _named_by(found: Ids) -> Ids:
    # Found first and then looked up: else all events are read in the order of their time.
    named = found.cte().prefix_with("MATERIALIZED", dialect="postgresql")
    return select(Event.id).where(Event.id.in_(select(named.c.id)))


def _answers(person_id: int) -> Ids:
    his, answer = aliased(Event), aliased(Event)
    answers = (
        select(answer.id)
        .join(his, his.id == answer.caused_by_id)
        .where(his.actor_id == person_id, answer.kind.in_(_ANSWERS))
    )
    return _named_by(answers)


def _inspections(person_id: int) -> Ids:
    """Return the verdicts on operations of lots at which he has reported."""
    his, lot, operation = aliased(Event), aliased(EventSubject), aliased(EventSubject)
    judged = (
        select(Inspection.event_id.label("id"))
        .join(lot, lot.subject_id == Inspection.lot_id)
        .join(operation, operation.event_id == lot.event_id)
        .join(his, his.id == lot.event_id)
        .where(operation.subject_id == Inspection.operation_id, *_reports(his, person_id))
    )
    return _named_by(judged)


def _decisions(person_id: int) -> Ids:
    """Return the decisions about held pieces of operations at which he has reported."""
    his, lot, operation = aliased(Event), aliased(EventSubject), aliased(EventSubject)
    decided = (
        select(Hold.released_event_id.label("id"))
        .join(Disposition, Disposition.hold_id == Hold.id)
        .join(lot, lot.subject_id == Disposition.lot_id)
        .join(operation, operation.event_id == lot.event_id)
        .join(his, his.id == lot.event_id)
        .where(operation.subject_id == Disposition.operation_id, *_reports(his, person_id))
    )
    return _named_by(decided)


def _reports(his: Any, person_id: int) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return his.actor_id == person_id, his.kind == REPORTED.name


def _of_group(group: str) -> list[ColumnElement[bool]]:
    if group not in GROUPS or group in ("pay", "notices"):
        return []
    starts = GROUPS[group]
    return [Event.kind.in_([kind for kind in events.KINDS if kind.startswith(starts)])]


GROUPS: dict[str, tuple[str, ...]] = {
    "work": ("work.", "count.", "share.", "lot.", "note.", "instruction."),
    "inspections": (INSPECTED.name, "hold."),
    "pay": (),
    "corrections": (UNDONE.name, ACCEPTED.name, DROPPED.name, PARKED.name),
    "person": ("people.", "station.chosen"),
    "notices": (),
    "sign-ins": ("people.sign_in",),
}
