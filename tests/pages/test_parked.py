"""What a phone sends late: what it hears, what the supervisor sees, and how he decides."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from shopfloor.core import clock
from shopfloor.core.db import db
from shopfloor.core.events import Event
from shopfloor.core.parking import ParkedAction
from shopfloor.core.web import fresh_id
from shopfloor.holds.commands import place_hold
from shopfloor.people.commands import issue_badge, revoke_badge
from shopfloor.people.grants import give_role, revoke_role
from shopfloor.people.models import Person
from shopfloor.people.secrets import digest, new_badge_code
from shopfloor.people.setup import founder
from shopfloor.production import work
from shopfloor.production.commands.orders import close_order
from shopfloor.quality.commands.releases import release_hold
from tests.browse import Browser, text_of
from tests.make import PIN, Factory, Worker, new_id
from tests.people.devices import move_clock


class Phone(Browser):
    """A browser whose outbox sends what was entered some time ago."""

    def deliver(
        self, worker: Worker, address: str, ago: timedelta, action_id: str | None = None, **of: Any
    ) -> TestResponse:
        """Send an entry as the outbox does, with both times of the phone's own clock."""
        sent = clock.now() + timedelta(minutes=7)  # its clock is not ours
        return self.open(
            address,
            method="POST",
            headers={"Shopfloor-Outbox": "1", "Shopfloor-Person": str(worker.id)},
            data={
                "csrf_token": self.token(),
                "action_id": action_id or fresh_id(),
                "happened_at": (sent - ago).isoformat(),
                "sent_at": sent.isoformat(),
                **of,
            },
        )

    def token(self) -> str:
        """Return a form token that is good now, as an outbox fetches it before it sends."""
        return str(self.get("/outbox/token").get_json()["token"])


HOUR = timedelta(hours=1)


def count(kind: str) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).where(Event.kind == kind)) or 0


def only_parked() -> ParkedAction:
    db.session.rollback()
    db.session.expire_all()
    return db.session.scalars(select(ParkedAction)).one()


@pytest.fixture
def lot(one_make: Factory, monkeypatch: pytest.MonkeyPatch) -> str:
    """A lot that was released two hours ago."""
    code = one_make.lot(100)
    move_clock(monkeypatch, 2 * HOUR)
    return code


@pytest.fixture
def phone(one_app: Flask, lot: str, one_make: Factory) -> Phone:
    signed_in = Phone(one_app)
    signed_in.sign_in(one_make.operator)
    return signed_in


def lock(make: Factory, lot: str) -> int:
    lot_id = work.load(db.session(), lot).lot.id
    return place_hold(
        make.inspector.act(), subject_id=lot_id, reason_id=make.reasons["hold"]
    ).hold_id


def unlock(make: Factory, hold_id: int) -> None:
    release_hold(
        make.supervisor.act(),
        hold_id=hold_id,
        signature_id=make.supervisor.signs(),
        reason_id=make.reasons["release"],
    )


def test_a_late_report_on_a_locked_lot_is_answered_as_kept_and_decided_on_a_page(
    one_app: Flask, one_make: Factory, phone: Phone, lot: str
) -> None:
    """Torture 36: from the phone to the books."""
    hold_id = lock(one_make, lot)
    said = phone.deliver(one_make.operator, f"/lots/{lot}/10/report", HOUR, "the-one-entry", good=7)
    assert said.status_code == 202
    assert said.headers["Shopfloor-Answer"] == "parked"
    assert said.headers["Shopfloor-Action"] == "the-one-entry"
    page = said.get_data(as_text=True)
    assert "data-sentence" in page
    assert "Not booked yet: Locked: hold reason" in text_of(said)
    assert "your supervisor decides" in text_of(said)
    mine = text_of(phone.get("/my-actions"))
    assert "Reported" in mine
    assert "With the supervisor" in mine

    supervisor = Browser(one_app).sign_in(one_make.supervisor)
    assert "Waits for your decision" in text_of(supervisor.get("/"))
    assert "Waits for your decision" not in text_of(phone.get("/"))
    listed = supervisor.get("/parked")
    assert "Operator · Good 7 · Locked: hold reason 1 hour" in text_of(listed)
    address = f"/parked/{only_parked().event_id}"
    assert address in listed.get_data(as_text=True)
    shown = text_of(supervisor.get(address))
    for part in ("Operator", "10 Step 10", "Good 7", "Not booked: Locked: hold reason", "1 hour"):
        assert part in shown

    no = supervisor.post(f"{address}/book", page=address)
    assert no.status_code == 409
    assert "Locked: hold reason" in text_of(no)
    assert "Book it" in text_of(no)
    assert count("work.reported") == 0
    unlock(one_make, hold_id)
    done = supervisor.post(f"{address}/book", page=address)
    assert (done.status_code, done.location) == (303, "/parked")
    assert "Booked with its own time." in text_of(supervisor.get("/parked"))
    assert "Waits for your decision" not in text_of(supervisor.get("/"))
    report = db.session.scalars(select(Event).where(Event.kind == "work.reported")).one()
    assert report.actor_id == one_make.operator.id
    assert abs(clock.now() - HOUR - report.happened_at) < timedelta(minutes=1)
    mine = text_of(phone.get("/my-actions"))
    assert "Supervisor booked what you did without network: Reported" in mine
    assert "Booked afterwards" in mine
    assert "With the supervisor" not in mine
    assert "already decided" in text_of(supervisor.get(address))


def test_what_reaches_us_at_once_is_refused_as_ever(
    one_make: Factory, phone: Phone, lot: str
) -> None:
    lock(one_make, lot)
    said = phone.deliver(one_make.operator, f"/lots/{lot}/10/report", timedelta(seconds=90), good=7)
    assert said.status_code == 409
    assert said.headers["Shopfloor-Answer"] == "refused"
    assert count("action.parked") == 0


def test_a_late_report_on_a_closed_order_is_dropped_with_a_note_its_worker_reads(
    one_app: Flask, one_make: Factory, phone: Phone, lot: str
) -> None:
    order_id = work.load(db.session(), lot).order.id
    close_order(one_make.planner.act(), order_id=order_id)
    said = phone.deliver(one_make.operator, f"/lots/{lot}/10/report", HOUR, good=7)
    assert said.headers["Shopfloor-Answer"] == "parked"
    supervisor = Browser(one_app).sign_in(one_make.supervisor)
    address = f"/parked/{only_parked().event_id}"
    assert "override reason" in text_of(supervisor.get(address))
    no = supervisor.post(f"{address}/drop", page=address, note=" ")
    assert no.status_code == 422
    assert "Write why it is dropped." in text_of(no)
    supervisor.post(f"{address}/drop", page=address, note="Booked on paper.")
    assert count("work.reported") == 0
    mine = text_of(phone.get("/my-actions"))
    assert "“Booked on paper.”" in mine
    assert "Booked on paper." in text_of(phone.get("/my-actions"))
    assert "Dropped" in mine


def test_an_entry_of_somebody_who_has_lost_the_right_reaches_the_supervisor(
    one_app: Flask, one_make: Factory, lot: str
) -> None:
    worker = one_make.operator
    give_role(founder(new_id()), person_id=worker.id, role="storekeeper")
    revoke_role(founder(new_id()), person_id=worker.id, role="operator")
    phone = Phone(one_app)
    phone.sign_in(worker)
    address = f"/lots/{lot}/10/report"
    refused = phone.deliver(worker, address, timedelta(0), good=7)
    assert (refused.status_code, refused.headers["Shopfloor-Answer"]) == (403, "refused")
    said = phone.deliver(worker, address, HOUR, good=7)
    assert said.headers["Shopfloor-Answer"] == "parked"
    row = only_parked()
    assert row.rule == "no_right"
    supervisor = Browser(one_app).sign_in(one_make.supervisor)
    supervisor.post(f"/parked/{row.event_id}/book", page=f"/parked/{row.event_id}")
    db.session.rollback()
    assert work.load(db.session(), lot).stops[0].good == 7


def test_a_late_time_opens_nothing_that_is_no_entry(
    one_app: Flask, one_make: Factory, lot: str
) -> None:
    """The headers are anybody's to send: they lead to a command that says no by itself."""
    phone = Phone(one_app)
    phone.sign_in(one_make.operator)
    for address in ("/orders/new", "/people/new", "/reasons/new", "/parked/1/book"):
        said = phone.deliver(one_make.operator, address, HOUR)
        assert said.status_code == 403, address
        assert said.headers["Shopfloor-Answer"] == "refused"
    assert count("action.parked") == 0


def test_what_was_entered_under_a_badge_that_is_revoked_by_now_is_looked_at_first(
    one_app: Flask, one_make: Factory, lot: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Torture 59: the queue of a lost badge is held for review, whoever sends it."""
    worker = one_make.operator
    phone, address = Phone(one_app), f"/lots/{lot}/10/report"
    phone.get("/sign-in")
    assert phone.post("/sign-in", page="/sign-in", badge=worker.badge, pin=PIN).status_code == 303
    move_clock(monkeypatch, HOUR)
    revoke_badge(founder(new_id()), person_id=worker.id)
    badge = new_badge_code()
    issue_badge(founder(new_id()), person_id=worker.id, code_hash=digest(badge))
    move_clock(monkeypatch, HOUR)
    waits = phone.deliver(worker, address, HOUR + timedelta(minutes=30), good=7)
    assert (waits.status_code, waits.headers["Shopfloor-Answer"]) == (401, "sign-in")
    phone.get("/sign-in")
    phone.post("/sign-in", page="/sign-in", badge=badge, pin=PIN)
    for ago in (HOUR + timedelta(minutes=30), timedelta(minutes=30)):
        said = phone.deliver(worker, address, ago, good=7)
        assert said.headers["Shopfloor-Answer"] == "parked"
        assert "has been revoked since" in text_of(said)
    move_clock(monkeypatch, HOUR)
    said = phone.deliver(worker, address, timedelta(minutes=30), good=7)
    assert said.headers["Shopfloor-Answer"] == "done"
    assert count("action.parked") == 2


def test_a_lock_placed_late_by_somebody_who_may_not_any_more_waits_too(
    one_app: Flask, one_make: Factory, phone: Phone, lot: str
) -> None:
    said = phone.deliver(
        one_make.operator, f"/hold/{lot}", HOUR, reason=one_make.reasons["hold"], note="Scratches"
    )
    assert said.headers["Shopfloor-Answer"] == "parked"
    supervisor = Browser(one_app).sign_in(one_make.supervisor)
    address = f"/parked/{only_parked().event_id}"
    shown = text_of(supervisor.get(address))
    assert "Locked" in shown
    assert "Scratches" in shown
    assert supervisor.post(f"{address}/book", page=address).status_code == 303
    assert count("hold.placed") == 1
    placed = db.session.scalars(select(Event).where(Event.kind == "hold.placed")).one()
    assert placed.actor_id == one_make.operator.id


def test_the_pages_are_for_whoever_may_overrule_and_show_what_is_in_his_reach(
    one_app: Flask, one_make: Factory, phone: Phone, lot: str
) -> None:
    lock(one_make, lot)
    phone.deliver(one_make.operator, f"/lots/{lot}/10/report", HOUR, good=7)
    address = f"/parked/{only_parked().event_id}"
    assert phone.get("/parked").status_code == 403
    assert phone.get(address).status_code == 403
    elsewhere = one_make.person("supervisor", "elsewhere", scope_id=one_make.stations[2])
    other = Browser(one_app).sign_in(elsewhere)
    assert "Nothing waits for you" in text_of(other.get("/parked"))
    assert other.get(address).status_code == 404
    assert other.post(f"{address}/book", page="/parked").status_code == 404


def test_everything_is_there_in_chinese(
    one_app: Flask, one_make: Factory, phone: Phone, lot: str
) -> None:
    lock(one_make, lot)
    phone.deliver(one_make.operator, f"/lots/{lot}/10/report", HOUR, good=7)
    supervisor = Browser(one_app).sign_in(one_make.supervisor)
    page = supervisor.get("/more").get_data(as_text=True)
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    supervisor.open(
        "/language", method="POST", data={"csrf_token": token, "language": "zh", "next": "/"}
    )
    db.session.rollback()
    assert db.session.get_one(Person, one_make.supervisor.id).language == "zh"
    shown = text_of(supervisor.get(f"/parked/{only_parked().event_id}"))
    for part in ("未记账：已锁定", "记账", "作废", "待主管确认"):
        assert part in shown
    assert "待你确认" in text_of(supervisor.get("/parked"))
