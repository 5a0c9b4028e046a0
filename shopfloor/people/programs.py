"""How a program books: as the person its token acts for, under its own key, at its own time."""

from flask import g, request

from shopfloor.core.actions import Act
from shopfloor.core.api_fields import Booking
from shopfloor.core.clock import reckon
from shopfloor.core.web import fresh_id
from shopfloor.people import sign_in
from shopfloor.people.access import browser, viewer
from shopfloor.people.sign_in import WrongProof


def doing(booking: Booking | None = None) -> Act:
    """Return the token's person about to do something under the request's Idempotency-Key.

    Without a key one is made; the answer carries it either way.
    """
    key = request.headers.get("Idempotency-Key") or fresh_id()
    when = reckon(booking.happened_at or "", booking.sent_at or "") if booking else None
    act = viewer().act(key, when)
    g.action_id = act.id
    return act


def signed(badge: str, pin: str, meaning: str) -> int:
    """Sign with somebody's badge and PIN; a wrong one is 403, because the token is still good."""
    try:
        return sign_in.sign(badge, pin, meaning, browser())
    except WrongProof as wrong:
        wrong.status = 403
        raise
