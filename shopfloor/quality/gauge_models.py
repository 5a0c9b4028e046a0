"""Tables of gauges, of their calibrations, and of the samples that show how a piece should look."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from shopfloor.core.db import Base
from shopfloor.core.finding import Findable, folded
from shopfloor.core.subjects import Kind
from shopfloor.core.types import Json, choice

GAUGE = Kind("gauge", "V", _l("Gauge"), "gauges.gauge")
SAMPLE = Kind("sample", "5", _l("Approved sample"), "samples.sample")
# So long before a day a list already says that it comes.
SOON = timedelta(days=14)


class CalibrationResult(StrEnum):
    """What a calibration found: good, good for some uses only, or not to be measured with."""

    GOOD = "good"
    LIMITED = "limited"
    BAD = "bad"


class GaugeState(StrEnum):
    """Whether one may measure with a gauge today, and if not, why."""

    GOOD = "good"
    LIMITED = "limited"
    SOON = "soon"
    OVERDUE = "overdue"
    BAD = "bad"
    NEVER = "never"


NOT_TO_MEASURE = (GaugeState.OVERDUE, GaugeState.BAD, GaugeState.NEVER)


class SampleKind(StrEnum):
    """What a sample shows: how it should be, or the worst that is still let through."""

    APPROVED = "approved"
    LIMIT = "limit"


class Gauge(Findable, Base):
    """What one measures with; `due_on` and `result` are those of its newest calibration.

    `low` and `high` are its measuring range in `unit`; a plug gauge has none.
    """

    __tablename__ = "gauge"
    __table_args__ = (
        CheckConstraint("low < high", name="range"),
        CheckConstraint("resolution > 0", name="resolution"),
        CheckConstraint("interval_days > 0", name="interval"),
    )

    id: Mapped[int] = mapped_column(ForeignKey("subject.id"), primary_key=True)
    names: Mapped[dict[str, str]] = mapped_column(Json)
    type: Mapped[str] = mapped_column(String(40))
    unit: Mapped[str] = mapped_column(String(20))
    low: Mapped[Decimal | None]
    high: Mapped[Decimal | None]
    resolution: Mapped[Decimal | None]
    place: Mapped[str] = mapped_column(String(200))
    interval_days: Mapped[int]
    due_on: Mapped[date | None] = mapped_column(index=True)
    result: Mapped[CalibrationResult | None] = mapped_column(choice(CalibrationResult, "result"))
    version: Mapped[int] = mapped_column(default=1)

    def found_words(self) -> Iterable[str | None]:
        """Return every text by which people look for it."""
        return [*self.names.values(), self.type, self.place]

    def is_a(self, asked: str) -> bool:
        """Say whether it is of the type that a plan asks for; no type asks for any gauge."""
        return not asked or folded(asked) == folded(self.type)

    def state_on(self, day: date) -> GaugeState:
        """Return whether one may measure with it on a day; the day it is due is still good."""
        if self.result is CalibrationResult.BAD:
            return GaugeState.BAD
        if self.result is None or self.due_on is None:
            return GaugeState.NEVER
        if self.due_on < day:
            return GaugeState.OVERDUE
        if self.due_on <= day + SOON:
            return GaugeState.SOON
        limited = self.result is CalibrationResult.LIMITED
        return GaugeState.LIMITED if limited else GaugeState.GOOD


class Calibration(Base):
    """One calibration of a gauge; appended, never changed."""

    __tablename__ = "gauge_calibration"
    __table_args__ = (Index("ix_gauge_calibration_gauge_id_day", "gauge_id", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    gauge_id: Mapped[int] = mapped_column(ForeignKey("gauge.id"))
    day: Mapped[date]
    result: Mapped[CalibrationResult] = mapped_column(choice(CalibrationResult, "result"))
    due_on: Mapped[date]
    # The laboratory or the person that calibrated it, and the number of the paper.
    calibrated_by: Mapped[str] = mapped_column(String(120))
    certificate: Mapped[str] = mapped_column(String(80))
    note: Mapped[str] = mapped_column(String(500))
    sha256: Mapped[str | None] = mapped_column(ForeignKey("file.sha256"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime]
    # Since when what was measured with it is in doubt; only where the result is bad.
    doubted_from: Mapped[datetime | None]


class Sample(Findable, Base):
    """A piece that hangs on the wall: how an item should look, or the worst that still passes.

    The sample of a model holds for its variants.
    """

    __tablename__ = "approved_sample"

    id: Mapped[int] = mapped_column(ForeignKey("subject.id"), primary_key=True)
    names: Mapped[dict[str, str]] = mapped_column(Json)
    kind: Mapped[SampleKind] = mapped_column(choice(SampleKind, "kind"))
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), index=True)
    partner_id: Mapped[int | None] = mapped_column(ForeignKey("partner.id"))
    place: Mapped[str] = mapped_column(String(200))
    valid_until: Mapped[date] = mapped_column(index=True)
    sha256: Mapped[str | None] = mapped_column(ForeignKey("file.sha256"), index=True)
    approved_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    approved_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    def found_words(self) -> Iterable[str | None]:
        """Return every text by which people look for it."""
        return [*self.names.values(), self.place]

    def expired_on(self, day: date) -> bool:
        """Say whether it had to be renewed before a day."""
        return self.valid_until < day
