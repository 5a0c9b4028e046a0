"""Editing: a late save is shown beside what somebody else has saved, never booked over it.

The form of a record carries the version it was opened on and, in fields `was_…`, what stood there.
A late save is shown again with both sides; `pick_…` says whose text is taken, `theirs_…` is the
other one's. core/forms.py reads them, so a handler knows nothing of it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from shopfloor.core import events
from shopfloor.core.events import Event, EventChange
from shopfloor.core.refusals import Refused

# People belong to a room above, which tells what somebody is called.
NameOf = Callable[[Session, int], str | None]
_NAME_OF: list[NameOf] = []
# What an import changes beside the text of a record; revisions are asked for by their word.
_BESIDE = ("bom", "routing", "role")


class Versioned(Protocol):
    """A subject's row that counts how often it was saved."""

    id: int
    version: int


@dataclass(frozen=True)
class Saver:
    """Who has saved a record last, and when."""

    name: str
    at: datetime


class Overtaken(Refused):
    """Somebody else has saved since the form was opened; carries what is stored now."""

    def __init__(self, version: int, now: Mapping[str, str], saver: Saver | None = None) -> None:
        """Keep the stored version and values, by the names of the form's fields, and whose."""
        super().__init__(
            _l("Somebody else has changed this since you opened it. Nothing was saved yet."),
            _l("Compare both below. What you typed is still in the form; save it or take theirs."),
            rule="edited_since",
        )
        self.version, self.now, self.saver = version, dict(now), saver
        self.more = {"version": version, "now": self.now}
        if saver is not None:
            self.more |= {"saved_by": saver.name, "saved_at": saver.at.isoformat()}


def register(name_of: NameOf) -> None:
    """Take from the room of people how somebody is called."""
    _NAME_OF[:] = [name_of]


def require_unchanged(
    session: Session, record: Versioned, seen: int, now: Mapping[str, str]
) -> None:
    """Raise Overtaken unless the form was opened on the version of the record that is stored."""
    if record.version != seen:
        raise Overtaken(record.version, now, last_saver(session, record.id))


def last_saver(session: Session, subject_id: int, field: str | None = None) -> Saver | None:
    """Return who has changed a record's text last, or one field of it; two statements."""
    changes = EventChange.subject_id == subject_id
    if field is None:
        edits = [kind.name for kind in events.KINDS.values() if kind.edits]
        beside = EventChange.field.in_(_BESIDE) | EventChange.field.like("rate %")
        changes &= Event.kind.in_(edits) & ~beside
    else:
        changes &= EventChange.field == field
    found = session.execute(
        select(Event.actor_id, Event.happened_at)
        .join(EventChange, EventChange.event_id == Event.id)
        .where(changes)
        .order_by(Event.id.desc())
        .limit(1)
    ).first()
    if found is None or found.actor_id is None:
        return None
    name = next((name_of(session, found.actor_id) for name_of in _NAME_OF), None)
    return Saver(name, found.happened_at) if name else None


def name_fields(names: Mapping[str, str]) -> dict[str, str]:
    """Return names by the fields of the form that edits them: name_en, name_zh."""
    return {f"name_{language}": text for language, text in names.items()}
