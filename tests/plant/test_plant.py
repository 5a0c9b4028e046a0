"""Lines, stations, places and shifts: added, renamed, archived, and on their page."""

import pytest
from flask import Flask
from sqlalchemy import select

from shopfloor.core.db import db
from shopfloor.core.editing import Overtaken
from shopfloor.core.subjects import Subject
from shopfloor.people.setup import founder
from shopfloor.plant.changes import archive_piece, change_shift, rename_piece
from shopfloor.plant.commands import add_line, add_place, add_shift, add_site, add_station
from shopfloor.plant.models import Place, Shift, Station
from tests.browse import Browser, text_of
from tests.make import Factory, new_id
from tests.refusing import refused
from tests.statements import counted


@pytest.fixture
def browser(app: Flask, make: Factory) -> Browser:
    return Browser(app).sign_in(make.administrator)


def code_of(subject_id: int) -> str:
    db.session.rollback()
    return db.session.get_one(Subject, subject_id).code


def test_a_late_change_of_a_stations_name_is_shown_both_sides(make: Factory) -> None:
    """Torture 10."""
    change = {"subject_id": make.stations[0], "version": 1}
    rename_piece(make.administrator.act(), names={"en": "Band saw", "zh": "带锯"}, **change)
    with pytest.raises(Overtaken) as late:
        rename_piece(make.administrator.act(), names={"en": "Mine"}, **change)
    assert late.value.now == {"name_en": "Band saw", "name_zh": "带锯"}
    with refused("no_right", 403):
        rename_piece(make.planner.act(), names={"en": "Mine"}, **change)
    with refused("not_found", 404):
        rename_piece(
            make.administrator.act(), subject_id=make.planner.id, version=1, names={"en": "x"}
        )


def test_what_the_site_needs_stays_in_use(make: Factory) -> None:
    scrap = db.session.scalars(select(Place.id)).first()
    for subject in (make.site_id, scrap):
        assert subject
        with refused("always_in_use"):
            archive_piece(make.administrator.act(), subject_id=subject, archived=True)
    with refused("in_use"):
        archive_piece(make.administrator.act(), subject_id=make.line_id, archived=True)
    for station in make.stations:
        archive_piece(make.administrator.act(), subject_id=station, archived=True)
    archive_piece(make.administrator.act(), subject_id=make.line_id, archived=True)
    with refused("not_in_use", field="line"):
        add_station(make.administrator.act(), line_id=make.line_id, number="S9", names={"en": "x"})
    with refused("not_found", 404):
        add_station(make.administrator.act(), line_id=make.site_id, number="S9", names={"en": "x"})


def test_pieces_of_the_plant_are_added_where_one_has_the_right(make: Factory) -> None:
    two = add_site(founder(new_id()), number="F2", names={"en": "2"}, zone="UTC", currency="EUR")
    chief = make.person("administrator", "chief", scope_id=make.site_id)
    add_line(chief.act(), site_id=make.site_id, number="L9", names={"en": "Nine"})
    add_place(chief.act(), site_id=make.site_id, number="A-1", names={"en": "Shelf"})
    with refused("not_found", 404):
        add_line(chief.act(), site_id=two.id, number="L8", names={"en": "Eight"})
    with refused("bad_shift", 422):
        add_shift(
            chief.act(), site_id=make.site_id, number="n", names={"en": "n"},
            starts_minute=60, ends_minute=60,
        )  # fmt: skip


def test_the_page_shows_the_whole_plant_and_adds_to_it(browser: Browser, make: Factory) -> None:
    shown = text_of(browser.get("/plant"))
    for word in ("Works", "Line 1", "Saw", "night", "20:00–08:00", "Scrap"):
        assert word in shown
    site, line = str(make.site_id), str(make.line_id)
    new = {"number": "N1", "name_en": "New", "name_zh": "新" * 80}
    assert browser.post("/plant/lines", site=site, **new).status_code == 303
    assert browser.post("/plant/stations", line=line, **new).status_code == 303
    assert browser.post("/plant/places", site=site, **new).status_code == 303
    shift = browser.post("/plant/shifts", site=site, starts="22:30", ends="06:00", **new)
    assert shift.status_code == 303
    assert "22:30–06:00" in text_of(browser.get("/plant"))
    row = db.session.scalars(select(Shift).where(Shift.starts_minute == 1350)).one()
    assert row.ends_minute == 360


def test_a_refused_form_opens_again_with_what_was_typed(browser: Browser, make: Factory) -> None:
    """Row U23."""
    form, line = f"station-{make.line_id}", str(make.line_id)
    answer = browser.post("/plant/stations", form=form, line=line, number="S1", name_en="Drill")
    assert answer.status_code == 409
    page = answer.get_data(as_text=True)
    assert page.count('value="Drill"') == 1
    assert '<details class="folded" open>' in page
    site = str(make.site_id)
    for starts in ("25:00", "", "8", "۸:۰۰"):
        wrong = browser.post(
            "/plant/shifts", site=site, starts=starts, ends="06:00", number="x", name_en="x"
        )
        assert wrong.status_code == 422


def test_a_station_is_renamed_and_archived_on_its_page(browser: Browser, make: Factory) -> None:
    url = f"/plant/{code_of(make.stations[0])}"
    assert browser.post(url, version="1", name_en="Band saw").status_code == 303
    late = browser.post(url, version="1", name_en="Mine")
    assert late.status_code == 409
    assert "Band saw" in text_of(late)
    assert browser.post(f"{url}/archive", page=url, archived="1").status_code == 303
    assert "Archived" in text_of(browser.get("/plant"))
    assert browser.get(f"/plant/{code_of(make.planner.id)}").status_code == 404
    assert db.session.get_one(Station, make.stations[0]).names == {"en": "Band saw"}


def test_only_whoever_edits_the_plant_sees_its_page(one_app: Flask, one_make: Factory) -> None:
    two = add_site(
        founder(new_id()), number="F2", names={"en": "Second"}, zone="UTC", currency="EUR"
    )
    assert Browser(one_app).sign_in(one_make.planner).get("/plant").status_code == 403
    chief = one_make.person("administrator", "chief", scope_id=one_make.site_id)
    browser = Browser(one_app).sign_in(chief)
    assert "Second" not in text_of(browser.get("/plant"))
    assert browser.get(f"/plant/{code_of(two.id)}").status_code == 404
    forged = browser.post("/plant/lines", site=str(two.id), number="L9", name_en="x")
    assert forged.status_code == 404


def test_the_page_needs_the_same_statements_however_large_the_plant(
    one_app: Flask, one_make: Factory
) -> None:
    browser = Browser(one_app).sign_in(one_make.administrator)
    with counted() as few:
        browser.get("/plant")
    for n in range(5):
        line = add_line(
            one_make.administrator.act(), site_id=one_make.site_id, number=f"x{n}",
            names={"en": "x"},
        )  # fmt: skip
        add_station(
            one_make.administrator.act(), line_id=line.id, number=f"y{n}", names={"en": "y"}
        )
    with counted() as many:
        browser.get("/plant")
    assert len(few) == len(many) <= 8


def shift_of(make: Factory) -> int:
    return db.session.scalars(select(Shift.id).order_by(Shift.id)).first() or 0


def test_a_shift_gets_other_hours_and_a_leader(make: Factory) -> None:
    """Torture 10."""
    shift, admin = shift_of(make), make.administrator
    hours = {"starts_minute": 420, "ends_minute": 1140}
    change = {"shift_id": shift, "version": 1, **hours}
    change_shift(admin.act(), names={"en": "Early"}, leader_id=make.supervisor.id, **change)
    db.session.rollback()
    row = db.session.get_one(Shift, shift)
    assert (row.starts_minute, row.ends_minute, row.leader_id) == (420, 1140, make.supervisor.id)
    with pytest.raises(Overtaken) as late:
        change_shift(admin.act(), names={"en": "Mine"}, **change)
    assert late.value.now == {
        "name_en": "Early", "starts": "07:00", "ends": "19:00", "leader": str(make.supervisor.id),
    }  # fmt: skip
    change["version"] = 2
    for nobody in (make.site_id, 10**17):
        with refused("bad_leader", 422, "leader"):
            change_shift(admin.act(), names={"en": "x"}, leader_id=nobody, **change)
    with refused("bad_shift", 422):
        change_shift(admin.act(), names={"en": "x"}, **{**change, "ends_minute": 420})
    with refused("not_found", 404):
        change_shift(admin.act(), names={"en": "x"}, **{**change, "shift_id": make.line_id})
    with refused("no_right", 403):
        change_shift(make.planner.act(), names={"en": "x"}, **change)


def test_the_page_of_a_shift_changes_it_and_shows_a_late_save(
    browser: Browser, make: Factory
) -> None:
    url = f"/plant/{code_of(shift_of(make))}"
    assert 'value="08:00"' in browser.get(url).get_data(as_text=True)
    fields = {"name_en": "Early", "name_zh": "早班", "starts": "06:30", "ends": "15:00"}
    saved = browser.post(url, version="1", leader=str(make.supervisor.id), **fields)
    assert saved.status_code == 303, text_of(saved)
    shown = text_of(browser.get("/plant"))
    assert "06:30–15:00" in shown
    assert "Supervisor" in shown
    late = browser.post(url, version="1", leader="", **{**fields, "starts": "05:00"})
    assert late.status_code == 409
    assert "06:30" in text_of(late)
    assert 'value="05:00"' in late.get_data(as_text=True)


def test_a_second_site_is_added_with_its_clock_and_its_money(
    browser: Browser, make: Factory
) -> None:
    new = {"number": "F2", "name_en": "Works Two", "name_zh": "二厂"}
    more = {"zone": "Europe/Berlin", "currency": "EUR", "language": "en"}
    for wrong in ({"zone": "Moon"}, {"currency": "E"}, {"language": "xx"}):
        assert browser.post("/plant/sites", **{**new, **more, **wrong}).status_code == 422
    assert browser.post("/plant/sites", **new, **more).status_code == 303
    shown = text_of(browser.get("/plant"))
    assert "F2 · Europe/Berlin · EUR" in shown
    chief = make.person("administrator", "chief", scope_id=make.site_id)
    local = Browser(browser.client.application).sign_in(chief)
    assert "New site" not in text_of(local.get("/plant"))
    assert local.post("/plant/sites", **new, **more).status_code == 404
