"""Placing a hold by hand."""

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from shopfloor.catalogue.chosen import require_reason
from shopfloor.catalogue.models import ReasonKind
from shopfloor.core import subjects
from shopfloor.core.commands import Gate, Tx, command
from shopfloor.core.events import EventKind
from shopfloor.core.refusals import Malformed, NotFound, Refused
from shopfloor.core.subjects import Subject
from shopfloor.holds import gate
from shopfloor.holds.models import Hold, HoldSource
from shopfloor.holds.standing import stands

PLACED = EventKind(
    "hold.placed",
    _l("Locked"),
    no_inverse_because="a hold ends by a release, signed by a second person",
)
LONGEST_NOTE = 500


@dataclass(frozen=True)
class Placed:
    """A hold that was just opened."""

    hold_id: int
    subject_id: int
    code: str
    number: str | None


@command(Gate.JUDGE, "locking what is already locked does no harm")
def place_hold(
    tx: Tx, *, subject_id: int, reason_id: int | None, note: str = "", nonconformance: bool = False
) -> Placed:
    """Hold a subject by hand, until a second person releases it: for a reason, or for its note.

    Of a lot or an order whoever locks may say that pieces are bad: a nonconformance is opened.
    """
    # Work that has passed the gate is booked first, and the next one finds our hold.
    gate.close(tx.session)
    subjects.lock(tx.session, subject_id)
    subject = tx.session.get(Subject, subject_id)
    if subject is None or tx.act.actor_id is None:
        raise NotFound(_l("There is nothing here under this code."), rule="not_found")
    where = stands(tx.session, subject, tx.act.when.at)
    tx.act.rights.require("hold.place", subject.site_id, where.line_id, where.station_id)
    kind = subjects.KINDS.get(subject.kind)
    if kind is None or not kind.holdable:
        raise Refused(
            _l("This cannot be locked."),
            _l("Lock the lot, the order, the item, the station or the person instead."),
            rule="not_holdable",
        )
    note = noted(note)
    if reason_id is not None or not note:
        require_reason(tx.session, reason_id or 0, ReasonKind.HOLD)
    tx.record(
        PLACED,
        where,
        {"subject": str(subject.id)} | ({"nonconformance": True} if nonconformance else {}),
        about=[subject.id],
        reason_id=reason_id,
    )
    hold_id = open_hold(tx, subject.id, HoldSource.PERSON, reason_id=reason_id, note=note)
    return Placed(hold_id, subject.id, subject.code, subject.number)


def open_hold(
    tx: Tx,
    subject_id: int,
    source: HoldSource,
    *,
    operation_id: int | None = None,
    reason_id: int | None,
    note: str,
) -> int:
    """Open a hold under the event of a command, in the name of whoever acts; returns its id."""
    if tx.event is None or tx.act.actor_id is None:
        raise RuntimeError("a lock has its event, and is a person's")
    hold = Hold(
        subject_id=subject_id,
        source=source,
        operation_id=operation_id,
        reason_id=reason_id,
        note=note,
        opened_by_id=tx.act.actor_id,
        opened_at=tx.act.when.at,
        opened_event_id=tx.event.id,
    )
    tx.session.add(hold)
    tx.session.flush()
    return hold.id


def noted(note: str) -> str:
    """Return a note on one line; Malformed when it is too long."""
    note = " ".join(note.split())
    if len(note) > LONGEST_NOTE:
        raise Malformed(
            _l("The note is too long."),
            _l("Write at most %(longest)s characters.", longest=LONGEST_NOTE),
            rule="bad_note",
            field="note",
        )
    return note
