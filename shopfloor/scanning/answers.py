"""What a scan is answered with: a page of ours and a sentence, for a browser or for its scripts."""

from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Response, jsonify, url_for
from flask_babel import gettext

from shopfloor.core import subjects
from shopfloor.core.db import db
from shopfloor.core.logs import note_refusal
from shopfloor.core.refusals import Refused
from shopfloor.core.subjects import Subject
from shopfloor.people.access import viewer
from shopfloor.production.models import OPERATION
from shopfloor.production.pieces import OperationPage, operation_page
from shopfloor.scanning.matching import Found
from shopfloor.scanning.models import Outcome
from shopfloor.scanning.reach import within_reach
from shopfloor.scanning.resolve import Scan, Scanned, resolve


@dataclass(frozen=True)
class Answer:
    """A scan as this person sees it, where it leads, and what is said about it."""

    scan: Scan
    scanned: Scanned
    url: str | None
    message: str

    @property
    def opens(self) -> bool:
        """Say whether it leads on to the page of the one thing that was meant."""
        return self.url is not None

    @property
    def page(self) -> str:
        """Return the address of the page that tells about this scan; always a path of ours."""
        if self.url:
            return self.url
        asked = _asked(self.scan, self.scanned)
        return url_for("scanning.scan") + (f"?{urlencode(asked)}" if asked else "")


def answer(scan: Scan) -> Answer:
    """Resolve a scan for the person of this request."""
    session, rights = db.session(), viewer().rights
    scanned = resolve(session, scan).among(lambda found: within_reach(session, rights, found))
    only, url = scanned.subject, None
    if only and not only.archived and scanned.expected in (None, only.kind):
        url = page_of(only)
    return Answer(scan, scanned, url, message_about(scanned))


def told(answer: Answer, url: str | None = None) -> Response:
    """Answer the scripts of a page."""
    return jsonify(
        outcome=answer.scanned.outcome.value,
        url=url or answer.page,
        shown=answer.scanned.shown,
        message=answer.message,
    )


def told_with(response: Response, answer: Answer, url: str) -> Response:
    """Answer the scripts of a page with the cookies of another answer."""
    heard = told(answer, url)
    for cookie in response.headers.getlist("Set-Cookie"):
        heard.headers.add("Set-Cookie", cookie)
    return heard


def refused(refusal: Refused) -> Response:
    """Answer the scripts of a page whose scan could not even be read."""
    note_refusal(refusal)
    said = " ".join(filter(None, (str(refusal.sentence), str(refusal.hint))))
    return jsonify(outcome=Outcome.UNKNOWN.value, url=None, shown="", message=said)


def page_of(found: Found) -> str | None:
    """Return the address of a thing's page; None for what has none."""
    if found.kind == OPERATION.name:
        return at_operation(operation_page(db.session(), found.id), found.code)
    kind = subjects.KINDS[found.kind]
    return url_for(kind.endpoint, code=found.code) if kind.endpoint else None


def named(found: Found) -> str:
    """Return what a thing is called: its kind and its number."""
    return f"{subjects.KINDS[found.kind].label} {found.number or found.code}"


def at_operation(page: OperationPage, code: str) -> str:
    """Return the one lot with pieces there, or the page that says which have, or where they are."""
    if len(page.here) != 1:
        return url_for("scanning.operation", code=code)
    sequence = page.operation.sequence
    return url_for("scanning.lot", code=page.here[0].lot_code, operation=sequence)


def seen_operation(code: str) -> Subject:
    """Return an operation by its printed code; NotFound out of this person's reach."""
    row = subjects.find(db.session(), OPERATION, code)
    found = Found(row.id, row.kind, row.code, row.number, row.archived_at is not None, row.site_id)
    if not within_reach(db.session(), viewer().rights, [found]):
        raise subjects.nothing_under(code)
    return row


def message_about(scanned: Scanned) -> str:
    """Return the sentence that a scan is answered with."""
    if scanned.outcome is Outcome.BADGE:
        return str(gettext("This was a badge."))
    if scanned.outcome is Outcome.AMBIGUOUS:
        said = gettext("“%(text)s” stands for several things. Choose one.", text=scanned.shown)
        return str(said)
    if scanned.subject is None:
        return str(gettext("Unknown code") if scanned.trouble is None else scanned.trouble)
    archived = [gettext("This is archived: it takes no new use.")] * scanned.subject.archived
    return " · ".join(map(str, [named(scanned.subject), *archived, *scanned.warnings]))


def _asked(scan: Scan, scanned: Scanned) -> dict[str, str]:
    if not scanned.shown or not scan.fits:
        return {}
    asked = {"code": scan.text, "context": scan.context, "symbology": scan.symbology}
    return {name: value for name, value in asked.items() if value}
