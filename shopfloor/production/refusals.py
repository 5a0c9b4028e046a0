"""Every "no" of production, with what to do next."""

from decimal import Decimal

from flask_babel import lazy_gettext as _l

from shopfloor.core.refusals import Malformed, NotFound, Refused
from shopfloor.core.shown import show_quantity


class AlreadyStarted(Refused):
    """The person's own job of this kind runs here already; carries its id."""

    def __init__(self, job_id: int) -> None:
        """Say no, and lead to the job that is open."""
        super().__init__(
            _l("You have already started this, and it is still open."),
            _l("Report on it, pause it or finish it before you start it again."),
            rule="already_started",
        )
        self.job_id = job_id
        self.more = {"job": job_id}


def not_released(number: str | None) -> Refused:
    """Return the refusal for work on an order that is not released."""
    return Refused(
        _l("Work order %(number)s is not released.", number=number),
        _l("Ask the planner to release it, or take another lot."),
        rule="not_released",
    )


def order_over(number: str | None) -> Refused:
    """Return the refusal for work on an order that is closed."""
    return Refused(
        _l("Work order %(number)s is closed.", number=number),
        _l("Ask your supervisor if something is left to report."),
        rule="order_closed",
    )


def not_inspected(sequence: int, waiting: Decimal) -> Refused:
    """Return the refusal for starting behind an inspection that is not done."""
    return Refused(
        _l(
            "Operation %(sequence)s is not inspected yet: %(waiting)s pieces wait for a pass.",
            sequence=sequence,
            waiting=waiting,
        ),
        _l("Call the inspector, or take another lot."),
        rule="not_inspected",
    )


def not_ready(sequence: int) -> Refused:
    """Return the refusal for starting before the operation in front has reported good pieces."""
    return Refused(
        _l("Nothing has come from operation %(sequence)s yet.", sequence=sequence),
        _l("Report operation %(sequence)s first, or take another lot.", sequence=sequence),
        rule="not_ready",
    )


def nothing_left(sequence: int) -> Refused:
    """Return the refusal for an operation whose pieces are all reported."""
    return Refused(
        _l("Everything at operation %(sequence)s is already reported.", sequence=sequence),
        _l("Go on with the next operation, or take another lot."),
        rule="nothing_left",
    )


def too_many(asked: Decimal, left: Decimal) -> Refused:
    """Return the refusal for reporting more than is there."""
    return Refused(
        _l("Only %(left)s pieces are left here, not %(asked)s.", left=left, asked=asked),
        _l("Correct the quantity. If you really made more, your supervisor can book the excess."),
        rule="too_many",
        field="good",
    )


def day_passed() -> Refused:
    """Return the question whether an order shall be due on a day that is over."""
    return Refused(
        _l("This day has passed."),
        _l("Send the form again to keep it, or choose another day."),
        rule="day_passed",
        field="due",
    )


def nothing_reported() -> Refused:
    """Return the refusal for a report without any quantity."""
    return Malformed(
        _l("Enter how many pieces were good, scrap or rework."),
        _l("To stop without pieces, finish the job instead."),
        rule="no_quantity",
        field="good",
    )


def no_quantity(field: str) -> Refused:
    """Return the refusal for what cannot be counted at all."""
    return Malformed(_l("This is not a quantity."), rule="bad_quantity", field=field)


def too_large(field: str, left: Decimal | None) -> Refused:
    """Return the refusal for a slip of the finger on the number keys."""
    return Malformed(
        _l("This quantity is too large."),
        _l("At most 1000000000 can be entered.")
        if left is None
        else _l("Only %(left)s are left here.", left=show_quantity(left)),
        rule="bad_quantity",
        field=field,
    )


def too_fine(field: str, decimals: int) -> Refused:
    """Return the refusal for a part of a piece, or for too many decimals."""
    return Malformed(
        _l("At most %(count)s decimals.", count=decimals) if decimals else _l("Whole pieces only."),
        _l("This item is counted with so many decimals and no more.")
        if decimals
        else _l("This item is counted without decimals."),
        rule="bad_quantity",
        field=field,
    )


def reason_missing(field: str) -> Refused:
    """Return the refusal for scrap, an override or a pause without a reason."""
    return Malformed(
        _l("Choose the reason."), _l("Tap one of the reasons."), rule="reason_missing", field=field
    )


def photo_missing() -> Refused:
    """Return the refusal for a reason that asks for a picture."""
    return Malformed(
        _l("This reason needs a photo."),
        _l("Take a photo of the pieces and send the report again."),
        rule="photo_missing",
        field="photo",
    )


def not_made_yet(sequence: int) -> Refused:
    """Return the refusal for pieces that went wrong where they have not been yet."""
    return Malformed(
        _l("These pieces have not been at operation %(sequence)s yet.", sequence=sequence),
        _l("Choose this operation or one before it."),
        rule="bad_made_at",
        field="made_at",
    )


def no_open_job() -> Refused:
    """Return the refusal for pausing or finishing what is not running."""
    return Refused(
        _l("This job is not open any more."),
        _l("Look at My work to see what is running."),
        rule="no_job",
    )


def unknown_job() -> NotFound:
    """Return the refusal for a job that is not there, or is another's."""
    return NotFound(_l("There is no such job."), rule="not_found")


def backdated() -> Refused:
    """Return the refusal for a time outside the order's life."""
    return Refused(
        _l("This time lies outside the life of the order."),
        _l("A supervisor can book it with a reason."),
        rule="backdated",
        field="happened_at",
    )


def gone_on() -> Refused:
    """Return the refusal for taking back pieces that others have worked on."""
    return Refused(
        _l("These pieces have already gone on."),
        _l("Ask your supervisor for a correction."),
        rule="used_since",
    )


def unknown_kind() -> Refused:
    """Return the refusal for a kind of work that does not exist."""
    return Malformed(_l("Choose production, set-up or breakdown."), rule="bad_kind", field="kind")
