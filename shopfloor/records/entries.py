"""Events as people read them: who, when, with what, every field before and after, what followed."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext
from sqlalchemy.orm import Session

from shopfloor.core import events
from shopfloor.core.events import Event, EventChange
from shopfloor.core.refusals import Sentence
from shopfloor.core.shown import listed, show_instant, show_marked
from shopfloor.quality.evidence import read_by
from shopfloor.records.around import MOST_SHOWN, WHO, Around, around_events
from shopfloor.records.changes import Changed, changed
from shopfloor.records.facts import Fact, facts_of, ids_in
from shopfloor.records.titles import Title, titles_of
from shopfloor.records.values import Titles, as_word, stored, subject_id

# With these events values were read.
_READS = ("inspection.read", "inspection.corrected")
# What came later than this was kept on the phone meanwhile.
SENT_LATER = timedelta(minutes=2)


@dataclass(frozen=True)
class Mention:
    """Another event that this one has to do with."""

    id: int
    label: Sentence | str
    by: str
    at: str
    reason: str = ""


@dataclass(frozen=True)
class Entry:
    """One event with everything that was known when it happened, and what followed."""

    id: int
    kind: str
    label: Sentence | str
    at: datetime
    when: str
    recorded: str  # when it reached us, if that was later
    named: dict[str, Title]  # actor, device, station, reason …, as far as there are any
    program: str
    about: tuple[Title, ...]
    more_about: int
    facts: tuple[Fact, ...]
    changes: tuple[Changed, ...]
    more_changes: int
    overrides: str
    clock_said: str
    undoes: Mention | None
    undone_by: Mention | None
    caused_by: Mention | None
    raw: str = field(repr=False, default="")

    @property
    def by(self) -> str:
        """Return who did it; nobody is the server itself."""
        actor = self.named.get("actor")
        return actor.text if actor else ""

    @property
    def reason(self) -> str:
        """Return the reason that was chosen."""
        reason = self.named.get("reason")
        return reason.text if reason else ""


def entries_of(
    session: Session, found: Sequence[Event], changes_of: int | None = None, most: int = MOST_SHOWN
) -> list[Entry]:
    """Return events as people read them, in their order; seven statements at most.

    `changes_of` leaves out what the same event changed on other records; of an event about very
    many records, such as an import, `most` are named and the others counted.
    """
    if not found:
        return []
    around = around_events(session, found, changes_of, most)
    payloads = {event.id: json.loads(event.payload) for event in found}
    read = _read_in(session, found)
    titles = titles_of(
        session,
        [
            *(getattr(e, f"{n}_id") for e in (*found, *around.others.values()) for n in WHO),
            *(subject for each in around.subjects.values() for subject in each),
            *(each for event in found for each in ids_in(event.kind, payloads[event.id])),
            *(number for each in around.changes.values() for row in each for number in _ids(row)),
        ],
    )
    entries = [_entry(event, payloads[event.id], around, titles) for event in found]
    return [replace(each, facts=(*each.facts, *read.get(each.id, ()))) for each in entries]


def label_of(kind: str) -> Sentence | str:
    """Return the words for a kind of event."""
    known = events.KINDS.get(kind)
    return known.label if known else show_marked(kind)


def _entry(event: Event, payload: dict[str, Any], around: Around, titles: Titles) -> Entry:
    ids = {name: getattr(event, f"{name}_id") for name in WHO}
    named = {name: titles[subject] for name, subject in ids.items() if subject in titles}
    zone = named["site"].zone if "site" in named else None
    late = event.recorded_at - event.happened_at > SENT_LATER
    overrides = payload.get("overrides") or []
    changes = around.changes.get(event.id, [])
    about = around.subjects.get(event.id, [])
    cause = None if event.caused_by_id == event.undoes_id else event.caused_by_id
    return Entry(
        id=event.id,
        kind=event.kind,
        label=label_of(event.kind),
        at=event.happened_at,
        when=show_instant(event.happened_at, zone),
        recorded=show_instant(event.recorded_at, zone) if late else "",
        named=named,
        program=show_marked(around.programs.get(event.id, "")),
        about=tuple(titles[each] for each in about if each in titles),
        more_about=around.more_subjects.get(event.id, 0),
        # What stands before and after is not said a third time.
        facts=tuple(facts_of(event.kind, payload, titles, {row.field for row in changes})),
        changes=tuple(each for row in changes for each in changed(row, titles)),
        more_changes=around.more_changes.get(event.id, 0),
        overrides=as_word(list(overrides), titles) if overrides else "",
        clock_said=show_marked(event.phone_said) if event.phone_doubtful else "",
        undoes=_mention(around.others.get(event.undoes_id or 0), titles),
        undone_by=_mention(around.undone.get(event.id), titles),
        # An undo is caused by what it takes back: it is said once.
        caused_by=_mention(around.others.get(cause or 0), titles),
        raw=show_marked(json.dumps(payload, indent=1, ensure_ascii=False)).replace("\u240a", "\n"),
    )


def _read_in(session: Session, found: Sequence[Event]) -> dict[int, list[Fact]]:
    """Return what was read with these events, piece by piece; no statement without a reading."""
    ids = [event.id for event in found if event.kind in _READS]
    said: dict[int, list[Fact]] = {}
    for event_id, read in (read_by(session, ids) if ids else {}).items():
        pieces: dict[int, list[str]] = {}
        for value, bad in read.values:
            told = show_marked(f"{value.what} {value.value}")
            told = gettext("%(value)s (bad)", value=told) if bad else told
            pieces.setdefault(value.piece, []).append(told)
        said[event_id] = [
            Fact(gettext("Piece %(piece)s", piece=piece), listed(told))
            for piece, told in pieces.items()
        ]
        if read.more:
            said[event_id].append(Fact(gettext("Further values"), str(read.more)))
    return said


def _mention(event: Event | None, titles: Titles) -> Mention | None:
    if event is None:
        return None
    actor, site = titles.get(event.actor_id or 0), titles.get(event.site_id or 0)
    reason = titles.get(event.reason_id or 0)
    return Mention(
        event.id,
        label_of(event.kind),
        actor.text if actor else "",
        show_instant(event.happened_at, site.zone if site else None),
        reason.text if reason else "",
    )


def _ids(row: EventChange) -> Iterable[int]:
    for text in (row.before, row.after):
        yield subject_id(stored(row.field, text) or "")
    yield row.subject_id
