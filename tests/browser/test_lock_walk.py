"""The walk of docs/lock-walk.md in browsers: every way that a person can try is shut."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select

from shopfloor.core import clock
from shopfloor.core.db import db
from shopfloor.core.parking import ParkedAction
from shopfloor.production import work
from shopfloor.production.commands.jobs import start_work
from shopfloor.production.commands.reports import report_quantities
from shopfloor.quality.commands.inspections import record_inspection
from shopfloor.quality.models import Verdict
from tests.browser.conftest import Phone, sign_in
from tests.browser.test_outbox import kept, open_lot
from tests.invariants import require_invariants
from tests.make import PIN, Factory, Worker
from tests.people.devices import move_clock
from tests.server import serving

pytestmark = [pytest.mark.browser, pytest.mark.processes]
TEN, TWENTY, THIRTY = 10, 20, 30


@pytest.fixture
def address(app: Flask, tmp_path: Path) -> Iterator[str]:
    """The address of a real server on each of the databases."""
    with serving(tmp_path, app.config["SQLALCHEMY_DATABASE_URI"]) as server:
        yield server.url


def begun(make: Factory) -> str:
    """Return a lot with pieces at every operation, made an hour ago."""
    lot = make.lot(20, inspect=(TWENTY,))
    for operation, good in ((TEN, 16), (TWENTY, 10)):
        report_quantities(make.operator.act(), lot=lot, operation=operation, good=Decimal(good))
    record_inspection(
        make.inspector.act(),
        lot=lot,
        operation=TWENTY,
        verdict=Verdict.PASS,
        quantity=Decimal(4),
    )
    start_work(make.operator.act(), lot=lot, operation=THIRTY)
    return lot


def shut(page: Page) -> None:
    """Expect the one card: what is locked, why, by whom, and who can release it."""
    main = page.locator("main")
    for words in ("hold reason", "Inspector", "Supervisor"):
        expect(main).to_contain_text(words)


def tap(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).first.click()


def refused(page: Page) -> None:
    """Expect the no that covers the screen, and the card when it is tapped away."""
    page.get_by_role("alertdialog", name="Not possible").get_by_role("button").click()
    expect(page.get_by_role("region", name="Why can't I?")).to_be_visible()
    shut(page)


def decide(page: Page, lot: str, signer: Worker, pieces: int, pin: str = PIN) -> None:
    """Fill in the release as somebody would, and sign it."""
    page.locator(f"[name='{lot}:{TWENTY}:1:use_as_is']").fill(str(pieces))
    page.locator(f"[name='{lot}:{THIRTY}:1:use_as_is']").fill("2")
    page.locator("[name=concession]").fill("Measured again: they fit.")
    page.get_by_role("radio", name="release reason").check()
    page.locator("[name=badge]").fill(signer.badge)
    page.locator("[name=pin]").fill(pin)
    tap(page, "Sign and release")


def test_a_fail_shuts_every_phone_until_a_second_person_has_signed(
    app: Flask,
    make: Factory,
    address: str,
    phone: Phone,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Rows Q53, Q57, Q58, Y2; torture 8, 36, 68."""
    move_clock(monkeypatch, timedelta(hours=-1))
    lot = begun(make)
    monkeypatch.undo()
    mate = make.person("operator", "mate")
    form = f"{address}/lots/{lot}/{TEN}/report"

    # A phone without network keeps a report; on another one is booked, and a form left open.
    away = phone()
    lost, floor, judging = away.new_page(), phone().new_page(), phone().new_page()
    lost.clock.install(time=clock.now() - timedelta(minutes=5))
    sign_in(lost, address, mate)
    lost.goto(form)
    lost.wait_for_load_state("networkidle")
    away.set_offline(True)
    lost.locator("[name=good]").fill("1")
    tap(lost, "Book the report")
    kept(lost, 1)
    sign_in(floor, address, make.operator)
    floor.goto(form)
    floor.locator("[name=good]").fill("1")
    tap(floor, "Book the report")
    expect(floor.get_by_role("heading", name="Booked")).to_be_visible()
    undo = floor.context.new_page()
    undo.goto(f"{address}/my-actions")
    old = floor.context.new_page()
    old.goto(form)
    open_lot(floor, address, lot)

    # 1. NG, after a scan.
    sign_in(judging, address, make.inspector)
    judging.goto(f"{address}/scan?code={lot}")
    judging.locator(f"a[href$='/{TWENTY}/inspect']").first.click()
    judging.get_by_role("radio", name="hold reason").check()
    tap(judging, "NG")
    expect(judging.locator("main")).to_contain_text("The order is locked everywhere")
    expect(judging.locator("#told.held")).to_contain_text("The order is locked everywhere")
    # 2. The other phone turns red by itself, and so does the form that is open.
    expect(floor.get_by_text("Nothing of this lot can be started")).to_be_visible(timeout=5_000)
    for page in (floor, old):
        shut(page)
    # 3. That form, addresses that are typed, and what was booked before.
    old.locator("[name=good]").fill("1")
    tap(old, "Book the report")
    refused(old)
    for way in (f"{TEN}/report", f"{TEN}/split", f"{TEN}/join", f"{THIRTY}/start"):
        old.goto(f"{address}/lots/{lot}/{way}")
        shut(old)
        # The card stands in the place of the form.
        expect(old.locator("main form .button.primary")).to_have_count(0)
    tap(undo, "Undo")
    expect(undo.get_by_text("This cannot be taken back. It is locked now.")).to_be_visible()
    # 4. The entry of before waits for the supervisor, and is not booked.
    lost.clock.set_system_time(clock.now())
    away.set_offline(False)
    lost.evaluate("dispatchEvent(new Event('online'))")
    expect(lost.locator("#kept")).to_be_hidden(timeout=30_000)
    db.session.rollback()
    assert [each.rule for each in db.session.scalars(select(ParkedAction))] == ["held"]
    # 5. The work that had begun is taken once, as held pieces.
    floor.goto(f"{address}/lots/{lot}/{THIRTY}/report")
    floor.locator("[name=good]").fill("2")
    tap(floor, "Book the report")
    expect(floor.locator("#content")).to_contain_text("2 good booked as held pieces")
    expect(floor.get_by_role("button", name="Undo")).to_have_count(0)
    # 6. Released wrong: the inspector's own badge, a piece too few, a wrong PIN.
    open_lot(floor, address, lot)
    tap(floor, "Nudge")
    expect(floor.get_by_text("Nobody has answered yet")).to_be_visible()
    floor.goto(f"{address}/holds/1/release")
    wrong = [
        (make.inspector, 6, PIN, "Whoever locked it cannot release it."),
        (make.supervisor, 5, PIN, "6 pieces are held at operation 20, but 5 are decided."),
        (make.supervisor, 6, "1111", "The PIN is wrong."),
    ]
    for signer, pieces, pin, no in wrong:
        decide(floor, lot, signer, pieces, pin)
        expect(floor.locator("#content")).to_contain_text(no)
    # 7. Released right; the rest flows.
    decide(floor, lot, make.supervisor, 6)
    expect(floor.locator("#content")).to_contain_text("The lot can go on")
    for operation, good in ((TEN, 1), (THIRTY, 4)):
        floor.goto(f"{address}/lots/{lot}/{operation}/report")
        floor.locator("[name=good]").fill(str(good))
        tap(floor, "Book the report")
        expect(floor.get_by_role("heading", name="Booked")).to_be_visible()
    db.session.rollback()
    assert [stop.good for stop in work.load(db.session(), lot).stops] == [18, 10, 6]
    require_invariants()
