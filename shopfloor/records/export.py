"""The search over events as a table: a line for each field that changed, or for the event."""

import io
from collections.abc import Iterator
from typing import Any

from flask import Response, request
from flask_babel import gettext
from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from shopfloor.core.db import db
from shopfloor.core.forms import Form
from shopfloor.core.refusals import Malformed
from shopfloor.core.tables.writing import FORMS, Value, write_csv, write_xlsx
from shopfloor.people.access import requires, viewer
from shopfloor.people.looks import Looked, note_look
from shopfloor.records import routes
from shopfloor.records.entries import Entry, entries_of
from shopfloor.records.reach import READ, readable
from shopfloor.records.search import found_events, meaning

bp = routes.bp  # all pages of records are one blueprint
# More events than anybody reads; a narrower search has them.
MOST_EVENTS = 10_000
AT_A_TIME = 500


@bp.get("/events/export")
@requires(READ)
def export() -> Response:
    """Write what was found as CSV or XLSX; whose name stands in it sees that."""
    form = request.args.get("form", "csv")
    if form not in FORMS:
        raise Malformed(gettext("There is no such kind of file."), rule="bad_form")
    sought = routes.sought_in(Form(request.args))
    meant = meaning(db.session(), sought, viewer().zone)
    conditions = [readable(viewer().rights), *meant.conditions]
    people: set[int | None] = set(meant.people)
    rows = _rows(db.session(), conditions, people)
    return _file(form, list(rows), people)


def _file(form: str, rows: list[list[Value]], people: set[int | None]) -> Response:
    target, head = io.BytesIO(), _head()
    if form == "csv":
        write_csv(target, head, rows)
    else:
        write_xlsx(target, gettext("What has happened"), head, rows)
    note_look(viewer(), Looked.EXPORT, people)
    response = Response(target.getvalue(), content_type=FORMS[form])
    response.headers["Content-Disposition"] = f'attachment; filename="events.{form}"'
    return response


def _head() -> list[str]:
    return [
        gettext("Entry"),
        gettext("When"),
        gettext("What happened"),
        gettext("By"),
        gettext("Device"),
        gettext("Station"),
        gettext("About"),
        gettext("Facts"),
        gettext("Field"),
        gettext("Before"),
        gettext("After"),
        gettext("Reason"),
        gettext("Booked against a rule"),
        gettext("Takes back"),
        gettext("Taken back"),
    ]


def _rows(
    session: Session, conditions: list[ColumnElement[bool]], people: set[int | None]
) -> Iterator[list[Value]]:
    before: int | None = None
    for _page in range(MOST_EVENTS // AT_A_TIME):
        found, before = found_events(session, conditions, before, AT_A_TIME)
        for event, entry in zip(found, entries_of(session, found), strict=True):
            people.update((event.actor_id, event.on_behalf_of_id))
            people.update(title.id for title in entry.about if title.kind == "person")
            yield from _lines(entry)
        if before is None:
            return


def _lines(entry: Entry) -> Iterator[list[Value]]:
    device = entry.named.get("device")
    station = entry.named.get("station")
    start: list[Any] = [
        str(entry.id),
        entry.when,
        str(entry.label),
        entry.by,
        entry.program or (device.text if device else ""),
        station.text if station else "",
        ", ".join(title.text for title in entry.about),
        "; ".join(f"{fact.label}: {fact.value}" for fact in entry.facts),
    ]
    end = [
        entry.reason,
        entry.overrides,
        str(entry.undoes.id) if entry.undoes else "",
        str(entry.undone_by.id) if entry.undone_by else "",
    ]
    for each in entry.changes:
        yield [*start, str(each.label), each.before, each.after, *end]
    if not entry.changes:
        yield [*start, "", "", "", *end]
