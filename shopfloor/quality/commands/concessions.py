"""Approving a concession before the release: whoever releases needs nobody beside him then."""

from dataclasses import dataclass
from decimal import Decimal

from flask_babel import lazy_gettext as _l

from shopfloor.core.commands import Gate, Tx, command
from shopfloor.core.events import EventKind, Where
from shopfloor.core.subjects import Subject
from shopfloor.holds.models import Hold
from shopfloor.people.signatures import signer_of, use_signature
from shopfloor.production.progress import MOST
from shopfloor.quality import conceding, disposing_refusals, refusals
from shopfloor.quality.conceding import Conceded
from shopfloor.quality.held import held_by, lockers_of, scopes_of, works_of
from shopfloor.quality.values import hang

CONCEDED = EventKind(
    "concession.approved",
    _l("Concession approved"),
    no_inverse_because="it serves one release; what is not released with it changes nothing",
)
# What the signature says: a release of a lock is signed with other words.
MEANING = "concession"


@dataclass(frozen=True)
class Approved:
    """A concession that was approved."""

    event_id: int
    hold_id: int
    number: str
    quantity: Decimal


@command(Gate.JUDGE, "it is approved that held pieces may go on; the release decides about them")
def approve_concession(
    tx: Tx, *, hold_id: int, signature_id: int, quantity: Decimal, concession: Conceded
) -> Approved:
    """Approve that so many pieces under a lock may go on although they are not right; signed."""
    hold = tx.session.get(Hold, hold_id, with_for_update=True)
    if hold is None:
        raise refusals.no_lock()
    if hold.released_at is not None:
        raise refusals.already_released()
    signer_id = signer_of(tx.session, signature_id, MEANING)
    subject, works = tx.session.get_one(Subject, hold.subject_id), works_of(tx.session, hold)
    if not quantity.is_finite() or not 0 < quantity <= MOST:
        raise disposing_refusals.bad_quantity()
    site_id = works[0].order.site_id if works else subject.site_id
    items = {each.item.id for each in works}
    scopes = scopes_of(hold, subject, works)
    lockers = lockers_of(tx.session, hold, held_by(tx.session, hold, works))
    written = conceding.write(
        tx, hold, site_id, concession, quantity, items, signer_id, scopes, lockers
    )
    event = tx.record(
        CONCEDED,
        Where(site_id=site_id),
        {
            "hold": str(hold.id),
            "signer": str(signer_id),
            "quantity": quantity,
            "concession": written.number,
        },
        about=[hold.subject_id, *(each.lot.id for each in works)],
        caused_by_id=hold.opened_event_id,
    )
    written.event_id = event.id
    hang(tx, [written.consent_sha256])
    tx.session.add(written)
    use_signature(tx.session, signature_id, MEANING, event.id)
    tx.session.flush()
    return Approved(event.id, hold.id, written.number, quantity)
