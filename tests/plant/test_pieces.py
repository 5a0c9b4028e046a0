"""The lists of the plant: found, paged, bounded; what uses a thing, and what keeps it."""

from flask import Flask
from sqlalchemy import select

from shopfloor.core.db import db, transaction
from shopfloor.core.subjects import Subject, create
from shopfloor.plant.changes import archive_piece
from shopfloor.plant.commands import add_place
from shopfloor.plant.models import PLACE, STATION, Place, PlaceKind, Station
from tests.browse import Browser, text_of
from tests.make import Factory
from tests.refusing import refused
from tests.statements import counted

LONG = {"en": "L" * 80, "zh": "长" * 80}


def fill(make: Factory, count: int) -> None:
    with transaction() as session:
        for n in range(count):
            place = create(session, PLACE, f"P-{n:04d}", make.site_id).id
            kind = PlaceKind.STORE
            session.add(Place(id=place, site_id=make.site_id, kind=kind, names=LONG))
            station = create(session, STATION, f"S-{n:04d}", make.site_id).id
            session.add(Station(id=station, line_id=make.line_id, names=LONG))


def test_the_plant_of_many_pieces_is_as_short_and_asks_as_little(
    one_app: Flask, one_make: Factory
) -> None:
    """Row X133."""
    browser = Browser(one_app).sign_in(one_make.administrator)
    browser.get("/plant")
    with counted() as few:
        browser.get("/plant")
    fill(one_make, 300)
    with counted() as many:
        page = browser.get("/plant")
    assert len(many) == len(few)
    shown = text_of(page)
    assert "273 more: show all" in shown, "300 and three stations, of which thirty are shown"
    assert len(page.data) < 200_000
    with counted() as listed:
        found = text_of(browser.get("/plant/all?kind=place&page=2"))
    assert "Page 2 of 7" in found
    assert len(listed) <= 6
    assert "P-0123" in text_of(browser.get("/plant/all?kind=place&q=p-0123"))
    assert "Saw" in text_of(browser.get("/plant/all?kind=station&q=SAW"))
    for kind in ("line", "shift", "nonsense"):
        assert browser.get(f"/plant/all?kind={kind}").status_code == 200


def test_what_is_still_needed_is_not_archived_and_its_page_says_by_what(make: Factory) -> None:
    make.order(5)
    with refused("in_use") as no:
        archive_piece(make.administrator.act(), subject_id=make.stations[0], archived=True)
    assert "Item" in str(no.value.sentence)
    shelf = add_place(make.administrator.act(), site_id=make.site_id, number="A", names=LONG)
    archive_piece(make.administrator.act(), subject_id=shelf.id, archived=True)


def test_the_page_of_a_station_names_what_uses_it(one_app: Flask, one_make: Factory) -> None:
    one_make.order(5)
    db.session.rollback()
    code = db.session.scalar(select(Subject.code).where(Subject.id == one_make.stations[0]))
    browser = Browser(one_app).sign_in(one_make.administrator)
    shown = text_of(browser.get(f"/plant/{code}"))
    assert "Items that are made here, by the newest routing" in shown
    assert "Open work orders that pass it" in shown
    no = browser.post(f"/plant/{code}/archive", page=f"/plant/{code}", archived="1")
    assert no.status_code == 409
    assert "It is still in use." in text_of(no)
    assert "Add station" not in text_of(no), "the refused button is shown on its own page"
