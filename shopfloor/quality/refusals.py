"""Every "no" of quality, with what to do next."""

from decimal import Decimal

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from shopfloor.core.refusals import Malformed, NotFound, NotYours, Refused
from shopfloor.holds.gate import story
from shopfloor.holds.models import Hold


def verdict_missing() -> Refused:
    """Return the refusal for an inspection without a verdict."""
    return Malformed(_l("Tap OK or NG."), rule="verdict_missing", field="verdict")


def reason_missing() -> Refused:
    """Return the refusal for a release without a reason."""
    return Malformed(_l("Choose the reason."), rule="reason_missing", field="reason")


def no_lock() -> Refused:
    """Return the refusal for a lock that does not exist, or not for this person."""
    return NotFound(_l("There is no such lock."), rule="not_found")


def already_failed(session: Session, hold: Hold) -> Refused:
    """Return the refusal for failing again where no pieces wait and an inspection has locked."""
    return Refused(
        _l("Already locked: no other pieces wait here."),
        _l("A second person releases the lock; a second verdict would change nothing."),
        rule="already_locked",
        why=story(session, hold),
    )


def already_released() -> Refused:
    """Return the refusal for deciding about a lock that somebody else has released."""
    return Refused(
        _l("This lock has already been released."),
        _l("Open the lot again to see what was decided."),
        rule="already_released",
    )


def changed_meanwhile() -> Refused:
    """Return the refusal for a decision made before a last report came in under the lock."""
    return Refused(
        _l("Something was reported under this lock just now."),
        _l("Look at the held pieces again and decide about all of them."),
        rule="changed_meanwhile",
    )


def same_person() -> Refused:
    """Return the refusal for releasing one's own lock."""
    return NotYours(
        _l("Whoever locked it cannot release it."),
        _l("A second person with the right signs with badge and PIN."),
        rule="four_eyes",
        field="badge",
    )


def signer_may_not() -> Refused:
    """Return the refusal for a signature of somebody without the right to release here."""
    return NotYours(
        _l("The person who signed has no right to release this."),
        _l("A second person with the right signs with badge and PIN."),
        rule="no_right",
        field="badge",
    )


def nothing_held(lot: str, sequence: int) -> Refused:
    """Return the refusal for a decision about pieces that are not held."""
    return Malformed(
        _l("Nothing of %(lot)s is held at operation %(sequence)s.", lot=lot, sequence=sequence),
        rule="nothing_held",
    )


def held_elsewhere() -> Refused:
    """Return the refusal for deciding about pieces on which another lock lies too."""
    return Refused(
        _l("Another lock is on these pieces too."),
        _l("Release this one without them; whoever releases the last one decides."),
        rule="held_elsewhere",
        field="dispositions",
    )


def sum_differs(held: Decimal, sequence: int, decided: Decimal) -> Refused:
    """Return the refusal for decisions that are not about exactly the held quantity."""
    return Refused(
        _l(
            "%(held)s pieces are held at operation %(sequence)s, but %(decided)s are decided.",
            held=held,
            sequence=sequence,
            decided=decided,
        ),
        _l("Use as is, rework and scrap together must be exactly the held quantity."),
        rule="sum_differs",
        field="dispositions",
    )
