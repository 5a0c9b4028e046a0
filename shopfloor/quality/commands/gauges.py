"""The register of gauges: what there is, how it was calibrated, what a bad one puts in doubt."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update

from shopfloor.core import clock, subjects
from shopfloor.core.commands import Gate, Tx, command
from shopfloor.core.editing import require_unchanged
from shopfloor.core.events import Change, EventKind, Where
from shopfloor.core.refusals import NotFound
from shopfloor.core.subjects import Made, Subject
from shopfloor.quality.gauge_fields import (
    LONGEST_INTERVAL,
    GaugeDetails,
    gauge_columns,
    gauge_fields,
    require_day,
    require_file,
    require_short,
)
from shopfloor.quality.gauge_models import GAUGE, Calibration, CalibrationResult, Gauge
from shopfloor.quality.plan_models import Check, Value
from shopfloor.quality.values import hang

GAUGE_ADDED = EventKind(
    "gauge.added", _l("Gauge added"), no_inverse_because="a gauge is archived, not unmade"
)
GAUGE_CHANGED = EventKind(
    "gauge.changed", _l("Gauge changed"), no_inverse_because="it is changed again", edits=True
)
GAUGE_CALIBRATED = EventKind(
    "gauge.calibrated",
    _l("Gauge calibrated"),
    no_inverse_because="what was found stays; the next calibration follows it",
)
GAUGE_ARCHIVED = EventKind(
    "gauge.archived", _l("Gauge archived"), no_inverse_because="it is taken into use again instead"
)
GAUGE_RESTORED = EventKind(
    "gauge.restored", _l("Gauge in use again"), no_inverse_because="it is archived again instead"
)
EDIT = "plan.edit"
_BECAUSE = "a gauge is not material; no lot is touched"
_OLDEST = date(1990, 1, 1)
_A_DAY = timedelta(days=1)
_LONGEST = {"calibrated_by": 120, "certificate": 80, "note": 500}


@dataclass(frozen=True)
class Calibrated:
    """A calibration, and how many inspections it has put in doubt."""

    calibration_id: int
    code: str
    number: str | None
    result: CalibrationResult
    due_on: date
    doubtful: int


@command(Gate.NONE, _BECAUSE)
def add_gauge(
    tx: Tx, *, number: str | None, names: Mapping[str, str], details: GaugeDetails
) -> Made:
    """Add a gauge to the register; it measures nothing before its first calibration."""
    tx.act.rights.require(EDIT)
    columns = gauge_columns(names, details)
    made = subjects.create(tx.session, GAUGE, number)
    tx.session.add(Gauge(id=made.id, **columns))
    tx.session.flush()
    tx.record(
        GAUGE_ADDED,
        Where(),
        {"type": columns["type"]},
        about=[made.id],
        changes=[Change(made.id, name, None, value) for name, value in columns.items() if value],
    )
    return made


@command(Gate.NONE, _BECAUSE)
def change_gauge(
    tx: Tx, *, gauge_id: int, version: int, names: Mapping[str, str], details: GaugeDetails
) -> Made:
    """Change what the register says of a gauge; Overtaken when somebody has saved meanwhile."""
    subject, gauge = _gauge(tx, gauge_id)
    require_unchanged(tx.session, gauge, version, gauge_fields(gauge))
    columns = gauge_columns(names, details)
    changes = [
        Change(gauge.id, name, getattr(gauge, name), value) for name, value in columns.items()
    ]
    for name, value in columns.items():
        setattr(gauge, name, value)
    gauge.version += 1
    tx.session.flush()
    tx.record(GAUGE_CHANGED, Where(), {}, about=[gauge.id], changes=changes)
    return Made(gauge.id, subject.code, subject.number)


@command(Gate.NONE, _BECAUSE)
def calibrate_gauge(
    tx: Tx,
    *,
    gauge_id: int,
    day: date,
    result: CalibrationResult,
    due_on: date | None = None,
    calibrated_by: str = "",
    certificate: str = "",
    note: str = "",
    sha256: str | None = None,
) -> Calibrated:
    """Keep what a calibration found; a bad one puts in doubt what was measured since the last good.

    The day counts as a whole: what was measured on the day of the last good one is in doubt too.
    """
    subject, gauge = _gauge(tx, gauge_id)
    today = tx.act.when.at.date()
    # East of Greenwich it is already tomorrow.
    require_day(day, _OLDEST, today + _A_DAY, "day")
    # What was found bad is due at once.
    again = day if result is CalibrationResult.BAD else day + timedelta(days=gauge.interval_days)
    due = due_on or again
    require_day(due, day, day + timedelta(days=LONGEST_INTERVAL), "due_on")
    texts = _texts(calibrated_by=calibrated_by, certificate=certificate, note=note)
    require_file(tx.session, sha256, "photo")
    doubted_from = _last_good(tx, gauge.id, day) if result is CalibrationResult.BAD else None
    before = (gauge.result, gauge.due_on)
    if _is_newest(tx, gauge.id, day):
        gauge.result, gauge.due_on = result, due
    event = tx.record(
        GAUGE_CALIBRATED,
        Where(),
        {"result": result, "day": day.isoformat(), "due_on": due.isoformat()},
        about=[gauge.id],
        changes=[
            Change(gauge.id, "calibration", before[0], gauge.result),
            Change(gauge.id, "due", before[1], gauge.due_on),
        ],
    )
    calibration = Calibration(
        event_id=event.id,
        gauge_id=gauge.id,
        day=day,
        result=result,
        due_on=due,
        sha256=sha256,
        person_id=tx.act.actor_id,
        recorded_at=tx.act.when.at,
        doubted_from=doubted_from,
        **texts,
    )
    tx.session.add(calibration)
    hang(tx, [sha256])
    tx.session.flush()
    doubtful = 0 if doubted_from is None else _doubt(tx, calibration, doubted_from)
    return Calibrated(calibration.id, subject.code, subject.number, result, due, doubtful)


@command(Gate.NONE, _BECAUSE)
def archive_gauge(tx: Tx, *, gauge_id: int, archived: bool) -> Made:
    """Take a gauge out of use, or into use again; what was measured with it stays."""
    subject, gauge = _gauge(tx, gauge_id)
    before, subject.archived_at = subject.archived_at, clock.now() if archived else None
    tx.session.flush()
    tx.record(
        GAUGE_ARCHIVED if archived else GAUGE_RESTORED,
        Where(),
        {},
        about=[gauge.id],
        changes=[Change(gauge.id, "archived_at", before, subject.archived_at)],
    )
    return Made(gauge.id, subject.code, subject.number)


def _gauge(tx: Tx, gauge_id: int) -> tuple[Subject, Gauge]:
    tx.act.rights.require(EDIT)
    subjects.lock(tx.session, gauge_id)
    # Whoever measures with it shares its row; from here on they wait for what was found.
    gauge = tx.session.scalar(select(Gauge).where(Gauge.id == gauge_id).with_for_update())
    if gauge is None:
        raise NotFound(_l("There is no such gauge."), rule="not_found")
    return tx.session.get_one(Subject, gauge_id), gauge


def _texts(**typed: str) -> dict[str, str]:
    """Return what was written of a calibration, on one line each; refused when it is too long."""
    texts = {name: " ".join(text.split()) for name, text in typed.items()}
    for name, longest in _LONGEST.items():
        require_short(texts[name], longest, name)
    return texts


def _is_newest(tx: Tx, gauge_id: int, day: date) -> bool:
    later = select(Calibration.id).where(Calibration.gauge_id == gauge_id, Calibration.day > day)
    return tx.session.scalar(later.limit(1)) is None


def _last_good(tx: Tx, gauge_id: int, day: date) -> datetime:
    """Return since when what was measured is in doubt: the begin of the last good day anywhere."""
    good = tx.session.scalar(
        select(Calibration.day)
        .where(
            Calibration.gauge_id == gauge_id,
            Calibration.day <= day,
            Calibration.result != CalibrationResult.BAD,
        )
        .order_by(Calibration.day.desc())
        .limit(1)
    )
    begin = datetime.combine(good or _OLDEST, time(), UTC)
    # The day began half a day earlier in the east; doubt too much rather than too little.
    return begin - timedelta(hours=14)


def _doubt(tx: Tx, calibration: Calibration, since: datetime) -> int:
    """Mark the inspections in which something was measured with a gauge since a moment."""
    measured = select(Value.check_id).where(
        Value.gauge_id == calibration.gauge_id, Value.read_at >= since
    )
    marked = tx.session.execute(
        update(Check)
        .where(Check.id.in_(measured))
        .values(doubted_by_id=calibration.id)
        .returning(Check.id)
        .execution_options(synchronize_session=False)
    )
    return len(marked.all())
