"""What the states of gauges and the kinds of samples are called, and how their forms are read."""

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

from shopfloor.core.forms import Form
from shopfloor.core.refusals import Malformed, Sentence
from shopfloor.core.tables.sending import Column
from shopfloor.quality.gauge_fields import GaugeDetails
from shopfloor.quality.gauge_models import CalibrationResult, GaugeState, SampleKind

# By state: its tone, its icon and its word.
STATES: dict[GaugeState, tuple[str, str, Sentence]] = {
    GaugeState.GOOD: ("good", "check", _l("Calibrated")),
    GaugeState.LIMITED: ("wait", "alert", _l("Limited use")),
    GaugeState.SOON: ("wait", "clock", _l("Due soon")),
    GaugeState.OVERDUE: ("stop", "clock", _l("Overdue")),
    GaugeState.BAD: ("stop", "cross", _l("Found bad")),
    GaugeState.NEVER: ("stop", "info", _l("Never calibrated")),
}
RESULTS: dict[CalibrationResult, Sentence] = {
    CalibrationResult.GOOD: lazy_pgettext("calibration", "Good"),
    CalibrationResult.LIMITED: _l("Good for some uses"),
    CalibrationResult.BAD: lazy_pgettext("calibration", "Bad"),
}
SAMPLE_KINDS: dict[SampleKind, Sentence] = {
    SampleKind.APPROVED: _l("Approved sample"),
    SampleKind.LIMIT: _l("Limit sample"),
}
COLUMNS = (
    Column(_l("Gauge number"), lambda row: row.Subject.number),
    Column(_l("Name, English"), lambda row: row.Gauge.names.get("en")),
    Column(_l("Name, Chinese"), lambda row: row.Gauge.names.get("zh")),
    Column(_l("Type"), lambda row: row.Gauge.type),
    Column(_l("Range from"), lambda row: row.Gauge.low),
    Column(_l("Range to"), lambda row: row.Gauge.high),
    Column(_l("Resolution"), lambda row: row.Gauge.resolution),
    Column(_l("Unit"), lambda row: row.Gauge.unit),
    Column(_l("Where it lies"), lambda row: row.Gauge.place),
    Column(_l("Calibrated every … days"), lambda row: row.Gauge.interval_days),
    Column(_l("Last result"), lambda row: row.Gauge.result and row.Gauge.result.value),
    Column(_l("Calibration due"), lambda row: row.Gauge.due_on),
    Column(_l("Code"), lambda row: row.Subject.code),
    Column(_l("Archived"), lambda row: row.Subject.archived_at),
)


def read_gauge(form: Form) -> GaugeDetails:
    """Return what a form says of a gauge; Malformed names the field that cannot be read."""
    return GaugeDetails(
        type=form.text("type", 80),
        interval_days=form.needed("interval_days"),
        unit=form.text("unit", 40),
        low=form.measure("low"),
        high=form.measure("high"),
        resolution=form.measure("resolution"),
        place=form.text("place", 300),
    )


def read_result(form: Form) -> CalibrationResult:
    """Return the tapped result of a calibration."""
    try:
        return CalibrationResult(form.text("result", 20))
    except ValueError:
        raise Malformed(
            _l("Choose what the calibration has found."), rule="bad_choice", field="result"
        ) from None


def read_kind(form: Form) -> SampleKind:
    """Return the chosen kind of a sample."""
    try:
        return SampleKind(form.text("kind", 20))
    except ValueError:
        raise Malformed(_l("Choose one of the list."), rule="bad_choice", field="kind") from None
