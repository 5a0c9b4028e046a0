"""Crews: listed, added, renamed, led, joined and left."""

import pytest
from flask import Flask
from sqlalchemy import select

from shopfloor.core.db import db
from shopfloor.core.editing import Overtaken
from shopfloor.core.events import Event
from shopfloor.core.subjects import Subject
from shopfloor.people.commands import add_crew, join_crew
from shopfloor.people.crews import archive_crew, change_crew
from shopfloor.people.models import Crew, Person
from shopfloor.people.setup import founder
from shopfloor.plant.commands import add_site
from tests.browse import Browser, text_of
from tests.make import Factory, new_id
from tests.refusing import refused


def crew_of(make: Factory) -> int:
    admin = make.administrator
    made = add_crew(admin.act(), site_id=make.site_id, number="A", names={"en": "Crew A"})
    join_crew(admin.act(), person_id=make.operator.id, crew_id=made.id)
    return made.id


def stored(crew_id: int) -> Crew:
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(Crew, crew_id)


def test_a_late_change_of_a_crew_is_shown_both_sides(make: Factory) -> None:
    """Torture 10."""
    crew, admin = crew_of(make), make.administrator
    change_crew(
        admin.act(), crew_id=crew, version=1, names={"en": "Early"}, leader_id=make.operator.id
    )
    assert stored(crew).leader_id == make.operator.id
    with pytest.raises(Overtaken) as late:
        change_crew(admin.act(), crew_id=crew, version=1, names={"en": "Mine"})
    assert late.value.now == {"name_en": "Early", "leader": str(make.operator.id)}
    assert stored(crew).names == {"en": "Early"}


def test_a_crew_is_led_by_one_of_its_people(make: Factory) -> None:
    crew, admin = crew_of(make), make.administrator
    for stranger in (make.inspector.id, make.site_id, 10**17):
        with refused("bad_leader", 422, "leader"):
            change_crew(admin.act(), crew_id=crew, version=1, names={"en": "A"}, leader_id=stranger)
    with refused("not_found", 404):
        change_crew(admin.act(), crew_id=make.site_id, version=1, names={"en": "A"})
    with refused("no_right", 403):
        change_crew(make.operator.act(), crew_id=crew, version=1, names={"en": "A"})
    site = add_site(founder(new_id()), number="F2", names={"en": "2"}, zone="UTC", currency="EUR")
    far = make.person("administrator", "far", scope_id=site.id)
    with refused("not_found", 404):
        change_crew(far.act(), crew_id=crew, version=1, names={"en": "A"})


def test_whoever_leaves_a_crew_leads_it_no_more(make: Factory) -> None:
    crew, admin = crew_of(make), make.administrator
    join_crew(admin.act(), person_id=make.operator.id, crew_id=crew, leads=True)
    other = add_crew(admin.act(), site_id=make.site_id, number="B", names={"en": "B"}).id
    join_crew(admin.act(), person_id=make.operator.id, crew_id=other)
    assert stored(crew).leader_id is None
    join_crew(admin.act(), person_id=make.inspector.id, crew_id=crew, leads=True)
    join_crew(admin.act(), person_id=make.planner.id, crew_id=crew)
    assert stored(crew).leader_id == make.inspector.id
    join_crew(admin.act(), person_id=make.inspector.id, crew_id=None)
    assert stored(crew).leader_id is None


def test_a_crew_is_archived_when_nobody_is_in_it_and_taken_back(make: Factory) -> None:
    crew, admin = crew_of(make), make.administrator
    with refused("in_use", 409):
        archive_crew(admin.act(), crew_id=crew, archived=True)
    join_crew(admin.act(), person_id=make.operator.id, crew_id=None)
    with refused("no_right", 403):
        archive_crew(make.operator.act(), crew_id=crew, archived=True)
    for archived, kind in ((True, "people.crew_archived"), (False, "people.crew_restored")):
        archive_crew(admin.act(), crew_id=crew, archived=archived)
        db.session.rollback()
        db.session.expire_all()
        assert bool(db.session.get_one(Subject, crew).archived_at) is archived
        event = db.session.scalars(select(Event).order_by(Event.id.desc())).first()
        assert event
        assert (event.kind, event.actor_id) == (kind, admin.id)
        if archived:
            with refused("not_in_use", field="crew"):
                join_crew(admin.act(), person_id=make.operator.id, crew_id=crew)


def test_the_pages_list_add_and_change_crews(one_app: Flask, one_make: Factory) -> None:
    browser = Browser(one_app).sign_in(one_make.administrator)
    assert "There is no crew yet." in text_of(browser.get("/crews"))
    added = browser.post("/crews/new", number="N", name_en="Night crew", name_zh="夜班组")
    assert added.status_code == 303
    url = added.location
    assert "Nobody has joined yet." in text_of(browser.get(url))
    for person in (one_make.operator.id, one_make.inspector.id):
        joined = browser.post(f"{url}/joined", page=url, form="join", person=person)
        assert joined.status_code == 303
    saved = browser.post(
        url, version=1, name_en="Night", name_zh="夜班", leader=one_make.operator.id
    )
    assert saved.status_code == 303, text_of(saved)
    shown = text_of(browser.get("/crews"))
    for word in ("Night", "Operator", "2", "Works"):
        assert word in shown
    late = browser.post(url, version=1, name_en="Late", name_zh="", leader="")
    assert late.status_code == 409
    assert "Saved meanwhile" in text_of(late)
    assert browser.post(f"{url}/left", page=url, person=one_make.operator.id).status_code == 303
    db.session.rollback()
    assert db.session.get_one(Person, one_make.operator.id).crew_id is None
    assert browser.get("/crews/G00000000").status_code == 404
