"""Lists of lots that wait for work or for an inspection, the most urgent first."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.orm import Session, aliased

from shopfloor.catalogue.models import Item
from shopfloor.core.rights import Rights
from shopfloor.core.subjects import Subject
from shopfloor.holds.models import Hold
from shopfloor.people.models import PersonSkill
from shopfloor.people.viewer import Viewer
from shopfloor.plant.models import Line, Station
from shopfloor.production.models import (
    TO_DO,
    LotOperation,
    Operation,
    OrderState,
    WorkOrder,
)

PAGE = 50
_HELD = (
    select(Hold.id)
    .where(
        or_(Hold.subject_id == WorkOrder.id, Hold.subject_id == LotOperation.lot_id),
        Hold.released_at.is_(None),
    )
    .exists()
)


@dataclass(frozen=True)
class Waiting:
    """A lot with pieces at an operation that wait for work, or for an inspection.

    Pieces that are back for rework wait together with the others: they are reported together.
    """

    lot: str
    lot_code: str
    order: str
    item_names: dict[str, str]
    unit: str
    operation: int
    names: dict[str, str]
    left: Decimal
    waiting: Decimal
    due: date | None
    held: bool
    lacking: bool = False  # the reader does not have the skill that it asks for


def ready_work(session: Session, viewer: Viewer, *conditions: ColumnElement[bool]) -> list[Waiting]:
    """Return lots with pieces to report, the most urgent first; one statement.

    Those for which the reader lacks the skill come behind the others, and locked ones last.
    """
    return _waiting(session, viewer.rights, TO_DO, *conditions, lacking=_lacking(viewer))


def next_card(session: Session, viewer: Viewer) -> Waiting | None:
    """Return the first lot that is not locked and that this person may work on; one statement."""
    if not viewer.rights.has("work.report"):
        return None
    lacking = _lacking(viewer)
    return next(iter(_waiting(session, viewer.rights, TO_DO, ~_HELD, ~lacking, most=1)), None)


def _lacking(viewer: Viewer) -> ColumnElement[bool]:
    """Say of an operation that its skill is one this person does not have today."""
    has = (
        select(PersonSkill.person_id)
        .where(
            PersonSkill.skill_id == Operation.skill_id,
            PersonSkill.person_id == viewer.person_id,
            PersonSkill.holds_on(viewer.today),
        )
        .exists()
    )
    return and_(Operation.skill_id.is_not(None), ~has)


def stuck_work(session: Session, rights: Rights) -> list[Waiting]:
    """Return lots whose pieces wait for an inspection or a decision; one statement."""
    return _waiting(session, rights, LotOperation.good - LotOperation.onward > 0)


def _waiting(
    session: Session,
    rights: Rights,
    *conditions: ColumnElement[bool],
    most: int = PAGE,
    lacking: ColumnElement[bool] | None = None,
) -> list[Waiting]:
    order_subject = aliased(Subject)
    cannot: ColumnElement[bool] = false() if lacking is None else lacking
    query = (
        select(LotOperation, Operation, WorkOrder.due, Subject, order_subject.number, Item.names)
        .add_columns(Item.unit, _HELD.label("held"), cannot.label("lacking"))
        .select_from(WorkOrder)
        .join(Operation, Operation.order_id == WorkOrder.id)
        .join(LotOperation, LotOperation.operation_id == Operation.id)
        .join(Subject, Subject.id == LotOperation.lot_id)
        .join(order_subject, order_subject.id == WorkOrder.id)
        .join(Item, Item.id == WorkOrder.item_id)
        .join(Station, Station.id == Operation.station_id)
        .join(Line, Line.id == Station.line_id)
        .where(WorkOrder.state == OrderState.RELEASED, *conditions)
        .order_by(
            _HELD,
            *([] if lacking is None else [cannot]),
            WorkOrder.priority,
            WorkOrder.due.is_(None),
            WorkOrder.due,
            WorkOrder.id,
            Operation.sequence,
            LotOperation.pass_,
        )
        .limit(most)
    )
    scopes = rights.scopes("work.view")
    if scopes is not None:
        query = query.where(
            or_(WorkOrder.site_id.in_(scopes), Line.id.in_(scopes), Station.id.in_(scopes))
        )
    found: dict[tuple[str, int], Waiting] = {}
    found_rows = session.execute(query)
    for row, operation, due, lot, number, item_names, unit, is_held, cannot_do in found_rows:
        before = found.get((lot.code, operation.sequence))
        found[lot.code, operation.sequence] = Waiting(
            lot=lot.number or lot.code,
            lot_code=lot.code,
            order=number or "",
            item_names=item_names,
            unit=unit,
            operation=operation.sequence,
            names=operation.names,
            left=row.left + (before.left if before else 0),
            waiting=row.waiting + (before.waiting if before else 0),
            due=due,
            held=is_held,
            lacking=bool(cannot_do),
        )
    return list(found.values())
