"""What the pages of gauges ask: the register, one gauge, and what a bad one puts in doubt."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from shopfloor.catalogue.models import Item
from shopfloor.core.files import File, is_digest
from shopfloor.core.finding import finds
from shopfloor.core.paging import Page, page_of
from shopfloor.core.rights import Rights
from shopfloor.core.subjects import Subject, find, nothing_under
from shopfloor.holds.models import Hold
from shopfloor.people.models import Person
from shopfloor.plant.models import Place
from shopfloor.production.models import Operation
from shopfloor.quality.doubt import measured_before
from shopfloor.quality.gauge_models import (
    GAUGE,
    SOON,
    Calibration,
    CalibrationResult,
    Gauge,
    GaugeState,
    Sample,
)
from shopfloor.quality.plan_models import Check, Plan, PlanRevision, Value
from shopfloor.stock.models import Balance, Lot

STATES = (GaugeState.SOON, GaugeState.OVERDUE, GaugeState.BAD, GaugeState.NEVER)


@dataclass(frozen=True)
class GaugePage:
    """A gauge with its calibrations, newest first, and who has entered each."""

    subject: Subject
    gauge: Gauge
    calibrations: Sequence[Row[Calibration, str | None]]


@dataclass(frozen=True)
class Doubtful:
    """What was measured with a gauge that was found bad, a page of inspections at a time."""

    page: Page
    people: dict[int, list[str]]
    places: dict[int, list[tuple[dict[str, str], Any]]]


def gauges(
    day: date, search: str = "", *, archived: bool = False, state: str = ""
) -> Select[*tuple[Any, ...]]:
    """Return the query for gauges in use, or for all, what is due first at the top."""
    query = (
        select(Gauge, Subject)
        .join(Subject, Subject.id == Gauge.id)
        .order_by(Gauge.due_on.is_not(None), Gauge.due_on, Gauge.id)
    )
    if not archived:
        query = query.where(Subject.archived_at.is_(None))
    if search:
        query = query.where(finds(search, Subject.number, Gauge.found_by))
    return query.where(_is(GaugeState(state), day)) if state in STATES else query


def types(session: Session) -> Sequence[str]:
    """Return the types of gauges that there are, for whoever writes a plan; one statement."""
    return session.scalars(select(Gauge.type).distinct().order_by(Gauge.type).limit(200)).all()


def gauge_page(session: Session, code: str) -> GaugePage:
    """Return a gauge by code or number; NotFound when there is none."""
    subject = find(session, GAUGE, code)
    gauge = session.get_one(Gauge, subject.id)
    rows = session.execute(
        select(Calibration, Person.name)
        .join(Person, Person.id == Calibration.person_id, isouter=True)
        .where(Calibration.gauge_id == gauge.id)
        .order_by(Calibration.day.desc(), Calibration.id.desc())
        .limit(100)
    ).all()
    return GaugePage(subject, gauge, rows)


def calibration_of(session: Session, gauge: Gauge, calibration_id: int) -> Calibration:
    """Return a calibration of this gauge; NotFound for another one's."""
    found = session.get(Calibration, calibration_id)
    if found is None or found.gauge_id != gauge.id:
        raise nothing_under(str(calibration_id))
    return found


def doubtful(session: Session, rights: Rights, calibration: Calibration, number: int) -> Doubtful:
    """Return the inspections in doubt since a gauge was good for the last time; four statements."""
    page = page_of(session, in_doubt(calibration, rights), number)
    checks = [row.Check.id for row in page.rows]
    people = readers(session, calibration, checks)
    return Doubtful(page, people, lots_now(session, [row.Check.lot_id for row in page.rows]))


def readers(
    session: Session, calibration: Calibration, check_ids: Collection[int]
) -> dict[int, list[str]]:
    """Return who has measured with a bad gauge in each inspection; one statement."""
    people: dict[int, list[str]] = defaultdict(list)
    if not check_ids:
        return people
    named = (
        select(Value.check_id, Person.name)
        .join(Person, Person.id == Value.person_id)
        .where(Value.check_id.in_(check_ids), measured_before(calibration))
        .distinct()
        .order_by(Person.name)
    )
    for check_id, name in session.execute(named):
        people[check_id].append(name)
    return people


def in_doubt(calibration: Calibration, rights: Rights) -> Select[*tuple[Any, ...]]:
    """Return the query for what was measured with a bad gauge: lot, order, plan and when.

    Whoever sees one site only is told of its lots only.
    """
    lot, order = aliased(Subject), aliased(Subject)
    counted = (
        select(
            Value.check_id,
            func.count().label("values"),
            func.min(Value.read_at).label("first"),
            func.max(Value.read_at).label("last"),
        )
        .where(measured_before(calibration))
        .group_by(Value.check_id)
        .subquery()
    )
    held = exists().where(
        Hold.released_at.is_(None), or_(Hold.subject_id == lot.id, Hold.subject_id == Lot.family_id)
    )
    columns: list[Any] = [
        Check,
        lot.code.label("lot_code"),
        lot.number.label("lot_number"),
        order.number.label("order_number"),
        order.code.label("order_code"),
        order.kind.label("order_kind"),
        Item.names.label("item_names"),
        Plan.names.label("plan_names"),
        PlanRevision.revision,
        Operation.sequence,
        Operation.names.label("operation_names"),
        counted.c["values"].label("count"),
        counted.c["first"].label("first_at"),
        counted.c["last"].label("last_at"),
        held.label("held"),
    ]
    query = (
        select(*columns)
        .join(counted, counted.c.check_id == Check.id)
        .join(Lot, Lot.id == Check.lot_id)
        .join(lot, lot.id == Lot.id)
        .join(order, order.id == Lot.family_id)
        .join(Item, Item.id == Lot.item_id)
        .join(PlanRevision, PlanRevision.id == Check.revision_id)
        .join(Plan, Plan.id == PlanRevision.plan_id)
        .join(Operation, Operation.id == Check.operation_id, isouter=True)
        .order_by(Check.id.desc())
    )
    scopes = rights.scopes("work.view")
    return query if scopes is None else query.where(lot.site_id.in_(scopes))


def lots_now(
    session: Session, lot_ids: Collection[int]
) -> dict[int, list[tuple[dict[str, str], Any]]]:
    """Return where lots lie now, and how much of each; one statement."""
    places: dict[int, list[tuple[dict[str, str], Any]]] = defaultdict(list)
    if not lot_ids:
        return places
    rows = session.execute(
        select(Balance.lot_id, Place.names, Balance.quantity)
        .join(Place, Place.id == Balance.place_id)
        .where(Balance.lot_id.in_(lot_ids), Balance.quantity > 0)
        .order_by(Balance.lot_id, Balance.place_id)
    )
    for lot_id, names, quantity in rows:
        places[lot_id].append((names, quantity))
    return places


def shown_photo(session: Session, sha256: str) -> File | None:
    """Return a photo of a sample, a calibration or an inspected piece; None for any other file."""
    if not is_digest(sha256):
        return None
    shown = (
        exists().where(Sample.sha256 == sha256),
        exists().where(Calibration.sha256 == sha256),
        exists().where(Value.sha256 == sha256),
    )
    image = File.media_type.like("image/%")
    return session.scalar(select(File).where(File.sha256 == sha256, image, or_(*shown)))


def _is(state: GaugeState, day: date) -> ColumnElement[bool]:
    usable = Gauge.result.is_not(None) & (Gauge.result != CalibrationResult.BAD)
    match state:
        case GaugeState.BAD:
            return Gauge.result == CalibrationResult.BAD
        case GaugeState.NEVER:
            return Gauge.result.is_(None)
        case GaugeState.OVERDUE:
            return usable & (Gauge.due_on < day)
        case _:
            return usable & (Gauge.due_on >= day) & (Gauge.due_on <= day + SOON)
