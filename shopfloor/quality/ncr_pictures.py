"""Sending a picture of a nonconformance: of what is wrong, or of the customer's consent."""

from flask import Response, make_response, send_file
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from shopfloor.core.files import path_of
from shopfloor.core.refusals import NotFound
from shopfloor.quality.ncr_models import Concession, Nonconformance
from shopfloor.quality.ncr_queries import photos_of


def send_picture(session: Session, ncr: Nonconformance, sha256: str) -> Response:
    """Return a picture that hangs on a nonconformance or a concession of it; else NotFound."""
    papers = select(Concession.consent_sha256).where(Concession.hold_id == ncr.hold_id)
    own = {*photos_of(session, ncr.id), *session.scalars(papers)}
    if sha256 not in own or not path_of(sha256).exists():
        raise NotFound(_l("This picture is not here."), rule="not_found")
    response = make_response(send_file(path_of(sha256), mimetype="image/jpeg", etag=sha256))
    # Its name is its content, so it never changes; it stays with this reader only.
    response.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
