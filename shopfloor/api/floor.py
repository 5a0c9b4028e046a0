"""The floor for programs, in lists: lots, locks, verdicts, reports, running work, pay."""

from flask import Blueprint
from sqlalchemy import select
from sqlalchemy.orm import Session

from shopfloor.api import floor_lists as lists
from shopfloor.api.floor_asked import (
    AskedHolds,
    AskedInspections,
    AskedJobs,
    AskedLots,
    AskedPay,
    AskedReports,
)
from shopfloor.api.floor_told import (
    HoldRow,
    InspectionRow,
    JobRow,
    LotRow,
    PayRow,
    ReportRow,
)
from shopfloor.api.inspected import inspections as verdicts
from shopfloor.core.api import call, part_of
from shopfloor.core.api_fields import Body, Named, Page, Thing
from shopfloor.core.db import db
from shopfloor.core.references import id_of, names_of
from shopfloor.core.subjects import Subject, find
from shopfloor.pay.accepted import told
from shopfloor.pay.models import PayLine
from shopfloor.people.access import requires, viewer
from shopfloor.people.looks import Looked, note_look
from shopfloor.people.models import PERSON, Person
from shopfloor.people.programs import doing
from shopfloor.production.commands.orders import close_order
from shopfloor.production.models import ORDER
from shopfloor.records.reach import RECORD

bp = Blueprint("floor_api", __name__)
VIEW = "work.view"


class Close(Body):
    """Nothing more is needed to close an order."""


@bp.get("/lots")
@requires(VIEW)
@call(asks=AskedLots, gives=Page[LotRow])
def lots(asked: AskedLots) -> Page[LotRow]:
    """List the lots with where their pieces are, oldest first: this is the stock, too."""
    return lists.lots(db.session(), asked, viewer().rights)


@bp.get("/holds")
@requires(VIEW)
@call(asks=AskedHolds, gives=Page[HoldRow])
def holds(asked: AskedHolds) -> Page[HoldRow]:
    """List the locks, oldest first."""
    return lists.holds(db.session(), asked, viewer().rights.scopes(VIEW))


@bp.get("/inspections")
@requires(VIEW)
@call(asks=AskedInspections, gives=Page[InspectionRow])
def inspections(asked: AskedInspections) -> Page[InspectionRow]:
    """List the verdicts, oldest first."""
    return verdicts(db.session(), asked, viewer().rights.scopes(VIEW))


@bp.get("/reports")
@requires("events.read")
@call(asks=AskedReports, gives=Page[ReportRow])
def reports(asked: AskedReports) -> Page[ReportRow]:
    """List what was reported by whom, oldest first; taken back reports say so."""
    found = lists.reports(db.session(), asked, viewer().rights.scopes("events.read"))
    _note({row.person.code for row in found.entries if row.person})
    return found


@bp.get("/jobs")
@requires(VIEW)
@call(asks=AskedJobs, gives=Page[JobRow])
def jobs(asked: AskedJobs) -> Page[JobRow]:
    """List the work that is begun and not finished, oldest first."""
    found = lists.jobs(db.session(), asked, viewer().rights.scopes(VIEW))
    _note({row.person.code for row in found.entries})
    return found


@bp.get("/pay-lines")
@requires(RECORD)
@call(asks=AskedPay, gives=Page[PayRow])
def pay_lines(asked: AskedPay) -> Page[PayRow]:
    """List what reports have paid, oldest first; each person sees that it was opened."""
    return _pay(db.session(), asked)


@bp.post("/work-orders/<code>/close")
@requires("order.plan")
@call(takes=Close, gives=Thing)
def close(code: str, body: Close) -> Thing:
    """Close a work order: nothing more can be started or reported on it."""
    return Thing.of(close_order(doing(), order_id=find(db.session(), ORDER, code).id))


def _pay(session: Session, asked: AskedPay) -> Page[PayRow]:
    query = told().join(Person, Person.id == PayLine.person_id)
    scopes = viewer().rights.scopes(RECORD)
    if scopes is not None:
        query = query.where(Person.site_id.in_(scopes))
    if asked.person is not None:
        query = query.where(PayLine.person_id == id_of(session, PERSON, asked.person, "person"))
    if asked.since is not None:
        query = query.where(PayLine.day >= asked.since)
    if asked.until is not None:
        query = query.where(PayLine.day <= asked.until)
    rows, after = part_of(session, query, PayLine.id, asked)
    named = names_of(session, (line.person_id for line, *_ in rows))
    note_look(viewer(), Looked.PAY, {line.person_id for line, *_ in rows})
    entries = [
        PayRow(
            id=line.id,
            event=line.event_id,
            person=named[line.person_id],
            day=line.day,
            lot=Named(code=code, number=number),
            operation=sequence,
            pieces=line.pieces,
            rate=line.rate,
            amount=line.amount,
            currency=line.currency,
            state=line.state,
            nonconformance=ncr,
            cause=cause,
        )
        for line, number, code, sequence, cause, ncr, _ncr_code, _id in rows
    ]
    return Page(entries=entries, next=after)


def _note(codes: set[str]) -> None:
    people = db.session.scalars(select(Subject.id).where(Subject.code.in_(codes)))
    note_look(viewer(), Looked.PROGRAM, people)
