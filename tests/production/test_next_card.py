"""My next job: in the order of urgency, and the next card after one is done."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from flask import Flask
from sqlalchemy import select

from shopfloor.core import subjects
from shopfloor.core.db import db, transaction
from shopfloor.holds.commands import place_hold
from shopfloor.people.models import SKILL, PersonSkill, Skill
from shopfloor.people.viewer import Viewer
from shopfloor.production.commands.orders import Released, create_order, release_order
from shopfloor.production.commands.reports import report_quantities
from shopfloor.production.models import Operation
from shopfloor.production.waiting import next_card, ready_work
from tests.browse import Browser, text_of
from tests.make import Factory, Worker, new_id


def order(make: Factory, item_id: int, **more: Any) -> Released:
    made = create_order(
        make.planner.act(),
        site_id=make.site_id,
        item_id=item_id,
        quantity=Decimal(5),
        **more,
    )
    return release_order(make.planner.act(), order_id=made.id)


def looks(make: Factory, person: Worker) -> Viewer:
    rights = person.act().rights
    return Viewer(person.id, person.login, "en", make.site_id, "Asia/Shanghai", None, None, rights)


def lock(make: Factory, released: Released) -> None:
    act = make.inspector.act()
    place_hold(act, subject_id=released.order.id, reason_id=make.reasons["hold"])


def test_the_most_urgent_comes_first_and_what_is_locked_last(make: Factory) -> None:
    """U20."""
    item, today = make.item(inspect=()), make.today()
    later = order(make, item, due=today + timedelta(days=9))
    soon = order(make, item, due=today + timedelta(days=2))
    locked = order(make, item, priority=1)
    rush = order(make, item, priority=2, due=today + timedelta(days=20))
    lock(make, locked)
    reader = looks(make, make.operator)
    lots = [card.lot for card in ready_work(db.session(), reader)]
    assert lots == [each.lot.number for each in (rush, soon, later, locked)]
    card = next_card(db.session(), reader)
    assert card
    assert card.lot == rush.lot.number
    assert next_card(db.session(), looks(make, make.storekeeper)) is None


def test_after_the_last_piece_the_next_card_is_one_tap_away(
    one_app: Flask, one_make: Factory
) -> None:
    """U20: without JavaScript too."""
    item = one_make.item(inspect=(10, 20, 30))
    first, second = order(one_make, item, priority=1), order(one_make, item)
    browser = Browser(one_app).sign_in(one_make.operator)
    address = f"/lots/{first.lot.code}/10/report"
    part = browser.post(address, good="2")
    assert 'href="/next"' not in part.get_data(as_text=True)
    last = browser.post(address, good="3")
    assert 'href="/next"' in last.get_data(as_text=True)
    assert browser.get("/next").location == f"/lots/{second.lot.code}?operation=10"
    lock(one_make, second)
    third = order(one_make, item, priority=9)
    browser.post(f"/lots/{third.lot.code}/10/start", kind="setup")
    done = browser.post("/jobs/1/finish", page="/jobs/1")
    assert f"Next: {third.lot.number} · 10 Step 10" in text_of(done)
    lock(one_make, third)
    assert browser.get("/next").location == "/"


def test_pieces_back_for_rework_stand_in_one_row_with_the_others(make: Factory) -> None:
    lot = order(make, make.item(inspect=())).lot.code
    report_quantities(
        make.operator.act(), lot=lot, operation=10, good=Decimal(2), rework=Decimal(1)
    )
    rows = ready_work(db.session(), looks(make, make.operator))
    assert [(row.operation, row.left) for row in rows] == [(10, 3), (20, 2)]


def test_work_that_asks_for_a_skill_one_lacks_is_marked_and_not_next(make: Factory) -> None:
    item = make.item(inspect=())
    skilled, plain = order(make, item, priority=1), order(make, item)
    with transaction() as session:
        made = subjects.create(session, SKILL, new_id()[:8])
        session.add(Skill(id=made.id, names={"en": "Welding"}))
        session.flush()
        for operation in session.scalars(
            select(Operation).where(Operation.order_id == skilled.order.id)
        ):
            operation.skill_id = made.id
    reader = looks(make, make.operator)
    rows = ready_work(db.session(), reader)
    assert [(row.lot, row.lacking) for row in rows] == [
        (plain.lot.number, False),
        (skilled.lot.number, True),
    ]
    card = next_card(db.session(), reader)
    assert card
    assert card.lot == plain.lot.number
    tomorrow = make.today() + timedelta(days=1)
    with transaction() as session:
        session.add(PersonSkill(person_id=make.operator.id, skill_id=made.id, last_day=tomorrow))
    rows = ready_work(db.session(), reader)
    assert [row.lacking for row in rows] == [False, False]
