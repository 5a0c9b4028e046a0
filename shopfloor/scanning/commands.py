"""What people do about scanning: link foreign barcodes, choose their station, set up readers."""

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import bindparam, func, select

from shopfloor.catalogue.models import ITEM
from shopfloor.core import clock, subjects
from shopfloor.core.commands import Gate, Tx, command
from shopfloor.core.events import Change, EventKind, Where
from shopfloor.core.subjects import Subject
from shopfloor.plant.models import DEVICE, SITE, STATION, Device, Line, Station
from shopfloor.quality.gauge_models import GAUGE
from shopfloor.scanning import refusals
from shopfloor.scanning.keys import key_for
from shopfloor.scanning.models import (
    LONGEST_AFFIX,
    LONGEST_LINK,
    ChosenStation,
    LinkedCode,
    LinkKind,
    Scanner,
)
from shopfloor.scanning.reading import Reading, take
from shopfloor.stock.models import LOT

LINKED = EventKind(
    "code.linked", _l("Barcode linked"), no_inverse_because="the link is taken away instead"
)
UNLINKED = EventKind(
    "code.unlinked", _l("Barcode link taken away"), no_inverse_because="it is linked again instead"
)
STATION_CHOSEN = EventKind(
    "station.chosen", _l("Station chosen"), no_inverse_because="another station is chosen instead"
)
SCANNER_SET = EventKind(
    "scanner.set", _l("Scanner set up"), no_inverse_because="it is set up again instead"
)
LINKABLE = (LOT.name, ITEM.name, GAUGE.name)
_LINKS = 7_012_021  # the first half of an advisory lock's number, ours by choice
_KEY_ALONE = select(func.pg_advisory_xact_lock(_LINKS, func.hashtext(bindparam("key"))))


@dataclass(frozen=True)
class Linked:
    """A link that was made or taken away."""

    id: int
    kind: str
    text: str
    subject_code: str


@dataclass(frozen=True)
class Chosen:
    """The station at which a person works now."""

    station_id: int
    code: str
    number: str | None


@command(Gate.NONE, "a further name for a thing is no use of it; nothing is moved")
def link_barcode(tx: Tx, *, text: str, subject_id: int, also: bool = False) -> Linked:
    """Let somebody else's barcode stand for a lot, an item or a gauge from now on.

    `also` says that it may stand for several things: without it the second is refused.
    """
    subjects.lock(tx.session, subject_id)
    subject = _in_reach(tx, subject_id)
    if subject.kind not in LINKABLE or subject.archived_at is not None:
        raise refusals.not_linkable()
    reading = _foreign(tx, text)
    kind, key = key_for(subject.kind, reading.text, reading.label)
    if len(key) > LONGEST_LINK:
        raise refusals.too_long_to_link(LONGEST_LINK)
    _require_new(tx, kind, key, subject_id, also=also)
    link = LinkedCode(
        kind=kind,
        text=key,
        subject_id=subject_id,
        linked_at=clock.now(),
        linked_by_id=tx.act.actor_id,
    )
    tx.session.add(link)
    tx.session.flush()
    facts = {"link": str(link.id), "kind": kind.value, "text": key}
    tx.record(LINKED, Where(site_id=subject.site_id), facts, about=[subject_id])
    return Linked(link.id, kind.value, key, subject.code)


@command(Gate.NONE, "a name is taken away; the thing itself stays as it is")
def unlink_barcode(tx: Tx, *, link_id: int) -> Linked:
    """Take a link away: the barcode is unknown again, the history stays."""
    link = tx.session.get(LinkedCode, link_id, with_for_update=True)
    if link is None:
        raise refusals.no_link()
    subject = _in_reach(tx, link.subject_id)
    if link.archived_at is not None:
        raise refusals.no_link()
    link.archived_at, link.archived_by_id = clock.now(), tx.act.actor_id
    tx.session.flush()
    facts = {"link": str(link.id), "kind": link.kind.value, "text": link.text}
    tx.record(UNLINKED, Where(site_id=subject.site_id), facts, about=[subject.id])
    return Linked(link.id, link.kind.value, link.text, subject.code)


@command(Gate.NONE, "where a person stands touches no material")
def choose_station(tx: Tx, *, station: str) -> Chosen:
    """Work at this station from now on: its queue is the person's own."""
    subject = subjects.find(tx.session, STATION, station)
    row = tx.session.get_one(Station, subject.id)
    line = tx.session.get_one(Line, row.line_id)
    tx.act.rights.require("work.view", line.site_id, line.id, subject.id)
    if subject.archived_at is not None:
        raise refusals.station_archived()
    assert tx.act.actor_id is not None  # noqa: S101 - only people choose a station
    # One's own row of the person table is the queue for two taps at once.
    subjects.lock(tx.session, tx.act.actor_id)
    chosen = tx.session.get(ChosenStation, tx.act.actor_id)
    before = chosen.station_id if chosen else None
    if chosen is None:
        chosen = ChosenStation(person_id=tx.act.actor_id)
        tx.session.add(chosen)
    chosen.station_id, chosen.chosen_at = subject.id, clock.now()
    tx.record(
        STATION_CHOSEN,
        Where(site_id=line.site_id, line_id=line.id, station_id=subject.id),
        {"station": subject.number, "before": str(before) if before else None},
        about=[tx.act.actor_id, subject.id],
    )
    return Chosen(subject.id, subject.code, subject.number)


@command(Gate.NONE, "how a reader sends its codes touches no material")
def set_scanner(tx: Tx, *, subject_id: int, prefix: str, suffix: str) -> str:
    """Say what the scanner of a device, or those of a site, put before and after each code."""
    subjects.lock(tx.session, subject_id)
    subject = tx.session.get(Subject, subject_id)
    if subject is None or subject.kind not in (SITE.name, DEVICE.name):
        raise refusals.no_such_device()
    device = tx.session.get(Device, subject_id)
    tx.act.rights.require("plant.edit", device.site_id if device else subject.id)
    if any(len(affix) > LONGEST_AFFIX or not affix.isprintable() for affix in (prefix, suffix)):
        raise refusals.bad_affix(LONGEST_AFFIX)
    scanner = tx.session.get(Scanner, subject_id) or Scanner(
        subject_id=subject_id, prefix="", suffix=""
    )
    changes = [
        Change(subject_id, "scanner_prefix", scanner.prefix, prefix),
        Change(subject_id, "scanner_suffix", scanner.suffix, suffix),
    ]
    scanner.prefix, scanner.suffix = prefix, suffix
    tx.session.add(scanner)
    tx.record(
        SCANNER_SET,
        Where(site_id=device.site_id if device else subject.id),
        {"prefix": prefix, "suffix": suffix},
        about=[subject_id],
        changes=changes,
    )
    return subject.code


def _in_reach(tx: Tx, subject_id: int) -> Subject:
    subject = tx.session.get(Subject, subject_id)
    if subject is None:
        raise refusals.not_linkable()
    # An item belongs to the whole company: whoever may link anywhere may link to it.
    if subject.kind == ITEM.name and tx.act.rights.has("code.link"):
        return subject
    tx.act.rights.require("code.link", subject.site_id, subject.id)
    return subject


def _require_new(tx: Tx, kind: LinkKind, key: str, subject_id: int, *, also: bool) -> None:
    # Of two who link one barcode to two things at once, the second finds the other's link.
    if tx.session.get_bind().dialect.name == "postgresql":
        tx.session.connection().execute(_KEY_ALONE, {"key": f"{kind} {key}"})
    linked = tx.session.scalars(
        select(Subject)
        .join(LinkedCode, LinkedCode.subject_id == Subject.id)
        .where(LinkedCode.text == key, LinkedCode.kind == kind, LinkedCode.archived_at.is_(None))
        .order_by(LinkedCode.id)
    ).all()
    if any(each.id == subject_id for each in linked):
        raise refusals.already_linked()
    if linked and not also:
        other = linked[0]
        seen = other.site_id is None or tx.act.rights.may("work.view", other.site_id, other.id)
        raise refusals.linked_elsewhere((other.number or other.code) if seen else "")


def _foreign(tx: Tx, text: str) -> Reading:
    reading = take(text)
    if reading.is_badge:
        raise refusals.ours_already()
    if not reading.usable:
        raise refusals.nothing_to_link()
    if reading.broken:
        raise refusals.broken_label(reading.trouble)
    ours = select(Subject.id).where(Subject.code == reading.code)
    if reading.code and tx.session.scalar(ours):
        raise refusals.ours_already()
    return reading
