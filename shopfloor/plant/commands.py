"""What people do to the plant."""

import re
import zoneinfo

from flask_babel import lazy_gettext as _l

from shopfloor.core import subjects
from shopfloor.core.commands import Gate, Tx, command
from shopfloor.core.events import Change, EventKind, Where
from shopfloor.core.refusals import Malformed, NotFound
from shopfloor.core.subjects import Made, Subject
from shopfloor.core.words import LANGUAGES, require_names
from shopfloor.plant.models import (
    LINE,
    PLACE,
    SHIFT,
    SITE,
    STATION,
    Line,
    Place,
    PlaceKind,
    Shift,
    Site,
    Station,
)

_NO_INVERSE = "a piece of the plant is archived, not unmade, because events may point to it"
SITE_ADDED = EventKind("plant.site_added", _l("Site added"), no_inverse_because=_NO_INVERSE)
LINE_ADDED = EventKind("plant.line_added", _l("Line added"), no_inverse_because=_NO_INVERSE)
STATION_ADDED = EventKind(
    "plant.station_added", _l("Station added"), no_inverse_because=_NO_INVERSE
)
PLACE_ADDED = EventKind("plant.place_added", _l("Place added"), no_inverse_because=_NO_INVERSE)
SHIFT_ADDED = EventKind("plant.shift_added", _l("Shift added"), no_inverse_because=_NO_INVERSE)
_BECAUSE = "the plant itself is not material; no lot is touched"

# Places every site needs for its quantities to come from and go to.
_SITE_PLACES = (
    (PlaceKind.PRODUCTION, {"en": "Production", "zh": "生产"}),
    (PlaceKind.FINISHED, {"en": "Finished goods", "zh": "成品"}),
    (PlaceKind.SCRAP, {"en": "Scrap", "zh": "报废"}),
    (PlaceKind.ADJUSTMENT, {"en": "Adjustment", "zh": "调整"}),
)


@command(Gate.NONE, _BECAUSE)
def add_site(
    tx: Tx, *, number: str, names: dict[str, str], zone: str, currency: str, language: str = "en"
) -> Made:
    """Add a factory with its IANA time zone and ISO 4217 currency, and the places it needs."""
    tx.act.rights.require("plant.edit")
    made = build_site(tx, number, names, zone, currency, language)
    _record(tx, SITE_ADDED, made, Where(site_id=made.id), names)
    return made


def build_site(
    tx: Tx, number: str, names: dict[str, str], zone: str, currency: str, language: str
) -> Made:
    """Insert a site with its places, for the command that records it."""
    require_setting(zone, currency, language)
    made = subjects.create(tx.session, SITE, number)
    tx.session.add(
        Site(
            id=made.id,
            names=require_names(names),
            zone=zone,
            currency=currency,
            language=language,
        )
    )
    tx.session.flush()
    for kind, place_names in _SITE_PLACES:
        place = subjects.create(tx.session, PLACE, None, made.id)
        tx.session.add(Place(id=place.id, site_id=made.id, kind=kind, names=place_names))
    tx.session.flush()
    return made


def require_setting(zone: str, currency: str, language: str) -> None:
    """Refuse a clock, a money or a language that there is not."""
    if zone not in zoneinfo.available_timezones():
        raise Malformed(
            _l("“%(zone)s” is not a time zone.", zone=zone[:60]),
            _l("Write it like Asia/Shanghai or Europe/Berlin."),
            rule="bad_zone",
            field="zone",
        )
    if not re.fullmatch(r"[A-Z]{3}", currency):
        raise Malformed(
            _l("Write the currency with three capitals, like CNY."),
            rule="bad_currency",
            field="currency",
        )
    if language not in LANGUAGES:
        raise Malformed(_l("This language is not offered."), rule="bad_language", field="language")


@command(Gate.NONE, _BECAUSE)
def add_line(tx: Tx, *, site_id: int, number: str, names: dict[str, str]) -> Made:
    """Add a production line to a site."""
    tx.act.rights.require("plant.edit", site_id)
    made = subjects.create(tx.session, LINE, number, site_id)
    tx.session.add(Line(id=made.id, site_id=site_id, names=require_names(names)))
    _record(tx, LINE_ADDED, made, Where(site_id=site_id, line_id=made.id), names)
    return made


@command(Gate.NONE, _BECAUSE)
def add_station(tx: Tx, *, line_id: int, number: str, names: dict[str, str]) -> Made:
    """Add a machine or bench to a line."""
    line = tx.session.get(Line, line_id)
    if line is None:
        raise NotFound(_l("There is no such line."), rule="not_found", field="line")
    subjects.require_in_use(tx.session, LINE, [line_id], "line")
    tx.act.rights.require("plant.edit", line.site_id, line.id)
    made = subjects.create(tx.session, STATION, number, line.site_id)
    tx.session.add(Station(id=made.id, line_id=line.id, names=require_names(names)))
    _record(tx, STATION_ADDED, made, Where(line.site_id, line.id, made.id), names)
    return made


@command(Gate.NONE, _BECAUSE)
def add_place(
    tx: Tx, *, site_id: int, number: str, names: dict[str, str], kind: PlaceKind = PlaceKind.STORE
) -> Made:
    """Add a place where quantities can be."""
    tx.act.rights.require("plant.edit", site_id)
    made = subjects.create(tx.session, PLACE, number, site_id)
    tx.session.add(Place(id=made.id, site_id=site_id, kind=kind, names=require_names(names)))
    _record(tx, PLACE_ADDED, made, Where(site_id=site_id, place_id=made.id), names)
    return made


@command(Gate.NONE, _BECAUSE)
def add_shift(
    tx: Tx,
    *,
    site_id: int,
    number: str,
    names: dict[str, str],
    starts_minute: int,
    ends_minute: int,
    leader_id: int | None = None,
) -> Made:
    """Add a shift by its wall-clock minutes after midnight; an end before the start crosses it."""
    tx.act.rights.require("plant.edit", site_id)
    require_hours(starts_minute, ends_minute)
    require_leader(tx, leader_id, site_id)
    made = subjects.create(tx.session, SHIFT, number, site_id)
    tx.session.add(
        Shift(
            id=made.id,
            site_id=site_id,
            names=require_names(names),
            starts_minute=starts_minute,
            ends_minute=ends_minute,
            leader_id=leader_id,
        )
    )
    _record(tx, SHIFT_ADDED, made, Where(site_id=site_id, shift_id=made.id), names)
    return made


def require_hours(starts_minute: int, ends_minute: int) -> None:
    """Refuse a shift without length, or beyond a day's minutes."""
    if not (0 <= starts_minute < 1440 and 0 <= ends_minute < 1440) or starts_minute == ends_minute:
        raise Malformed(
            _l("A shift starts and ends at two different times of the day."),
            rule="bad_shift",
            field="ends",
        )


def require_leader(tx: Tx, leader_id: int | None, site_id: int) -> None:
    """Refuse a shift's leader who is nobody of its site; the plant knows people as subjects."""
    if leader_id is None:
        return
    leader = tx.session.get(Subject, leader_id)
    if leader is None or (leader.kind, leader.site_id) != ("person", site_id) or leader.archived_at:
        raise Malformed(
            _l("There is no such person at this site."),
            _l("Choose somebody who works there."),
            rule="bad_leader",
            field="leader",
        )


def _record(tx: Tx, kind: EventKind, made: Made, where: Where, names: dict[str, str]) -> None:
    tx.session.flush()
    tx.record(
        kind,
        where,
        {"number": made.number},
        about=[made.id],
        changes=[
            Change(made.id, "number", None, made.number),
            Change(made.id, "names", None, names or None),
        ],
    )
