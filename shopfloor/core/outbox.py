"""What the outbox of a phone and the server say to each other, in headers of ordinary forms."""

from datetime import datetime, timedelta
from urllib.parse import quote, unquote

from flask import Response, make_response, request

from shopfloor.core.logs import quiet
from shopfloor.core.refusals import Sentence

# Raised when an older outbox would misunderstand us; it then keeps its entries and asks to update.
PROTOCOL = "1"
ASKED = "Shopfloor-Outbox"
# A scan that scripts have posted: they want to hear where to go, and not to be led there.
SCANNED = "Shopfloor-Scan"
PERSON = "Shopfloor-Person"
# An entry that was refused is looked at again: what it was told then stands in this header.
REFUSED_BEFORE = "Shopfloor-Refused"
# What took longer than this to reach us was made without network.
OFFLINE = timedelta(minutes=2)
LONGEST = 500


def by_outbox() -> bool:
    """Say whether the scripts of a page sent this form, and read the answer's headers."""
    return ASKED in request.headers


def made_offline() -> bool:
    """Say whether an outbox sends this long after it was made; both times are the phone's own."""
    if not by_outbox():
        return False
    try:
        made, sent = (
            datetime.fromisoformat(request.form.get(name, "").strip())
            for name in ("happened_at", "sent_at")
        )
        return sent - made > OFFLINE
    except (ValueError, TypeError, OverflowError):
        return False


def scanned_by_script() -> bool:
    """Say whether the scripts of a page posted this scan, and read the answer as JSON."""
    return SCANNED in request.headers


def refused_before() -> str | None:
    """Return what a phone was told when this entry was refused; None unless it only looks."""
    said = request.headers.get(REFUSED_BEFORE)
    return None if said is None or not by_outbox() else unquote(said)[:LONGEST]


def require_same_outbox() -> Response | None:
    """Tell an outbox that speaks another protocol to update; its entry stays where it is."""
    if not by_outbox() or request.headers[ASKED] == PROTOCOL:
        return None
    return _later("update", 409)


def require_same_person(person_id: int | None) -> Response | None:
    """Let an entry wait until whoever made it is signed in again: it is booked as his, or not."""
    made_by = request.headers.get(PERSON)
    if not by_outbox() or (person_id is not None and made_by in (None, str(person_id))):
        return None
    return _later("sign-in", 401)


def outdated_token() -> Response | None:
    """Ask an outbox to send its entry once more with a fresh form token."""
    return _later("token", 403) if by_outbox() or SCANNED in request.headers else None


def answered(response: Response, said: str, action_id: str) -> Response:
    """Mark an answer as one: without these headers the phone keeps its entry."""
    response.headers["Shopfloor-Answer"] = said
    response.headers["Shopfloor-Action"] = action_id
    return response


def failed(response: Response) -> Response:
    """Tell an outbox that a bug of ours met its entry; a proxy without its server says no such."""
    if not by_outbox():
        return response
    return answered(response, "failed", quiet(request.headers.get("Shopfloor-Action", ""))[:64])


def led_on(url: str, said: Sentence | str, action_id: str) -> Response:
    """Answer an outbox where a browser is redirected: scripts cannot read a redirect's headers."""
    response = make_response("", 200)
    response.headers["Shopfloor-Go"] = url
    response.headers["Shopfloor-Said"] = quote(str(said))
    return answered(response, "done", action_id)


def _later(said: str, status: int) -> Response:
    response = make_response("", status)
    response.headers["Shopfloor-Answer"] = said
    return response
