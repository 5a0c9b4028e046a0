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
from shopfloor.people.viewer import rights_of
from shopfloor.production import work
from shopfloor.production.commands.reports import report_quantities
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
        "ncr",
    ]
    (lock,) = locks(db.session(), rights)
    assert (lock.quantity, lock.reason, lock.value) == (Decimal(30), None, None)
    values = {thing.url.split("/")[2]: thing.value for thing in inspections(db.session(), rights)}
    assert values == {cheap: Decimal(10), dear: Decimal(200)}
    operator = rights_of(db.session(), make.operator.id)
    assert {thing.kind for thing in open_things(db.session(), operator)} == {
        "inspection",
        "lock",
        "ncr",
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


def test_the_page_filters_pages_and_answers_from_the_card(
    one_app: Flask, one_make: Factory, monkeypatch: pytest.MonkeyPatch
) -> None:
    lot = waits(one_make, "2")
    hold = fail(one_make, one_make.lot(30, inspect=(10,)))
    supervisor = Browser(one_app).sign_in(one_make.supervisor)

    page = supervisor.get("/exceptions")
    assert "CN¥20.00" in text_of(page)
    assert f"/holds/{hold}/release" in page.get_data(as_text=True)
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
