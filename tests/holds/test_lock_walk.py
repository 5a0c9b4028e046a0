"""The walk around a lock that docs/lock-walk.md lets a person do by hand: every way is shut."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from shopfloor.core import clock
from shopfloor.core.db import db
from shopfloor.core.events import Event
from shopfloor.core.parking import ParkedAction
from shopfloor.core.subjects import Subject
from shopfloor.core.web import fresh_id
from shopfloor.production import work
from shopfloor.production.commands.jobs import start_work
from shopfloor.production.commands.reports import report_quantities
from tests.api.program import Program
from tests.browse import Browser, text_of
from tests.exchange.bringing import booked
from tests.invariants import require_invariants
from tests.make import PIN, Factory, Worker

TEN, TWENTY, THIRTY = 10, 20, 30


class Walk:
    """An order with pieces at every operation, and everybody who will try to go on with it."""

    def __init__(self, app: Flask, make: Factory) -> None:
        """Make the order, open the pages of before, and start one job at the last operation."""
        self.app, self.make = app, make
        self.lot = make.lot(20, inspect=(TWENTY,))
        self.other = make.lot(20)
        for operation, good in ((TEN, 16), (TWENTY, 10)):
            report_quantities(
                make.operator.act(), lot=self.lot, operation=operation, good=Decimal(good)
            )
        self.operator = Browser(app).sign_in(make.operator)
        self.inspector = Browser(app).sign_in(make.inspector)
        self.supervisor = Browser(app).sign_in(make.supervisor)
        self.inspect("pass", quantity=4)
        self.mate = make.person("operator", "mate")
        start_work(self.mate.act(), lot=self.lot, operation=THIRTY)

    def inspect(self, verdict: str, **form: Any) -> str:
        """Give a verdict on the page, and return what it answers."""
        page = f"/lots/{self.lot}/{TWENTY}/inspect"
        form |= {"verdict": verdict, "reason": self.make.reasons["hold"]}
        answer = self.inspector.post(page, page=f"{page}?ng=1", **form)
        assert answer.status_code == 200, text_of(answer)
        return text_of(answer)

    def events(self) -> int:
        """Return how many entries the books have."""
        db.session.rollback()
        return db.session.scalar(select(func.count(Event.id))) or 0


@pytest.fixture
def walk(app: Flask, make: Factory) -> Walk:
    return Walk(app, make)


def test_after_a_fail_every_way_on_is_shut_until_a_second_person_has_decided(
    app: Flask, walk: Walk, make: Factory
) -> None:
    """Q53, Y2; torture 8, 68: page, address, old tab, device, outbox, program, undo, import."""
    lot = walk.lot
    old_tab = Browser(app).sign_in(make.operator)
    token = old_tab.get(f"/lots/{lot}/{TEN}/report").get_data(as_text=True)
    token = token.split('name="csrf_token" value="')[1].split('"')[0]
    reported = walk.operator.post(f"/lots/{lot}/{TEN}/report", good=1).get_data(as_text=True)
    undo = "/undo/" + reported.split('action="/undo/')[1].split('"')[0]
    reporting, judging = Program(app, make.operator), Program(app, make.inspector)
    before = str(clock.now() - timedelta(seconds=30))
    assert "The order is locked everywhere" in walk.inspect("fail")
    shut = walk.events()

    # 1. Every page of the floor, opened after the lock or typed as an address.
    forms: dict[str, dict[str, Any]] = {
        f"/lots/{lot}/{TEN}/report": {"good": 1},
        f"/lots/{lot}/{THIRTY}/report": {"good": 1},
        f"/lots/{lot}/{TEN}/start": {"kind": "production"},
        f"/lots/{lot}/{THIRTY}/start": {"kind": "production"},
        f"/lots/{lot}/{TEN}/split": {"quantity": 1},
        f"/lots/{lot}/{TEN}/join": {"other": walk.other},
        f"/lots/{lot}/{TEN}/lock-part": {"quantity": 1, "reason": make.reasons["hold"]},
        undo: {"reason": make.reasons["undo"]},
    }
    for address, form in forms.items():
        by = walk.supervisor if "lock-part" in address else walk.operator
        if address != undo:
            same_card(text_of(by.get(address)), address)
        answer = by.post(address, page="/", **form)
        assert answer.status_code == 409, (address, text_of(answer))
        same_card(text_of(answer), address)
    # 2. A tab from before the lock.
    answer = old_tab.open(
        f"/lots/{lot}/{TEN}/report",
        method="POST",
        data={"csrf_token": token, "action_id": fresh_id(), "good": "1"},
    )
    same_card(text_of(answer), "old tab")
    # 3. Another person on another device.
    other = Browser(app).sign_in(walk.mate)
    same_card(text_of(other.post(f"/lots/{lot}/{TEN}/report", good=1)), "other device")
    # 4. A program, and no way of a program goes on.
    for path, body in (
        ("/reports", {"lot": lot, "operation": TEN, "good": "1"}),
        (f"/lots/{lot}/split", {"operation": TEN, "quantity": "1"}),
        (f"/lots/{lot}/join", {"operation": TEN, "other": walk.other}),
        ("/inspections", {"lot": lot, "operation": TWENTY, "verdict": "pass"}),
    ):
        program = judging if path == "/inspections" else reporting
        assert program.post(path, body).status_code == 409, path
        assert program.heard["rule"] == "held", path
    assert walk.events() == shut, "nothing was booked"
    # 5. Entries of an outbox, made before the lock and after it, wait for a decision.
    for made in (before, str(clock.now())):
        late = deliver(walk.operator, make.operator, f"/lots/{lot}/{TEN}/report", made)
        assert late.headers["Shopfloor-Answer"] in ("parked", "refused")
    good = work.load(db.session(), lot).stop(TEN).good
    assert good == 17, "what waits is not booked"
    # 6. Work that was begun before the lock is taken once, as held pieces, and moves nothing on.
    assert "held" in text_of(other.post(f"/lots/{lot}/{THIRTY}/report", good=2))
    same_card(text_of(other.post(f"/lots/{lot}/{THIRTY}/report", good=1)), "second report")
    # 7. An import of the order: on the floor it takes another due day, and moves nothing.
    before_it = counters(lot)
    order = work.load(db.session(), lot)
    names = [order.order_subject.number, db.session.get_one(Subject, order.item.id).number]
    head = "order number,item,quantity,operation,due"
    booked(make, "orders", f"{head}\n{names[0]},{names[1]},20,30,2030-01-31\n")
    assert counters(lot) == before_it
    decide(walk, make)
    require_invariants()


def counters(lot: str) -> list[tuple[Decimal, ...]]:
    """Return what is counted at each operation."""
    db.session.rollback()
    stops = work.load(db.session(), lot).stops
    return [(stop.good, stop.left, stop.waiting, stop.held) for stop in stops]


def decide(walk: Walk, make: Factory) -> None:
    """Release wrong in three ways, then right; the rest flows."""
    lot, hold = walk.lot, "/holds/1/release"
    stems = {f"{lot}:{TWENTY}:1": 6, f"{lot}:{THIRTY}:1": 2}
    right: dict[str, Any] = {f"{stem}:use_as_is": quantity for stem, quantity in stems.items()}
    right |= {"reason": make.reasons["release"], "concession": "They fit.", "pin": PIN}
    right |= {"badge": make.supervisor.badge}
    wrong = [
        right | {"badge": make.inspector.badge},
        right | {f"{lot}:{TWENTY}:1:use_as_is": 5},
        right | {"pin": ""},
    ]
    for form in wrong:
        answer = walk.operator.post(hold, **form)
        assert answer.status_code in (401, 403, 409), text_of(answer)
        same_card(text_of(walk.operator.post(f"/lots/{lot}/{TEN}/report", good=1)), "still")
    too_few = text_of(walk.operator.post(hold, **wrong[1]))
    assert too_few.count("but 5 are decided") == 2, "at the top, and at these pieces only"
    freed = walk.operator.post(hold, **right)
    assert freed.status_code == 200, text_of(freed)
    for operation, good in ((TEN, 1), (TWENTY, 1), (THIRTY, 8)):
        answer = walk.operator.post(f"/lots/{lot}/{operation}/report", good=good)
        assert answer.status_code == 200, text_of(answer)
    db.session.rollback()
    # Both entries of the outbox are still there for the supervisor to decide about.
    assert db.session.scalar(select(func.count()).select_from(ParkedAction)) is not None


def same_card(said: str, way: str) -> None:
    """Expect the one card: that it is locked, why, by whom, and who can release it."""
    for words in ("Locked: hold reason", "Inspector", "Supervisor"):
        assert words in said, (way, said)


def deliver(phone: Browser, worker: Worker, address: str, happened_at: str) -> TestResponse:
    """Send an entry as the outbox of a phone does."""
    token = phone.get("/outbox/token").get_json()["token"]
    return phone.open(
        address,
        method="POST",
        headers={"Shopfloor-Outbox": "1", "Shopfloor-Person": str(worker.id)},
        data={
            "csrf_token": token,
            "action_id": fresh_id(),
            "happened_at": happened_at,
            "sent_at": str(clock.now() + timedelta(hours=1)),
            "good": "1",
        },
    )
