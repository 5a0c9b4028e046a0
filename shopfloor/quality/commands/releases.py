"""Ending a hold: a second person decides about every held piece and signs for it."""

from dataclasses import dataclass
from decimal import Decimal

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from shopfloor.catalogue.chosen import require_reason
from shopfloor.catalogue.models import ReasonKind
from shopfloor.core import subjects
from shopfloor.core.commands import Gate, Tx, command
from shopfloor.core.events import Effect, EventKind, Where
from shopfloor.core.subjects import Subject
from shopfloor.holds import gate
from shopfloor.holds.models import Hold
from shopfloor.people.signatures import second_person, use_signature
from shopfloor.production import work
from shopfloor.production.progress import settle_order
from shopfloor.production.saving import save
from shopfloor.production.way import Work
from shopfloor.quality import conceding, refusals
from shopfloor.quality.conceding import Conceded
from shopfloor.quality.disposing import CONCEDED, Decided, Deed, carry_out, keep, match
from shopfloor.quality.held import (
    families_of,
    held_by,
    lockers_of,
    other_locks,
    scopes_of,
    works_of,
)
from shopfloor.quality.ncr_models import Concession
from shopfloor.quality.values import hang
from shopfloor.stock import ledger

__all__ = ["MEANING", "RELEASED", "Conceded", "Decided", "Freed", "release_hold"]
RELEASED = EventKind(
    "hold.released",
    _l("Lock released"),
    no_inverse_because="a release is followed by a new lock when it was wrong",
)
MEANING = "hold.release"
ZERO = Decimal(0)


@dataclass(frozen=True)
class Freed:
    """A released hold and what was decided about its pieces."""

    event_id: int
    hold_id: int
    lot: str
    lot_code: str
    released_by_id: int
    dispositions: tuple[Decided, ...]
    effects: tuple[Effect, ...] = ()
    # Locks that are still on it, by id: with one of them nothing goes on yet.
    still: tuple[int, ...] = ()
    # No lot is concerned: an item, a station or a person was locked.
    thing: bool = False


@command(Gate.JUDGE, "the release is what ends the hold")
def release_hold(
    tx: Tx,
    *,
    hold_id: int,
    signature_id: int,
    reason_id: int,
    dispositions: tuple[Decided, ...] = (),
    concession: Conceded | None = None,
) -> Freed:
    """Release a hold with a decision for every held piece, signed by a second person.

    Raises Refused when the quantities do not sum exactly, when the signer has locked the pieces,
    when he has no right to release here, or when pieces go on that are not right and nobody answers
    for it: the signer writes the concession, or it was approved before.
    """
    hold, works = _locked(tx, hold_id)
    subject = tx.session.get_one(Subject, hold.subject_id)
    scopes = scopes_of(hold, subject, works)
    waiting = held_by(tx.session, hold, works)
    decidable = (each for each in waiting if not each.elsewhere)
    lockers = lockers_of(tx.session, hold, decidable)
    signer_id = second_person(tx.session, signature_id, MEANING, lockers, scopes)
    require_reason(tx.session, reason_id, ReasonKind.RELEASE)
    deeds = match(waiting, dispositions)
    conceded = _conceded(tx, hold, deeds, concession, lockers, signer_id, scopes)
    for deed in deeds:
        carry_out(tx, deed)
    for lot_work in {deed.piece.work.lot.id: deed.piece.work for deed in deeds}.values():
        settle_order(tx, lot_work)
        save(tx.session, lot_work)
    used = {deed.piece.work.lot.id for deed in deeds if deed.made}
    event = tx.record(
        RELEASED,
        _where(tx, hold, subject, works),
        {
            "hold": str(hold.id),
            "signer": str(signer_id),
            "dispositions": [deed.facts() for deed in deeds],
            **({"concession": conceded.number} if conceded else {}),
        },
        # A lot of which another one was made is used: it stands here once.
        about=sorted({hold.subject_id, *(lot_work.lot.id for lot_work in works)} - used),
        used=sorted(used),
        made=[deed.made.id for deed in deeds if deed.made],
        reason_id=reason_id,
        caused_by_id=hold.opened_event_id,
    )
    _end(tx, hold, event.id, signer_id, signature_id, reason_id)
    if conceded is not None:
        _use(tx, conceded, event.id)
    keep(tx, hold.id, hold.reason_id, hold.operation_id, deeds, conceded.id if conceded else None)
    tx.session.flush()
    ledger.post(tx, [move for deed in deeds for move in deed.moves])
    first = works[0].subject if works else subject
    return Freed(
        event.id,
        hold.id,
        first.number or "",
        first.code,
        signer_id,
        dispositions,
        tx.react(),
        tuple(other.id for other in other_locks(tx.session, hold, works)),
        not works,
    )


def _end(
    tx: Tx, hold: Hold, event_id: int, signer_id: int, signature_id: int, reason_id: int
) -> None:
    """Write who has released a hold, why, and with which signature: that one is used."""
    hold.released_at = tx.act.when.at
    hold.released_by_id, hold.released_event_id = signer_id, event_id
    hold.release_reason_id, hold.signature_id = reason_id, signature_id
    use_signature(tx.session, signature_id, MEANING, event_id)


def _use(tx: Tx, conceded: Concession, event_id: int) -> None:
    """Keep a concession as used; one that was written just now belongs to the release."""
    if not conceded.event_id:
        hang(tx, [conceded.consent_sha256])
    conceded.event_id, conceded.used = conceded.event_id or event_id, True
    tx.session.add(conceded)
    tx.session.flush()


def _conceded(
    tx: Tx,
    hold: Hold,
    deeds: list[Deed],
    written: Conceded | None,
    lockers: set[int],
    signer_id: int,
    scopes: set[int | None],
) -> Concession | None:
    """Return the concession under which pieces go on that are not right; None where none does."""
    going = [deed for deed in deeds if deed.decided.kind in CONCEDED]
    if not going:
        return None
    quantity = sum((deed.decided.quantity for deed in going), ZERO)
    site_id = going[0].piece.work.order.site_id
    if written is None or not written.words.strip():
        return conceding.standing(tx, hold, site_id, quantity, lockers)
    items = {deed.piece.work.item.id for deed in going}
    return conceding.write(tx, hold, site_id, written, quantity, items, signer_id, scopes, lockers)


def _locked(tx: Tx, hold_id: int) -> tuple[Hold, list[Work]]:
    """Pass the gate, lock every family concerned, then the held subject, and only then read."""
    # No other lock may appear between the look at them and the commit: pieces go on here.
    gate.enter(tx)
    subject_id = tx.session.scalar(select(Hold.subject_id).where(Hold.id == hold_id))
    if subject_id is None:
        raise refusals.no_lock()
    families = families_of(tx.session, hold_id, subject_id)
    subjects.lock_all(tx.session, families)
    subjects.lock(tx.session, subject_id)
    if families_of(tx.session, hold_id, subject_id) - families:
        raise refusals.changed_meanwhile()
    hold = tx.session.get_one(Hold, hold_id, with_for_update=True)
    if hold.released_at is not None:
        raise refusals.already_released()
    return hold, works_of(tx.session, hold)


def _where(tx: Tx, hold: Hold, subject: Subject, works: list[Work]) -> Where:
    if not works:
        return Where(site_id=subject.site_id)
    stops = works[0].stops
    stop = next((s for s in stops if s.operation.id == hold.operation_id), stops[0])
    return work.where(tx, works[0], stop)[0]
