"""Partners: added, changed, archived, found; and every odd text kept as it was written."""

import json
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from shopfloor.catalogue.changes import archive_entry, change_partner
from shopfloor.catalogue.commands import add_item
from shopfloor.catalogue.items import ItemDetails
from shopfloor.catalogue.models import Item, Partner
from shopfloor.catalogue.partners import Contact, add_partner
from shopfloor.core.db import db
from shopfloor.core.editing import Overtaken
from shopfloor.core.events import EventChange
from tests.browse import Browser, text_of
from tests.make import Factory
from tests.refusing import refused

NAUGHTY: list[str] = json.loads((Path(__file__).parents[1] / "data" / "blns.json").read_text())
ACME = Contact(True, False, True, "a@b.cn", "+86 21 5555", "Road 1\nShanghai", "华铸")


def test_a_partner_is_added_and_changed_and_each_field_told(make: Factory) -> None:
    act = make.planner.act
    made = add_partner(act(), number="V-1", names={"en": "Castings", "zh": "铸造"}, contact=ACME)
    kept = db.session.get_one(Partner, made.id)
    assert (kept.supplier, kept.customer, kept.contractor) == (True, False, True)
    assert (kept.email, kept.address, kept.synonyms) == ("a@b.cn", "Road 1\nShanghai", "华铸")
    change: dict[str, Any] = {"partner_id": made.id, "names": {"en": "Castings"}}
    change_partner(act(), version=1, contact=Contact(customer=True), **change)
    told = set(
        db.session.scalars(
            select(EventChange.field).where(
                EventChange.subject_id == made.id, EventChange.before.is_not(None)
            )
        )
    )
    assert told == {
        "names", "supplier", "customer", "contractor", "email", "phone", "address", "synonyms",
    }  # fmt: skip
    with pytest.raises(Overtaken) as late:
        change_partner(act(), version=1, contact=ACME, **change)
    assert late.value.now["customer"] == "1"
    assert late.value.now["email"] == ""


def test_what_cannot_be_is_refused_at_its_field(make: Factory) -> None:
    act, names = make.planner.act, {"en": "A"}
    for field, wrong in (
        ("email", Contact(email="nobody")), ("phone", Contact(phone="1" * 41)),
        ("address", Contact(address="x" * 2001)), ("synonyms", Contact(synonyms="x" * 2001)),
    ):  # fmt: skip
        with refused(f"bad_{field}", 422, field):
            add_partner(act(), number="V-1", names=names, contact=wrong)
    add_partner(act(), number="V-1", names=names)
    with refused("number_taken", field="number"):
        add_partner(act(), number="V-1", names=names)
    with refused("no_right", 403):
        add_partner(make.operator.act(), number="V-2", names=names)


def test_a_partner_is_archived_and_comes_back(make: Factory) -> None:
    made = add_partner(make.planner.act(), number="V-1", names={"en": "A"})
    archive_entry(make.planner.act(), subject_id=made.id, archived=True)
    archive_entry(make.planner.act(), subject_id=made.id, archived=False)


def test_the_pages_add_find_change_and_archive(one_app: Flask, one_make: Factory) -> None:
    """Torture 10."""
    browser = Browser(one_app).sign_in(one_make.planner)
    assert "Add the first partner" in text_of(browser.get("/partners"))
    new = {"number": "V-1", "name_zh": "华东铸造", "contractor": "1", "synonyms": "East\r\nACME"}
    made = browser.post("/partners/new", **new)
    assert made.status_code == 303
    for query in ("q=acme", "q=華", "role=contractor", "q=v-1"):
        found = "华东铸造" in text_of(browser.get(f"/partners?{query}"))
        assert found is (query != "q=華"), query
    assert "华东铸造" not in text_of(browser.get("/partners?role=customer"))
    url = made.location
    assert browser.post(url, version="1", name_zh="华东铸造", customer="1").status_code == 303
    late = browser.post(
        url, version="1", name_zh="我的", contractor="1", was_contractor="1", was_name_zh="华东铸造"
    )
    assert late.status_code == 409
    page = late.get_data(as_text=True)
    assert 'name="theirs_contractor" value=""' in page
    assert 'value="我的"' in page
    assert 'name="pick_customer" value="theirs"' in page
    assert browser.post(f"{url}/archive", page=url, archived="1").status_code == 303
    assert "华东铸造" not in text_of(browser.get("/partners"))
    assert "华东铸造" in text_of(browser.get("/partners?archived=1"))


def test_odd_texts_are_kept_and_shown_exactly(one_app: Flask, one_make: Factory) -> None:
    """Torture 42: as the name of a partner, as the name of an item, and as a synonym."""
    browser = Browser(one_app).sign_in(one_make.planner)
    kept, act = 0, one_make.planner.act
    for n, text in enumerate(NAUGHTY):
        written = text.strip()
        if not 0 < len(written) <= 200:
            with refused("bad_names", 422, "name_en"):
                add_partner(act(), number=f"P{n}", names={"en": text})
            continue
        partner = add_partner(act(), number=f"P{n}", names={"en": text})
        details = ItemDetails(synonyms=text)
        item = add_item(act(), number=f"I-{n}", names={"zh": text}, details=details)
        kept += 1
        assert db.session.get_one(Partner, partner.id).names == {"en": written}
        assert db.session.get_one(Item, item.id).names == {"zh": written}
        assert db.session.get_one(Item, item.id).synonyms == written
        if n % 9 == 0 or ("<" in text and n % 3 == 0):
            for page in (f"/partners/{partner.code}", f"/items/{item.code}"):
                shown = browser.get(page).get_data(as_text=True)
                # A browser has one line end for all of them.
                assert written in unescape(shown).replace("\r\n", "\n"), text
                assert "<" not in written or len(written) < 5 or written not in shown, text
    assert kept > 490
    assert browser.get("/partners").status_code == 200
    assert browser.get("/search", query_string={"q": "<script>"}).status_code == 200
