"""Gauges for programs: the register, calibrations, and what a bad gauge has measured."""

from typing import Any

from flask import Blueprint

from shopfloor.catalogue.entry_fields import named_over
from shopfloor.core.api import call, part_of
from shopfloor.core.api_fields import Asked, Named, Page, Thing
from shopfloor.core.db import db
from shopfloor.core.sought import narrowed
from shopfloor.core.subjects import find
from shopfloor.core.words import in_words
from shopfloor.people.access import requires, viewer
from shopfloor.people.programs import doing
from shopfloor.quality import gauge_queries as queries
from shopfloor.quality.commands.gauges import add_gauge, calibrate_gauge, change_gauge
from shopfloor.quality.gauge_fields import GaugeDetails
from shopfloor.quality.gauge_models import GAUGE, Gauge
from shopfloor.quality.gauge_told import (
    AskedGauges,
    CalibratedTold,
    CalibrationTold,
    DoubtTold,
    GaugeChange,
    GaugeListed,
    GaugeSent,
    GaugeTold,
    NewCalibration,
    NewGauge,
)
from shopfloor.quality.plan_models import Check

bp = Blueprint("gauges_api", __name__)
EDIT, VIEW = "plan.edit", "work.view"


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
    rows, after = part_of(
        session, queries.in_doubt(one, viewer().rights).order_by(None), Check.id, asked
    )
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
