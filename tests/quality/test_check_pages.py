"""The inspector's pages by plan: piece by piece to a verdict, and what was mistyped corrected."""

import re
from dataclasses import replace
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import func, select

from shopfloor.core.db import db
from shopfloor.people.commands import choose_language
from shopfloor.production.commands.reports import report_quantities
from shopfloor.quality.models import Inspection
from shopfloor.quality.plan_models import Value
from shopfloor.quality.values import Read
from tests.browse import Browser, text_of
from tests.make import Factory
from tests.quality.test_checks import TWO, good, read, waiting_lot
from tests.quality.test_plans import CRACK, FINISH, LENGTH
from tests.statements import counted

GOOD = {"v:length:1": "10.00", "v:length:2": "10,01", "v:crack:1": "yes", "v:finish:1": "0"}


@pytest.fixture
def inspector(one_app: Flask, one_make: Factory) -> Browser:
    return Browser(one_app).sign_in(one_make.inspector)


def test_a_scan_leads_through_every_piece_to_the_verdict(
    one_make: Factory, inspector: Browser
) -> None:
    lot = waiting_lot(one_make, LENGTH, CRACK, FINISH)
    opened = inspector.get(f"/lots/{lot}/20/inspect")
    assert opened.location == f"/lots/{lot}/20/values"
    values = opened.location
    page = text_of(inspector.get(values))
    assert "1 of 2" in page
    assert "9.95 – 10.05 mm · target 10" in page
    answer = inspector.post(values, piece="1", **GOOD)
    assert (answer.status_code, answer.location) == (303, values)
    assert "2 of 2" in text_of(inspector.get(values))
    answer = inspector.post(values, piece="2", **GOOD)
    assert answer.location == f"/lots/{lot}/20/inspect"
    shown = text_of(inspector.get(answer.location))
    assert "pieces go on" in shown
    inspector.post(answer.location, verdict="pass", quantity="10")
    db.session.rollback()
    assert db.session.scalars(select(Inspection.quantity)).all() == [10]


def test_a_bad_sample_offers_only_ng(one_make: Factory, inspector: Browser) -> None:
    lot = waiting_lot(one_make, CRACK)
    answer = inspector.post(f"/lots/{lot}/20/values", piece="1", **{"v:crack:1": "no"})
    shown = inspector.get(answer.location).get_data(as_text=True)
    assert 'value="fail"' in shown
    assert 'value="pass"' not in shown
    # What decides may be mistyped: it is corrected from here, and the verdict is open again.
    corrected = f"/lots/{lot}/20/values/corrected"
    assert f'class="button quiet" href="{corrected}"' in shown
    assert f"{answer.location}" in inspector.get(corrected).get_data(as_text=True)
    refused = inspector.post(answer.location, verdict="pass")
    assert refused.status_code == 409
    assert "At most 0 may be." in text_of(refused)
    assert inspector.post(answer.location, verdict="fail").status_code == 200


def test_a_doubtful_value_keeps_what_was_typed_until_it_is_confirmed(
    one_make: Factory, inspector: Browser
) -> None:
    """Torture 50."""
    lot = waiting_lot(one_make, LENGTH, CRACK)
    typed = {"v:length:1": "105", "v:length:2": "10.00", "v:crack:1": "yes"}
    refused = inspector.post(f"/lots/{lot}/20/values", piece="1", **typed)
    page = refused.get_data(as_text=True)
    assert refused.status_code == 409
    assert 'value="105"' in page
    # The tick that the sentence asks for stands right under it, before everything else.
    assert page.index('name="sure"') < page.index('<div class="content">')
    assert 'form="values"' in page
    assert re.search(r'value="yes" checked', page)
    assert db.session.scalars(select(Value)).all() == []
    assert inspector.post(f"/lots/{lot}/20/values", piece="1", sure="1", **typed).status_code == 303


def test_a_mistyped_value_is_corrected_with_a_reason(one_make: Factory, inspector: Browser) -> None:
    lot = waiting_lot(one_make, LENGTH, CRACK)
    inspector.post(f"/lots/{lot}/20/values", piece="1", **{"v:length:1": "10.2"})
    here = f"/lots/{lot}/20/values/corrected"
    assert "10.2" in text_of(inspector.get(here))
    chosen = f"{here}?value=1:length:1"
    wrong = inspector.post(here, page=chosen, value="1:length:1", text="10.02")
    assert "Choose the reason." in text_of(wrong)
    assert 'value="10.02"' in wrong.get_data(as_text=True)
    reason = str(one_make.reasons["undo"])
    right = inspector.post(here, page=chosen, value="1:length:1", text="10.02", reason=reason)
    assert right.status_code == 303
    db.session.rollback()
    assert db.session.scalars(select(Value.said).order_by(Value.id)).all() == ["10.2", "10.02"]


def test_the_pages_ask_little_and_speak_both_languages(
    one_make: Factory, inspector: Browser
) -> None:
    lot = waiting_lot(one_make, LENGTH, CRACK, FINISH)
    inspector.post(f"/lots/{lot}/20/values", piece="1", **GOOD)
    choose_language(one_make.inspector.act(), language="zh")
    db.session.rollback()
    with counted() as statements:
        page = text_of(inspector.get(f"/lots/{lot}/20/values"))
    assert len(statements) <= 12, statements
    for words in ("长度", "2 / 2", "保存"):
        assert words in page


@pytest.mark.parametrize("path", ["values", "values/corrected"])
def test_where_no_plan_asks_there_is_no_such_page(
    one_make: Factory, inspector: Browser, path: str
) -> None:
    lot = one_make.lot(5)
    refused = inspector.get(f"/lots/{lot}/20/{path}")
    assert refused.status_code == 409
    assert "No pieces wait for inspection at operation 20." in text_of(refused)
    for operation in (10, 20):
        report_quantities(one_make.operator.act(), lot=lot, operation=operation, good=Decimal(5))
    assert "No plan asks for values here." in text_of(inspector.get(f"/lots/{lot}/20/{path}"))


def test_what_was_typed_for_one_piece_is_not_shown_for_another(
    one_make: Factory, inspector: Browser
) -> None:
    """Torture 6: somebody else has read the piece while the page was open."""
    lot = waiting_lot(one_make, CRACK, LENGTH)
    read(one_make, lot, *good(1), by=one_make.quality)
    typed = {"v:length:1": "9.97", "v:length:2": "9.98", "v:crack:1": "yes"}
    page = inspector.post(f"/lots/{lot}/20/values", piece="1", **typed)
    assert page.status_code == 409
    assert "Quality has read 10.00 here already." in text_of(page)
    assert "Piece 1 is read. Go on with piece 2." in text_of(page)
    assert "9.97" not in page.get_data(as_text=True)


def test_one_tick_calls_all_good_where_nothing_is_measured(
    one_make: Factory, inspector: Browser
) -> None:
    lot = waiting_lot(one_make, CRACK, FINISH, pieces=5)
    here = f"/lots/{lot}/20/values"
    page = inspector.get(here).get_data(as_text=True)
    assert 'name="rest"' in page
    assert 'name="open" value="2"' in page
    answer = inspector.post(here, piece="1", open="2", rest="1", **{"v:finish:1": "0"})
    assert answer.location == f"/lots/{lot}/20/inspect"
    refused = inspector.post(here, piece="1", open="2", rest="1")
    assert "0 are open now" in text_of(refused)
    # Whoever ticked it for other pieces ticks it again, whatever is refused.
    lot = waiting_lot(one_make, CRACK, FINISH, draft=replace(TWO, size=4))
    read(one_make, lot, Read("crack", "yes"), Read("finish", "0"), by=one_make.quality)
    late = {"open": "4", "rest": "1", "v:crack:1": "no"}
    page = inspector.post(f"/lots/{lot}/20/values", piece="1", **late).get_data(as_text=True)
    assert 'name="open" value="3"' in page
    seen = db.session.scalars(select(func.max(Value.event_id))).one()
    assert f'name="seen" value="{seen}"' in page
    late = {"open": "3", "rest": "1", "seen": str(seen - 1), "v:crack:1": "yes"}
    refused = inspector.post(f"/lots/{lot}/20/values", piece="2", **late)
    assert (refused.status_code, "3 are open now" in text_of(refused)) == (409, True)
    assert re.search(r'name="rest" value="1" checked', page) is None
    assert "stays open" not in page
    more = replace(LENGTH, show_if={"key": "crack", "is": "no"})
    lot = waiting_lot(one_make, CRACK, more)
    assert "What is asked about a bad piece stays open" in text_of(
        inspector.get(f"/lots/{lot}/20/values")
    )
    measured = waiting_lot(one_make, LENGTH, CRACK)
    assert 'name="rest"' not in inspector.get(f"/lots/{measured}/20/values").get_data(as_text=True)
