"""What people change in the catalogue later: entries themselves, and what is no longer in use."""

from typing import TypeVar

from flask_babel import lazy_gettext as _l

from shopfloor.catalogue.features import Wanted, put_features, write_features
from shopfloor.catalogue.items import ItemDetails, alter_item, item_fields, units_of
from shopfloor.catalogue.models import ITEM, PARTNER, REASON, Item, Partner, Reason
from shopfloor.catalogue.partners import Contact, alter_partner, partner_fields
from shopfloor.core import clock, subjects
from shopfloor.core.commands import Gate, Tx, command
from shopfloor.core.editing import name_fields, require_unchanged
from shopfloor.core.events import Change, EventKind, Where
from shopfloor.core.refusals import NotFound
from shopfloor.core.subjects import KINDS, Made, Subject
from shopfloor.core.uses import require_unused
from shopfloor.core.words import require_names

_BACK = "it is changed back"
ITEM_CHANGED = EventKind(
    "catalogue.item_changed", _l("Item changed"), no_inverse_because=_BACK, edits=True
)
REASON_CHANGED = EventKind(
    "catalogue.reason_changed", _l("Reason changed"), no_inverse_because=_BACK, edits=True
)
PARTNER_CHANGED = EventKind(
    "catalogue.partner_changed", _l("Partner changed"), no_inverse_because=_BACK, edits=True
)
# Names were all that could be changed once; what was recorded then is still told.
RENAMED = EventKind(
    "catalogue.renamed",
    _l("Names changed"),
    no_inverse_because="the old names are given again",
    edits=True,
)
ARCHIVED = EventKind(
    "catalogue.archived", _l("Archived"), no_inverse_because="it is taken into use again instead"
)
RESTORED = EventKind(
    "catalogue.restored", _l("In use again"), no_inverse_because="it is archived again instead"
)
Entry = Item | Reason | Partner
T = TypeVar("T", bound=Entry)
_TABLES: dict[str, type[Entry]] = {ITEM.name: Item, REASON.name: Reason, PARTNER.name: Partner}
_BECAUSE = "the catalogue describes; it touches no lot"


@command(Gate.NONE, _BECAUSE)
def change_item(
    tx: Tx,
    *,
    item_id: int,
    version: int,
    names: dict[str, str],
    unit: str,
    decimals: int,
    details: ItemDetails,
    features: tuple[Wanted, ...] | None = None,
) -> Made:
    """Change everything about an item but its number; `version` is the one that was seen.

    Without `features` those there are stay.

    Raises Overtaken when somebody else has saved meanwhile.
    """
    subject, item = _entry(tx, item_id, Item)
    now = item_fields(item, units_of(tx.session, item.id))
    if features is not None:
        now["features"] = write_features(item.features)
    require_unchanged(tx.session, item, version, now)
    changes = alter_item(tx, item, names, unit, decimals, details)
    if features is not None:
        changes.append(put_features(tx, item, features))
        tx.session.flush()
    facts = {"number": subject.number}
    tx.record(ITEM_CHANGED, Where(), facts, about=[item.id], changes=changes)
    return Made(subject.id, subject.code, subject.number)


@command(Gate.NONE, _BECAUSE)
def change_reason(
    tx: Tx, *, reason_id: int, version: int, names: dict[str, str], photo: bool
) -> Made:
    """Change a reason's names and whether it asks for a picture.

    Raises Overtaken when somebody else has saved meanwhile.
    """
    subject, reason = _entry(tx, reason_id, Reason)
    require_unchanged(tx.session, reason, version, reason_fields(reason))
    named = require_names(names)
    changes = [
        Change(reason.id, "names", reason.names, named),
        Change(reason.id, "photo", reason.photo, photo),
    ]
    reason.names, reason.photo, reason.version = named, photo, reason.version + 1
    tx.session.flush()
    facts = {"number": subject.number}
    tx.record(REASON_CHANGED, Where(), facts, about=[reason.id], changes=changes)
    return Made(subject.id, subject.code, subject.number)


@command(Gate.NONE, _BECAUSE)
def change_partner(
    tx: Tx, *, partner_id: int, version: int, names: dict[str, str], contact: Contact
) -> Made:
    """Change everything about a partner but its number.

    Raises Overtaken when somebody else has saved meanwhile.
    """
    subject, partner = _entry(tx, partner_id, Partner)
    require_unchanged(tx.session, partner, version, partner_fields(partner))
    changes = alter_partner(tx, partner, names, contact)
    facts = {"number": subject.number}
    tx.record(PARTNER_CHANGED, Where(), facts, about=[partner.id], changes=changes)
    return Made(subject.id, subject.code, subject.number)


@command(Gate.NONE, _BECAUSE)
def archive_entry(tx: Tx, *, subject_id: int, archived: bool) -> Made:
    """Take an item, a reason or a partner out of use unless something needs it; or back."""
    subject, _row = _entry(tx, subject_id, Item, Reason, Partner)
    if archived:
        require_unused(tx.session, KINDS[subject.kind], subject.id)
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


def reason_fields(reason: Reason) -> dict[str, str]:
    """Return what is stored of a reason, by the fields of its form."""
    return name_fields(reason.names) | {"photo": "1" if reason.photo else ""}


def _entry(tx: Tx, subject_id: int, *tables: type[T]) -> tuple[Subject, T]:
    tx.act.rights.require("catalogue.edit")
    subjects.lock(tx.session, subject_id)
    subject = tx.session.get(Subject, subject_id)
    table = _TABLES.get(subject.kind) if subject else None
    if subject is None or table not in tables:
        raise NotFound(_l("There is no such entry in the catalogue."), rule="not_found")
    return subject, tx.session.get_one(table, subject_id)  # type: ignore[return-value]  # one of these
