"""What programs ask of the floor in lists, within the token's scope, each a few statements."""

import json
from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, not_, or_, select
from sqlalchemy.orm import Session, aliased

from shopfloor.api.floor_asked import (
    AskedHolds,
    AskedInspections,
    AskedJobs,
    AskedLots,
    AskedReports,
)
from shopfloor.api.floor_told import HoldRow, JobRow, LotRow, ReportRow
from shopfloor.catalogue.models import ITEM, Item
from shopfloor.core.api import part_of
from shopfloor.core.api_fields import Page, Thing, name_of
from shopfloor.core.events import Event, EventSubject
from shopfloor.core.references import anything, id_of, names_of
from shopfloor.core.rights import Rights
from shopfloor.core.sought import narrowed
from shopfloor.core.stream import within
from shopfloor.core.subjects import Subject
from shopfloor.holds.models import Hold
from shopfloor.people.models import PERSON
from shopfloor.plant.models import PLACE, STATION, Station
from shopfloor.production.api_queries import balances_of, reached
from shopfloor.production.commands.reports import REPORTED
from shopfloor.production.models import ORDER, Job, Operation, WorkOrder
from shopfloor.stock.models import Balance, Lot

VIEW = "work.view"
Scopes = Collection[int] | None
# What keeps all pieces of a lot from being used; a lock on a station or a step leaves the others.
_held = exists().where(
    Hold.subject_id.in_([Lot.id, Lot.family_id, Lot.item_id]), Hold.released_at.is_(None)
)


def lots(session: Session, asked: AskedLots, rights: Rights) -> Page[LotRow]:
    """Return a part of the lots with where their pieces are; at most five statements."""
    item, order, supplier = aliased(Subject), aliased(Subject), aliased(Subject)
    query = (
        select(Subject, Lot, Item.unit, WorkOrder.state, item, order, supplier, _held)
        .join(Lot, Lot.id == Subject.id)
        .join(Item, Item.id == Lot.item_id)
        .join(item, item.id == Lot.item_id)
        .join(WorkOrder, WorkOrder.id == Lot.family_id, isouter=True)
        .join(order, order.id == WorkOrder.id, isouter=True)
        .join(supplier, supplier.id == Lot.supplier_id, isouter=True)
    )
    query = narrowed(query, asked).where(*_of_lots(session, asked))
    scopes = rights.scopes(VIEW)
    if scopes is not None:
        query = query.where(or_(Subject.site_id.in_(scopes), reached(scopes)))
    rows, after = part_of(session, query, Lot.id, asked)
    balances = balances_of(session, [lot.id for _subject, lot, *_ in rows])
    told = [
        LotRow(
            code=subject.code,
            number=subject.number,
            item=name_of(of),
            unit=unit,
            work_order=name_of(family) if family else None,
            state=state,
            serial=lot.serial,
            supplier_lot=lot.supplier_lot,
            supplier=name_of(bought_of) if bought_of else None,
            held=held,
            balances=balances.get(lot.id, []),
        )
        for subject, lot, unit, state, of, family, bought_of, held, _id in rows
    ]
    return Page(entries=told, next=after)


def _of_lots(session: Session, asked: AskedLots) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if asked.item is not None:
        wanted.append(Lot.item_id == id_of(session, ITEM, asked.item, "item"))
    if asked.work_order is not None:
        wanted.append(Lot.family_id == id_of(session, ORDER, asked.work_order, "work_order"))
    if asked.state is not None:
        wanted.append(WorkOrder.state == asked.state)
    if asked.place is not None or asked.in_stock:
        there = exists().where(Balance.lot_id == Lot.id, Balance.quantity > 0)
        if asked.place is not None:
            there = there.where(Balance.place_id == id_of(session, PLACE, asked.place, "place"))
        wanted.append(there)
    if asked.held is not None:
        wanted.append(_held if asked.held else not_(_held))
    if asked.since is not None:
        booked = exists().where(
            EventSubject.subject_id.in_([Lot.id, Lot.family_id]),
            Event.id == EventSubject.event_id,
            Event.recorded_at >= asked.since,
        )
        wanted.append(booked)
    return wanted


def holds(session: Session, asked: AskedHolds, scopes: Scopes) -> Page[HoldRow]:
    """Return a part of the locks; at most three statements."""
    query = (
        select(Hold, Subject)
        .join(Subject, Subject.id == Hold.subject_id)
        .join(Event, Event.id == Hold.opened_event_id)
    )
    if scopes is not None:
        query = query.where(or_(within(scopes), Subject.site_id.in_(scopes)))
    if asked.state is not None:
        released = Hold.released_at
        query = query.where(released.is_(None) if asked.state == "open" else released.is_not(None))
    if asked.subject is not None:
        thing = anything(session, asked.subject, None, "subject")
        query = query.where(Hold.subject_id == thing.id)
    if asked.since is not None:
        query = query.where(or_(Hold.opened_at >= asked.since, Hold.released_at >= asked.since))
    rows, after = part_of(session, query, Hold.id, asked)
    ids = ((h.reason_id, h.opened_by_id, h.released_by_id) for h, *_ in rows)
    named = names_of(session, (each for some in ids for each in some))
    told = [
        HoldRow(
            id=hold.id,
            subject=Thing(kind=subject.kind, code=subject.code, number=subject.number),
            source=hold.source,
            reason=named.get(hold.reason_id or 0),
            note=hold.note,
            opened_at=hold.opened_at,
            opened_by=named[hold.opened_by_id],
            released_at=hold.released_at,
            released_by=named.get(hold.released_by_id or 0),
            number_lock=hold.number_lock_id,
        )
        for hold, subject, _id in rows
    ]
    return Page(entries=told, next=after)


def reports(session: Session, asked: AskedReports, scopes: Scopes) -> Page[ReportRow]:
    """Return a part of the reports as they were booked; at most five statements."""
    undo = aliased(Event)
    query = (
        select(Event, undo.id)
        .join(undo, undo.undoes_id == Event.id, isouter=True)
        .where(Event.kind == REPORTED.name, within(scopes))
    )
    if asked.person is not None:
        query = query.where(Event.actor_id == id_of(session, PERSON, asked.person, "person"))
    query = when_and_where(session, query, asked)
    rows, after = part_of(session, query, Event.id, asked)
    read = [(event, json.loads(event.payload), undone) for event, undone, _id in rows]
    ids = ((event.actor_id, event.station_id, int(said["lot"])) for event, said, _undone in read)
    named = names_of(session, (each for some in ids for each in some))
    told = [
        ReportRow(
            event=event.id,
            lot=named[int(said["lot"])],
            operation=int(said["sequence"]),
            person=named.get(event.actor_id or 0),
            station=named.get(event.station_id or 0),
            good=said["good"],
            scrap=said["scrap"],
            rework=said["rework"],
            happened_at=event.happened_at,
            undone=undone is not None,
        )
        for event, said, undone in read
    ]
    return Page(entries=told, next=after)


def jobs(session: Session, asked: AskedJobs, scopes: Scopes) -> Page[JobRow]:
    """Return a part of the work that is begun and not finished; at most three statements."""
    query = (
        select(Job, Operation.sequence)
        .join(Operation, Operation.id == Job.operation_id)
        .join(Station, Station.id == Job.station_id)
        .join(WorkOrder, WorkOrder.id == Operation.order_id)
        .where(Job.closed_at.is_(None))
    )
    if scopes is not None:
        here = (WorkOrder.site_id, Station.line_id, Station.id)
        query = query.where(or_(*(column.in_(scopes) for column in here)))
    if asked.station is not None:
        query = query.where(Job.station_id == id_of(session, STATION, asked.station, "station"))
    rows, after = part_of(session, query, Job.id, asked)
    ids = (n for job, *_ in rows for n in (job.lot_id, job.station_id, job.person_id))
    named = names_of(session, ids)
    told = [
        JobRow(
            id=job.id,
            lot=named[job.lot_id],
            operation=sequence,
            station=named[job.station_id],
            person=named[job.person_id],
            kind=job.kind,
            opened_at=job.opened_at,
        )
        for job, sequence, _id in rows
    ]
    return Page(entries=told, next=after)


def when_and_where(
    session: Session, query: Select[*tuple[Any, ...]], asked: AskedReports | AskedInspections
) -> Select[*tuple[Any, ...]]:
    """Return what was booked in the asked time and at the asked station."""
    if asked.since is not None:
        query = query.where(Event.happened_at >= asked.since)
    if asked.until is not None:
        query = query.where(Event.happened_at < asked.until)
    if asked.station is not None:
        query = query.where(Event.station_id == id_of(session, STATION, asked.station, "station"))
    return query
