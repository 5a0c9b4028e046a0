"""Gauges for programs: the register, calibrations, and what a bad gauge has measured."""

from datetime import date, datetime
from typing import Annotated, Any

from flask import Blueprint
from pydantic import ConfigDict, Field

from shopfloor.catalogue.entry_fields import named_over
from shopfloor.core.api import call, part_of
from shopfloor.core.api_fields import (
    Asked,
    Body,
    Day,
    Exact,
    Id,
    Name,
    Named,
    Names,
    Page,
    Text,
    Thing,
    Told,
)
from shopfloor.core.db import db
from shopfloor.core.sought import Sought, narrowed
from shopfloor.core.subjects import find
from shopfloor.core.words import in_words
from shopfloor.people.access import requires, viewer
from shopfloor.people.programs import doing
from shopfloor.quality import gauge_queries as queries
from shopfloor.quality.commands.gauges import add_gauge, calibrate_gauge, change_gauge
from shopfloor.quality.gauge_fields import LONGEST_INTERVAL, LONGEST_PLACE, GaugeDetails
from shopfloor.quality.gauge_models import GAUGE, CalibrationResult, Gauge, GaugeState
from shopfloor.quality.photo_api import Photo
from shopfloor.quality.plan_models import Check

bp = Blueprint("gauges_api", __name__)
EDIT, VIEW = "plan.edit", "work.view"
Days = Annotated[int, Field(strict=True, ge=1, le=LONGEST_INTERVAL)]
_EXAMPLE = {"type": "caliper", "unit": "mm", "low": "0", "high": "150", "interval_days": 365}


class GaugeSent(Body):
    """What a gauge is; `low` and `high` are its measuring range in `unit`."""

    type: Annotated[str, Field(max_length=40)] = ""
    unit: Annotated[str, Field(max_length=20)] = ""
    low: Exact | None = None
    high: Exact | None = None
    resolution: Exact | None = None
    place: Annotated[str, Field(max_length=LONGEST_PLACE)] = ""
    interval_days: Days = 365

    def over(self, known: GaugeDetails) -> GaugeDetails:
        """Return the details with what was sent put over them."""
        own = {name: getattr(known, name) for name in GaugeSent.model_fields}
        sent = {name: getattr(self, name) for name in own if name in self.model_fields_set}
        return GaugeDetails(**own | sent)


class NewGauge(GaugeSent):
    """A gauge for the register; it measures nothing before its first calibration."""

    names: Names
    number: Name | None = None

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [_EXAMPLE | {"number": "M-012", "names": {"en": "Caliper", "zh": "卡尺"}}]
        }
    )


class GaugeChange(GaugeSent):
    """What changes of a gauge as it was heard at `version`."""

    version: Id
    names: Names = Names()

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"version": 1, "place": "Inspection room"}]}
    )


class NewCalibration(Body):
    """What a calibration has found; without `due_on` the interval of the register counts."""

    day: Day
    result: CalibrationResult
    due_on: Day | None = None
    calibrated_by: Annotated[str, Field(max_length=120)] = ""
    certificate: Annotated[str, Field(max_length=80)] = ""
    note: Text = ""
    photo: Photo | None = None

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"day": "2026-11-20", "result": "good", "certificate": "C-4711"}]
        }
    )


class CalibrationTold(Told):
    """One calibration of a gauge."""

    id: int
    day: date
    result: CalibrationResult
    due_on: date
    calibrated_by: str = ""
    certificate: str = ""
    note: str = ""
    photo: str | None = None


class CalibratedTold(Told):
    """A calibration that was kept, and how many inspections it has put in doubt."""

    calibration: int
    result: CalibrationResult
    due_on: date
    doubtful: int


class GaugeListed(Named):
    """A gauge in a list; `state` says whether one may measure with it today."""

    names: dict[str, str]
    type: str
    unit: str
    low: Exact | None
    high: Exact | None
    resolution: Exact | None
    place: str
    interval_days: int
    due_on: date | None
    state: GaugeState
    version: int
    archived: bool


class GaugeTold(GaugeListed):
    """A gauge with its calibrations, newest first."""

    calibrations: list[CalibrationTold]


class AskedGauges(Sought):
    """Which part of the register, and in which state only."""

    state: GaugeState | None = None


class DoubtTold(Told):
    """An inspection in doubt: lot and order, how many values, when, by whom, and where it is."""

    inspection: int
    lot: Named
    order: Named
    operation: int
    plan: dict[str, str]
    values: int
    first_at: datetime
    last_at: datetime
    people: list[str]
    places: list[str]
    held: bool


@bp.get("/gauges")
@requires(VIEW)
@call(asks=AskedGauges, gives=Page[GaugeListed])
def gauges(asked: AskedGauges) -> Page[GaugeListed]:
    """List the gauges, oldest first."""
    query = queries.gauges(viewer().today, archived=True, state=asked.state or "").order_by(None)
    query = narrowed(query, asked, Gauge.found_by)
    rows, after = part_of(db.session(), query, Gauge.id, asked)
    told = [GaugeListed(**_listed(row.Gauge, row.Subject)) for row in rows]
    return Page(entries=told, next=after)


@bp.post("/gauges")
@requires(EDIT)
@call(takes=NewGauge, gives=Thing, status=201)
def new_gauge(body: NewGauge) -> Thing:
    """Add a gauge to the register."""
    details = body.over(GaugeDetails(""))
    made = add_gauge(doing(), number=body.number, names=body.names.given(), details=details)
    return Thing.of(made)


@bp.get("/gauges/<code>")
@requires(VIEW)
@call(gives=GaugeTold)
def gauge(code: str) -> GaugeTold:
    """Tell a gauge with its calibrations."""
    found = queries.gauge_page(db.session(), code)
    names = [name for name in CalibrationTold.model_fields if name != "photo"]
    told = [
        CalibrationTold(**{name: getattr(each, name) for name in names}, photo=each.sha256)
        for each, _person in found.calibrations
    ]
    return GaugeTold(**_listed(found.gauge, found.subject), calibrations=told)


@bp.patch("/gauges/<code>")
@requires(EDIT)
@call(takes=GaugeChange, gives=Thing)
def change(code: str, body: GaugeChange) -> Thing:
    """Change a gauge; 409 with both sides when it was changed since `version`."""
    found = queries.gauge_page(db.session(), code).gauge
    known = {name: getattr(found, name) for name in GaugeSent.model_fields}
    saved = change_gauge(
        doing(),
        gauge_id=found.id,
        version=body.version,
        names=named_over(body.names, found.names),
        details=body.over(GaugeDetails(**known)),
    )
    return Thing.of(saved)


@bp.post("/gauges/<code>/calibrations")
@requires(EDIT)
@call(takes=NewCalibration, gives=CalibratedTold, status=201)
def calibrate(code: str, body: NewCalibration) -> CalibratedTold:
    """Keep a calibration; a bad one puts in doubt what was measured since the last good one."""
    own = {name: getattr(body, name) for name in NewCalibration.model_fields if name != "photo"}
    gauge_id = find(db.session(), GAUGE, code).id
    done = calibrate_gauge(doing(), gauge_id=gauge_id, sha256=body.photo, **own)
    return CalibratedTold(
        calibration=done.calibration_id,
        result=done.result,
        due_on=done.due_on,
        doubtful=done.doubtful,
    )


@bp.get("/gauges/<code>/calibrations/<int:calibration>/doubtful")
@requires(EDIT)
@call(asks=Asked, gives=Page[DoubtTold])
def doubtful(code: str, calibration: int, asked: Asked) -> Page[DoubtTold]:
    """List what was measured with a gauge between its last good calibration and this bad one."""
    session = db.session()
    found = queries.gauge_page(session, code)
    one = queries.calibration_of(session, found.gauge, calibration)
    rows, after = part_of(session, queries.in_doubt(one).order_by(None), Check.id, asked)
    people = queries.readers(session, one, [row.Check.id for row in rows])
    places = queries.lots_now(session, [row.Check.lot_id for row in rows])
    return Page(entries=[_doubt(row, people, places) for row in rows], next=after)


def _listed(gauge: Gauge, subject: Any) -> dict[str, Any]:
    own = {name: getattr(gauge, name) for name in (*GaugeSent.model_fields, "names", "due_on")}
    return own | {
        "code": subject.code,
        "number": subject.number,
        "state": gauge.state_on(viewer().today),
        "version": gauge.version,
        "archived": subject.archived_at is not None,
    }


def _doubt(row: Any, people: dict[int, list[str]], places: dict[int, Any]) -> DoubtTold:
    return DoubtTold(
        inspection=row.Check.id,
        lot=Named(code=row.lot_code, number=row.lot_number),
        order=Named(code=row.order_code, number=row.order_number),
        operation=row.sequence,
        plan=row.plan_names,
        values=row.count,
        first_at=row.first_at,
        last_at=row.last_at,
        people=people.get(row.Check.id, []),
        places=[in_words(names) for names, _quantity in places.get(row.Check.lot_id, [])],
        held=row.held,
    )
