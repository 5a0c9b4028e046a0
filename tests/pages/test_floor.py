"""The walk over the floor as a person with a phone sees it, without JavaScript."""

from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from shopfloor.core.db import db
from shopfloor.core.subjects import Subject
from shopfloor.holds import gate
from shopfloor.holds.commands import place_hold
from shopfloor.production import work
from shopfloor.production.commands.jobs import start_work
from shopfloor.production.commands.reports import report_quantities
from shopfloor.quality.commands.inspections import record_inspection
from shopfloor.quality.models import Verdict
from tests.browse import Browser, text_of
from tests.make import PIN, Factory


@pytest.fixture
def browser(one_app: Flask) -> Browser:
    return Browser(one_app)


def test_a_lot_is_reported_with_one_scan_and_one_tap(browser: Browser, one_make: Factory) -> None:
    lot = one_make.lot(120, rate="0.12")
    browser.sign_in(one_make.operator)
    opened = browser.post("/scan", code=lot, page="/")
    assert opened.status_code == 303
    page = browser.get(opened.location)
    assert "Report 120 good 10 · Step 10" in text_of(page), "the button says for which operation"
    booked = browser.post(f"/lots/{lot}/10/report", good="120", page=opened.location)
    assert booked.headers["Shopfloor-Answer"] == "done"
    said = text_of(booked)
    assert "120 good booked" in said
    assert "CN¥14.40" in said


def test_switching_the_language_after_a_report_leads_to_what_was_booked(
    browser: Browser, one_make: Factory
) -> None:
    lot = one_make.lot(10)
    browser.sign_in(one_make.operator)
    booked = browser.post(f"/lots/{lot}/10/report", good="4").get_data(as_text=True)
    assert 'name="next" value="/my-actions"' in booked
    refused = browser.post(f"/lots/{lot}/10/report", good="40").get_data(as_text=True)
    assert f'name="next" value="/lots/{lot}/10/report' in refused


def test_a_refused_report_keeps_what_was_typed(browser: Browser, one_make: Factory) -> None:
    lot = one_make.lot(10)
    answer = browser.sign_in(one_make.operator).post(
        f"/lots/{lot}/10/report", good="11", rework="1"
    )
    assert answer.status_code == 409
    assert answer.headers["Shopfloor-Answer"] == "refused"
    page = answer.get_data(as_text=True)
    assert "Only 10 pieces are left here, not 12." in page
    assert 'value="11"' in page


@pytest.mark.parametrize(
    "typed", ["-1", "1e308", "NaN", "1,500", "٣", "0x10", "1.2.3", "9" * 30, "<b>", "1.5"]
)
def test_a_quantity_that_cannot_be_meant_is_refused_kindly(
    browser: Browser, one_make: Factory, typed: str
) -> None:
    """Torture 49."""
    lot = one_make.lot(10)
    answer = browser.sign_in(one_make.operator).post(f"/lots/{lot}/10/report", good=typed)
    assert answer.status_code in (409, 422)
    db.session.rollback()
    assert work.load(db.session(), lot).stops[0].good == 0


def test_sending_the_same_form_again_books_once(browser: Browser, one_make: Factory) -> None:
    lot = one_make.lot(10)
    browser.sign_in(one_make.operator)
    address = f"/lots/{lot}/10/report"
    answers = [browser.post(address, action_id="the-same-id", good="4") for _ in range(3)]
    assert {answer.status_code for answer in answers} == {200}
    db.session.rollback()
    assert work.load(db.session(), lot).stops[0].good == 4
    other = browser.post(address, action_id="the-same-id", good="5")
    assert other.status_code == 409
    assert "already booked" in text_of(other)


def test_a_failed_inspection_shows_the_red_band_and_refuses_the_next_report(
    browser: Browser, one_make: Factory
) -> None:
    lot = one_make.lot(10)
    browser.sign_in(one_make.inspector)
    page = browser.get(f"/lots/{lot}/10/inspect")
    assert "locks order" in text_of(page)
    judged = browser.post(f"/lots/{lot}/10/inspect", verdict="fail", note="cracks")
    assert "The order is locked everywhere" in text_of(judged)
    worker = Browser(browser.client.application).sign_in(one_make.operator)
    refused = worker.post(f"/lots/{lot}/10/report", good="1")
    assert refused.status_code == 409
    said = text_of(refused)
    for word in ("cracks", "Inspector", "Quality", "Supervisor"):
        assert word in said
    assert "Nothing of this lot can be started" in text_of(worker.get(f"/lots/{lot}"))


def test_a_second_person_releases_on_the_form(browser: Browser, one_make: Factory) -> None:
    lot = one_make.lot(10)
    report_quantities(one_make.operator.act(), lot=lot, operation=10, good=Decimal(10))
    report_quantities(one_make.operator.act(), lot=lot, operation=20, good=Decimal(10))
    failed = record_inspection(
        one_make.inspector.act(), lot=lot, operation=20, verdict=Verdict.FAIL
    )
    address = f"/holds/{failed.hold_id}/release"
    browser.sign_in(one_make.supervisor)
    reason = one_make.reasons["release"]
    piece = f"{lot}:20:1"
    short = browser.post(
        address,
        **{f"{piece}:use_as_is": "9"},
        reason=reason,
        badge=one_make.supervisor.badge,
        pin=PIN,
    )
    assert short.status_code == 409
    assert "10 pieces are held at operation 20, but 9 are decided." in text_of(short)
    freed = browser.post(
        address,
        **{f"{piece}:use_as_is": "6", f"{piece}:rework": "3", f"{piece}:scrap": "1"},
        concession="They fit all the same.",
        reason=reason,
        badge=one_make.supervisor.badge,
        pin=PIN,
    )
    assert freed.status_code == 200, text_of(freed)
    assert "The lot can go on" in text_of(freed)
    db.session.rollback()
    stops = work.load(db.session(), lot).stops
    assert [stop.left for stop in stops] == [0, 3, 6]


def test_my_actions_offers_undo_and_takes_back(browser: Browser, one_make: Factory) -> None:
    lot = one_make.lot(10)
    browser.sign_in(one_make.operator)
    browser.post(f"/lots/{lot}/10/report", good="4")
    page = browser.get("/my-actions").get_data(as_text=True)
    address = page.split('action="/undo/')[1].split('"')[0]
    assert "Taken back" in text_of(browser.post(f"/undo/{address}", page="/my-actions"))
    db.session.rollback()
    assert work.load(db.session(), lot).stops[0].good == 0
    again = browser.post(f"/undo/{address}", page="/my-actions")
    assert "already been taken back" in text_of(again)


def test_undo_is_offered_only_where_it_works(browser: Browser, one_make: Factory) -> None:
    lot, operator = one_make.lot(10, rate="0.5", inspect=(20,)), one_make.operator
    browser.sign_in(operator)
    first = browser.post(f"/lots/{lot}/10/report", good="6").get_data(as_text=True)
    address = first.split('action="/undo/')[1].split('"')[0]
    report_quantities(operator.act(), lot=lot, operation=20, good=Decimal(6))
    page = browser.get("/my-actions")
    assert "The pieces have already gone on." in text_of(page)
    assert page.get_data(as_text=True).count('action="/undo/') == 1, "only the later one"
    assert 'form="undo"' not in browser.get(f"/undo/{address}").get_data(as_text=True)
    record_inspection(one_make.inspector.act(), lot=lot, operation=20, verdict=Verdict.FAIL)
    locked = browser.get("/my-actions")
    assert 'action="/undo/' not in locked.get_data(as_text=True)
    assert text_of(locked).count("It is locked now.") == 2


def test_what_was_taken_back_names_the_lot_and_todays_sum(
    browser: Browser, one_make: Factory
) -> None:
    lot = one_make.lot(10, rate="0.5", inspect=(20,))
    browser.sign_in(one_make.operator)
    for good in ("4", "2"):
        booked = browser.post(f"/lots/{lot}/10/report", good=good).get_data(as_text=True)
    address = booked.split('action="/undo/')[1].split('"')[0]
    said = text_of(browser.post(f"/undo/{address}", page="/my-actions"))
    assert f"Lot {work.load(db.session(), lot).subject.number}" in said
    assert "CN¥2.00" in said


def test_todays_pay_tells_what_is_certain_from_what_waits(
    browser: Browser, one_make: Factory
) -> None:
    lot = one_make.lot(10, rate="0.5", inspect=(20,))
    browser.sign_in(one_make.operator)
    browser.post(f"/lots/{lot}/10/report", good="6")
    waits = text_of(browser.post(f"/lots/{lot}/20/report", good="4"))
    assert "Today so far CN¥3.00 Waiting today CN¥2.00" in waits
    assert "Today so far CN¥3.00 + CN¥2.00 waiting" in text_of(browser.get("/"))


def test_a_job_is_started_paused_resumed_and_finished(browser: Browser, one_make: Factory) -> None:
    lot = one_make.lot(10)
    browser.sign_in(one_make.operator)
    assert "Started" in text_of(browser.post(f"/lots/{lot}/10/start", kind="setup"))
    work_page = browser.get("/")
    assert "Set-up" in text_of(work_page)
    paused = browser.post("/jobs/1/pause", reason=one_make.reasons["pause"])
    assert "Paused" in text_of(paused)
    assert "Running again" in text_of(browser.post("/jobs/1/resume", page="/jobs/1"))
    assert "Finished" in text_of(browser.post("/jobs/1/finish", page="/jobs/1"))
    gone = browser.post("/jobs/1/finish", page="/")
    assert gone.status_code == 409


def test_lists_say_in_which_unit_they_count(browser: Browser, one_make: Factory) -> None:
    lot = one_make.lot(12, inspect=(10,))
    station = db.session.get_one(Subject, one_make.stations[0]).code
    browser.sign_in(one_make.operator)
    assert "12 pcs" in text_of(browser.get("/"))
    assert "12 pcs" in text_of(browser.get(f"/stations/{station}"))
    report_quantities(one_make.operator.act(), lot=lot, operation=10, good=Decimal(5))
    inspector = Browser(browser.client.application).sign_in(one_make.inspector)
    assert "5 pcs" in text_of(inspector.get("/"))


def test_a_second_tap_on_start_shows_the_job_that_runs(browser: Browser, one_make: Factory) -> None:
    lot = one_make.lot(10)
    browser.sign_in(one_make.operator)
    browser.post(f"/lots/{lot}/10/start", kind="production")
    again = browser.post(f"/lots/{lot}/10/start", kind="production")
    assert again.status_code == 409
    assert again.headers["Shopfloor-Answer"] == "refused"
    said = text_of(again)
    assert "You have already started this, and it is still open." in said
    page = again.get_data(as_text=True)
    assert 'action="/jobs/1/pause"' in page
    assert '"alert"' not in page


@pytest.mark.parametrize("address", ["/", "/my-actions", "/more", "/scan"])
def test_every_role_has_its_first_pages(browser: Browser, one_make: Factory, address: str) -> None:
    for worker in list(one_make.people.values()):
        answer = Browser(browser.client.application).sign_in(worker).get(address)
        assert answer.status_code == 200


def test_a_lot_is_locked_by_hand_for_a_reason(browser: Browser, one_make: Factory) -> None:
    lot = one_make.lot(10)
    browser.sign_in(one_make.inspector)
    assert "Lock this lot" in text_of(browser.get(f"/lots/{lot}"))
    assert browser.post(f"/hold/{lot}", note="wet boxes").status_code == 422
    placed = browser.post(f"/hold/{lot}", note="wet boxes", reason=one_make.reasons["hold"])
    assert "locked everywhere" in text_of(placed)
    refused = Browser(browser.client.application).sign_in(one_make.operator)
    assert "wet boxes" in text_of(refused.post(f"/lots/{lot}/10/report", good="1"))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("1.5", "Whole pieces only."),
        ("-5", "A quantity cannot be below zero."),
        ("5000000000", "Only 10 are left here."),
        ("9" * 20, "This number is too large to be a quantity."),
    ],
)
def test_a_wrong_quantity_hears_what_is_wrong_with_it(
    browser: Browser, one_make: Factory, typed: str, said: str
) -> None:
    lot = one_make.lot(10)
    answer = browser.sign_in(one_make.operator).post(f"/lots/{lot}/10/report", good=typed)
    assert answer.status_code == 422
    assert said in text_of(answer)


def test_a_wrong_order_or_login_or_tolerance_hears_what_is_wrong_with_it(
    browser: Browser, one_make: Factory
) -> None:
    item = one_make.item()
    number, code = db.session.execute(
        select(Subject.number, Subject.code).where(Subject.id == item)
    ).one()
    browser.sign_in(one_make.planner)
    half = text_of(browser.post("/orders/new", item=number, quantity="1.5"))
    assert "Whole pieces only." in half
    assert "take it back under My actions" not in half
    large = text_of(browser.post("/orders/new", item=number, quantity="5000000000"))
    assert "At most 1000000000 can be entered." in large
    row: dict[str, Any] = {"sequence_1": "10", "name_en_1": "Saw"}
    row["station_1"] = one_make.stations[0]
    odd = browser.post(f"/items/{code}/routing", **row, tolerance_1="99999")
    assert "The tolerance is too large: it is 0 to 100 %." in text_of(odd)
    rate: dict[str, Any] = {"sequence": "10", "valid_from": one_make.today().isoformat()}
    rich = browser.post(f"/items/{code}/rates", **rate, amount="1000000")
    assert "This rate is too large" in text_of(rich)
    browser = Browser(browser.client.application).sign_in(one_make.administrator)
    taken = browser.post("/people/new", name="Twin", login="operator", language="en")
    assert "The login “operator” is already taken." in text_of(taken)


def test_a_locked_lot_without_waiting_pieces_has_no_verdict_keys(
    browser: Browser, one_make: Factory
) -> None:
    lot = one_make.lot(10)
    browser.sign_in(one_make.inspector)
    address = f"/lots/{lot}/10/inspect"
    shown = browser.get(address).get_data(as_text=True)
    assert 'value="fail"' in shown
    assert shown.index("What is wrong?") < shown.index("Pieces that pass"), "seen before the keys"
    assert browser.post(address, verdict="fail").status_code == 200
    page = browser.get(address).get_data(as_text=True)
    assert 'value="fail"' not in page
    assert "Already locked by an inspection" in page
    assert address not in browser.get(f"/lots/{lot}").get_data(as_text=True)
    again = browser.post(address, verdict="fail")
    assert again.status_code == 409
    assert "Already locked: no other pieces wait here." in text_of(again)


def test_only_whoever_has_work_in_hand_may_report_a_locked_lot(
    browser: Browser, one_make: Factory
) -> None:
    lot, mate = one_make.lot(10), one_make.person("operator", "mate")
    start_work(one_make.operator.act(), lot=lot, operation=10)
    record_inspection(one_make.inspector.act(), lot=lot, operation=10, verdict=Verdict.FAIL)
    browser.sign_in(one_make.operator)
    assert "What you began before the lock" in text_of(browser.get(f"/lots/{lot}"))
    assert browser.get(f"/lots/{lot}/10/report").status_code == 200
    assert browser.post(f"/lots/{lot}/10/report", good="3").status_code == 200
    assert browser.get(f"/lots/{lot}/10/report").status_code == 409, "that was the once"
    other = Browser(browser.client.application).sign_in(mate)
    page = text_of(other.get(f"/lots/{lot}"))
    assert "Nothing of this lot can be started, reported or moved on." in page
    assert "can be reported once" not in page
    refused = other.get(f"/lots/{lot}/10/report")
    assert refused.status_code == 409
    assert "Locked: inspection failed" in text_of(refused)
    assert 'name="good"' not in refused.get_data(as_text=True)


def test_my_work_says_of_the_only_lot_that_it_is_locked(
    browser: Browser, one_make: Factory
) -> None:
    lot = one_make.lot(10, inspect=(10,))
    browser.sign_in(one_make.operator)
    browser.post(f"/lots/{lot}/10/report", good="10")
    assert "Awaiting inspection" in text_of(browser.get("/"))
    record_inspection(one_make.inspector.act(), lot=lot, operation=10, verdict=Verdict.FAIL)
    said = text_of(browser.get("/"))
    assert "these lots are locked or wait for an inspection" in said
    assert "Held" in said
    assert "No work is released" not in said


def test_a_lock_names_three_who_can_release_and_counts_the_others(
    browser: Browser, one_make: Factory
) -> None:
    lot = one_make.lot(10)
    record_inspection(one_make.inspector.act(), lot=lot, operation=10, verdict=Verdict.FAIL)
    hold = gate.in_force(db.session(), [work.load(db.session(), lot).order.id])[0]
    before = gate.story(db.session(), hold)
    for n in range(4):
        one_make.person("supervisor", f"zoe{n}")
    db.session.rollback()
    why = gate.story(db.session(), hold)
    assert len(why.releasers) == 3
    assert (why.hold_id, why.more) == (hold.id, before.more + 4)
    page = browser.sign_in(one_make.operator).get(f"/lots/{lot}")
    assert f"{', '.join(why.releasers)} and {why.more} others" in text_of(page)


def test_a_release_says_when_another_lock_still_holds_the_lot(
    browser: Browser, one_make: Factory
) -> None:
    lot = one_make.lot(10)
    signed: dict[str, Any] = {
        "reason": one_make.reasons["release"],
        "badge": one_make.supervisor.badge,
        "pin": PIN,
    }
    first = record_inspection(
        one_make.inspector.act(), lot=lot, operation=10, verdict=Verdict.FAIL
    ).hold_id
    second = place_hold(
        one_make.inspector.act(),
        subject_id=work.load(db.session(), lot).lot.id,
        reason_id=one_make.reasons["hold"],
    ).hold_id
    browser.sign_in(one_make.supervisor)
    assert "hold reason Held" in text_of(browser.get("/")), "the first page says why it is locked"
    assert "Another lock is on it too" in text_of(browser.get(f"/holds/{first}/release"))
    freed = browser.post(f"/holds/{first}/release", **signed)
    assert "One more lock holds it." in text_of(freed)
    assert "can go on" not in text_of(freed).replace("cannot go on", "")
    assert f'href="/holds/{second}/release"' in freed.get_data(as_text=True)
    last = browser.get(f"/holds/{second}/release")
    assert "Nothing is decided about pieces." in text_of(last)
    assert "The lot can go on" in text_of(browser.post(f"/holds/{second}/release", **signed))


def test_two_badges_on_one_phone_work(browser: Browser, one_make: Factory) -> None:
    """The inspector hands over his phone; the signature decides, not who is signed in."""
    lot = one_make.lot(10)
    failed = record_inspection(
        one_make.inspector.act(), lot=lot, operation=10, verdict=Verdict.FAIL
    )
    browser.sign_in(one_make.inspector)
    assert "Have it released on this phone" in text_of(browser.get(f"/lots/{lot}"))
    address, reason = f"/holds/{failed.hold_id}/release", one_make.reasons["release"]
    own = browser.post(address, reason=reason, badge=one_make.inspector.badge, pin=PIN)
    assert own.status_code == 403
    other = browser.post(address, reason=reason, badge=one_make.supervisor.badge, pin=PIN)
    assert "The lot can go on" in text_of(other)
