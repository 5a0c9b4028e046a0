"""Asking for labels, and telling what became of it: who, what, how many, where, how often."""

from dataclasses import dataclass
from enum import StrEnum

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from shopfloor.core import clock, subjects
from shopfloor.core.commands import Gate, Tx, command
from shopfloor.core.db import db, transaction
from shopfloor.core.events import Event, EventKind, Where
from shopfloor.core.refusals import Malformed, NotFound, Refused, Sentence
from shopfloor.core.subjects import Subject
from shopfloor.labels.content import MOST, printable_by
from shopfloor.labels.models import JobState, PrintedLabel, Printer, PrintJob, Speech, Way
from shopfloor.labels.network import PROBLEMS
from shopfloor.labels.printers import no_printer
from shopfloor.labels.queries import printers_for
from shopfloor.people.models import Person

_NO_INVERSE = "paper that is printed stays printed"
ASKED = EventKind("labels.asked", _l("Label printed"), no_inverse_because=_NO_INVERSE)
SENT = EventKind("labels.sent", _l("Labels sent to the printer"), no_inverse_because=_NO_INVERSE)
FAILED = EventKind("labels.failed", _l("Label not printed"), no_inverse_because=_NO_INVERSE)
_BECAUSE = "a label is paper; printing moves and uses no lot, and a held lot needs its label too"
MOST_COPIES = 200


class Why(StrEnum):
    """Why a label is printed once more; anything but "not printed" leaves two of them about."""

    NOT_PRINTED = "not_printed"
    DAMAGED = "damaged"
    LOST = "lost"
    CHANGED = "changed"
    MORE = "more"


WHYS: dict[str, Sentence] = {
    Why.NOT_PRINTED: _l("It did not come out"),
    Why.DAMAGED: _l("It is damaged"),
    Why.LOST: _l("It is lost"),
    Why.CHANGED: _l("Something on it has changed"),
    Why.MORE: _l("More are needed"),
}


@dataclass(frozen=True)
class Asked:
    """What was asked for: the job, and the how-manieth time at most."""

    job_id: int
    time: int
    labels: int
    copies: int
    printer_id: int | None = None
    printer: str = ""


@dataclass(frozen=True)
class Told:
    """What became of a job; `problem` is a word of PROBLEMS, or empty when it was sent."""

    job_id: int
    problem: str


@command(Gate.NONE, _BECAUSE)
def ask_labels(
    tx: Tx,
    *,
    subject_ids: tuple[int, ...],
    way: Way,
    copies: int = 1,
    printer_id: int | None = None,
    why: str = "",
) -> Asked:
    """Ask for the labels of things; a label that was printed before needs a reason."""
    if not (1 <= copies <= MOST_COPIES and 1 <= len(subject_ids) <= MOST):
        raise Malformed(
            _l("One to %(most)s copies can be printed at once.", most=MOST_COPIES),
            rule="bad_copies",
            field="copies",
        )
    # Two who print the same label at once count one after the other.
    subjects.lock_all(tx.session, subject_ids)
    found = _allowed(tx, subject_ids)
    printer = _printer(tx, printer_id, way)
    printed = times_printed(tx.session, subject_ids)
    most = max(printed.values(), default=0)
    if most and why not in WHYS:
        raise reason_needed(most)
    event = tx.record(
        ASKED,
        Where(site_id=printer.site_id if printer else found[0].site_id),
        {
            "way": way,
            "printer": printer.name if printer else "",
            "copies": str(copies),
            "why": why if most else "",
            "times": {str(each): str(printed.get(each, 0) + 1) for each in subject_ids},
        },
        about=[*subject_ids, printer_id],
    )
    job = PrintJob(
        event_id=event.id,
        way=way,
        printer_id=printer_id,
        copies=copies,
        state=JobState.ASKED if way is Way.PRINTER else JobState.SENT,
        asked_at=clock.now(),
    )
    tx.session.add(job)
    tx.session.flush()
    tx.session.add_all(
        PrintedLabel(job_id=job.id, subject_id=each, time=printed.get(each, 0) + 1)
        for each in subject_ids
    )
    name = printer.name if printer else ""
    return Asked(job.id, most + 1, len(subject_ids), copies, printer_id, name)


@command(Gate.NONE, _BECAUSE)
def tell_sent(tx: Tx, *, job_id: int, problem: str = "") -> Told:
    """Write down that a job has reached its printer, or why not; a failed one is not counted."""
    job = tx.session.get(PrintJob, job_id, with_for_update=True)
    if job is None or job.state is not JobState.SENDING or problem not in ("", *PROBLEMS):
        raise NotFound(_l("There is no such print job."), rule="no_job")
    asked = tx.session.get_one(Event, job.event_id)
    if asked.actor_id != tx.act.actor_id:
        raise NotFound(_l("There is no such print job."), rule="no_job")
    job.state, job.problem = (JobState.FAILED if problem else JobState.SENT), problem
    things = tx.session.scalars(
        select(PrintedLabel.subject_id).where(PrintedLabel.job_id == job_id)
    )
    tx.record(
        FAILED if problem else SENT,
        Where(site_id=asked.site_id),
        {"problem": problem} if problem else {},
        about=[job.printer_id, *(things if problem else ())],
        caused_by_id=asked.id,
    )
    return Told(job_id, problem)


def take(job_id: int) -> bool:
    """Take a job for sending; False for whoever comes second, as the second tap of one button."""
    with transaction() as session:
        taken = session.scalar(
            update(PrintJob)
            .where(PrintJob.id == job_id, PrintJob.state == JobState.ASKED)
            .values(state=JobState.SENDING)
            .returning(PrintJob.id)
        )
    return taken is not None


def state_of(job_id: int) -> tuple[JobState, str]:
    """Return how far a job is, and what went wrong; one statement."""
    row = db.session.execute(
        select(PrintJob.state, PrintJob.problem).where(PrintJob.id == job_id)
    ).one()
    return row.state, row.problem


def times_printed(session: Session, subject_ids: tuple[int, ...]) -> dict[int, int]:
    """Return how often labels were printed, without those that failed; one statement."""
    counted = session.execute(
        select(PrintedLabel.subject_id, func.count().label("times"))
        .join(PrintJob, PrintJob.id == PrintedLabel.job_id)
        .where(PrintedLabel.subject_id.in_(subject_ids), PrintJob.state != JobState.FAILED)
        .group_by(PrintedLabel.subject_id)
    )
    return {row.subject_id: row.times for row in counted}


def reason_needed(times: int) -> Refused:
    """Return the refusal for printing a label again without saying why."""
    return Refused(
        _l("This label was printed before: %(times)s times.", times=times)
        if times > 1
        else _l("This label was printed before."),
        _l("Say why it is printed again: two equal labels on two things are mixed up."),
        rule="reason_missing",
        field="why",
    )


def _allowed(tx: Tx, subject_ids: tuple[int, ...]) -> list[Subject]:
    found = list(tx.session.scalars(select(Subject).where(Subject.id.in_(subject_ids))))
    allowed = printable_by(tx.session, tx.act.rights, found)
    if len(allowed) != len(set(subject_ids)):
        raise NotFound(_l("There is nothing here under this code."), rule="not_found")
    return allowed


def _printer(tx: Tx, printer_id: int | None, way: Way) -> Printer | None:
    if way is not Way.PRINTER:
        return None
    row = tx.session.execute(
        printers_for(tx.act.rights, _site_of(tx)).where(Printer.id == printer_id)
    ).first()
    if row is None or row.Printer.speech is Speech.PDF:
        raise no_printer()
    printer: Printer = row.Printer
    return printer


def _site_of(tx: Tx) -> int | None:
    return tx.session.scalar(select(Person.site_id).where(Person.id == tx.act.actor_id))
