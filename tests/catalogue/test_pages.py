"""The pages of items, routings, BOMs, rates and reasons."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from shopfloor.catalogue.commands import add_item
from shopfloor.catalogue.models import Bom, Item, Reason, Routing
from shopfloor.core.db import db
from shopfloor.core.subjects import Subject
from tests.browse import Browser, text_of
from tests.make import Factory
from tests.statements import counted


@pytest.fixture
def browser(app: Flask, make: Factory) -> Browser:
    return Browser(app).sign_in(make.planner)


@pytest.fixture
def operator(one_app: Flask, one_make: Factory) -> Browser:
    return Browser(one_app).sign_in(one_make.operator)


@pytest.fixture
def planner(one_app: Flask, one_make: Factory) -> Browser:
    return Browser(one_app).sign_in(one_make.planner)


def count(table: type) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def code_of(subject_id: int) -> str:
    return db.session.get_one(Subject, subject_id).code


def test_an_item_is_added_and_shown(browser: Browser) -> None:
    answer = browser.post(
        "/items/new", number="HV-32", name_en="Valve", name_zh="阀" * 200, unit="pcs", decimals="0"
    )
    assert answer.status_code == 303
    assert answer.headers["Shopfloor-Answer"] == "done"
    shown = text_of(browser.get(answer.location))
    assert "The item is added." in shown
    assert "阀" * 200 in shown
    assert "Enter operations" in shown


def test_a_refused_item_keeps_what_was_typed(browser: Browser, make: Factory) -> None:
    add_item(make.planner.act(), number="HV-32", names={"en": "Valve"})
    answer = browser.post("/items/new", number="HV-32", name_en="Another <b>", unit="kg")
    assert answer.status_code == 409
    assert answer.headers["Shopfloor-Answer"] == "refused"
    page = answer.get_data(as_text=True)
    assert 'value="HV-32"' in page
    assert "Another &lt;b&gt;" in page
    assert 'value="kg"' in page
    assert 'aria-invalid="true"' in page


def test_a_form_sent_twice_makes_one_item(browser: Browser) -> None:
    """Torture 3."""
    fields = {"number": "HV-32", "name_en": "Valve", "unit": "pcs", "decimals": "0"}
    answers = [
        browser.post("/items/new", action_id="the-same-tap", **fields).location for _ in range(2)
    ]
    assert answers[0] == answers[1]
    assert count(Item) == 1


def test_a_field_given_twice_is_refused(planner: Browser) -> None:
    """Torture 65."""
    answer = planner.post("/items/new", number=["A", "B"], name_en="Valve", unit="pcs")
    assert answer.status_code == 422
    assert count(Item) == 0


def test_whoever_may_only_report_reads_items_and_changes_none(
    operator: Browser, one_make: Factory
) -> None:
    code = code_of(one_make.item(rate="0.12"))
    shown = text_of(operator.get(f"/items/{code}"))
    assert "Step 10" in shown
    assert "0.12" not in shown, "what others earn by the piece is not everybody's business"
    assert "New revision" not in shown
    for part in ("edit", "routing", "bom", "rates"):
        assert operator.get(f"/items/{code}/{part}").status_code == 403
        assert operator.post(f"/items/{code}/{part}", page="/more").status_code == 403
    assert operator.get("/reasons").status_code == 403


def test_a_list_is_cut_on_the_server_and_finds_names_in_both_languages(
    planner: Browser, one_make: Factory
) -> None:
    """Row X133."""
    assert "Add the first item" in text_of(planner.get("/items"))
    for n in range(3):
        add_item(one_make.planner.act(), number=f"A{n}", names={"en": f"Part {n}"})
    with counted() as few:
        planner.get("/items")
    for n in range(3, 60):
        add_item(one_make.planner.act(), number=f"A{n:02d}", names={"en": "Part", "zh": f"零件{n}"})
    with counted() as many:
        first = text_of(planner.get("/items"))
    assert len(few) <= len(many) <= 6
    assert "Page 1 of 2" in first
    assert "A59" not in first
    assert "A59" in text_of(planner.get("/items?page=2"))
    assert "A59" in text_of(planner.get("/items?page=999999999"))
    assert "A57" in text_of(planner.get("/items?q=零件57"))
    assert "No item matches" in text_of(planner.get("/items?q=%25"))
    assert "No item matches" in text_of(planner.get('/items?q="zh"'))


def test_a_late_save_shows_both_sides(browser: Browser, make: Factory) -> None:
    """Torture 10."""
    item = add_item(make.planner.act(), number="A", names={"en": "First"})
    url = f"/items/{item.code}/edit"
    rest = {"unit": "pcs", "decimals": "0"}
    assert browser.post(url, version="1", name_en="Theirs", **rest).status_code == 303
    late = browser.post(url, version="1", name_en="Mine", was_name_en="First", **rest)
    assert late.status_code == 409
    page = late.get_data(as_text=True)
    assert "Saved meanwhile" in page
    assert "Theirs" in page
    assert 'value="Mine"' in page
    assert 'name="version" value="2"' in page
    assert 'name="theirs_name_en" value="Theirs"' in page
    both = {"version": "2", "name_en": "Mine", "theirs_name_en": "Theirs", **rest}
    assert browser.post(url, pick_name_en="theirs", **both).status_code == 303
    db.session.rollback()
    assert db.session.get_one(Item, item.id).names == {"en": "Theirs"}
    both["version"] = "3"
    assert browser.post(url, pick_name_en="mine", **both).status_code == 303
    db.session.rollback()
    db.session.expire_all()
    assert db.session.get_one(Item, item.id).names == {"en": "Mine"}


def test_a_routing_takes_its_filled_rows_and_starts_from_the_last_revision(
    browser: Browser, make: Factory
) -> None:
    item = add_item(make.planner.act(), number="A", names={"en": "A"})
    url, saw = f"/items/{item.code}/routing", str(make.stations[0])
    rows = {"sequence_1": "10", "name_en_1": "Saw", "station_1": saw, "inspect_1": "1"}
    rows |= {"sequence_2": "20", "name_en_2": "", "name_zh_2": "", "station_2": ""}
    assert browser.post(url, **rows).status_code == 303
    assert count(Routing) == 1
    page = browser.get(url).get_data(as_text=True)
    assert "This becomes revision 2" in page
    assert 'value="Saw"' in page
    assert 'name="inspect_1" value="1" checked' in page


def test_a_refused_routing_keeps_its_rows_and_marks_the_wrong_one(
    planner: Browser, one_make: Factory
) -> None:
    item = add_item(one_make.planner.act(), number="A", names={"en": "A"})
    url, saw = f"/items/{item.code}/routing", str(one_make.stations[0])
    rows = {"sequence_1": "10", "name_en_1": "Saw", "station_1": saw}
    rows |= {"sequence_2": "20", "name_en_2": "Mill", "station_2": ""}
    answer = planner.post(url, **rows)
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert 'value="Mill"' in page
    assert 'name="station_2" aria-describedby=" station_2-error" aria-invalid="true"' in page
    assert count(Routing) == 0
    for wrong in ("abc", "-1", "99999"):
        assert planner.post(url, **(rows | {"station_2": wrong})).status_code in (409, 422)
    assert planner.post(url).status_code == 422


def test_a_bom_takes_item_numbers_and_names_the_unknown_one(
    browser: Browser, make: Factory
) -> None:
    item = add_item(make.planner.act(), number="A", names={"en": "A"})
    add_item(make.planner.act(), number="AL", names={"en": "Billet"}, unit="kg", decimals=3)
    url = f"/items/{item.code}/bom"
    wrong = browser.post(url, item_1="AL", quantity_1="1.25", item_2="ALX", quantity_2="1")
    assert wrong.status_code == 422
    assert "There is no item “ALX”" in text_of(wrong)
    assert browser.post(url, item_1="AL", quantity_1="1,25", item_2="").status_code == 303
    assert count(Bom) == 1
    assert "1.25 kg" in text_of(browser.get(f"/items/{item.code}"))


def test_a_rate_is_set_and_a_wrong_one_stays_in_the_form(browser: Browser, make: Factory) -> None:
    """Row W47."""
    code = code_of(make.item())
    url, today = f"/items/{code}/rates", make.today().isoformat()
    wrong = browser.post(url, sequence="10", amount="0,12a", valid_from=today)
    assert wrong.status_code == 422
    assert 'value="0,12a"' in wrong.get_data(as_text=True)
    for amount, day in (("", today), ("1", ""), ("1", "tomorrow")):
        assert browser.post(url, sequence="10", amount=amount, valid_from=day).status_code == 422
    past = browser.post(url, sequence="10", amount="1", valid_from="2020-01-01")
    assert past.status_code == 409
    assert browser.post(url, sequence="10", amount="0,12", valid_from=today).status_code == 303
    assert "0.12" in text_of(browser.get(f"/items/{code}"))


def test_reasons_are_added_renamed_and_archived(browser: Browser, make: Factory) -> None:
    before = count(Reason)
    new = {"kind": "scrap", "number": "S01", "name_en": "Scratch", "photo": "1"}
    assert browser.post("/reasons/new", **new).status_code == 303
    assert browser.post("/reasons/new", **(new | {"kind": "magic"})).status_code == 422
    assert count(Reason) == before + 1
    shown = browser.get("/reasons").get_data(as_text=True)
    assert "Scratch" in shown
    code = db.session.scalar(select(Subject.code).where(Subject.number == "S01"))
    assert browser.post(f"/reasons/{code}", version="1", name_zh="划伤").status_code == 303
    archived = browser.post(f"/reasons/{code}/archive", page="/reasons", archived="1")
    assert archived.status_code == 303
    assert "Archived" in text_of(browser.get("/reasons"))
