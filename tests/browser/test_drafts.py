"""What was typed and not sent is there again for the same thing, and never for another."""

from decimal import Decimal

import pytest
from playwright.sync_api import FilePayload, Page, expect

from shopfloor.core.db import db
from shopfloor.holds.commands import place_hold
from shopfloor.production import work
from shopfloor.production.commands.reports import report_quantities
from shopfloor.quality.plan_models import Sampling
from shopfloor.quality.plan_writing import PlanWritten
from shopfloor.quality.values import Read
from tests.browser.conftest import Phone, sign_in
from tests.make import Factory
from tests.quality.test_checks import good, read, waiting_lot
from tests.quality.test_gauges import BAD, MEASURED, ONE, calibrate, gauge
from tests.quality.test_plan_pages import code_of
from tests.quality.test_plans import CRACK, FINISH, LENGTH, plan
from tests.scanning.test_photo import plain, saved

pytestmark = [pytest.mark.browser, pytest.mark.processes]
VALUES = "all => all.map((each) => each.value)"
BACK = "What you had typed here before is back."


def opened(page: Page, url: str) -> None:
    page.goto(url)
    page.wait_for_load_state("networkidle")


def typed(page: Page, name: str, text: str) -> None:
    page.locator(f"[name='{name}']").fill(text)
    # Kept beside the typing, a moment later.
    page.wait_for_timeout(300)


def other_language(page: Page) -> None:
    lang = {"en": "zh-Hans"}.get(page.locator("html").get_attribute("lang") or "", "en")
    page.locator(f".languages [lang={lang}]").click()
    expect(page.locator(f"html[lang={lang}]")).to_be_attached()
    page.wait_for_load_state("networkidle")


def test_what_was_typed_for_one_piece_never_comes_back_for_another(
    one_make: Factory, address: str, phone: Phone
) -> None:
    three = PlanWritten(sampling=Sampling.FIXED, size=3)
    lot = waiting_lot(one_make, LENGTH, CRACK, draft=three)
    here = f"{address}/lots/{lot}/20/values"
    page = phone().new_page()
    sign_in(page, address, one_make.inspector)
    length = page.locator("[name='v:length:1']")
    opened(page, here)
    typed(page, "v:length:1", "9.97")
    opened(page, here)
    expect(page.get_by_text(BACK)).to_be_visible()
    expect(length).to_have_value("9.97")
    read(one_make, lot, *good(1), by=one_make.quality)
    opened(page, here)
    expect(page.locator("[name=piece]")).to_have_value("2")
    expect(length).to_have_value("")
    expect(page.get_by_text(BACK)).to_be_hidden()
    typed(page, "v:length:1", "9.98")
    other_language(page)
    expect(length).to_have_value("9.98")
    read(one_make, lot, *good(2), by=one_make.quality)
    other_language(page)
    expect(page.locator("[name=piece]")).to_have_value("3")
    expect(length).to_have_value("")
    # Of two mistyped values each is corrected by itself.
    opened(page, f"{here}/corrected?value=1:length:1")
    typed(page, "text", "9.99")
    opened(page, f"{here}/corrected?value=2:length:1")
    expect(page.locator("[name=text]")).not_to_have_value("9.99")
    opened(page, f"{here}/corrected?value=1:length:1")
    expect(page.locator("[name=text]")).to_have_value("9.99")


def test_what_one_tick_says_is_asked_again(one_make: Factory, address: str, phone: Phone) -> None:
    here = f"{address}/lots/{waiting_lot(one_make, CRACK, FINISH)}/20/values"
    page = phone().new_page()
    sign_in(page, address, one_make.inspector)
    opened(page, here)
    page.locator("[name=rest]").check()
    page.locator("[name='v:crack:1'][value=no]").check(force=True)
    page.wait_for_timeout(300)
    opened(page, here)
    expect(page.locator("[name='v:crack:1'][value=no]")).to_be_checked()
    expect(page.locator("[name=rest]")).not_to_be_checked()


def test_ticks_stay_at_what_they_were_put_to_in_the_other_language(
    one_make: Factory, address: str, phone: Phone
) -> None:
    caliper = gauge(one_make, "M-1")
    lots = [waiting_lot(one_make, MEASURED, draft=ONE) for _n in range(3)]
    for lot in lots:
        read(one_make, lot, Read("length", "10.00"), gauges=("M-1",))
    done = calibrate(one_make, caliper, 0, BAD)
    page = phone().new_page()
    sign_in(page, address, one_make.quality)
    opened(page, f"{address}/gauges/{done.code}/calibrations/{done.calibration_id}")
    first, second, third = page.locator("[name=lot]").evaluate_all(VALUES)
    page.locator(f"[name=lot][value={second}]").uncheck()
    # Somebody else locks the first one meanwhile: its tick is gone.
    lot_id = work.load(db.session(), first).lot.id
    place_hold(one_make.inspector.act(), subject_id=lot_id, reason_id=one_make.reasons["hold"])
    other_language(page)
    expect(page.locator("[name=lot]")).to_have_count(2)
    expect(page.locator(f"[name=lot][value={second}]")).not_to_be_checked()
    expect(page.locator(f"[name=lot][value={third}]")).to_be_checked()


def test_a_refused_form_is_taken_over_under_whatever_address_it_stands(
    one_make: Factory, address: str, phone: Phone
) -> None:
    lot = one_make.lot(40)
    page = phone().new_page()
    sign_in(page, address, one_make.operator)
    opened(page, f"{address}/lots/{lot}")
    report_quantities(one_make.operator.act(), lot=lot, operation=10, good=Decimal(30))
    page.get_by_role("button", name="Report 40 good").click()
    page.locator("#refused button").click()
    typed(page, "good", "7")
    other_language(page)
    expect(page.locator("[name=good]")).to_have_value("7")
    # Its photo is with the server already, and stays with it.
    opened(page, f"{address}/lots/{lot}/10/report")
    picture: FilePayload = {"name": "a.png", "mimeType": "image/png", "buffer": saved(plain())}
    page.locator("input[type=file][name=photo]").set_input_files(picture)
    typed(page, "good", "50")
    page.locator(".actions .primary").click()
    page.locator("#refused button").click()
    sent = page.locator("[name=sha256_photo]").evaluate_all(VALUES)
    assert max(sent)
    other_language(page)
    assert page.locator("[name=sha256_photo]").evaluate_all(VALUES) == [max(sent)]


def test_a_plan_keeps_the_rows_that_are_not_saved_in_the_other_language(
    one_make: Factory, address: str, phone: Phone
) -> None:
    page = phone().new_page()
    sign_in(page, address, one_make.quality)
    draft = code_of(plan(one_make, one_make.item(), LENGTH))
    opened(page, f"{address}/plans/{draft}/draft")
    page.locator("button[name=do][value=add]").click()
    page.locator("#name_en_2").fill("Width")
    other_language(page)
    expect(page.locator("#name_en_2")).to_have_value("Width")
