"""Shared devices of the factory: prepared by an administrator, enrolled once, revoked at once."""

from datetime import timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from shopfloor.core import clock, subjects
from shopfloor.core.commands import Gate, Tx, command
from shopfloor.core.events import Change, EventKind, Where
from shopfloor.core.refusals import Malformed, NotFound
from shopfloor.core.subjects import Made
from shopfloor.plant.models import DEVICE, Device, Line, Station

DEVICE_ADDED = EventKind(
    "plant.device_added", _l("Device added"), no_inverse_because="it is revoked instead"
)
DEVICE_ENROLLED = EventKind(
    "plant.device_enrolled", _l("Device enrolled"), no_inverse_because="it is revoked instead"
)
DEVICE_REVOKED = EventKind(
    "plant.device_revoked", _l("Device revoked"), no_inverse_because="it is enrolled anew instead"
)
ENROLMENT_LASTS = timedelta(minutes=10)
_BECAUSE = "a phone or tablet is not material; no lot is touched"


@command(Gate.NONE, _BECAUSE)
def add_device(
    tx: Tx, *, site_id: int, number: str, enrolment_hash: str, station_id: int | None = None
) -> Made:
    """Prepare a shared device; whoever opens its enrolment link within ten minutes becomes it."""
    tx.act.rights.require("people.edit", site_id)
    _require_station(tx, station_id, site_id)
    made = subjects.create(tx.session, DEVICE, number, site_id)
    tx.session.add(
        Device(
            id=made.id,
            site_id=site_id,
            station_id=station_id,
            name=made.number or made.code,
            enrolment_hash=enrolment_hash,
            enrolment_ends_at=clock.now() + ENROLMENT_LASTS,
        )
    )
    tx.session.flush()
    tx.record(
        DEVICE_ADDED,
        Where(site_id=site_id, station_id=station_id),
        {"number": made.number},
        about=[made.id],
    )
    return made


@command(Gate.NONE, _BECAUSE)
def enrol_device(tx: Tx, *, enrolment_hash: str, token_hash: str) -> Made:
    """Make the browser that opened the link the shared device; the link works once."""
    device = tx.session.scalar(
        select(Device).where(Device.enrolment_hash == enrolment_hash).with_for_update()
    )
    if device is None or not open_for_enrolment(device):
        raise link_over()
    device.token_hash, device.enrolment_hash = token_hash, None
    device.enrolled_at = clock.now()
    tx.session.flush()
    tx.record(
        DEVICE_ENROLLED,
        Where(site_id=device.site_id, station_id=device.station_id),
        {},
        about=[device.id],
        changes=[Change(device.id, "enrolled_at", None, device.enrolled_at)],
    )
    return Made(device.id, "", device.name)


@command(Gate.NONE, _BECAUSE)
def revoke_device(tx: Tx, *, device_id: int) -> Made:
    """Take a device out of use at once; its cookie and its link open nothing any more."""
    device = tx.session.get(Device, device_id, with_for_update=True)
    if device is None:
        raise NotFound(_l("There is no such device."), rule="not_found")
    tx.act.rights.require("people.edit", device.site_id)
    before = device.revoked_at
    device.revoked_at, device.enrolment_hash = before or clock.now(), None
    tx.session.flush()
    tx.record(
        DEVICE_REVOKED,
        Where(site_id=device.site_id),
        {},
        about=[device.id],
        changes=[Change(device.id, "revoked_at", before, device.revoked_at)],
    )
    return Made(device.id, "", device.name)


def open_for_enrolment(device: Device) -> bool:
    """Say whether the device's link still works."""
    ends = device.enrolment_ends_at
    return device.revoked_at is None and ends is not None and clock.now() < ends


def link_over() -> NotFound:
    """Return the refusal for a link that was used, has run out or never was."""
    return NotFound(
        _l("This enrolment link has been used or has run out."),
        _l("Ask the administrator to add the device again; a link lasts ten minutes."),
        rule="link_used",
    )


def _require_station(tx: Tx, station_id: int | None, site_id: int) -> None:
    if station_id is not None and not tx.session.scalar(
        select(Station.id)
        .join(Line, Line.id == Station.line_id)
        .where(Station.id == station_id, Line.site_id == site_id)
    ):
        raise Malformed(
            _l("There is no such station at this site."), rule="bad_station", field="station"
        )
