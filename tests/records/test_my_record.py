"""What is kept about a person: he reads all of it, and sees who else has opened it."""

from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select

from shopfloor.core.db import db
from shopfloor.core.subjects import Subject
from shopfloor.core.undo import undo_event
from shopfloor.people.comparing import allow_comparing
from shopfloor.people.looks import Look, Looked
from shopfloor.people.setup import founder
from shopfloor.plant.commands import add_site
from shopfloor.production.commands.jobs import start_work
from shopfloor.production.commands.reports import report_quantities
from shopfloor.production.commands.taking_over import take_over_work
from shopfloor.quality.commands.inspections import record_inspection
from shopfloor.quality.models import Verdict
from shopfloor.records import mine
from shopfloor.records.mine import Asked
from shopfloor.records.sources import At
from tests.browse import Browser, text_of
from tests.make import Factory, Worker, new_id
from tests.statements import counted

ZONE = "Asia/Shanghai"


def kept(worker: Worker, **asked: object) -> list[str]:
    """Return the kinds of what is kept about somebody, the newest first; sign-ins are empty."""
    db.session.rollback()
    days, _more = mine.record(db.session(), worker.id, ZONE, Asked(**asked))  # type: ignore[arg-type]
    return [line.entry.kind if line.entry else "" for day in days for line in day.lines]


def code_of(worker: Worker) -> str:
    db.session.rollback()
    return db.session.get_one(Subject, worker.id).code


def opened(worker: Worker) -> list[tuple[str, str]]:
    db.session.rollback()
    rows, _more = mine.opened(db.session(), worker.id)
    return [(row.by, row.page.value) for row in rows]


def visit(browser: Browser, address: str) -> str:
    """Open a page to its end: only then it is written down."""
    answer = browser.get(address)
    text = text_of(answer)
    answer.close()
    return text


def test_what_he_did_and_what_others_did_to_his_pieces_is_there(make: Factory) -> None:
    lot = make.lot(10, rate="0.20", inspect=(10,))
    operator, other = make.operator, make.person("operator", "other")
    first = report_quantities(operator.act(), lot=lot, operation=10, good=Decimal(4))
    report_quantities(other.act(), lot=lot, operation=10, good=Decimal(2))
    undo_event(make.supervisor.act(), event_id=first.event_id, reason_id=make.reasons["undo"])
    report_quantities(operator.act(), lot=lot, operation=10, good=Decimal(3))
    record_inspection(make.inspector.act(), lot=lot, operation=10, verdict=Verdict.PASS)
    his = kept(operator, group="work") + kept(operator, group="inspections")
    assert his == ["work.reported", "work.reported", "inspection.recorded"]
    assert kept(operator, group="corrections") == ["event.undone"]
    assert kept(operator, group="pay") == ["work.reported", "event.undone", "work.reported"]
    # The verdict was on pieces of both; the report of the other is not his.
    assert kept(other, group="inspections") == ["inspection.recorded"]
    assert kept(make.planner, group="inspections") == []


def test_a_take_over_and_what_he_was_told_of_it_is_there(make: Factory) -> None:
    lot = make.lot(10)
    other = make.person("operator", "other")
    job = start_work(make.operator.act(), lot=lot, operation=10)
    take_over_work(other.act(), job_id=job.job_id)
    assert "work.taken_over" in kept(make.operator)
    assert kept(make.operator, group="notices") == ["work.taken_over"]


def test_rights_badge_and_sign_ins_are_there(one_app: Flask, one_make: Factory) -> None:
    browser = Browser(one_app).sign_in(one_make.operator)
    assert kept(one_make.operator, group="sign-ins") == [""]
    assert set(kept(one_make.operator, group="person")) == {
        "people.person_added",
        "people.role_given",
        "people.badge_issued",
    }
    page = visit(browser, "/my-record")
    assert "Signed in" in page
    assert "Nobody but you has opened anything about you." in page


def test_it_is_read_on_page_by_page_without_a_gap(make: Factory) -> None:
    lot = make.lot(100)
    for _ in range(70):
        report_quantities(make.operator.act(), lot=lot, operation=10, good=Decimal(1))
    seen: list[int] = []
    before: At | None = None
    sizes = set()
    while True:
        db.session.rollback()
        with counted() as sent:
            days, before = mine.record(
                db.session(), make.operator.id, ZONE, Asked(group="work", before=before)
            )
        sizes.add(len(sent))
        seen += [line.at.event_id for day in days for line in day.lines]
        if before is None:
            break
    assert len(seen) == len(set(seen)) == 70
    assert len(sizes) == 1
    assert max(sizes) <= 11


@pytest.mark.parametrize("text", ["", "x", "2026-01-01_5", "2026-01-01T00:00:00+00:00_x", "_"])
def test_an_address_that_nobody_made_begins_at_the_newest(text: str) -> None:
    assert At.read(text) is None


def test_whoever_opens_what_is_kept_about_somebody_is_shown_to_him(
    app: Flask, make: Factory
) -> None:
    operator = make.operator
    code, supervisor = code_of(operator), Browser(app).sign_in(make.supervisor)
    page = visit(supervisor, f"/people/{code}/record")
    assert "Operator sees that you have opened this." in page
    visit(supervisor, f"/people/{code}/record?kind=pay")
    admin = Browser(app).sign_in(make.administrator)
    visit(admin, f"/people/{code}")
    visit(admin, f"/history/{code}")
    visit(admin, "/events?person=operator")
    assert opened(operator) == [
        ("Administrator", "search"),
        ("Administrator", "history"),
        ("Administrator", "person"),
        ("Supervisor", "record"),
    ]
    own = Browser(app).sign_in(operator)
    page = visit(own, "/my-record/opened")
    assert "Supervisor your record, with your pay" in page
    assert "Administrator a search for what you did" in page
    visit(own, f"/history/{code}")
    assert len(opened(operator)) == 4


def test_a_page_that_was_refused_is_not_noted(one_app: Flask, one_make: Factory) -> None:
    """Torture 60."""
    operator = one_make.operator
    code = code_of(operator)
    planner = Browser(one_app).sign_in(one_make.planner)
    assert planner.get(f"/people/{code}/record").status_code == 403
    far = add_site(
        founder(new_id()), number="F2", names={"en": "Far"}, zone="Asia/Shanghai", currency="CNY"
    )
    stranger = Browser(one_app).sign_in(one_make.person("supervisor", "far", scope_id=far.id))
    assert stranger.get(f"/people/{code}/record").status_code == 404
    assert opened(operator) == []


def test_a_second_look_within_the_hour_writes_nothing(one_app: Flask, one_make: Factory) -> None:
    code, browser = code_of(one_make.operator), Browser(one_app).sign_in(one_make.supervisor)
    visit(browser, f"/people/{code}/record")
    with counted() as sent:
        visit(browser, f"/people/{code}/record")
    assert not [statement for statement in sent if statement.startswith("INSERT")]
    # Another process of the server does not know what this one has kept.
    one_app.extensions["shopfloor_looks"].clear()
    visit(browser, f"/people/{code}/record")
    assert len(opened(one_make.operator)) == 1


def test_the_page_is_sent_before_anything_is_written(one_app: Flask, one_make: Factory) -> None:
    code, browser = code_of(one_make.operator), Browser(one_app).sign_in(one_make.supervisor)
    answer = browser.get(f"/people/{code}/record")
    assert answer.status_code == 200
    assert not db.session.scalars(select(Look)).all()
    answer.close()
    db.session.rollback()
    assert db.session.scalars(select(Look.page)).all() == [Looked.RECORD]


def test_every_entry_of_ones_own_opens_and_no_other(one_app: Flask, one_make: Factory) -> None:
    """Torture 60."""
    lot = one_make.lot(10, rate="0.20")
    report = report_quantities(one_make.operator.act(), lot=lot, operation=10, good=Decimal(4))
    address = f"/events/{report.event_id}"
    page = visit(Browser(one_app).sign_in(one_make.operator), address)
    assert "CN¥0.80 · 4 × CN¥0.20" in page
    assert "Counts for" in page
    assert Browser(one_app).sign_in(one_make.planner).get(address).status_code == 404
    quality = visit(Browser(one_app).sign_in(one_make.quality), address)
    assert "Operator · own phone or computer" in quality
    assert "0.80" not in quality
    code = code_of(one_make.operator)
    supervisor = Browser(one_app).sign_in(one_make.supervisor)
    assert supervisor.get(address).status_code == 404
    assert "CN¥0.80" in visit(supervisor, f"{address}?of={code}")
    assert ("Quality", "entry") in opened(one_make.operator)


def test_a_file_with_his_name_in_it_is_shown_to_him_and_pay_by_name_is_for_named_roles(
    one_app: Flask, one_make: Factory
) -> None:
    one_make.lot(10, rate="0.20")
    admin = Browser(one_app).sign_in(one_make.administrator)
    visit(admin, "/people?file=csv&q=operator")
    planner = Browser(one_app).sign_in(one_make.planner)
    assert planner.get("/export/pay?file=csv").status_code == 403
    assert opened(one_make.operator) == [("Administrator", "export")]
    assert opened(one_make.inspector) == []
    allow_comparing(one_make.administrator.act(), roles=("planner",))
    visit(planner, "/export/pay?file=csv")
    assert opened(one_make.operator)[0] == ("Planner", "export")
    answer = admin.get("/export/everything.zip")
    assert answer.status_code == 200
    answer.get_data()
    answer.close()
    assert opened(one_make.inspector)[0] == ("Administrator", "export")
