"""What people change in the catalogue later: names, and what is no longer in use."""

from flask_babel import lazy_gettext as _l

from shopfloor.catalogue.models import ITEM, REASON, Item, Reason
from shopfloor.core import clock, subjects
from shopfloor.core.commands import Gate, Tx, command
from shopfloor.core.editing import name_fields, require_unchanged
from shopfloor.core.events import Change, EventKind, Where
from shopfloor.core.refusals import NotFound
from shopfloor.core.subjects import Made, Subject
from shopfloor.core.words import require_names

RENAMED = EventKind(
    "catalogue.renamed", _l("Names changed"), no_inverse_because="the old names are given again"
)
ARCHIVED = EventKind(
    "catalogue.archived", _l("Archived"), no_inverse_because="it is taken into use again instead"
)
RESTORED = EventKind(
    "catalogue.restored", _l("In use again"), no_inverse_because="it is archived again instead"
)
_BECAUSE = "the catalogue describes; it touches no lot"


@command(Gate.NONE, _BECAUSE)
def rename_entry(tx: Tx, *, subject_id: int, version: int, names: dict[str, str]) -> Made:
    """Change the names of an item or a reason; `version` is the one that the person has seen.

    Raises Overtaken when somebody else has saved meanwhile.
    """
    subject, entry = _entry(tx, subject_id)
    require_unchanged(entry.version, version, name_fields(entry.names))
    before, entry.names = entry.names, require_names(names)
    entry.version += 1
    tx.session.flush()
    tx.record(
        RENAMED,
        Where(),
        {"number": subject.number},
        about=[subject.id],
        changes=[Change(subject.id, "names", before, entry.names)],
    )
    return Made(subject.id, subject.code, subject.number)


@command(Gate.NONE, _BECAUSE)
def archive_entry(tx: Tx, *, subject_id: int, archived: bool) -> Made:
    """Take an item or a reason out of use, or into use again; its history stays."""
    subject, _entry_row = _entry(tx, subject_id)
    before, subject.archived_at = subject.archived_at, clock.now() if archived else None
    tx.session.flush()
    tx.record(
        ARCHIVED if archived else RESTORED,
        Where(),
        {"number": subject.number},
        about=[subject.id],
        changes=[Change(subject.id, "archived_at", before, subject.archived_at)],
    )
    return Made(subject.id, subject.code, subject.number)


def _entry(tx: Tx, subject_id: int) -> tuple[Subject, Item | Reason]:
    tx.act.rights.require("catalogue.edit")
    subjects.lock(tx.session, subject_id)
    subject = tx.session.get(Subject, subject_id)
    if subject is not None and subject.kind == ITEM.name:
        return subject, tx.session.get_one(Item, subject_id)
    if subject is not None and subject.kind == REASON.name:
        return subject, tx.session.get_one(Reason, subject_id)
    raise NotFound(_l("There is no such entry in the catalogue."), rule="not_found")
