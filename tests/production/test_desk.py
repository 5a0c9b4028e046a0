"""The pages of work orders."""

from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import func, select

from shopfloor.core.db import db
from shopfloor.core.subjects import Subject
from shopfloor.holds.commands import place_hold
from shopfloor.people.setup import founder
from shopfloor.people.viewer import rights_of
from shopfloor.plant.commands import add_line, add_site, add_station
from shopfloor.production import overview
from shopfloor.production.commands.orders import create_order
from shopfloor.production.commands.reports import report_quantities
from shopfloor.production.models import WorkOrder
from tests.browse import Browser, text_of
from tests.make import Factory, new_id
from tests.statements import counted


@pytest.fixture
def browser(app: Flask, make: Factory) -> Browser:
    return Browser(app).sign_in(make.planner)


@pytest.fixture
def planner(one_app: Flask, one_make: Factory) -> Browser:
    return Browser(one_app).sign_in(one_make.planner)


def number_of(subject_id: int) -> str:
    db.session.rollback()
    return db.session.get_one(Subject, subject_id).number or ""


def count() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(WorkOrder)) or 0


def test_an_order_is_entered_released_and_shows_its_lot(browser: Browser, make: Factory) -> None:
    item = number_of(make.item())
    answer = browser.post(
        "/orders/new", item=item, quantity="1 000", due="2026-12-24", number="WO-1", priority="2"
    )
    assert answer.status_code == 303
    url = answer.location
    shown = text_of(browser.get(url))
    assert "Planned" in shown
    assert "Step 10" in shown
    released = browser.post(f"{url}/release", page=url)
    assert released.status_code == 303
    page = browser.get(url).get_data(as_text=True)
    assert "WO-1-1" in page
    assert '"/lots/B' in page
    assert "1000 to do" in text_of(browser.get(url))


def test_a_refused_order_keeps_what_was_typed(browser: Browser, make: Factory) -> None:
    """Row U23 and torture 49."""
    item = number_of(make.item())
    for quantity in ("0", "-1", "1e308", "NaN", "1,500", "0.5", "٣", ""):
        answer = browser.post("/orders/new", item=item, quantity=quantity, number="WO-9")
        assert answer.status_code == 422, quantity
        page = answer.get_data(as_text=True)
        assert f'value="{item}"' in page
        assert 'value="WO-9"' in page
    unknown = browser.post("/orders/new", item="nothing", quantity="5")
    assert "There is no item “nothing”" in text_of(unknown)
    assert count() == 0


def test_a_due_day_that_has_passed_is_asked_about_once(planner: Browser, one_make: Factory) -> None:
    fields = {"item": number_of(one_make.item()), "quantity": "5", "due": "2020-02-29"}
    asked = planner.post("/orders/new", **fields)
    assert asked.status_code == 409
    assert "This day has passed." in text_of(asked)
    assert 'name="due_kept" value="2020-02-29"' in asked.get_data(as_text=True)
    other = planner.post("/orders/new", **(fields | {"due": "2020-02-28"}), due_kept="2020-02-29")
    assert other.status_code == 409
    assert count() == 0
    assert planner.post("/orders/new", **fields, due_kept="2020-02-29").status_code == 303


def test_a_form_or_a_button_sent_twice_does_it_once(browser: Browser, make: Factory) -> None:
    """Torture 3 and row X130."""
    fields = {"item": number_of(make.item()), "quantity": "5"}
    made = {
        browser.post("/orders/new", action_id="the-same-tap", **fields).location for _ in range(2)
    }
    assert len(made) == count() == 1
    url = made.pop()
    for _ in range(2):
        again = browser.post(f"{url}/release", page=url, action_id="release-tap")
        assert again.status_code == 303
    late = browser.post(f"{url}/release", page=url)
    assert late.status_code == 409
    assert "already been released" in text_of(late)


def test_closing_says_what_is_still_in_work(browser: Browser, make: Factory) -> None:
    order = make.order(100)
    report_quantities(make.operator.act(), lot=order.lot.code, operation=10, good=Decimal(60))
    url = f"/orders/{order.order.code}"
    shown = text_of(browser.get(url))
    assert "100 pcs are still in work" in shown
    assert browser.post(f"{url}/close", page=url).status_code == 303
    assert "Closed" in text_of(browser.get(url))
    assert browser.post(f"{url}/close", page=url).status_code == 409


def test_a_held_order_looks_held(browser: Browser, make: Factory) -> None:
    order = make.order(10)
    place_hold(
        make.supervisor.act(), subject_id=order.lot.id, reason_id=make.reasons["hold"], note="rust"
    )
    assert "Held" in text_of(browser.get(f"/orders/{order.order.code}"))
    assert "rust" in text_of(browser.get(f"/orders/{order.order.code}"))
    assert "Held" in text_of(browser.get("/orders"))


def test_orders_are_read_where_one_works_and_planned_by_planners(
    one_app: Flask, one_make: Factory
) -> None:
    """Torture 60."""
    order = one_make.order(10)
    url = f"/orders/{order.order.code}"
    operator = Browser(one_app).sign_in(one_make.operator)
    assert operator.get(url).status_code == 200
    assert "Close this order" not in text_of(operator.get(url))
    for address in ("/orders/new", f"{url}/release", f"{url}/close"):
        assert operator.post(address, page="/more").status_code == 403
    two = add_site(founder(new_id()), number="F2", names={"en": "2"}, zone="UTC", currency="EUR")
    line = add_line(founder(new_id()), site_id=two.id, number="L9", names={"en": "9"})
    add_station(founder(new_id()), line_id=line.id, number="S9", names={"en": "9"})
    far = Browser(one_app).sign_in(one_make.person("operator", "far", scope_id=two.id))
    assert far.get(url).status_code == 404
    assert str(order.order.number) not in text_of(far.get("/orders"))
    near = Browser(one_app).sign_in(one_make.person("operator", "near", scope_id=one_make.line_id))
    assert near.get(url).status_code == 200
    assert "I" in text_of(near.get("/orders"))
    outsider = Browser(one_app).sign_in(one_make.person("planner", "out", scope_id=two.id))
    item = number_of(one_make.item())
    forged = outsider.post("/orders/new", item=item, quantity="5", site=str(one_make.site_id))
    assert forged.status_code == 404


def test_the_list_is_cut_filtered_and_constant(planner: Browser, one_make: Factory) -> None:
    """Row X133."""
    assert "No open work order" in text_of(planner.get("/orders"))
    item = one_make.item()
    one_make.order(7, item_id=item)
    with counted() as few:
        planner.get("/orders")
    for n in range(60):
        create_order(
            one_make.planner.act(),
            site_id=one_make.site_id,
            item_id=item,
            quantity=Decimal(5),
            number=f"WO-{n:03d}",
        )
    with counted() as many:
        first = text_of(planner.get("/orders"))
    assert len(few) <= len(many) <= 6
    assert "Page 1 of 2" in first
    assert "WO-000" in text_of(planner.get("/orders?page=2"))
    assert "WO-031" in text_of(planner.get("/orders?q=wo-031"))
    assert "No order matches" in text_of(planner.get("/orders?state=closed"))
    released = text_of(planner.get("/orders?state=released"))
    assert "7 pcs" in released
    assert "WO-000" not in released


def test_one_order_needs_the_same_statements_whatever_it_holds(
    planner: Browser, one_make: Factory
) -> None:
    small = one_make.order(5)
    large = one_make.order(500)
    for part in (10, 20, 30):
        report_quantities(
            one_make.operator.act(), lot=large.lot.code, operation=10, good=Decimal(part)
        )
    with counted() as few:
        planner.get(f"/orders/{small.order.code}")
    with counted() as many:
        planner.get(f"/orders/{large.order.code}")
    assert len(few) == len(many) <= 10


def test_only_the_order_with_a_lock_is_said_to_be_locked(
    planner: Browser, one_make: Factory
) -> None:
    """A lock on one lot was once told of every order in the list."""
    item = one_make.item()
    locked, free = one_make.order(10, item_id=item), one_make.order(10, item_id=item)
    reason = one_make.reasons["hold"]
    place_hold(one_make.quality.act(), subject_id=locked.lot.id, reason_id=reason)
    rights = rights_of(db.session(), one_make.planner.id)
    rows = db.session.execute(overview.orders(rights, "", "")).all()
    assert {row.WorkOrder.id: bool(row.held) for row in rows} == {
        locked.order.id: True,
        free.order.id: False,
    }
    place_hold(one_make.quality.act(), subject_id=free.order.id, reason_id=reason)
    rows = db.session.execute(overview.orders(rights, "", "")).all()
    assert all(row.held for row in rows)
