"""The history of one record: who, when, from where, what stood there before and after."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import update

from shopfloor.catalogue.commands import set_piece_rate
from shopfloor.core import clock
from shopfloor.core.clock import When
from shopfloor.core.db import db, transaction
from shopfloor.core.subjects import Subject
from shopfloor.core.undo import undo_event
from shopfloor.people.changes import change_person
from shopfloor.people.commands import add_crew, issue_token, join_crew
from shopfloor.people.models import Person
from shopfloor.people.secrets import digest
from shopfloor.people.setup import founder
from shopfloor.plant.changes import rename_piece
from shopfloor.plant.commands import add_site
from shopfloor.production.commands.orders import create_order
from shopfloor.production.commands.reports import report_quantities
from shopfloor.production.models import WorkOrder
from shopfloor.records.changes import compared
from tests.api.program import Program
from tests.browse import Browser, text_of
from tests.make import Factory, Worker, new_id
from tests.statements import counted

FORGED = "Li\n2026-01-01 Admin: all is well\x1b[2J\u202e<b>bold</b>"


@pytest.fixture
def browser(one_app: Flask) -> Browser:
    return Browser(one_app)


def code_of(subject_id: int) -> str:
    db.session.rollback()
    return db.session.get_one(Subject, subject_id).code


def version_of(worker: Worker) -> int:
    db.session.rollback()
    return db.session.get_one(Person, worker.id).version


def told(browser: Browser, subject_id: int, more: str = "") -> str:
    return text_of(browser.get(f"/history/{code_of(subject_id)}{more}"))


def test_the_history_says_who_did_what_and_what_stood_there_before(
    browser: Browser, one_make: Factory
) -> None:
    released = one_make.order(10)
    page = text_of(browser.sign_in(one_make.operator).get(f"/history/{released.order.code}"))
    assert "Work order released" in page
    assert "Planner · own phone or computer" in page
    assert "State Planned → then Released" in page
    assert "State nothing → then Planned" in page


def test_an_entry_that_was_taken_back_is_shown_with_its_counter_entry(
    browser: Browser, one_make: Factory
) -> None:
    """Torture 67."""
    lot = one_make.lot(10)
    report = report_quantities(one_make.operator.act(), lot=lot, operation=10, good=Decimal(4))
    undo_event(
        one_make.supervisor.act(), event_id=report.event_id, reason_id=one_make.reasons["undo"]
    )
    page = text_of(browser.sign_in(one_make.operator).get(f"/history/{lot}"))
    assert "Takes back: Reported ·" in page
    assert "Taken back: Undone ·" in page
    assert "Supervisor · undo-1 · undo reason" in page


def test_names_stand_there_instead_of_ids(browser: Browser, one_make: Factory) -> None:
    admin, operator = one_make.administrator, one_make.operator
    crew = add_crew(
        admin.act(), site_id=one_make.site_id, number="A", names={"en": "Crew A", "zh": "甲班"}
    )
    join_crew(admin.act(), person_id=operator.id, crew_id=crew.id, leads=True)
    browser.sign_in(admin)
    assert "Crew nothing → then A · Crew A" in told(browser, operator.id)
    assert "Leader nothing → then Operator" in told(browser, crew.id)


def test_a_name_in_two_languages_is_a_field_for_each(browser: Browser, one_make: Factory) -> None:
    rename_piece(
        one_make.administrator.act(),
        subject_id=one_make.stations[0],
        version=1,
        names={"en": "Saw", "zh": "锯床"},
    )
    page = told(browser.sign_in(one_make.operator), one_make.stations[0])
    assert "Name, Chinese nothing → then 锯床" in page
    assert "Name, English Saw" not in page


def test_money_has_its_currency_and_only_those_who_set_it_see_it(
    browser: Browser, one_make: Factory, one_app: Flask
) -> None:
    item = one_make.item()
    for amount in ("0.12", "0.135"):
        set_piece_rate(
            one_make.planner.act(),
            item_id=item,
            sequence=10,
            valid_from=date(2030, 3, 1),
            amount=Decimal(amount),
            currency="CNY",
        )
    page = told(browser.sign_in(one_make.planner), item)
    assert "Piece rate of operation 10 from 1 Mar 2030 CN¥0.12 → then CN¥0.135" in page
    floor = told(Browser(one_app).sign_in(one_make.operator), item)
    assert "Piece rate set" in floor
    assert "0.12" not in floor


def test_of_a_long_text_the_changed_words_are_marked() -> None:
    old = "Clean the die with a brass brush, never with steel, and wipe it dry afterwards."
    new = old.replace("brass", "nylon")
    parts = [(part.text, part.how) for part in compared(old, new)]
    assert ("brass", "out") in parts
    assert ("nylon", "in") in parts
    assert [(part.text, part.how) for part in compared("刮净", "刷净")] == [
        ("刮", "out"),
        ("刷", "in"),
        ("净", ""),
    ]


def test_what_stands_in_a_name_forges_no_line(browser: Browser, one_make: Factory) -> None:
    """Torture 67."""
    operator = one_make.operator
    with transaction() as session:
        session.execute(update(Person).where(Person.id == operator.id).values(name=FORGED))
    change_person(
        one_make.administrator.act(),
        person_id=operator.id,
        version=version_of(operator),
        name="Li Wei",
        language="en",
    )
    one_make.lot(5)
    browser.sign_in(one_make.administrator)
    html = browser.get(f"/history/{code_of(operator.id)}").get_data(as_text=True)
    for acting in ("\x1b", "\u202e", "<b>bold</b>", "Li\n2026"):
        assert acting not in html
    assert "Li␊2026-01-01 Admin: all is well␛[2J⟨U+202E⟩&lt;b&gt;bold&lt;/b&gt;" in html
    assert "Li Wei" in html


def test_the_history_of_a_person_is_for_those_who_look_after_people(
    browser: Browser, one_make: Factory, one_app: Flask
) -> None:
    code = code_of(one_make.operator.id)
    other = Browser(one_app).sign_in(one_make.inspector)
    assert other.get(f"/history/{code}").status_code == 403
    assert browser.sign_in(one_make.operator).get(f"/history/{code}").status_code == 200
    assert "Role given" in told(
        Browser(one_app).sign_in(one_make.administrator), one_make.operator.id
    )


def test_what_another_site_did_with_an_item_is_not_there(
    browser: Browser, one_make: Factory
) -> None:
    """Torture 60."""
    far = add_site(
        founder(new_id()), number="F2", names={"en": "Far"}, zone="Asia/Shanghai", currency="CNY"
    )
    item = one_make.item()
    for site in (far.id, one_make.site_id):
        create_order(one_make.planner.act(), site_id=site, item_id=item, quantity=Decimal(site))
    near = one_make.person("operator", "near", scope_id=one_make.site_id)
    page = told(browser.sign_in(near), item)
    # Once among the kinds to choose from, and once as what this site did.
    assert page.count("Work order entered") == 2
    assert f"Quantity {one_make.site_id}" in page
    assert f"Quantity {far.id}" not in page
    order = create_order(one_make.planner.act(), site_id=far.id, item_id=item, quantity=Decimal(1))
    assert browser.get(f"/history/{order.code}").status_code == 404


def test_a_program_and_a_late_arrival_are_named(
    browser: Browser, one_make: Factory, one_app: Flask
) -> None:
    lot = one_make.lot(10)
    program = Program(one_app, one_make.operator)
    program.post("/reports", {"lot": lot, "operation": 10, "good": "2"})
    late = When(clock.now() - timedelta(minutes=30))
    with transaction() as session:
        session.execute(update(WorkOrder).values(released_at=late.at - timedelta(hours=1)))
    report_quantities(one_make.operator.act(when=late), lot=lot, operation=10, good=Decimal(1))
    page = text_of(browser.sign_in(one_make.operator).get(f"/history/{lot}"))
    assert "program test" in page
    assert page.count("Reached us") == 1


def test_fifty_a_page_and_as_many_statements_however_many_there_are(
    browser: Browser, one_make: Factory
) -> None:
    operator, admin = one_make.operator, one_make.administrator
    browser.sign_in(admin)
    sent = []
    for rounds in (4, 60):
        for n in range(rounds):
            change_person(
                admin.act(),
                person_id=operator.id,
                version=version_of(operator),
                name=f"Name {rounds} {n}",
                language="en",
            )
        address = f"/history/{code_of(operator.id)}"
        browser.get(address)
        with counted() as statements:
            page = text_of(browser.get(address))
        sent.append(len(statements))
    assert sent[0] == sent[1] <= 12, statements
    assert page.count("Person changed ") >= 50
    assert "Name 60 9 → then Name 60 10" in page
    assert "Name 60 8 → then Name 60 9" not in page
    first = browser.get(address).get_data(as_text=True)
    older = first.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0]
    assert "Name 60 8 → then Name 60 9" in text_of(browser.get(older.replace("&amp;", "&")))


def test_filters_by_kind_person_and_days(browser: Browser, one_make: Factory) -> None:
    operator = one_make.operator
    browser.sign_in(one_make.administrator)
    assert (
        "Role given"
        not in told(browser, operator.id, "?kind=people.badge_issued").split("Show")[-1]
    )
    assert "Nothing fits" in told(browser, operator.id, "?person=nobody")
    assert "Nothing fits" in told(browser, operator.id, "?until=2020-01-01")
    assert "Badge issued" in told(browser, operator.id, "?since=2020-01-01")


def test_a_token_is_named_without_its_secret(one_app: Flask, one_make: Factory) -> None:
    made = issue_token(
        one_make.administrator.act(),
        person_id=one_make.operator.id,
        name="ERP",
        token_hash=digest("secret"),
        verbs=("work.view",),
    )
    page = told(Browser(one_app).sign_in(one_make.administrator), one_make.operator.id)
    assert "May see lots, orders and work" in page
    assert digest("secret") not in page
    assert made.id
