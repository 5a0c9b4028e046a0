"""Using a signature: whose it is, whether he may sign for this, and the event that it signs."""

from collections.abc import Container, Iterable
from datetime import timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import update
from sqlalchemy.orm import Session

from shopfloor.core import clock
from shopfloor.core.refusals import NotYours
from shopfloor.people.models import Signature
from shopfloor.people.sign_in import WrongProof
from shopfloor.people.viewer import rights_of

SIGNATURE_LASTS = timedelta(minutes=2)


def use_signature(session: Session, signature_id: int, meaning: str, event_id: int) -> None:
    """Bind a checked signature to the event it signs."""
    session.execute(
        update(Signature)
        .where(Signature.id == signature_id, Signature.meaning == meaning)
        .values(used_by_event_id=event_id)
    )


def signer_of(session: Session, signature_id: int, meaning: str) -> int:
    """Return who gave a signature that is fresh, unused and meant for this; locks its row."""
    signature = session.get(Signature, signature_id, with_for_update=True)
    if (
        signature is None
        or signature.meaning != meaning
        or signature.used_by_event_id is not None
        or clock.now() - signature.signed_at > SIGNATURE_LASTS
    ):
        raise WrongProof(
            _l("The signature is missing or too old."),
            _l("Sign again with badge and PIN."),
            rule="signature_missing",
            field="badge",
        )
    return signature.person_id


def second_person(
    session: Session,
    signature_id: int,
    meaning: str,
    locked_by: Container[int],
    scopes: Iterable[int | None],
) -> int:
    """Return who signed that a lock ends; Refused when he locked it, or may release none there."""
    signer_id = signer_of(session, signature_id, meaning)
    if signer_id in locked_by:
        raise NotYours(
            _l("Whoever locked it cannot release it."),
            _l("A second person with the right signs with badge and PIN."),
            rule="four_eyes",
            field="badge",
        )
    if not rights_of(session, signer_id).may("hold.release", *scopes):
        raise NotYours(
            _l("The person who signed has no right to release this."),
            _l("A second person with the right signs with badge and PIN."),
            rule="no_right",
            field="badge",
        )
    return signer_id
