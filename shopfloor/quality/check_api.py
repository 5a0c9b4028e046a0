"""Values of inspections for programs, such as a gauge or a measuring machine."""

from typing import Annotated, Self

from flask import Blueprint
from pydantic import ConfigDict, Field

from shopfloor.catalogue.models import REASON
from shopfloor.core.api import call
from shopfloor.core.api_fields import Body, Booking, Name, Named, Sequence, Text, Told, Yes
from shopfloor.core.db import db
from shopfloor.core.references import id_or_none
from shopfloor.people.access import requires
from shopfloor.people.programs import doing
from shopfloor.quality.commands.checks import correct_value, read_values
from shopfloor.quality.gauging import MOST_GAUGES
from shopfloor.quality.models import Verdict
from shopfloor.quality.photo_api import Photo
from shopfloor.quality.taking import MOST_AT_ONCE, Readings
from shopfloor.quality.values import Read

bp = Blueprint("checks_api", __name__)
RECORD = "inspection.record"
# Where an inspection is: 0 in stock, for a retest that is due.
Stop = Annotated[int, Field(strict=True, ge=0, le=1_000_000, description="0 is in stock.")]


class ReadingSent(Body):
    """One value of one piece: the key of its characteristic, and which reading of it.

    `text` is the number, `yes` or `no`, the number of the option of a choice from 0 on, or words.
    """

    key: Name
    text: Text
    piece: Sequence = 1
    reading: Sequence = 1
    photo: Photo | None = None
    gauge: Name | None = Field(
        None, description="What it was measured with; empty for one of `gauges`, or as before."
    )

    def read(self) -> Read:
        """Return the value as the commands take it."""
        return Read(self.key, self.text, self.piece, self.reading, self.photo, self.gauge)


class NewValues(Booking):
    """Values of the pieces that wait at an operation; `sure` takes what is far from expected.

    With `rest` every question that is still open is answered as good, where it can be.
    """

    lot: Name
    operation: Stop
    values: Annotated[tuple[ReadingSent, ...], Field(max_length=MOST_AT_ONCE)] = ()
    gauges: Annotated[tuple[Name, ...], Field(max_length=MOST_GAUGES)] = Field(
        (), description="What is measured with: each value takes the first of its type."
    )
    sure: Yes = False
    rest: Annotated[int, Field(strict=True, ge=1)] | None = Field(
        None, description="Of how many pieces something was open when they were looked at."
    )
    seen: Annotated[int, Field(strict=True, ge=0)] | None = Field(
        None, description="The `event` of the last answer: `rest` is refused after a later one."
    )

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "lot": "1042-1",
                    "operation": 20,
                    "values": [{"key": "length", "text": "9.98", "piece": 1}],
                }
            ]
        }
    )


class Correction(Booking):
    """The right value in the place of a mistyped one, and why; the old one stays readable."""

    lot: Name
    operation: Stop
    value: ReadingSent
    reason: Name
    sure: Yes = False

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "lot": "1042-1",
                    "operation": 20,
                    "value": {"key": "length", "text": "9.98", "piece": 1},
                    "reason": "mistyped",
                }
            ]
        }
    )


class ReadingsTold(Told):
    """How an inspection stands: how many values are missing, and the verdict they come to.

    `verdict` is null while they decide nothing; it is given by `POST /inspections`.
    """

    event: int
    inspection: int
    lot: Named
    operation: int
    size: int
    missing: int
    verdict: Verdict | None

    @classmethod
    def of(cls, stands: Readings) -> Self:
        """Tell how an inspection stands."""
        return cls(
            event=stands.event_id,
            inspection=stands.check_id,
            lot=Named(code=stands.lot_code, number=stands.lot or None),
            operation=stands.operation,
            size=stands.size,
            missing=stands.missing,
            verdict=Verdict(stands.verdict) if stands.verdict else None,
        )


@bp.post("/inspections/values")
@requires(RECORD)
@call(takes=NewValues, gives=ReadingsTold)
def read(body: NewValues) -> ReadingsTold:
    """Read values that a plan asks for; the first ones open the inspection and draw its sample."""
    stands = read_values(
        doing(body),
        lot=body.lot,
        operation=body.operation,
        values=tuple(value.read() for value in body.values),
        gauges=body.gauges,
        sure=body.sure,
        rest=body.rest,
        seen=body.seen,
    )
    return ReadingsTold.of(stands)


@bp.post("/inspections/values/corrected")
@requires(RECORD)
@call(takes=Correction, gives=ReadingsTold)
def correct(body: Correction) -> ReadingsTold:
    """Correct a value of the inspection that runs; the old one stays beside it."""
    stands = correct_value(
        doing(body),
        lot=body.lot,
        operation=body.operation,
        value=body.value.read(),
        reason_id=id_or_none(db.session(), REASON, body.reason, "reason"),
        sure=body.sure,
    )
    return ReadingsTold.of(stands)
