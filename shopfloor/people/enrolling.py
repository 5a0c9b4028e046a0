"""Pages of the shared devices: adding one, enrolling a browser as it, revoking it."""

from datetime import timedelta

from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from shopfloor.core.actions import Act
from shopfloor.core.db import db
from shopfloor.core.forms import Form
from shopfloor.core.paging import asked_page, page_of
from shopfloor.core.qr import qr_image
from shopfloor.core.subjects import find
from shopfloor.core.web import done, fresh_id, onward
from shopfloor.people.access import DEVICE_COOKIE, act, keep_cookie, public, requires, viewer
from shopfloor.people.once import fresh_secret
from shopfloor.people.secrets import digest, repeatable, token_text
from shopfloor.plant.devices import (
    ENROLMENT_LASTS,
    add_device,
    enrol_device,
    link_over,
    open_for_enrolment,
    revoke_device,
)
from shopfloor.plant.models import DEVICE, Device
from shopfloor.plant.queries import devices as all_devices
from shopfloor.plant.queries import sites, station_options

bp = Blueprint("devices", __name__)
EDIT = "people.edit"
KEPT_DAYS = 3650


@bp.get("/devices")
@requires(EDIT)
def devices() -> str:
    """List the shared devices of the viewer's sites."""
    found = all_devices(viewer().rights.scopes(EDIT))
    page = page_of(db.session(), found, asked_page())
    return render_template("people/devices.html", page=page, waits=open_for_enrolment)


@bp.get("/devices/new")
@requires(EDIT)
def new_device() -> str:
    """Show the form for a device."""
    scopes = viewer().rights.scopes(EDIT)
    return render_template(
        "people/device_new.html",
        sites=sites(db.session(), scopes),
        stations=station_options(db.session(), scopes),
    )


@bp.post("/devices/new")
@requires(EDIT)
def make_device() -> Response:
    """Add a device and show its enrolment link once, as text and as QR."""
    doing, form = act(), Form(request.form)
    token = token_text(fresh_secret("device", doing.id))
    made = add_device(
        doing,
        site_id=form.whole("site") or viewer().site_id,
        number=form.text("number", 80),
        enrolment_hash=digest(token),
        station_id=form.whole("station"),
    )
    link = url_for("devices.enrol_form", token=token, _external=True)
    image, minutes = qr_image(link, made.number or ""), ENROLMENT_LASTS // timedelta(minutes=1)
    return done(
        "people/device_link.html", doing.id, made=made, link=link, image=image, minutes=minutes
    )


@bp.post("/devices/<code>/revoke")
@requires(EDIT)
def revoke(code: str) -> Response:
    """Take a device out of use at once."""
    doing = act()
    revoke_device(doing, device_id=find(db.session(), DEVICE, code).id)
    return onward(url_for("devices.devices"), doing.id, _l("The device is out of use."))


@bp.get("/enrol/<token>")
@public("the device that opens the link has nobody signed in; the link itself is the proof")
def enrol_form(token: str) -> str:
    """Ask before this browser becomes a shared device; opening the link changes nothing."""
    device = db.session.scalar(select(Device).where(Device.enrolment_hash == digest(token)))
    if device is None or not open_for_enrolment(device):
        raise link_over()
    return render_template("people/enrol.html", token=token, device=device)


@bp.post("/enrol/<token>")
@public("the device that opens the link has nobody signed in; the link itself is the proof")
def enrol(token: str) -> Response:
    """Make this browser the shared device, under a cookie that lasts for years."""
    action_id = Form(request.form).text("action_id", 64) or fresh_id()
    # Sent twice, the second answer must set the same cookie: it hangs on link and action.
    key = token_text(repeatable(token, "device cookie", action_id))
    made = enrol_device(Act(action_id, None), enrolment_hash=digest(token), token_hash=digest(key))
    response = done("people/enrolled.html", action_id, made=made)
    keep_cookie(response, DEVICE_COOKIE, key, days=KEPT_DAYS)
    return response
