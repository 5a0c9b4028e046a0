"""From an unknown barcode to its link, on the pages that lead there."""

import pytest
from flask import Flask

from shopfloor.core.db import db
from shopfloor.core.subjects import Subject
from shopfloor.scanning.commands import link_barcode
from shopfloor.scanning.models import Scanner
from tests.browse import Browser, text_of
from tests.make import Factory
from tests.people.devices import shared_device

LABEL = "(01)05901234123457(10)SUP-1(17)270731"
RAW = "]d20105901234123457172707311\x30SUP-1"


@pytest.fixture
def browser(one_app: Flask, one_make: Factory) -> Browser:
    return Browser(one_app).sign_in(one_make.storekeeper)


def code_of(subject_id: int) -> str:
    db.session.rollback()
    return db.session.get_one(Subject, subject_id).code


def test_an_unknown_code_says_what_was_read_and_offers_what_can_be_done(browser: Browser) -> None:
    """U16 and U14."""
    answer = browser.post("/scan", page="/", code=LABEL)
    assert answer.status_code == 404
    said = text_of(answer)
    for part in ("Unknown code", LABEL, "Expected", "SUP-1", "31 Jul 2027", "Link it", "Report"):
        assert part in said, part


def test_without_the_right_no_link_is_offered(one_app: Flask, one_make: Factory) -> None:
    worker = Browser(one_app).sign_in(one_make.operator)
    said = text_of(worker.post("/scan", page="/", code="SUP-1"))
    assert "Link it" not in said
    assert "Report" in said
    assert worker.get("/scan/link?code=SUP-1").status_code == 403


def test_a_wrong_label_is_not_offered_for_linking(browser: Browser) -> None:
    """Torture 47."""
    said = text_of(browser.post("/scan", page="/", code="(01)05901234123456(10)A"))
    assert "check digit" in said
    assert "Link it" not in said


def test_linking_leads_to_the_barcodes_of_the_thing(browser: Browser, one_make: Factory) -> None:
    """U14."""
    lot = one_make.order().lot
    form = browser.get("/scan/link", query_string={"code": LABEL})
    assert LABEL in text_of(form)
    answer = browser.post("/scan/link", page="/scan/link?code=x", code=LABEL, to=str(lot.number))
    assert answer.status_code == 303
    assert answer.location == f"/barcodes/{lot.code}"
    page = text_of(browser.get(answer.location))
    assert "Linked." in page
    assert "(01)05901234123457(10)SUP-1" in page
    found = browser.post("/scan", page="/", code=RAW)
    assert found.location == f"/lots/{lot.code}"


def test_a_barcode_of_another_lot_is_linked_too_by_sending_the_same_once_more(
    browser: Browser, one_make: Factory
) -> None:
    """U17."""
    first, second = one_make.order().lot, one_make.order().lot
    link_barcode(one_make.storekeeper.act(), text="TWIN", subject_id=first.id)
    form = {"page": "/scan/link?code=x", "code": "TWIN", "to": str(second.number)}
    asked = browser.post("/scan/link", **form)
    assert asked.status_code == 409
    assert f"This barcode already stands for {first.number}." in text_of(asked)
    assert f'name="also" value="{second.number}"' in asked.get_data(as_text=True)
    # The yes was for that lot and for no other.
    assert browser.post("/scan/link", **form, also=str(first.number)).status_code == 409
    assert browser.post("/scan/link", **form, also=str(second.number)).status_code == 303


def test_a_target_that_is_none_keeps_the_form_filled(browser: Browser, one_make: Factory) -> None:
    for to in ("nothing", "", "S1", one_make.operator.badge):
        answer = browser.post("/scan/link", page="/scan/link?code=x", code="A<b>1", to=to)
        assert answer.status_code == 404, to
        page = answer.get_data(as_text=True)
        assert 'value="A&lt;b&gt;1"' in page
        assert "There is no lot, item or gauge" in text_of(answer)


def test_a_link_is_taken_away_from_its_list(browser: Browser, one_make: Factory) -> None:
    item = one_make.item()
    link = link_barcode(one_make.storekeeper.act(), text="05901234123457", subject_id=item)
    address = f"/barcodes/{code_of(item)}"
    assert "05901234123457" in text_of(browser.get(address))
    assert browser.post(f"{address}/remove", page=address, link=link.id).status_code == 303
    assert "No barcode of others is linked" in text_of(browser.get(address))
    assert browser.post(f"{address}/remove", page=address, link=link.id).status_code == 404


def test_a_known_item_with_an_unknown_lot_offers_the_item_and_no_second_link(
    browser: Browser, one_make: Factory
) -> None:
    item = one_make.item()
    link_barcode(one_make.storekeeper.act(), text=LABEL, subject_id=item)
    answer = browser.post("/scan", page="/", code=LABEL)
    said = text_of(answer)
    assert "The item of this label is known" in said
    assert "Link to this" not in said
    assert f"/items/{code_of(item)}" in answer.get_data(as_text=True)


def test_strange_texts_survive_the_way_to_the_link(browser: Browser, one_make: Factory) -> None:
    """Torture 42."""
    lot = one_make.order().lot
    for text in ("<script>alert(1)</script>", "' OR 1=1 --", "{{7*7}}", "a&b=c%20d", "表ポあA鷗"):
        answer = browser.post("/scan/link", page="/scan/link?code=x", code=text, to=lot.code)
        assert answer.status_code == 303, text
        page = browser.get(f"/barcodes/{lot.code}")
        assert text in text_of(page)
        assert "<script>alert" not in page.get_data(as_text=True)
        assert browser.post("/scan", page="/", code=text).location == f"/lots/{lot.code}"


def test_a_scanner_is_set_up_for_the_site_or_the_device(one_app: Flask, one_make: Factory) -> None:
    """Torture 48."""
    boss = Browser(one_app).sign_in(one_make.administrator)
    assert boss.post("/scans/scanner", prefix="*", suffix=" ").status_code == 303
    db.session.rollback()
    kept = db.session.get_one(Scanner, one_make.site_id)
    assert (kept.prefix, kept.suffix) == ("*", " ")
    assert 'value="*"' in boss.get("/scans/scanner").get_data(as_text=True)
    assert boss.post("/scans/scanner", prefix="x" * 21, suffix="").status_code == 422
    assert boss.post("/scans/scanner", prefix="\x02", suffix="").status_code == 422
    device = shared_device(one_app, one_make)
    device.sign_in(one_make.administrator)
    page = device.post("/scans/scanner", **{"prefix": "#", "suffix": "", "for": "device"})
    assert page.status_code == 303
    db.session.rollback()
    assert {each.prefix for each in db.session.query(Scanner)} == {"*", "#"}
    worker = Browser(one_app).sign_in(one_make.operator)
    assert worker.get("/scans/scanner").status_code == 403
