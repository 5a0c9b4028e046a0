"""Shared devices: enrolled once by a link that lasts ten minutes."""

import re
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import select

from shopfloor.core import clock
from shopfloor.core.actions import Act
from shopfloor.core.db import db
from shopfloor.core.paging import PAGE_SIZE
from shopfloor.core.subjects import Subject
from shopfloor.people.access import DEVICE_COOKIE
from shopfloor.people.secrets import digest
from shopfloor.people.sign_in import device_of
from shopfloor.plant.devices import ENROLMENT_LASTS, add_device, enrol_device, revoke_device
from shopfloor.plant.models import Device
from tests.browse import Browser, text_of
from tests.make import Factory, new_id
from tests.refusing import refused


def add(make: Factory, number: str = "Tablet 3") -> int:
    return add_device(
        make.administrator.act(),
        site_id=make.site_id,
        number=number,
        enrolment_hash=digest(f"link {number}"),
    ).id


def enrol(number: str = "Tablet 3", cookie: str = "cookie") -> None:
    enrol_device(
        Act(new_id(), None), enrolment_hash=digest(f"link {number}"), token_hash=digest(cookie)
    )


def test_a_link_makes_one_browser_the_device(make: Factory) -> None:
    """Torture 45."""
    device = add(make)
    enrol()
    assert device_of("cookie") == device
    with refused("link_used", 404):
        enrol(cookie="second")
    assert device_of("second") is None


def test_a_link_runs_out_after_ten_minutes(make: Factory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Torture 45."""
    add(make)
    later: datetime = clock.now() + ENROLMENT_LASTS
    monkeypatch.setattr("shopfloor.core.clock.now", lambda: later)
    with refused("link_used", 404):
        enrol()


def test_a_revoked_device_and_its_link_open_nothing(make: Factory) -> None:
    first, second = add(make, "A"), add(make, "B")
    enrol("A")
    for device in (first, second):
        revoke_device(make.administrator.act(), device_id=device)
    assert device_of("cookie") is None
    with refused("link_used", 404):
        enrol("B")
    with refused("no_right", 403):
        add_device(make.planner.act(), site_id=make.site_id, number="C", enrolment_hash="x")
    with refused("bad_station", 422):
        add_device(
            make.administrator.act(), site_id=make.site_id, number="C", enrolment_hash="x",
            station_id=make.line_id,
        )  # fmt: skip


def test_a_device_is_added_and_enrolled_in_the_browser(app: Flask, make: Factory) -> None:
    """Torture 45: opening the link changes nothing."""
    admin = Browser(app).sign_in(make.administrator)
    shown = admin.post("/devices/new", number="Tablet 3", station=str(make.stations[0]))
    page = shown.get_data(as_text=True)
    link = re.search(r"/enrol/[\w-]{43}", page)
    assert link
    assert "<svg" in page
    tablet = Browser(app)
    for _ in range(2):
        assert "Make it a shared device" in text_of(tablet.get(link[0]))
    assert db.session.scalars(select(Device.token_hash)).one() is None
    answers = [tablet.post(link[0], page="/sign-in", action_id="the-same-tap") for _ in range(2)]
    assert [a.status_code for a in answers] == [200, 200], "a double tap is one enrolment"
    cookies = {
        re.findall(rf"{DEVICE_COOKIE}=([^;]+)", c)[0]
        for a in answers
        for c in a.headers.getlist("Set-Cookie")
        if DEVICE_COOKIE in c
    }
    assert len(cookies) == 1
    db.session.rollback()
    assert device_of(cookies.pop()) is not None
    assert "Not needed for reporting" in text_of(tablet.get("/sign-in"))
    late = Browser(app)
    assert late.get(link[0]).status_code == 404
    assert late.post(link[0], page="/sign-in").status_code == 404
    assert "in use since" in text_of(admin.get("/devices"))


def test_a_device_is_revoked_on_its_list(one_app: Flask, one_make: Factory) -> None:
    admin = Browser(one_app).sign_in(one_make.administrator)
    assert "No shared device yet" in text_of(admin.get("/devices"))
    device = add(one_make)
    assert "waits for its link" in text_of(admin.get("/devices"))
    code = db.session.get_one(Subject, device).code
    assert admin.post(f"/devices/{code}/revoke", page="/devices").status_code == 303
    assert "out of use since" in text_of(admin.get("/devices"))
    taken = admin.post("/devices/new", number="Tablet 3")
    assert taken.status_code == 409
    assert 'value="Tablet 3"' in taken.get_data(as_text=True)


def test_a_long_list_of_devices_turns_pages_and_drops_none(
    one_app: Flask, one_make: Factory
) -> None:
    for number in range(PAGE_SIZE + 1):
        add(one_make, f"Tablet {number:02}")
    admin = Browser(one_app).sign_in(one_make.administrator)
    first = admin.get("/devices").get_data(as_text=True)
    assert "Tablet 50" in first
    assert "Tablet 00" not in first
    assert "/devices?page=2" in first
    assert "Tablet 00" in text_of(admin.get("/devices?page=2"))
