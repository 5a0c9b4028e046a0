"""What pages ask of alerts: those one hears of, the one about a thing, those one has raised."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import g
from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, aliased

from shopfloor.alerts.hearing import hears, may_hear
from shopfloor.alerts.kinds import KINDS, AlertKind
from shopfloor.alerts.models import Alert
from shopfloor.catalogue.models import Reason
from shopfloor.core.subjects import Subject
from shopfloor.holds.models import Hold
from shopfloor.people.models import Person
from shopfloor.people.viewer import Viewer
from shopfloor.plant.models import Line
from shopfloor.quality.evidence import undecided

MOST = 50
# Every open page asks at the same moment: making a statement takes longer than it runs.
_RAISER, _KNOWS, _DOES = aliased(Person), aliased(Person), aliased(Person)
_OTHER = aliased(Hold)
_TOGETHER = (
    select(func.count(_OTHER.id))
    .where(
        _OTHER.opened_event_id == Hold.opened_event_id,
        _OTHER.id != Hold.id,
        _OTHER.released_at.is_(None),
    )
    .correlate(Hold)
    .scalar_subquery()
)
_OPEN: Select[*tuple[Any, ...]] = (
    select(Alert, Subject, Reason.names, func.coalesce(Hold.note, ""), Line.names)
    .add_columns(_RAISER.name, _KNOWS.name, _DOES.name, undecided(Alert.hold_id), _TOGETHER)
    .join(Subject, Subject.id == Alert.subject_id, isouter=True)
    .join(Hold, Hold.id == Alert.hold_id, isouter=True)
    .join(Reason, Reason.id == Hold.reason_id, isouter=True)
    .join(Line, Line.id == Alert.line_id, isouter=True)
    .join(_RAISER, _RAISER.id == Alert.raised_by_id, isouter=True)
    .join(_KNOWS, _KNOWS.id == Alert.acknowledged_by_id, isouter=True)
    .join(_DOES, _DOES.id == Alert.taken_by_id, isouter=True)
    .where(Alert.closed_at.is_(None))
)


@dataclass(frozen=True)
class Shown:
    """An alert in words: about what, where, why, who raised it and who has answered."""

    alert: Alert
    subject: Subject | None
    reason: Mapping[str, str] | None
    note: str
    line: Mapping[str, str] | None
    raised_by: str | None
    acknowledged_by: str | None
    taken_by: str | None
    suspects: int  # lots that its fail has put under suspicion, and nobody has decided about
    together: int  # what else was locked in the same moment, and still is

    @property
    def kind(self) -> AlertKind:
        """Return what kind of alert it is."""
        return KINDS[self.alert.kind]

    @property
    def mark(self) -> str:
        """Return what changes when it is to ring once more: another alert or kind, or a nudge."""
        return f"{self.alert.id}.{self.alert.kind}.{self.alert.nudges}"

    def quiet_for(self, person_id: int) -> bool:
        """Say whether it calls nobody: somebody knows of it, or oneself alone has raised it."""
        own = self.alert.raised_by_id == person_id and self.alert.times == 1
        return not self.alert.nudges and (own or self.alert.acknowledged_at is not None)


def heard(session: Session, viewer: Viewer, most: int = MOST) -> list[Shown]:
    """Return the open alerts of which this person hears, the oldest first; one statement."""
    if not hears_at_all(viewer):
        return []
    query = heard_by(viewer).order_by(Alert.raised_at, Alert.id)
    return [Shown(*row) for row in session.execute(query.limit(most))]


def heard_by(viewer: Viewer) -> Select[*tuple[Any, ...]]:
    """Return the query for the open alerts of which this person hears."""
    return _shown(hears(viewer.rights, viewer.person_id))


def count_heard(session: Session, viewer: Viewer) -> int:
    """Return of how many open alerts this person hears; at most one statement, once a page."""
    if not hears_at_all(viewer):
        return 0
    if "alerts_heard" not in g:
        g.alerts_heard = session.scalar(
            select(func.count(Alert.id)).where(
                Alert.closed_at.is_(None), hears(viewer.rights, viewer.person_id)
            )
        )
    return int(g.alerts_heard or 0)


def hears_at_all(viewer: Viewer) -> bool:
    """Say whether alerts may reach this person: by his rights, or as the leader of his crew."""
    return not viewer.reporting_only and (
        may_hear(viewer.rights) or viewer.leader_id == viewer.person_id
    )


def about(session: Session, hold_id: int) -> Shown | None:
    """Return the open alert about the thing that a lock is on; one statement."""
    held = select(Hold.subject_id).where(Hold.id == hold_id).scalar_subquery()
    row = session.execute(_shown(Alert.matter == "lock", Alert.about_id == held)).first()
    return Shown(*row) if row else None


def raised_by(session: Session, viewer: Viewer) -> list[Shown]:
    """Return the open alerts that this person has raised, the newest first; one statement."""
    query = _shown(Alert.raised_by_id == viewer.person_id).order_by(Alert.id.desc())
    return [Shown(*row) for row in session.execute(query.limit(MOST))]


def _shown(*conditions: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return _OPEN.where(*conditions)
