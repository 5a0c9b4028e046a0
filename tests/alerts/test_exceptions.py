"""Everything open on one page: what costs most by waiting comes first."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from shopfloor.alerts.exceptions import by_cost, listed
from shopfloor.alerts.open_things import inspections, locks
from shopfloor.catalogue.models import Item
from shopfloor.core import clock
from shopfloor.core.db import db, transaction
from shopfloor.core.open_things import OpenThing, open_things
from shopfloor.core.refusals import Parked
from shopfloor.holds.commands import place_hold
from shopfloor.holds.models import Hold
from shopfloor.people.viewer import rights_of
from shopfloor.production import work
from shopfloor.production.commands.reports import report_quantities
from shopfloor.quality.commands.inspections import record_inspection
from shopfloor.quality.models import Verdict
from tests.alerts.test_alerts import fail
from tests.api.program import Program
from tests.browse import Browser, text_of
from tests.core.test_parked import offline, report
from tests.make import Factory
from tests.statements import counted


def costs(lot: str, amount: str) -> None:
    item_id = work.load(db.session(), lot).item.id
    with transaction() as session:
        item = session.get_one(Item, item_id)
        item.cost, item.cost_currency = Decimal(amount), "CNY"


def waits(make: Factory, cost: str | None = None, good: int = 10) -> str:
    lot = make.lot(100, inspect=(10,))
    if cost:
        costs(lot, cost)
    report_quantities(make.operator.act(), lot=lot, operation=10, good=Decimal(good))
    return lot


def test_locks_waiting_pieces_and_parked_entries_stand_with_their_pieces_and_owner(
    make: Factory,
) -> None:
    """A122."""
    cheap, dear, locked = waits(make, "1"), waits(make, "50", good=4), make.lot(30, inspect=(10,))
    fail(make, locked)
    with pytest.raises(Parked):
        report(offline(make.operator), locked, 5)

    rights = rights_of(db.session(), make.supervisor.id)
    with counted() as sent:
        found = open_things(db.session(), rights)
    assert len(sent) == 5
    assert sorted(thing.kind for thing in found) == [
        "entry",
        "inspection",
        "inspection",
        "lock",
    ]
    (lock,) = locks(db.session(), rights)
    assert (lock.quantity, lock.reason, lock.value) == (Decimal(30), None, None)
    values = {thing.url.split("/")[2]: thing.value for thing in inspections(db.session(), rights)}
    assert values == {cheap: Decimal(10), dear: Decimal(200)}
    operator = rights_of(db.session(), make.operator.id)
    assert {thing.kind for thing in open_things(db.session(), operator)} == {
        "inspection",
        "lock",
    }


def test_a_lock_and_the_nonconformance_of_its_pieces_are_one_row(make: Factory) -> None:
    lot = waits(make, "2", good=30)
    hold = record_inspection(
        make.inspector.act(), lot=lot, operation=10, verdict=Verdict.FAIL
    ).hold_id
    rights = rights_of(db.session(), make.supervisor.id)
    by_hand = make.lot(5)
    place_hold(
        make.supervisor.act(),
        subject_id=work.load(db.session(), by_hand).lot.id,
        reason_id=make.reasons["hold"],
    )

    found = open_things(db.session(), rights)
    fail, plain = sorted(found, key=lambda thing: thing.id)
    assert (fail.kind, fail.hold_id, plain.kind, plain.also) == ("lock", hold, "lock", None)
    assert fail.also
    assert (fail.also.kind, fail.also.quantity) == ("ncr", Decimal(30))
    assert fail.value == 200  # the whole order is locked, and counts once
    assert open_things(db.session(), rights, "lock") == found
    (ncr,) = open_things(db.session(), rights, "ncr")
    assert ncr == fail.also

    with transaction() as session:
        row = session.get_one(Hold, hold)
        row.released_at, row.released_by_id = clock.now(), make.supervisor.id
    assert {(thing.kind, thing.also) for thing in open_things(db.session(), rights)} == {
        ("lock", None),
        ("ncr", None),
    }


def test_the_order_is_value_times_days_then_pieces() -> None:
    """A122."""
    now = clock.now()

    def thing(title: str, days: int, **more: Any) -> OpenThing:
        return OpenThing("lock", 1, title, now - timedelta(days=days), "/", **more)

    things = [
        thing("few", 9, quantity=Decimal(2)),
        thing("dear", 1, quantity=Decimal(2), cost=Decimal(100)),
        thing("many", 1, quantity=Decimal(70)),
        thing("old", 9, quantity=Decimal(2), cost=Decimal(50), line_id=7),
    ]
    assert [each.title for each in by_cost(things, None)] == ["old", "dear", "many", "few"]
    assert [each.title for each in by_cost(things, 7)] == ["old"]
    # What waits behind a lock speaks for its row where it costs more, and at its own line.
    things.append(thing("both", 1, also=things[3]))
    assert [each.title for each in by_cost(things, None)][:2] == ["old", "both"]
    assert {each.title for each in by_cost(things, 7)} == {"old", "both"}


def test_the_page_filters_pages_and_answers_from_the_card(
    one_app: Flask, one_make: Factory, monkeypatch: pytest.MonkeyPatch
) -> None:
    lot = waits(one_make, "2")
    hold = fail(one_make, one_make.lot(30, inspect=(10,)))
    supervisor = Browser(one_app).sign_in(one_make.supervisor)

    page = supervisor.get("/exceptions")
    assert "CN¥20.00" in text_of(page)
    assert f"/holds/{hold}/release" in page.get_data(as_text=True)
    (ncr,) = open_things(db.session(), rights_of(db.session(), one_make.supervisor.id), "ncr")
    assert page.get_data(as_text=True).count(f'href="{ncr.url}"') == 1
    assert page.get_data(as_text=True).count('class="alert-told"') == 2  # pieces, and the lock
    assert f"{ncr.title} Nonconformance · Open" in text_of(page)
    assert f'href="{ncr.url}"' in supervisor.get("/exceptions?kind=ncr").get_data(as_text=True)
    assert f"/lots/{lot}" not in supervisor.get("/exceptions?kind=lock").get_data(as_text=True)
    assert "Nothing is open" in text_of(supervisor.get("/exceptions?line=999"))
    assert (
        supervisor.post("/alerts/1/take", page="/exceptions", next="/exceptions").status_code == 303
    )
    assert "Who does it Supervisor" in text_of(supervisor.get("/exceptions"))
    operator = Browser(one_app).sign_in(one_make.operator)
    assert "CN¥" not in text_of(operator.get("/exceptions"))

    many = [OpenThing("lock", n, str(n), clock.now(), "/") for n in range(5000)]
    monkeypatch.setattr("shopfloor.core.open_things.open_things", lambda *_: many)
    found = listed(db.session(), rights_of(db.session(), one_make.supervisor.id), "", None, 100)
    assert (found.page.pages, len(found.page.rows)) == (100, 50)


def test_a_program_hears_what_is_open(one_app: Flask, one_make: Factory) -> None:
    waits(one_make, "3")
    supervisor, operator = (
        Program(one_app, each) for each in (one_make.supervisor, one_make.operator)
    )
    told = supervisor.get("/exceptions?line=L1").get_json()
    (only,) = told["entries"]
    assert (told["total"], only["kind"], only["value"]) == (1, "inspection", "30")
    assert operator.get("/exceptions").get_json()["entries"][0]["value"] is None

    hold = fail(one_make, one_make.lot(30, inspect=(10,)))
    told = supervisor.get("/exceptions").get_json()
    (lock,) = (each for each in told["entries"] if each["kind"] == "lock")
    assert (told["total"], lock["id"], lock["also"]["kind"]) == (2, hold, "ncr")
    (ncr,) = supervisor.get("/exceptions?kind=ncr").get_json()["entries"]
    assert ncr == lock["also"]
