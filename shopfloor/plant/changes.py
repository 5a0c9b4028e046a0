"""What people change in the plant later: names, and what is no longer in use."""

from typing import cast

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from shopfloor.core import clock, subjects
from shopfloor.core.codes import read_code
from shopfloor.core.commands import Gate, Tx, command
from shopfloor.core.editing import name_fields, require_unchanged
from shopfloor.core.events import Change, EventKind, Where
from shopfloor.core.refusals import NotFound, Refused
from shopfloor.core.rights import Rights
from shopfloor.core.subjects import KINDS, Made, Subject
from shopfloor.core.uses import require_unused
from shopfloor.core.words import require_names
from shopfloor.plant.commands import require_hours, require_leader
from shopfloor.plant.models import (
    LINE,
    PLACE,
    SHIFT,
    SITE,
    STATION,
    Line,
    Place,
    Shift,
    Site,
    Station,
)

RENAMED = EventKind(
    "plant.renamed",
    _l("Names changed"),
    no_inverse_because="the old names are given again",
    edits=True,
)
SHIFT_CHANGED = EventKind(
    "plant.shift_changed", _l("Shift changed"), no_inverse_because="it is changed back", edits=True
)
ARCHIVED = EventKind(
    "plant.archived", _l("Archived"), no_inverse_because="it is taken into use again instead"
)
RESTORED = EventKind(
    "plant.restored", _l("In use again"), no_inverse_because="it is archived again instead"
)
Piece = Site | Line | Station | Place | Shift
_TABLES: dict[str, type[Piece]] = {
    SITE.name: Site,
    LINE.name: Line,
    STATION.name: Station,
    PLACE.name: Place,
    SHIFT.name: Shift,
}
_BECAUSE = "the plant itself is not material; no lot is touched"


@command(Gate.NONE, _BECAUSE)
def rename_piece(tx: Tx, *, subject_id: int, version: int, names: dict[str, str]) -> Made:
    """Change the names of a site, line, station, place or shift as it was seen at `version`.

    Raises Overtaken when somebody else has saved meanwhile.
    """
    subject, piece = _piece(tx, subject_id)
    require_unchanged(tx.session, piece, version, piece_fields(piece))
    before, piece.names = piece.names, require_names(names)
    piece.version += 1
    tx.session.flush()
    tx.record(
        RENAMED,
        Where(site_id=subject.site_id),
        {"number": subject.number},
        about=[subject.id],
        changes=[Change(subject.id, "names", before, piece.names)],
    )
    return Made(subject.id, subject.code, subject.number)


@command(Gate.NONE, _BECAUSE)
def change_shift(
    tx: Tx,
    *,
    shift_id: int,
    version: int,
    names: dict[str, str],
    starts_minute: int,
    ends_minute: int,
    leader_id: int | None = None,
) -> Made:
    """Change a shift's names, hours and leader; what was entered before keeps its shift.

    Raises Overtaken when somebody else has saved meanwhile.
    """
    subject, shift = _piece(tx, shift_id)
    if not isinstance(shift, Shift):
        raise NotFound(_l("There is no such piece of the plant."), rule="not_found")
    require_unchanged(tx.session, shift, version, piece_fields(shift))
    require_hours(starts_minute, ends_minute)
    require_leader(tx, leader_id, shift.site_id)
    wanted = {
        "names": require_names(names),
        "starts_minute": starts_minute,
        "ends_minute": ends_minute,
        "leader_id": leader_id,
    }
    changes = [Change(shift.id, name, getattr(shift, name), new) for name, new in wanted.items()]
    for name, new in wanted.items():
        setattr(shift, name, new)
    shift.version += 1
    tx.session.flush()
    where = Where(site_id=subject.site_id, shift_id=shift.id)
    tx.record(SHIFT_CHANGED, where, {"number": subject.number}, about=[subject.id], changes=changes)
    return Made(subject.id, subject.code, subject.number)


@command(Gate.NONE, _BECAUSE)
def archive_piece(tx: Tx, *, subject_id: int, archived: bool) -> Made:
    """Take a line, station, place or shift out of use, or into use again; its history stays.

    Refused while something in use needs it.
    """
    subject, _row = _piece(tx, subject_id)
    if subject.kind == SITE.name or (subject.kind == PLACE.name and subject.number is None):
        raise Refused(
            _l("This belongs to the plant itself and stays in use."), rule="always_in_use"
        )
    if archived:
        require_unused(tx.session, KINDS[subject.kind], subject.id)
    before, subject.archived_at = subject.archived_at, clock.now() if archived else None
    tx.session.flush()
    tx.record(
        ARCHIVED if archived else RESTORED,
        Where(site_id=subject.site_id),
        {"number": subject.number},
        about=[subject.id],
        changes=[Change(subject.id, "archived_at", before, subject.archived_at)],
    )
    return Made(subject.id, subject.code, subject.number)


def piece_fields(piece: Piece) -> dict[str, str]:
    """Return what is stored of a piece of the plant, by the fields of its form."""
    stored = name_fields(piece.names)
    if isinstance(piece, Shift):
        stored["starts"] = wall_clock(piece.starts_minute)
        stored["ends"] = wall_clock(piece.ends_minute)
        stored["leader"] = str(piece.leader_id or "")
    return stored


def wall_clock(minute: int) -> str:
    """Write minutes after midnight as a wall clock shows them."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def piece_of(session: Session, code: str, rights: Rights) -> tuple[Subject, Piece]:
    """Return a piece of the plant by its printed code; NotFound outside the person's scope."""
    subject = session.scalar(select(Subject).where(Subject.code == (read_code(code) or "")))
    return _allowed(session, subject, rights)


def _piece(tx: Tx, subject_id: int) -> tuple[Subject, Piece]:
    subjects.lock(tx.session, subject_id)
    return _allowed(tx.session, tx.session.get(Subject, subject_id), tx.act.rights)


def _allowed(session: Session, subject: Subject | None, rights: Rights) -> tuple[Subject, Piece]:
    table = _TABLES.get(subject.kind) if subject else None
    if subject is None or table is None:
        raise NotFound(_l("There is no such piece of the plant."), rule="not_found")
    rights.require("plant.edit", subject.site_id, subject.id)
    return subject, cast(Piece, session.get_one(table, subject.id))
