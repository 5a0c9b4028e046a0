"""Step order over HTTP: by address, by old tab and by program the same no; and nothing twice."""

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from shopfloor.core.db import db
from shopfloor.core.events import Event
from shopfloor.core.subjects import Subject
from shopfloor.people.commands import issue_token
from shopfloor.people.secrets import digest, new_token
from shopfloor.people.setup import founder
from shopfloor.production import work
from shopfloor.production.commands.orders import close_order
from shopfloor.production.models import Job, WorkOrder
from shopfloor.quality.models import Inspection
from tests.browse import Browser, text_of
from tests.make import PIN, Factory, new_id


def token_for(make: Factory, role: str, *verbs: str) -> dict[str, str]:
    token = new_token()
    issue_token(
        founder(new_id()),
        person_id=make.people[role].id,
        name=f"token {role}",
        token_hash=digest(token),
        verbs=verbs,
    )
    return {"Authorization": f"Bearer {token}"}


def counted(table: type) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def old_tab(browser: Browser, page: str) -> dict[str, str]:
    """Return what a form that is open already will send."""
    text = browser.get(page).get_data(as_text=True)
    assert 'name="action_id"' in text
    return {
        name: text.split(f'name="{name}" value="')[1].split('"')[0]
        for name in ("csrf_token", "action_id")
    }


@pytest.mark.parametrize("state", ["locked", "closed"])
def test_a_stopped_order_takes_no_report_by_page_program_or_old_tab(
    one_app: Flask, one_make: Factory, state: str
) -> None:
    """Torture 68."""
    order = one_make.order(10)
    lot = order.lot.code
    address = f"/lots/{lot}/10/report"
    headers = token_for(one_make, "operator", "work.report", "work.view")
    operator = Browser(one_app).sign_in(one_make.operator)
    opened = old_tab(operator, address)
    if state == "locked":
        Browser(one_app).sign_in(one_make.inspector).post(f"/lots/{lot}/10/inspect", verdict="fail")
    else:
        close_order(one_make.planner.act(), order_id=order.order.id)
    before = counted(Event)
    answers = [
        operator.open(address, method="POST", data={**opened, "good": "1"}),
        operator.post(address, good="1"),
        operator.open(
            "/api/v1/reports",
            method="POST",
            json={"lot": lot, "operation": 10, "good": "1"},
            headers=headers,
        ),
    ]
    assert [answer.status_code for answer in answers] == [409, 409, 409]
    said = answers[2].get_json()["title"]
    for answer in answers[:2]:
        assert said in text_of(answer)
    assert counted(Event) == before
    assert work.load(db.session(), lot).stops[0].good == 0


def test_an_order_that_is_only_planned_has_nothing_to_report_on(
    one_app: Flask, one_make: Factory
) -> None:
    """Torture 68."""
    planner = Browser(one_app).sign_in(one_make.planner)
    number = _number(one_make.item())
    made = planner.post("/orders/new", item=number, quantity="5", number="P-1")
    assert made.status_code == 303
    operator = Browser(one_app).sign_in(one_make.operator)
    for lot in ("P-1", "P-1-1", made.location.rsplit("/", 1)[1]):
        answer = operator.post(f"/lots/{lot}/10/report", page="/more", good="1")
        assert answer.status_code == 404


def test_a_later_step_waits_for_the_inspection_before_it_whichever_door_is_tried(
    one_app: Flask, one_make: Factory
) -> None:
    """Torture 68: the final steps before the in-process inspection."""
    lot = one_make.lot(10)
    operator = Browser(one_app).sign_in(one_make.operator)
    inspector = Browser(one_app).sign_in(one_make.inspector)
    headers = {
        "report": token_for(one_make, "operator", "work.report", "work.view"),
        "inspect": token_for(one_make, "inspector", "inspection.record", "work.view"),
    }
    opened = old_tab(operator, f"/lots/{lot}/30/report")
    for operation in (10, 20):
        answer = operator.post(f"/lots/{lot}/{operation}/report", good="10")
        assert answer.status_code == 200, text_of(answer)
    answers = [
        operator.open(f"/lots/{lot}/30/report", method="POST", data={**opened, "good": "10"}),
        operator.post(f"/lots/{lot}/30/report", good="10"),
        operator.post(f"/lots/{lot}/30/start", kind="production"),
        inspector.post(f"/lots/{lot}/30/inspect", verdict="pass"),
        operator.open(
            "/api/v1/reports",
            method="POST",
            json={"lot": lot, "operation": 30, "good": "10"},
            headers=headers["report"],
        ),
        operator.open(
            "/api/v1/inspections",
            method="POST",
            json={"lot": lot, "operation": 30, "verdict": "pass"},
            headers=headers["inspect"],
        ),
    ]
    assert [answer.status_code for answer in answers] == [409] * len(answers)
    db.session.rollback()
    assert work.load(db.session(), lot).stops[2].good == 0
    assert inspector.post(f"/lots/{lot}/20/inspect", verdict="pass").status_code == 200
    assert operator.post(f"/lots/{lot}/30/report", good="10").status_code == 200


def test_an_error_while_judging_books_nothing_and_passes_nothing(
    one_app: Flask, one_make: Factory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Torture 69."""
    lot = one_make.lot(10)
    operator = Browser(one_app).sign_in(one_make.operator)
    for operation in (10, 20):
        operator.post(f"/lots/{lot}/{operation}/report", good="10")
    inspector = Browser(one_app).sign_in(one_make.inspector)
    before = counted(Event)
    with monkeypatch.context() as broken:
        broken.setattr("shopfloor.quality.commands.inspections.ledger.post", lambda *_: 1 / 0)
        for verdict in ("pass", "fail"):
            answer = inspector.post(f"/lots/{lot}/20/inspect", verdict=verdict)
            assert answer.status_code == 500
            said = text_of(answer)
            assert "Nothing was booked." in said
            assert "tell your supervisor the number" in said
            assert "Shopfloor-Answer" not in answer.headers
    assert counted(Event) == before
    assert counted(Inspection) == 0
    assert operator.post(f"/lots/{lot}/30/report", good="10").status_code == 409


def test_a_double_tap_makes_one_record(one_app: Flask, one_make: Factory) -> None:
    """X130: without JavaScript, the form goes out twice as it stands."""
    operator = Browser(one_app).sign_in(one_make.operator)
    planner = Browser(one_app).sign_in(one_make.planner)
    inspector = Browser(one_app).sign_in(one_make.inspector)
    supervisor = Browser(one_app).sign_in(one_make.supervisor)
    number = _number(one_make.item(inspect=(10,)))

    made = _twice(planner, "/orders/new", item=number, quantity="10")
    assert made.status_code == 303
    assert counted(WorkOrder) == 1
    order = made.location.rsplit("/", 1)[1]
    page = planner.get(f"/orders/{order}").get_data(as_text=True)
    assert page.count('name="action_id"') >= 1
    assert _twice(planner, f"/orders/{order}/release").status_code == 303
    db.session.rollback()
    lot = db.session.scalars(select(Subject.code).where(Subject.kind == "lot")).one()

    assert _twice(operator, f"/lots/{lot}/10/start", kind="production").status_code == 200
    assert counted(Job) == 1
    assert _twice(operator, f"/lots/{lot}/10/report", good="10").status_code == 200
    assert _twice(inspector, f"/lots/{lot}/10/inspect", verdict="fail").status_code == 200
    assert counted(Inspection) == 1
    released = _twice(
        supervisor,
        "/holds/1/release",
        **{f"{lot}:10:1:use_as_is": "10"},
        concession="They fit all the same.",
        reason=one_make.reasons["release"],
        badge=one_make.supervisor.badge,
        pin=PIN,
    )
    assert released.status_code == 200
    db.session.rollback()
    assert [stop.left for stop in work.load(db.session(), lot).stops] == [0, 10, 0]


def _twice(browser: Browser, address: str, **fields: object) -> TestResponse:
    action_id = new_id()
    page = "/more" if address.endswith("/release") else None
    before = counted(Event)
    answers = [browser.post(address, page=page, action_id=action_id, **fields) for _ in range(2)]
    first, second = answers
    assert first.status_code == second.status_code, text_of(second)
    assert first.headers.get("Location") == second.headers.get("Location")
    assert second.headers["Shopfloor-Answer"] == "done"
    assert counted(Event) == before + 1
    return second


def _number(subject_id: int) -> str:
    db.session.rollback()
    return db.session.get_one(Subject, subject_id).number or ""
