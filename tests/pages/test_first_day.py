"""A stranger's first day: from an empty factory to the first report, by the pages alone."""

import re

from flask import Flask

from shopfloor.people.setup import make_setup_link
from tests.browse import Browser, text_of
from tests.people.test_founding import FIELDS


def one(pattern: str, page: str) -> str:
    found = re.search(pattern, page)
    assert found, page
    return found[1]


def test_from_the_set_up_link_to_the_first_report(app: Flask) -> None:
    """Row X195."""
    browser = Browser(app)

    def todo() -> int:
        return int(one(r"(\d+) of 9 done", text_of(browser.get("/first-steps"))))

    founded = browser.post(make_setup_link(app, "/"), **(FIELDS | {"language": "en"}))
    assert founded.status_code == 303
    assert todo() == 1, "the reasons to begin with are there"

    plant = browser.get("/plant").get_data(as_text=True)
    site = one(r'name="site" value="(\d+)"', plant)
    names = {"name_en": "Machining", "name_zh": "机加工"}
    assert browser.post("/plant/lines", site=site, number="L1", **names).status_code == 303
    line = one(r'name="line" value="(\d+)"', browser.get("/plant").get_data(as_text=True))
    for number in ("S1", "S2"):
        assert browser.post("/plant/stations", line=line, number=number, **names).status_code == 303

    item = browser.post("/items/new", number="HV-32", name_en="Valve", unit="pcs").location
    form = browser.get(f"{item}/routing").get_data(as_text=True)
    saw, lathe = re.findall(r'<option value="(\d+)">S', form)[:2]
    rows = {"sequence_1": "10", "name_en_1": "Saw", "station_1": saw}
    rows |= {"sequence_2": "20", "name_en_2": "Turn", "station_2": lathe}
    assert browser.post(f"{item}/routing", **rows).status_code == 303
    rates = browser.get(f"{item}/rates").get_data(as_text=True)
    today = one(r'name="valid_from" value="([\d-]+)"', rates)
    rate = browser.post(f"{item}/rates", sequence="10", amount="0.12", valid_from=today)
    assert rate.status_code == 303

    me = one(r'href="(/people/H[^"]+)"', browser.get("/people").get_data(as_text=True))
    assert browser.post(f"{me}/badge").status_code == 200

    order = browser.post("/orders/new", item="HV-32", quantity="40").location
    assert browser.post(f"{order}/release", page=order).status_code == 303
    assert todo() == 8

    lot = one(r'href="(/lots/B[^"]+)"', browser.get(order).get_data(as_text=True))
    assert browser.get(lot).status_code == 200
    booked = browser.post(f"{lot}/10/report", good="40")
    assert booked.status_code == 200
    assert booked.headers["Shopfloor-Answer"] == "done"
    assert "4.80" in text_of(booked), "forty pieces at 0.12"
    assert "All done" in text_of(browser.get("/first-steps"))
    assert "40 good" in text_of(browser.get(order))
