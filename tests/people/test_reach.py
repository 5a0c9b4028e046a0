"""Walking over ids, sending what was not asked for, and addresses that must not write."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from shopfloor.core.db import db, metadata, transaction
from shopfloor.core.events import Event
from shopfloor.core.subjects import Subject
from shopfloor.people.commands import add_person, issue_token
from shopfloor.people.grants import give_role
from shopfloor.people.models import Grant
from shopfloor.people.roles import seed_roles
from shopfloor.people.secrets import digest, new_token
from shopfloor.people.setup import founder, make_setup_link
from shopfloor.plant.commands import add_line, add_site
from shopfloor.production import work
from shopfloor.production.models import OrderState, WorkOrder
from tests.browse import Browser, text_of
from tests.make import PIN, Factory, new_id
from tests.people.devices import move_clock
from tests.test_routes import address, routes


def far_site(make: Factory) -> int:
    """Return another site of the company, with a line of its own."""
    site = add_site(
        founder(new_id()), number="F2", names={"en": "Far"}, zone="Asia/Shanghai", currency="CNY"
    )
    add_line(founder(new_id()), site_id=site.id, number="L9", names={"en": "Far line"})
    return site.id


def rows() -> dict[str, int]:
    """Return how many rows each table has."""
    db.session.rollback()
    return {
        table.name: db.session.scalar(select(func.count()).select_from(table)) or 0
        for table in metadata.sorted_tables
    }


def something_of_everything(app: Flask, make: Factory) -> tuple[str, str, str, list[str]]:
    """Return lot, order, person and every address that leads to them or to what was done."""
    order = make.order(10)
    lot = order.lot.code
    operator = Browser(app).sign_in(make.operator)
    operator.post(f"/lots/{lot}/10/start", kind="production")
    operator.post(f"/lots/{lot}/10/report", good="2")
    Browser(app).sign_in(make.inspector).post(f"/lots/{lot}/10/inspect", verdict="fail")
    db.session.rollback()
    person = db.session.get_one(Subject, make.operator.id).code
    events = db.session.scalars(select(Event.id).order_by(Event.id.desc()).limit(6)).all()
    found = [
        f"/lots/{lot}",
        f"/lots/{order.lot.number}",
        f"/lots/{lot}/10/report",
        f"/lots/{lot}/10/start",
        f"/lots/{lot}/10/inspect",
        f"/orders/{order.order.code}",
        f"/orders/{order.order.number}",
        "/stations/S1",
        "/holds/1/release",
        "/jobs/1",
        f"/people/{person}",
        *(f"/undo/{event}" for event in events),
    ]
    return lot, order.order.code, person, found


@pytest.mark.parametrize("scope", ["site", "line"])
def test_somebody_of_another_site_or_line_walks_ids_and_finds_nothing(
    one_app: Flask,
    one_make: Factory,
    caplog: pytest.LogCaptureFixture,
    scope: str,
) -> None:
    """Torture 60."""
    lot, order, person, addresses = something_of_everything(one_app, one_make)
    far = far_site(one_make)
    if scope == "line":
        far = add_line(
            founder(new_id()), site_id=one_make.site_id, number="L2", names={"en": "Line 2"}
        ).id
    walker = _all_roles(one_app, one_make, far)
    before = rows()
    for page in addresses:
        caplog.clear()
        answer = walker.get(page)
        assert answer.status_code == 404, page
        assert "refused 404" in caplog.text, page
    writes: list[tuple[str, dict[str, Any]]] = [
        (f"/lots/{lot}/10/report", {"good": "1"}),
        (f"/lots/{lot}/10/start", {"kind": "setup"}),
        (f"/lots/{lot}/10/inspect", {"verdict": "fail"}),
        (f"/orders/{order}/close", {}),
        (f"/orders/{order}/release", {}),
        ("/jobs/1/finish", {}),
        (f"/people/{person}/badge", {}),
        (f"/people/{person}/roles", {"role": "administrator", "scope": str(far)}),
        (addresses[-1], {"reason": one_make.reasons["undo"]}),
        (addresses[-6], {"reason": one_make.reasons["undo"]}),
    ]
    for page, fields in writes:
        answer = walker.post(page, page="/more", **fields)
        assert answer.status_code in (403, 404), (page, text_of(answer))
    assert rows() == before
    for page in ("/", "/orders?state=all", "/people", "/plant", "/devices", "/my-actions"):
        shown = walker.get(page).get_data(as_text=True)
        for hidden in (lot, order, person, "Saw"):
            assert hidden not in shown, (page, hidden)


def _all_roles(app: Flask, make: Factory, scope_id: int) -> Browser:
    """Return somebody who may do everything, there and nowhere else."""
    walker = make.person("operator", "walker", scope_id)
    for role in ("inspector", "supervisor", "quality", "planner", "administrator"):
        give_role(founder(new_id()), person_id=walker.id, role=role, scope_id=scope_id)
    return Browser(app).sign_in(walker)


def test_no_address_that_is_only_opened_writes_anything(one_app: Flask, one_make: Factory) -> None:
    """Torture 45: a QR that is opened by a phone's camera must not book."""
    *_, addresses = something_of_everything(one_app, one_make)
    browsers = [
        Browser(one_app).sign_in(one_make.people[role])
        for role in ("administrator", "supervisor", "planner", "operator")
    ]
    pages = [address(rule) for method, rule in routes(one_app) if method == "GET"] + addresses
    before = rows()
    for page in pages:
        for browser in browsers:
            browser.get(page)
            browser.open(page, method="HEAD")
    assert rows() == before


@pytest.mark.parametrize("way", ["used", "late", "made up"])
def test_a_set_up_link_works_once_and_for_a_day(
    one_app: Flask, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Torture 45."""
    with transaction() as session:
        seed_roles(session)
    link = make_setup_link(one_app, "/")
    fields = {
        "number": "F1",
        "factory_en": "Works",
        "zone": "Asia/Shanghai",
        "currency": "CNY",
        "login": "first",
        "name": "First",
        "language": "en",
        "password": "twelve blue chairs",
        "password_again": "twelve blue chairs",
        "pin": "2580",
    }
    browser = Browser(one_app)
    assert browser.get(link).status_code == 200
    assert browser.get(link).status_code == 200, "opening it changes nothing"
    if way == "used":
        assert browser.post(link, **fields).status_code == 303
    elif way == "late":
        move_clock(monkeypatch, timedelta(days=1, minutes=1))
    else:
        link = f"/set-up/{new_token()}"
    assert browser.get(link).status_code == 404
    answer = Browser(one_app).post(link, page="/sign-in", **{**fields, "login": "second"})
    assert answer.status_code == 404, text_of(answer)


def test_what_was_not_asked_for_is_not_taken(one_app: Flask, one_make: Factory) -> None:
    """Torture 65."""
    planner = Browser(one_app).sign_in(one_make.planner)
    item = one_make.item()
    db.session.rollback()
    number = _number(item)
    made = planner.post(
        "/orders/new",
        item=number,
        quantity="5",
        status="released",
        state="closed",
        id="1",
        released_at="2020-01-01",
        role="administrator",
    )
    assert made.status_code == 303, text_of(made)
    db.session.rollback()
    assert db.session.scalars(select(WorkOrder)).one().state is OrderState.PLANNED
    admin = Browser(one_app).sign_in(one_make.administrator)
    grants = rows()["role_grant"]
    answer = admin.post(
        "/people/new",
        login="new",
        name="New",
        language="en",
        role="administrator",
        person_id=one_make.operator.id,
        password_hash="x",
    )
    assert answer.status_code == 303, text_of(answer)
    db.session.rollback()
    assert rows()["role_grant"] == grants
    assert db.session.scalar(select(func.count()).select_from(Grant)) == grants


def _number(subject_id: int) -> str:
    return db.session.get_one(Subject, subject_id).number or ""


def test_a_field_that_is_sent_twice_is_refused(one_app: Flask, one_make: Factory) -> None:
    """Torture 65."""
    lot = one_make.lot(10)
    operator = Browser(one_app).sign_in(one_make.operator)
    doubled: dict[str, Any] = {"good": ["1", "10"], "action_id": [new_id(), new_id()]}
    for name, values in doubled.items():
        answer = operator.post(f"/lots/{lot}/10/report", **{"good": "1", name: values})
        assert answer.status_code == 422
        assert "sent twice" in text_of(answer)
    answer = Browser(one_app).post("/sign-in", login=["operator", "administrator"], password=PIN)
    assert answer.status_code == 422
    assert operator.post(f"/lots/{lot}/10/start?kind=breakdown", kind="setup").status_code == 200
    db.session.rollback()
    assert work.load(db.session(), lot).stops[0].good == 0


def test_a_program_field_sent_twice_is_refused(one_app: Flask, one_make: Factory) -> None:
    """Torture 65."""
    made = add_person(founder(new_id()), site_id=one_make.site_id, login="twice", name="Twice")
    assert made.id
    lot = one_make.lot(10)
    token = new_token()
    issue_token(
        founder(new_id()),
        person_id=one_make.operator.id,
        name="t",
        token_hash=digest(token),
        verbs=("work.report", "work.view"),
    )
    answer = Browser(one_app).open(
        "/api/v1/reports",
        method="POST",
        data=f'{{"lot": "{lot}", "operation": 10, "good": "1", "good": "10"}}',
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}"},
    )
    assert answer.status_code == 422
