"""Skills: added, changed, archived; who has them, through which day, and who shows it."""

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from shopfloor.catalogue.routings import Step, add_routing
from shopfloor.core.db import db
from shopfloor.core.editing import Overtaken
from shopfloor.core.events import EventChange
from shopfloor.core.subjects import Subject
from shopfloor.people.able import without
from shopfloor.people.models import Skill
from shopfloor.people.setup import founder
from shopfloor.people.skills import (
    add_skill,
    archive_skill,
    change_skill,
    give_skill,
    take_skill,
)
from shopfloor.plant.commands import add_site
from tests.browse import Browser, text_of
from tests.make import Factory, new_id
from tests.refusing import refused
from tests.statements import counted

DAY = date(2026, 11, 30)


def welding(make: Factory, number: str = "W1") -> int:
    names = {"en": "Welding", "zh": "焊接"}
    return add_skill(make.administrator.act(), number=number, names=names).id


def give(make: Factory, skill: int, last_day: date | None = None, **who: Any) -> None:
    person = who.get("person", make.operator.id)
    act = make.administrator.act()
    give_skill(act, person_id=person, skill_id=skill, last_day=last_day)


def test_a_skill_is_had_through_its_last_day_and_no_longer(make: Factory) -> None:
    skill, person = welding(make), make.operator.id
    with counted() as statements:
        assert without(db.session(), skill, [person], DAY)
    assert len(statements) == 1
    give(make, skill, DAY)
    assert not without(db.session(), skill, [person], DAY)
    assert without(db.session(), skill, [person], DAY + timedelta(days=1))
    give(make, skill)
    assert not without(db.session(), skill, [person], date(2199, 1, 1))
    take_skill(make.administrator.act(), person_id=person, skill_id=skill)
    assert without(db.session(), skill, [person], DAY)
    with refused("no_skill"):
        take_skill(make.administrator.act(), person_id=person, skill_id=skill)


def test_giving_renewing_and_taking_are_told_with_both_sides(make: Factory) -> None:
    skill = welding(make)
    give(make, skill, DAY)
    give(make, skill)
    take_skill(make.administrator.act(), person_id=make.operator.id, skill_id=skill)
    told = db.session.execute(
        select(EventChange.before, EventChange.after)
        .where(EventChange.field == "skill W1")
        .order_by(EventChange.id)
    )
    assert [tuple(row) for row in told] == [
        (None, "2026-11-30"), ("2026-11-30", "always"), ("always", None),
    ]  # fmt: skip


def test_a_late_change_of_a_skill_is_shown_both_sides(make: Factory) -> None:
    """Torture 10."""
    skill, admin = welding(make), make.administrator
    change_skill(admin.act(), skill_id=skill, version=1, names={"en": "Theirs"})
    with pytest.raises(Overtaken) as late:
        change_skill(admin.act(), skill_id=skill, version=1, names={"en": "Mine"})
    assert late.value.now == {"name_en": "Theirs"}
    db.session.rollback()
    db.session.expire_all()
    assert db.session.get_one(Skill, skill).names == {"en": "Theirs"}


def test_a_skill_that_operations_ask_for_is_not_archived_and_an_archived_one_not_given(
    make: Factory,
) -> None:
    skill, admin = welding(make), make.administrator
    item = make.item()
    step = Step(10, {"en": "Weld"}, make.stations[0], skill_id=skill)
    add_routing(make.planner.act(), item_id=item, steps=(step,))
    with refused("in_use"):
        archive_skill(admin.act(), skill_id=skill, archived=True)
    free = welding(make, "W2")
    archive_skill(admin.act(), skill_id=free, archived=True)
    with refused("no_skill", 422, "skill"):
        give(make, free)
    archive_skill(admin.act(), skill_id=free, archived=False)
    give(make, free)


def test_who_administers_another_site_gives_nothing_here(make: Factory) -> None:
    skill = welding(make)
    site = add_site(founder(new_id()), number="F2", names={"en": "2"}, zone="UTC", currency="EUR")
    far = make.person("administrator", "far", scope_id=site.id)
    with refused("not_found", 404):
        give_skill(far.act(), person_id=make.operator.id, skill_id=skill)
    with refused("no_right", 403):
        give_skill(make.planner.act(), person_id=make.operator.id, skill_id=skill)
    with refused("no_right", 403):
        add_skill(make.planner.act(), number="X", names={"en": "X"})


def test_the_pages_give_take_and_show_what_has_expired_in_words(
    one_app: Flask, one_make: Factory
) -> None:
    """Row W44: on the skill's page, on the person's, and in the matrix."""
    browser = Browser(one_app).sign_in(one_make.administrator)
    assert "No skills yet" in text_of(browser.get("/skills"))
    made = browser.post("/skills/new", number="W1", name_en="Welding", name_zh="焊接")
    assert made.status_code == 303
    url = made.location
    past = (one_make.today() - timedelta(days=3)).isoformat()
    given = browser.post(f"{url}/given", page=url, person="Operator", last_day=past, form="give")
    assert given.status_code == 303
    nobody = browser.post(f"{url}/given", page=url, person="Nobody", form="give")
    assert nobody.status_code == 422
    assert 'value="Nobody"' in nobody.get_data(as_text=True)
    code = db.session.get_one(Subject, one_make.operator.id).code
    for address in (url, "/skills/matrix", f"/people/{code}", f"/people/{code}/skills"):
        assert "expired" in text_of(browser.get(address)), address
    skill = db.session.scalar(select(Skill.id))
    own = f"/people/{code}/skills"
    assert browser.post(own, skill=str(skill), last_day="", form="give").status_code == 303
    assert "for good" in text_of(browser.get("/skills/matrix"))
    assert browser.post(own, skill=str(skill), take="1").status_code == 303
    assert "No skill yet" in text_of(browser.get(own))
    assert Browser(one_app).sign_in(one_make.planner).get("/skills").status_code == 403


def test_the_matrix_asks_no_more_for_more_people(one_app: Flask, one_make: Factory) -> None:
    """Row X133."""
    browser = Browser(one_app).sign_in(one_make.administrator)
    give(one_make, welding(one_make))
    browser.get("/skills/matrix")
    with counted() as few:
        browser.get("/skills/matrix")
    for n in range(50):
        person = one_make.person("operator", f"worker{n}")
        if n < 3:
            give(one_make, welding(one_make, f"X{n}"), person=person.id)
    with counted() as many:
        shown = text_of(browser.get("/skills/matrix"))
    assert len(few) <= len(many) <= 8
    assert "Page 1 of 2" in shown
    assert "Worker7" in text_of(browser.get("/skills/matrix?q=WORKER7"))
