"""An entry made without network that meets a lock: from the phone to the supervisor's list."""

from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import expect
from sqlalchemy import select

from shopfloor.core import clock
from shopfloor.core.db import db
from shopfloor.core.parking import ParkedAction
from shopfloor.holds.commands import place_hold
from shopfloor.production import work
from tests.browser.conftest import Phone, sign_in
from tests.make import Factory
from tests.people.devices import move_clock

pytestmark = [pytest.mark.browser, pytest.mark.processes]


def test_the_phone_forgets_what_the_supervisor_has_and_its_worker_sees_it(
    one_app: Flask,
    one_make: Factory,
    address: str,
    phone: Phone,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Torture 36: locked while the phone was offline."""
    move_clock(monkeypatch, timedelta(hours=-1))
    lot = one_make.lot(10)
    monkeypatch.undo()
    context = phone()
    page = context.new_page()
    page.clock.install(time=clock.now() - timedelta(minutes=5))
    sign_in(page, address, one_make.operator)
    page.goto(f"{address}/lots/{lot}")
    page.wait_for_selector("[data-catcher]", state="attached")
    page.wait_for_load_state("networkidle")
    context.set_offline(True)
    page.get_by_role("button", name="Report 10 good").click()
    expect(page.locator("#kept b")).to_have_text("1")

    lot_id = work.load(db.session(), lot).lot.id
    place_hold(one_make.inspector.act(), subject_id=lot_id, reason_id=one_make.reasons["hold"])
    page.clock.set_system_time(clock.now())
    context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("#kept")).to_be_hidden(timeout=30_000)
    told = page.locator("#told")
    expect(told).to_contain_text("Not booked yet: Locked: hold reason")
    page.clock.run_for(10_000)
    told.get_by_role("button", name="I have read this").click()
    expect(told).to_be_hidden()
    db.session.rollback()
    assert db.session.scalars(select(ParkedAction)).one().rule == "held"
    page.goto(f"{address}/my-actions")
    expect(page.get_by_text("With the supervisor")).to_be_visible()

    desk = phone().new_page()
    sign_in(desk, address, one_make.supervisor)
    desk.get_by_role("link", name="Waits for your decision").click()
    expect(desk.get_by_text("Operator · Good 10 · Locked: hold reason")).to_be_visible()
