"""Pictures and videos for programs: which hang on an entry or a record, and their bytes."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, make_response, send_file, url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from shopfloor.catalogue.instruction_reads import shown_file
from shopfloor.core.api import call, part_of
from shopfloor.core.api_fields import Asked, Page, Told
from shopfloor.core.db import db
from shopfloor.core.events import Event
from shopfloor.core.files import EventFile, File, is_digest, path_of
from shopfloor.core.refusals import NotFound
from shopfloor.core.subjects import Subject
from shopfloor.people.access import requires, viewer
from shopfloor.people.looks import Looked, note_look
from shopfloor.people.models import PERSON
from shopfloor.records.reach import READ, VIEW, about, readable, record_of, shown_in_history

bp = Blueprint("files_api", __name__)
ENDINGS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "video/mp4": "mp4",
    "video/webm": "webm",
}
# What was imported is a file of an entry too; it holds people and pay, and is not told here.
_SHOWN = or_(File.media_type.like("image/%"), File.media_type.like("video/%"))


class FileTold(Told):
    """A picture or video by the SHA-256 of its bytes, and the address that sends them."""

    sha256: str
    media_type: str
    size: int
    address: str


class EntryFiles(Told):
    """An entry with what hangs on it."""

    event: int
    kind: str
    happened_at: datetime
    files: list[FileTold]


@bp.get("/events/<int:event_id>/files")
@requires(READ)
@call(gives=EntryFiles)
def of_event(event_id: int) -> EntryFiles:
    """List the pictures and videos that hang on an entry, such as the photo of a scrapped piece."""
    session, seen = db.session(), readable(viewer().rights)
    event = session.scalar(select(Event).where(Event.id == event_id, seen))
    if event is None:
        raise NotFound(_l("There is no such entry."), rule="not_found")
    (told,) = _told(session, [event], "files_api.from_event", {"event_id": event_id})
    return told


@bp.get("/records/<code>/files")
@requires(VIEW)
@call(asks=Asked, gives=Page[EntryFiles])
def of_record(code: str, asked: Asked) -> Page[EntryFiles]:
    """List the entries about a record on which pictures or videos hang, oldest first."""
    session, person = db.session(), viewer()
    subject = _record(code)
    hung = select(EventFile.event_id).join(File, File.sha256 == EventFile.sha256).where(_SHOWN)
    query = select(Event).where(
        about([subject.id]), shown_in_history(person.rights, subject), Event.id.in_(hung)
    )
    rows, after = part_of(session, query, Event.id, asked)
    found = [event for event, _id in rows]
    told = _told(session, found, "files_api.from_record", {"code": subject.code})
    return Page(entries=told, next=after)


@bp.get("/events/<int:event_id>/files/<sha256>")
@requires(READ)
@call(sends="*/*")
def from_event(event_id: int, sha256: str) -> Response:
    """Send a picture or video that hangs on an entry; its address never means another one."""
    return _hanging(sha256, Event.id == event_id, readable(viewer().rights))


@bp.get("/records/<code>/files/<sha256>")
@requires(VIEW)
@call(sends="*/*")
def from_record(code: str, sha256: str) -> Response:
    """Send a picture or video that hangs on an entry about a record."""
    subject = _record(code)
    return _hanging(sha256, about([subject.id]), shown_in_history(viewer().rights, subject))


@bp.get("/instructions/files/<sha256>")
@requires(VIEW)
@call(sends="*/*")
def from_instruction(sha256: str) -> Response:
    """Send a picture or video of a work instruction, by the SHA-256 that its step tells."""
    return _sent(shown_file(db.session(), sha256))


def _record(code: str) -> Subject:
    """Return a record that the token reaches; a person sees that his was opened."""
    subject = record_of(db.session(), viewer(), code)
    if subject.kind == PERSON.name:
        note_look(viewer(), Looked.PROGRAM, [subject.id])
    return subject


def _told(
    session: Session, events: Sequence[Event], endpoint: str, where: dict[str, Any]
) -> list[EntryFiles]:
    """Return entries with what hangs on them; one statement."""
    files: dict[int, list[FileTold]] = defaultdict(list)
    for event_id, file in session.execute(
        _files(EventFile.event_id.in_([event.id for event in events]))
    ):
        told = FileTold(
            sha256=file.sha256,
            media_type=file.media_type,
            size=file.size,
            address=url_for(f"api.{endpoint}", sha256=file.sha256, **where),
        )
        files[event_id].append(told)
    return [
        EntryFiles(
            event=event.id, kind=event.kind, happened_at=event.happened_at, files=files[event.id]
        )
        for event in events
    ]


def _files(*wanted: ColumnElement[bool]) -> Select[int, File]:
    return (
        select(EventFile.event_id, File)
        .join(File, File.sha256 == EventFile.sha256)
        .where(_SHOWN, *wanted)
        .order_by(EventFile.event_id, File.stored_at, File.sha256)
    )


def _hanging(sha256: str, *wanted: ColumnElement[bool]) -> Response:
    if not is_digest(sha256):
        return _sent(None)
    query = _files(File.sha256 == sha256).join(Event, Event.id == EventFile.event_id)
    found = db.session.execute(query.where(*wanted).limit(1)).first()
    return _sent(found.File if found else None)


def _sent(file: File | None) -> Response:
    if file is None or not path_of(file.sha256).exists():
        raise NotFound(_l("This picture is not here."), rule="not_found")
    ending = ENDINGS.get(file.media_type, "bin")
    sent = send_file(
        path_of(file.sha256),
        mimetype=file.media_type,
        download_name=f"{file.sha256[:12]}.{ending}",
        conditional=True,
        etag=file.sha256,
    )
    response = make_response(sent)
    # Its name is its content, so it never changes; it is for this program only.
    response.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
