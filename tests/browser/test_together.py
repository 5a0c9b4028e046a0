"""Working together at one phone: shares and badges, and reading without network."""

import pytest
from flask import Flask
from playwright.sync_api import expect
from sqlalchemy import select

from shopfloor.catalogue.instructions import (
    StepWritten,
    begin_instruction,
    publish_instruction,
    save_instruction,
)
from shopfloor.core.db import db
from shopfloor.people.commands import add_crew, join_crew
from shopfloor.people.setup import founder
from shopfloor.production.floor_models import ReportShare
from tests.browser.conftest import Phone, sign_in
from tests.browser.test_outbox import booked, kept
from tests.make import Factory, new_id

pytestmark = [pytest.mark.browser, pytest.mark.processes]


def test_names_are_tapped_and_a_badge_adds_a_mate(
    one_app: Flask, one_make: Factory, address: str, phone: Phone
) -> None:
    """W34: equal parts at a tap, a badge that signs nobody in, and a rest that is shown."""
    make = one_make
    ana, ben = make.person("operator", "ana"), make.person("operator", "ben")
    crew = add_crew(founder(new_id()), site_id=make.site_id, number="A", names={"en": "Crew A"}).id
    for worker in (make.operator, ana):
        join_crew(founder(new_id()), person_id=worker.id, crew_id=crew)
    lot = make.lot(100)
    page = phone().new_page()
    sign_in(page, address, make.operator)
    page.goto(f"{address}/lots/{lot}/10/report")
    page.wait_for_load_state("networkidle")
    page.get_by_text("Share with…").click()
    page.locator(".tile", has_text="Ana").click()
    expect(page.get_by_label("Pieces of Ana", exact=True)).to_have_value("50")
    page.keyboard.type(ben.badge)
    page.keyboard.press("Enter")
    expect(page.get_by_label("Pieces of Ben", exact=True)).to_have_value("33")
    expect(page.get_by_label("Pieces of Operator", exact=True)).to_have_value("34")
    expect(page.get_by_text("All pieces are shared.")).to_be_visible()
    page.get_by_role("button", name="One less: Pieces of Ben").click()
    expect(page.get_by_text("1 pieces belong to nobody yet.")).to_be_visible()
    page.get_by_role("button", name="Same for all").click()
    page.get_by_role("button", name="Book the report").click()
    expect(page.get_by_role("heading", name="Booked")).to_be_visible()
    db.session.rollback()
    rows = db.session.execute(select(ReportShare.person_id, ReportShare.pieces))
    assert {who: int(pieces) for who, pieces in rows} == {
        make.operator.id: 34,
        ana.id: 33,
        ben.id: 33,
    }


def test_what_is_read_without_network_is_confirmed_before_the_report(
    one_app: Flask, one_make: Factory, address: str, phone: Phone
) -> None:
    """W166: both wait on the phone and arrive in their order."""
    make = one_make
    item = make.item(inspect=())
    made = begin_instruction(make.planner.act(), item_id=item, sequence=10)
    steps = (StepWritten({"en": "Clamp it."}),)
    save_instruction(make.planner.act(), instruction_id=made.id, version=1, steps=steps)
    publish_instruction(make.planner.act(), instruction_id=made.id, version=2)
    lot = make.lot(10, item_id=item)
    context = phone()
    guide, form = context.new_page(), context.new_page()
    sign_in(guide, address, make.operator)
    guide.goto(f"{address}/lots/{lot}/10/instruction")
    form.goto(f"{address}/lots/{lot}/10/report")
    for page in (guide, form):
        page.wait_for_load_state("networkidle")
    context.set_offline(True)
    guide.get_by_role("button", name="I have read it").click()
    kept(guide, 1)
    form.get_by_role("button", name="Book the report").click()
    kept(form, 2)
    context.set_offline(False)
    booked(form, one_app, 1)
