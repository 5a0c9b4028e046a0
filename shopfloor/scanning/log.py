"""The last scans of a browser as they came in: "it did not work" becomes a report with facts."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from shopfloor.core import clock
from shopfloor.core.db import transaction
from shopfloor.core.subjects import Subject
from shopfloor.people.models import Person
from shopfloor.people.sign_in import Browser
from shopfloor.people.viewer import Viewer
from shopfloor.scanning.models import LONGEST_SHOWN, Outcome, ScanLog, Source
from shopfloor.scanning.reading import visible
from shopfloor.scanning.resolve import Scan, Scanned

KEEP = 200  # of one browser
KEEP_FOR = timedelta(days=90)


@dataclass(frozen=True)
class Kept:
    """One scan as the list shows it."""

    at: datetime
    source: Source
    symbology: str
    shown: str
    outcome: Outcome
    answer: str
    person: str
    kind: str | None
    number: str | None


def keep(browser: Browser, person: Viewer, scan: Scan, scanned: Scanned, answer: str) -> None:
    """Keep a scan with what was answered; the oldest of this browser beyond KEEP go."""
    badge = scanned.outcome is Outcome.BADGE
    with transaction() as session:
        session.execute(
            insert(ScanLog).values(
                browser=browser.key[:120],
                person_id=person.person_id,
                device_id=browser.device_id,
                at=clock.now(),
                source=scan.source,
                symbology=visible(scan.symbology)[:8],
                shown="" if badge else visible(scan.text, LONGEST_SHOWN)[:LONGEST_SHOWN],
                outcome=scanned.outcome,
                subject_id=scanned.subject.id if scanned.subject else None,
                answer=answer[:LONGEST_SHOWN],
            )
        )
        oldest = (
            select(ScanLog.id)
            .where(ScanLog.browser == browser.key[:120])
            .order_by(ScanLog.id.desc())
            .offset(KEEP)
            .limit(1)
            .scalar_subquery()
        )
        session.execute(
            delete(ScanLog)
            .where(ScanLog.browser == browser.key[:120], ScanLog.id <= oldest)
            .execution_options(synchronize_session=False)
        )


def last(session: Session, browser: Browser, person: Viewer) -> list[Kept]:
    """Return the last scans of this browser, newest first; one statement.

    On a device of the factory those of everybody, on any other browser one's own.
    """
    found = (
        select(ScanLog, Person.name, Subject.kind, Subject.number, Subject.code)
        .join(Person, Person.id == ScanLog.person_id)
        .join(Subject, Subject.id == ScanLog.subject_id, isouter=True)
        .where(ScanLog.browser == browser.key[:120])
        .order_by(ScanLog.id.desc())
        .limit(KEEP)
    )
    if browser.device_id is None:
        found = found.where(ScanLog.person_id == person.person_id)
    return [
        Kept(
            row.at,
            row.source,
            row.symbology,
            row.shown,
            row.outcome,
            row.answer,
            name,
            kind,
            number or code,
        )
        for row, name, kind, number, code in session.execute(found)
    ]


def sweep() -> None:
    """Delete scans of browsers that nobody uses any more."""
    with transaction() as session:
        session.execute(delete(ScanLog).where(ScanLog.at < clock.now() - KEEP_FOR))
