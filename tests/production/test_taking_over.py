"""Taking over the work that another person has open."""

from decimal import Decimal

from flask import Flask
from sqlalchemy import select

from shopfloor.core.db import db
from shopfloor.people.models import Notice
from shopfloor.people.notices import untold
from shopfloor.production.commands.jobs import finish_work, pause_work, start_work
from shopfloor.production.commands.reports import report_quantities
from shopfloor.production.commands.taking_over import take_over_work
from shopfloor.production.models import Job, JobKind
from tests.browse import Browser, text_of
from tests.crowd import send, together
from tests.invariants import require_invariants
from tests.make import Factory
from tests.refusing import refused


def test_his_job_ends_mine_begins_and_he_is_told(make: Factory) -> None:
    """U22."""
    lot, mate = make.lot(10), make.person("operator", "mate")
    theirs = start_work(
        make.operator.act(), lot=lot, operation=10, station_id=make.stations[2]
    ).job_id
    mine = take_over_work(mate.act(), job_id=theirs)
    db.session.rollback()
    ended, begun = db.session.get_one(Job, theirs), db.session.get_one(Job, mine.job_id)
    assert ended.closed_at is not None
    assert (begun.person_id, begun.closed_at) == (mate.id, None)
    assert (begun.kind, begun.station_id) == (JobKind.PRODUCTION, make.stations[2])
    (told,) = untold(db.session(), make.operator.id)
    assert (told["by"], told["operation"]) == ("Mate", 10)
    assert untold(db.session(), mate.id) == []
    report_quantities(mate.act(), lot=lot, operation=10, good=Decimal(10))
    require_invariants()


def test_what_is_not_open_or_ones_own_is_not_taken_over(make: Factory) -> None:
    lot, mate = make.lot(10), make.person("operator", "mate")
    theirs = start_work(make.operator.act(), lot=lot, operation=10).job_id
    with refused("already_started", 409):
        take_over_work(make.operator.act(), job_id=theirs)
    with refused("not_found", 404):
        take_over_work(mate.act(), job_id=10**17)
    with refused("no_right", 403):
        take_over_work(make.storekeeper.act(), job_id=theirs)
    far = make.person("operator", "far", scope_id=make.stations[1])
    with refused("not_found", 404):
        take_over_work(far.act(), job_id=theirs)
    own = start_work(mate.act(), lot=lot, operation=10).job_id
    with refused("already_started", 409):
        take_over_work(mate.act(), job_id=theirs)
    finish_work(mate.act(), job_id=own)
    finish_work(make.operator.act(), job_id=theirs)
    with refused("no_job", 409):
        take_over_work(mate.act(), job_id=theirs)
    assert db.session.scalars(select(Notice)).all() == []


def test_two_who_take_over_at_once_do_not_both_have_it(make: Factory) -> None:
    theirs = start_work(make.operator.act(), lot=make.lot(10), operation=10).job_id
    people = [make.person("operator", name) for name in ("one", "two")]
    arguments = {"job_id": theirs}
    answers = together([(send, "take_over_work", each.act(), arguments) for each in people])
    assert answers.count("no_job") == 1
    require_invariants()


def test_the_pages_ask_first_and_tell_him_once(one_app: Flask, one_make: Factory) -> None:
    """U22: on a phone without JavaScript."""
    lot = one_make.lot(10)
    one_make.person("operator", "mate")
    his = Browser(one_app).sign_in(one_make.operator)
    his.post(f"/lots/{lot}/10/start", kind="production")
    browser = Browser(one_app).sign_in(one_make.people["mate"])
    shown = text_of(browser.get(f"/lots/{lot}"))
    assert "Operator has been working at Step 10 since" in shown
    assert "Take over from Operator" in shown
    assert "Work beside them: start Step 10" in shown
    assert "Operator has been working here" in text_of(browser.get(f"/lots/{lot}/10/start"))
    pause = one_make.reasons["pause"]
    pause_work(one_make.operator.act(), job_id=1, reason_id=pause)
    assert "Operator has paused Step 10 since" in text_of(browser.get(f"/lots/{lot}"))
    asked = text_of(browser.get("/jobs/1/take-over"))
    assert "If you take over, Operator's job ends and yours begins." in asked
    assert browser.post("/jobs/1/take-over").status_code == 200
    assert browser.get("/jobs/1/take-over").status_code == 409
    told = f"Mate took over lot {_number(browser, lot)} at operation 10 Step 10."
    first, second = (text_of(his.get("/")) for _ in range(2))
    assert told in first
    assert told not in second
    assert told not in text_of(browser.get("/"))


def _number(browser: Browser, lot: str) -> str:
    return text_of(browser.get(f"/lots/{lot}")).split("Lot ")[1].split(" ")[0]
