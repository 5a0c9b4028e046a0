"""One value of an inspection: which field and piece it is of, whether it answers, and its row."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import insert, select

from shopfloor.configure.answers import Answer, is_plausible, read_answer
from shopfloor.configure.models import FieldKind, FormField
from shopfloor.core import clock
from shopfloor.core.commands import Tx
from shopfloor.core.db import metadata
from shopfloor.core.files import EventFile, File
from shopfloor.core.refusals import Malformed, Refused
from shopfloor.quality import gauging, refusals
from shopfloor.quality.doubt import note_late
from shopfloor.quality.gauge_models import Gauge
from shopfloor.quality.plan_models import Check, Value

_INSERT = insert(metadata.tables[Value.__tablename__])
# What comes in later than this may have been measured before its gauge was found bad.
RIGHT_NOW = timedelta(minutes=2)


@dataclass(frozen=True)
class Read:
    """One value as it was typed or tapped: of which piece, and which reading of it.

    `gauge` is the code or number of the gauge it was measured with, where its own was scanned.
    """

    key: str
    text: str
    piece: int = 1
    reading: int = 1
    sha256: str | None = None
    gauge: str | None = None


@dataclass(frozen=True)
class Kept:
    """A value that is ready to be kept: read, judged, and measured with a gauge that fits."""

    field: FormField
    value: Read
    answer: Answer
    gauge_id: int | None = None
    # When it was measured, if not now.
    read_at: datetime | None = None


def field_of(fields: Sequence[FormField], check: Check, value: Read) -> FormField:
    """Return the field that a value answers; Malformed where the inspection asks no such thing."""
    field = next((each for each in fields if each.key == value.key), None)
    if field is None or field.kind is FieldKind.COMPUTED:
        raise Malformed(
            _l("This inspection does not ask for “%(key)s”.", key=value.key[:40]),
            rule="unknown_field",
            field="key",
        )
    if not 1 <= value.piece <= check.size or not 1 <= value.reading <= field.readings:
        raise Malformed(
            _l("The sample has %(size)s pieces.", size=check.size), rule="bad_piece", field="piece"
        )
    return field


def answer_of(field: FormField, value: Read, sure: bool) -> Answer:
    """Return what a value answers; the refusal names which of the many values it is about."""
    try:
        answer = read_answer(field, value.text, sure=sure)
        wants = field.kind is FieldKind.PHOTO or (field.photo_on_fail and answer.good is False)
        if wants and value.sha256 is None:
            raise refusals.photo_missing(field)
    except Refused as refusal:
        refusal.field = place_of(value)
        raise
    return answer


def last_read(values: Iterable[Value]) -> int:
    """Return the event with which the last of these values was read; 0 before the first."""
    return max((value.event_id for value in values), default=0)


def require_shown(gauge: Gauge, value: Read, answer: Answer) -> None:
    """Refuse a number that the gauge cannot have shown."""
    if answer.number is not None and not gauging.in_range(gauge, answer.number):
        refusal = gauging.beyond(gauge, value.text)
        refusal.field = place_of(value)
        raise refusal


def require_photos(tx: Tx, values: Iterable[Read]) -> None:
    """Refuse photos that were not sent before, and files that are none; at most one statement."""
    require_sent(tx, [value.sha256 for value in values])


def require_sent(tx: Tx, photos: Iterable[str | None]) -> None:
    """Refuse what names no photo that is kept here; at most one statement."""
    wanted = {each for each in photos if each}
    if not wanted:
        return
    known = tx.session.scalars(
        select(File.sha256).where(File.sha256.in_(wanted), File.media_type == "image/jpeg")
    )
    if wanted - set(known):
        raise refusals.photo_missing()


def keep(tx: Tx, check: Check, read: Sequence[Kept], **correction: int | None) -> None:
    """Add the rows of values; together, because a large sample has hundreds."""
    if tx.event is None or tx.act.actor_id is None:
        raise RuntimeError("a value is read by a person")
    rows = [
        {
            "event_id": tx.event.id,
            "check_id": check.id,
            "field_id": kept.field.id,
            "piece": kept.value.piece,
            "reading": kept.value.reading,
            "said": kept.answer.text,
            "number": kept.answer.number,
            "good": kept.answer.good,
            "sha256": kept.value.sha256,
            "person_id": tx.act.actor_id,
            "read_at": kept.read_at or tx.act.when.at,
            "gauge_id": kept.gauge_id,
            **correction,
        }
        for kept in read
    ]
    if rows:
        tx.session.connection().execute(_INSERT, rows)
    measured = any(kept.gauge_id for kept in read)
    if measured and clock.now() - tx.act.when.at > RIGHT_NOW:
        note_late(tx.session, check, tx.event)


def counted(read: Sequence[Kept]) -> dict[str, Any]:
    """Return what an event keeps of values: how many, and which were far off and confirmed."""
    numbers = ((kept.field, kept.answer.number) for kept in read)
    far = [f"{n:f}" for field, n in numbers if n is not None and not is_plausible(field, n)]
    return {"values": str(len(read)), **({"confirmed": far} if far else {})}


def hang(tx: Tx, photos: Iterable[str | None]) -> None:
    """Hang photos on the event, where its history shows them."""
    if tx.event is not None:
        for sha256 in {each for each in photos if each}:
            tx.session.add(EventFile(event_id=tx.event.id, sha256=sha256))


def place_of(value: Read) -> str:
    """Return the name of a value's field in the page's form."""
    return f"v:{value.key}:{value.reading}"
