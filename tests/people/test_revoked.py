"""What was entered under a badge that is revoked by now, at a time that cannot be believed."""

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from shopfloor.core import clock
from shopfloor.core.clock import When
from shopfloor.core.db import db
from shopfloor.core.parking import ParkedAction
from shopfloor.core.web import fresh_id
from shopfloor.people.commands import issue_badge, revoke_badge
from shopfloor.people.models import SignIn
from shopfloor.people.revoked import under_revoked_badge
from shopfloor.people.secrets import digest, new_badge_code
from shopfloor.people.setup import founder
from shopfloor.people.viewer import Viewer, rights_of
from tests.browse import Browser, text_of
from tests.make import PIN, Factory, Worker, new_id
from tests.people.devices import move_clock

HOUR = timedelta(hours=1)


def deliver(phone: Browser, worker: Worker, lot: str, happened: str, sent: str) -> TestResponse:
    """Send a report as the outbox of a phone does."""
    form = {"csrf_token": phone.get("/outbox/token").get_json()["token"], "action_id": fresh_id()}
    return phone.open(
        f"/lots/{lot}/10/report",
        method="POST",
        headers={"Shopfloor-Outbox": "1", "Shopfloor-Person": str(worker.id)},
        data={"happened_at": happened, "sent_at": sent, "good": 1, **form},
    )


def sign_in(app: Flask, badge: str) -> Browser:
    phone = Browser(app)
    phone.get("/sign-in")
    assert phone.post("/sign-in", page="/sign-in", badge=badge, pin=PIN).status_code == 303
    return phone


def lose_badge(app: Flask, worker: Worker, monkeypatch: pytest.MonkeyPatch) -> Browser:
    """Let a badge be used, lost and replaced; return the phone with the new one."""
    sign_in(app, worker.badge)
    move_clock(monkeypatch, HOUR)
    revoke_badge(founder(new_id()), person_id=worker.id)
    worker.badge = new_badge_code()
    issue_badge(founder(new_id()), person_id=worker.id, code_hash=digest(worker.badge))
    move_clock(monkeypatch, HOUR)
    return sign_in(app, worker.badge)


def undatable(sent: datetime) -> dict[str, str]:
    """Return times of entries that are replaced by ours when they arrive."""
    return {
        "older than is believed": (sent - timedelta(days=20)).isoformat(),
        "made while the clock stood ahead": (sent + 3 * HOUR).isoformat(),
        "without a zone": (sent - HOUR).replace(tzinfo=None).isoformat(),
        "no time": "yesterday",
    }


def test_an_entry_that_cannot_be_dated_is_looked_at_when_any_earlier_badge_was_revoked(
    one_app: Flask, one_make: Factory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Torture 28, 59: a wrong clock is no way around the look at a lost badge's queue."""
    worker, lot = one_make.operator, one_make.lot(100)
    phone, sent = lose_badge(one_app, worker, monkeypatch), clock.now()
    times = undatable(sent)
    for what, happened in times.items():
        said = deliver(phone, worker, lot, happened, sent.isoformat())
        assert said.headers["Shopfloor-Answer"] == "parked", what
        assert "has been revoked since" in text_of(said), what
    db.session.rollback()
    assert [row.rule for row in db.session.scalars(select(ParkedAction))] == [
        "badge_revoked" for _ in times
    ]
    # What is said with network, and what has a time after the badge was revoked, is booked.
    said = deliver(phone, worker, lot, sent.isoformat(), sent.isoformat())
    assert said.headers["Shopfloor-Answer"] == "done"


def test_an_entry_that_cannot_be_dated_is_booked_when_no_badge_was_lost(
    one_app: Flask, one_make: Factory
) -> None:
    worker, lot = one_make.operator, one_make.lot(100)
    phone, sent = sign_in(one_app, worker.badge), clock.now()
    for what, happened in undatable(sent).items():
        said = deliver(phone, worker, lot, happened, sent.isoformat())
        assert said.headers["Shopfloor-Answer"] == "done", what


def test_the_question_is_about_the_persons_own_earlier_sign_ins(
    app: Flask, make: Factory, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker, other = make.operator, make.person("operator", "other")
    lose_badge(app, worker, monkeypatch)
    sign_in(app, other.badge)
    db.session.rollback()

    def asked(who: Worker, when: When) -> bool:
        mine = select(SignIn.id).where(SignIn.person_id == who.id).order_by(SignIn.id.desc())
        current, rights = db.session.scalars(mine).first(), rights_of(db.session(), who.id)
        viewer = Viewer(who.id, "", "en", make.site_id, "UTC", None, None, rights, current)
        return under_revoked_badge(db.session(), viewer, when) is not None

    now = clock.now()
    assert asked(worker, When(now, undated=True))
    assert asked(worker, When(now - HOUR - HOUR / 2))
    assert not asked(worker, When(now))
    assert not asked(other, When(now, undated=True))
