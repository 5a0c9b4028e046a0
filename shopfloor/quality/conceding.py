"""Concessions: pieces that are not as they should be go on only with somebody's name under it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from shopfloor.catalogue.models import Item
from shopfloor.core.commands import Tx
from shopfloor.core.files import photo_of
from shopfloor.core.forms import Form
from shopfloor.holds.models import Hold
from shopfloor.people.viewer import rights_of
from shopfloor.plant.shifts import day_at
from shopfloor.quality import disposing_refusals as refusals
from shopfloor.quality.ncr_models import Concession
from shopfloor.quality.values import require_sent

APPROVE = "concession.approve"
LONGEST = 2000


@dataclass(frozen=True)
class Conceded:
    """What a concession says: why the pieces are acceptable, and what the customer said."""

    words: str
    expires_on: date | None = None
    consent: str = ""
    consent_sha256: str | None = None


def write(
    tx: Tx,
    hold: Hold,
    site_id: int | None,
    written: Conceded,
    quantity: Decimal,
    item_ids: set[int],
    approver_id: int,
    scopes: set[int | None],
    lockers: set[int],
) -> Concession:
    """Check a concession and return it, to be added under the event that its command records."""
    if approver_id in lockers:
        raise refusals.own_lock()
    if not rights_of(tx.session, approver_id).may(APPROVE, *scopes):
        raise refusals.may_not_approve()
    words, consent = (" ".join(text.split()) for text in (written.words, written.consent))
    if not 0 < len(words) <= LONGEST or len(consent) > LONGEST:
        raise refusals.bad_words(LONGEST)
    today = day_at(tx.session, site_id or 0, tx.act.when.at)
    _require_valid(written.expires_on, today)
    require_sent(tx, [written.consent_sha256])
    if not (consent or written.consent_sha256) and wants_consent(tx.session, item_ids):
        raise refusals.consent_missing()
    # The lock's row is held: nobody else counts its concessions now.
    before = select(func.count(Concession.id)).where(Concession.hold_id == hold.id)
    return Concession(
        number=f"CON-{hold.id}-{(tx.session.scalar(before) or 0) + 1}",
        hold_id=hold.id,
        quantity=quantity,
        words=words,
        expires_on=written.expires_on,
        consent=consent,
        consent_sha256=written.consent_sha256,
        approved_by_id=approver_id,
        approved_at=tx.act.when.at,
    )


def standing(
    tx: Tx, hold: Hold, site_id: int | None, quantity: Decimal, lockers: set[int]
) -> Concession:
    """Return the newest concession that was approved for a lock before; Refused without one."""
    found = tx.session.scalars(
        select(Concession)
        .where(Concession.hold_id == hold.id, Concession.used.is_(False))
        .order_by(Concession.id.desc())
        .limit(1)
    ).first()
    if found is None:
        raise refusals.concession_missing(quantity)
    if found.approved_by_id in lockers:
        raise refusals.own_lock()
    _require_valid(found.expires_on, day_at(tx.session, site_id or 0, tx.act.when.at))
    if found.quantity < quantity:
        raise refusals.concession_too_small(found.number, found.quantity, quantity)
    return found


def _require_valid(expires_on: date | None, today: date) -> None:
    if expires_on is not None and expires_on < today:
        raise refusals.concession_expired(expires_on)


def wants_consent(session: Session, item_ids: set[int]) -> bool:
    """Say whether the customer has a say about pieces of one of these items; one statement."""
    return bool(
        session.scalar(
            select(Item.id).where(Item.id.in_(item_ids), Item.consent_required.is_(True)).limit(1)
        )
    )


def read_conceded(form: Form, files: Mapping[str, FileStorage]) -> Conceded:
    """Read the fields of a concession; without words it says nothing."""
    photo = photo_of(files.get("consent_photo"), form.text("sha256_consent_photo", 64))
    return Conceded(
        form.text("concession", LONGEST),
        form.day("expires_on"),
        form.text("consent", LONGEST),
        photo,
    )
