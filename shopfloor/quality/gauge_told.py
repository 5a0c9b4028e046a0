"""What programs send and hear of gauges, their calibrations, and what a bad one has measured."""

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import ConfigDict, Field

from shopfloor.core.api_fields import Body, Day, Exact, Id, Name, Named, Names, Text, Told
from shopfloor.core.sought import Sought
from shopfloor.quality.gauge_fields import LONGEST_INTERVAL, LONGEST_PLACE, GaugeDetails
from shopfloor.quality.gauge_models import CalibrationResult, GaugeState
from shopfloor.quality.photo_api import Photo

Days = Annotated[int, Field(strict=True, ge=1, le=LONGEST_INTERVAL)]
_EXAMPLE: dict[str, Any] = {
    "type": "caliper",
    "unit": "mm",
    "low": "0",
    "high": "150",
    "interval_days": 365,
}


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
