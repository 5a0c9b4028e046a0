"""What a log says at an inspected operation, as the sheet of an inspection plan."""

from decimal import Decimal

from shopfloor.cli.replay.founder import Founder
from shopfloor.cli.replay.log import Log, Row
from shopfloor.configure.models import FieldKind, Weight
from shopfloor.configure.writing import FieldWritten
from shopfloor.core.types import plain
from shopfloor.quality.commands.plans import add_plan, publish_plan
from shopfloor.quality.plan_models import PlanKind, Sampling
from shopfloor.quality.plan_writing import MOST, PlanWritten
from shopfloor.quality.values import Read

NAMED = ("q.c.", "inspection")
REJECTED, REVIEW = "rejected", "review"
# One sheet for all pieces of a row. Rejects are counted and taken out; what is for the review
# board stops the order, however few pieces it is.
_SHEET = PlanWritten(
    sampling=Sampling.FIXED,
    size=1,
    accepts={Weight.MINOR: MOST},
    fields=(
        FieldWritten(
            REJECTED,
            {"en": "Pieces rejected", "zh": "报废件数"},
            FieldKind.DEFECTS,
            weight=Weight.MINOR,
        ),
        FieldWritten(
            REVIEW,
            {"en": "Pieces for material review", "zh": "待评审件数"},
            FieldKind.DEFECTS,
            weight=Weight.CRITICAL,
        ),
    ),
)


def inspected_activities(log: Log) -> frozenset[str]:
    """Return the activities that inspect by their name, or put pieces aside for review."""
    return frozenset(
        row.activity
        for row in log.rows
        if row.for_review or any(word in row.activity.lower() for word in NAMED)
    )


def add_sheet(founder: Founder, item_id: int, sequence: int, activity: str) -> None:
    """Add and publish the plan of an inspected operation of an item."""
    plan = add_plan(
        founder.act(),
        names={"en": activity},
        kind=PlanKind.OPERATION,
        item_id=item_id,
        sequence=sequence,
        draft=_SHEET,
    )
    publish_plan(founder.act(), plan_id=plan.id, version=1)


def filled(row: Row) -> tuple[Read, ...]:
    """Return what the inspector of a row has written on his sheet."""
    return Read(REJECTED, _counted(row.rejected)), Read(REVIEW, _counted(row.for_review))


def all_good(pieces: Decimal) -> tuple[Read, ...]:
    """Return the sheets of pieces that were sorted one by one, and nothing was found."""
    return tuple(
        Read(key, "0", piece)
        for piece in range(1, int(-(-pieces // 1)) + 1)
        for key in (REJECTED, REVIEW)
    )


def _counted(pieces: Decimal) -> str:
    return f"{plain(pieces):f}"
