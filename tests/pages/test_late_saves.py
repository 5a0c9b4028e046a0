"""Two people at one record: every form of a record shows both sides and loses nothing."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from shopfloor.catalogue.partners import add_partner
from shopfloor.core.db import db
from shopfloor.core.subjects import Subject
from shopfloor.labels.models import Speech
from shopfloor.labels.printers import Setup, add_printer
from shopfloor.people.commands import add_crew
from shopfloor.people.skills import add_skill
from shopfloor.plant.commands import add_place
from shopfloor.plant.models import Shift
from tests.browse import Browser, text_of
from tests.make import Factory

NAMES = {"en": "First"}


def code(subject_id: int) -> str:
    db.session.rollback()
    return db.session.get_one(Subject, subject_id).code


def plant(subject_id: int) -> str:
    return f"/plant/{code(subject_id)}"


def place(make: Factory) -> str:
    act = make.administrator.act()
    return f"/plant/{add_place(act, site_id=make.site_id, number='A', names=NAMES).code}"


def crew(make: Factory) -> str:
    act = make.administrator.act()
    return f"/crews/{add_crew(act, site_id=make.site_id, number='A', names=NAMES).code}"


def printer(make: Factory) -> str:
    act, setup = make.administrator.act(), Setup("First", speech=Speech.PDF)
    return f"/printers/{add_printer(act, site_id=make.site_id, setup=setup).code}"


def shift(make: Factory) -> str:
    return plant(db.session.scalars(select(Shift.id)).first() or 0)


PRINTER = {"speech": "pdf", "dpi": "203", "width": "50", "height": "30"}
HOURS = {"starts": "08:00", "ends": "20:00"}
# Each kind of record: its form, the field that both change, and what else the form needs.
RECORDS: dict[str, tuple[Callable[[Factory], str], str, dict[str, str]]] = {
    "item": (lambda m: f"/items/{code(m.item())}/edit", "name_en", {"unit": "pcs"}),
    "reason": (lambda m: f"/reasons/{code(m.reasons['scrap'])}", "name_en", {}),
    "partner": (
        lambda m: f"/partners/{add_partner(m.planner.act(), number='V', names=NAMES).code}",
        "name_en",
        {},
    ),
    "skill": (
        lambda m: f"/skills/{add_skill(m.administrator.act(), number='W', names=NAMES).code}",
        "name_en",
        {},
    ),
    "site": (lambda m: plant(m.site_id), "name_en", {}),
    "line": (lambda m: plant(m.line_id), "name_en", {}),
    "station": (lambda m: plant(m.stations[0]), "name_en", {}),
    "place": (place, "name_en", {}),
    "shift": (shift, "name_en", HOURS),
    "crew": (crew, "name_en", {}),
    "person": (
        lambda m: f"/people/{code(m.operator.id)}", "name", {"language": "en", "form": "person"},
    ),
    "printer": (printer, "name", PRINTER),
}  # fmt: skip


@pytest.mark.parametrize("kind", RECORDS)
def test_a_late_save_shows_both_sides_and_takes_the_chosen_one(
    one_app: Flask, one_make: Factory, kind: str
) -> None:
    """Torture 10."""
    address, field, rest = RECORDS[kind]
    url = address(one_make)
    browser = Browser(one_app).sign_in(one_make.administrator)
    opened = browser.get(url).get_data(as_text=True)
    assert f'name="was_{field}"' in opened, "the form says what stood there when it was opened"
    assert browser.post(url, version="1", **{field: "Theirs"}, **rest).status_code == 303
    late = browser.post(url, version="1", **{field: "Mine <b>", f"was_{field}": "First"}, **rest)
    assert late.status_code == 409
    page = late.get_data(as_text=True)
    assert "Mine &lt;b&gt;" in page
    assert "Saved meanwhile By Administrator, " in text_of(late), "and when"
    assert f'name="theirs_{field}" value="Theirs"' in page
    assert 'name="version" value="2"' in page
    both = {field: "Mine <b>", f"theirs_{field}": "Theirs", **rest}
    taken = browser.post(url, version="2", **{f"pick_{field}": "theirs"}, **both)
    assert taken.status_code == 303
    assert 'value="Theirs"' in browser.get(url).get_data(as_text=True)
    kept = browser.post(url, version="3", **{f"pick_{field}": "mine"}, **both)
    assert kept.status_code == 303
    assert "Mine &lt;b&gt;" in browser.get(url).get_data(as_text=True)


def test_what_only_one_side_has_changed_is_chosen_already(
    one_app: Flask, one_make: Factory
) -> None:
    url = f"/items/{code(one_make.item())}/edit"
    browser = Browser(one_app).sign_in(one_make.planner)
    was = {"was_name_en": "Item", "was_synonyms": "", "unit": "pcs"}
    browser.post(url, version="1", name_en="Theirs", synonyms="theirs", **was)
    late = browser.post(url, version="1", name_en="Item", synonyms="mine", **was)
    page = " ".join(late.get_data(as_text=True).split())
    assert 'name="pick_name_en" value="theirs" data-side="Theirs" checked' in page
    assert 'name="pick_synonyms" value="mine" data-side="mine" checked' in page
