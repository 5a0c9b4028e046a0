"""Editing: a late save is shown beside what somebody else has saved, never booked over it.

The form of a record carries the version it was opened on and, in fields `was_…`, what stood there.
A late save is shown again with both sides; `pick_…` says whose text is taken, `theirs_…` is the
other one's. core/forms.py reads them, so a handler knows nothing of it.
"""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l

from shopfloor.core.refusals import Refused


class Overtaken(Refused):
    """Somebody else has saved since the form was opened; carries what is stored now."""

    def __init__(self, version: int, now: Mapping[str, str]) -> None:
        """Keep the stored version and values, by the names of the form's fields."""
        super().__init__(
            _l("Somebody else has changed this since you opened it. Nothing was saved yet."),
            _l("Compare both below. What you typed is still in the form; save it or take theirs."),
            rule="edited_since",
        )
        self.version, self.now = version, dict(now)
        self.more = {"version": version, "now": self.now}


def require_unchanged(stored: int, seen: int, now: Mapping[str, str]) -> None:
    """Raise Overtaken unless the form was opened on the version that is stored."""
    if stored != seen:
        raise Overtaken(stored, now)


def name_fields(names: Mapping[str, str]) -> dict[str, str]:
    """Return names by the fields of the form that edits them: name_en, name_zh."""
    return {f"name_{language}": text for language, text in names.items()}
