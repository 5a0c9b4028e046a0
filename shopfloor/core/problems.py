"""How a program hears a "no": RFC 9457 problem details with the sentence a worker would see."""

from typing import Any

from flask import Response, current_app

from shopfloor.core.refusals import Refused


def problem(refusal: Refused) -> Response:
    """Answer a program with the refusal, its rule, its field, and the story of a hold."""
    sentence, hint = str(refusal), str(refusal.hint)
    members: dict[str, Any] = {
        "type": f"urn:shopfloor:{refusal.rule}",
        "title": sentence,
        "status": refusal.status,
        "detail": f"{sentence} {hint}".strip(),
        "hint": hint,
        "rule": refusal.rule,
    }
    if refusal.field:
        members["field"] = refusal.field
    if refusal.why is not None:
        members["why"] = {
            "reason": str(refusal.why.reason),
            "opened_by": refusal.why.opened_by,
            "since": refusal.why.since.isoformat(),
            "releasers": list(refusal.why.releasers),
            "hold_id": refusal.why.hold_id,
        }
    body = current_app.json.dumps(members | dict(refusal.more))
    response = Response(body, refusal.status, content_type="application/problem+json")
    if refusal.status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="shopfloor"'
    return response
