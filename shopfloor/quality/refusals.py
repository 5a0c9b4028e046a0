"""Every "no" of quality that its pages say before a command is called."""

from flask_babel import lazy_gettext as _l

from shopfloor.core.refusals import Malformed, Refused


def verdict_missing() -> Refused:
    """Return the refusal for an inspection without a verdict."""
    return Malformed(_l("Tap OK or NG."), rule="verdict_missing", field="verdict")


def reason_missing() -> Refused:
    """Return the refusal for a release without a reason."""
    return Malformed(_l("Choose the reason."), rule="reason_missing", field="reason")
