"""How alerts say no."""

from flask_babel import lazy_gettext as _l

from shopfloor.core.refusals import Malformed, NotFound, Refused


def no_alert() -> NotFound:
    """Say that there is no such alert, or not here."""
    return NotFound(_l("There is no such alert."), rule="not_found")


def settled() -> Refused:
    """Say that what the alert was about is settled."""
    return Refused(
        _l("This is settled already."), _l("The list shows what is still open."), rule="settled"
    )


def taken(name: str) -> Refused:
    """Say who has taken it before."""
    return Refused(
        _l("%(name)s has taken it already.", name=name),
        _l("Ask him, or look for the next one in the list."),
        rule="taken",
    )


def free_again() -> Refused:
    """Say that nobody needs to be nudged."""
    return Refused(
        _l("The lock is released already."), _l("You can go on now."), rule="already_released"
    )


def nudged_just_now() -> Refused:
    """Say that one nudge a minute is enough."""
    return Refused(
        _l("You have nudged a moment ago."),
        _l("They have heard it. Take another lot until then."),
        rule="nudged_just_now",
    )


def no_minutes() -> Malformed:
    """Say which minutes are possible."""
    return Malformed(
        _l("Give whole minutes from 1 to 1440."),
        _l("After so long without an answer the next people hear of it."),
        rule="bad_minutes",
    )
