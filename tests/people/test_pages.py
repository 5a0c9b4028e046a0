"""The pages about people and their credentials."""

import re

import pytest
from flask import Flask
from sqlalchemy import func, select

from shopfloor.core.db import db
from shopfloor.core.subjects import Subject
from shopfloor.people.commands import add_person
from shopfloor.people.models import ApiToken, Badge, Grant
from shopfloor.people.secrets import digest, read_badge
from shopfloor.people.setup import founder
from shopfloor.plant.commands import add_site
from tests.browse import Browser, text_of
from tests.make import Factory, Worker, new_id
from tests.statements import counted


@pytest.fixture
def browser(app: Flask, make: Factory) -> Browser:
    return Browser(app).sign_in(make.administrator)


@pytest.fixture
def admin(one_app: Flask, one_make: Factory) -> Browser:
    return Browser(one_app).sign_in(one_make.administrator)


def page_of(worker: Worker) -> str:
    db.session.rollback()
    return f"/people/{db.session.get_one(Subject, worker.id).code}"


def test_a_person_is_added_and_gets_a_role_a_crew_and_a_badge(
    browser: Browser, make: Factory
) -> None:
    """Torture 59: the code is shown once, and only its hash is kept."""
    answer = browser.post(
        "/people/new", name="Li Wei 李伟", login="liwei", language="zh", pin="3690"
    )
    assert answer.status_code == 303
    url = answer.location
    assert "No role yet" in text_of(browser.get(url))
    given = browser.post(f"{url}/roles", role="operator", scope=str(make.line_id))
    assert given.status_code == 303
    assert "Line Line 1" in text_of(browser.get(url))
    crew = browser.post("/crews/new", number="A", name_en="Crew A", name_zh="甲班")
    assert crew.status_code == 303
    badge = browser.post(f"{url}/badge")
    page = badge.get_data(as_text=True)
    found = re.search(r"ZZ[0-9A-Z]{20}", page)
    assert found
    assert read_badge(found[0])
    assert '<svg viewBox="0 0 ' in page
    assert "style=" not in page
    assert badge.headers["Cache-Control"] == "no-store"
    kept = db.session.scalar(select(Badge).where(Badge.code_hash == digest(found[0])))
    assert kept
    assert found[0] not in browser.get(url).get_data(as_text=True)


def test_a_double_tap_shows_the_same_badge_and_another_browser_none(
    browser: Browser, app: Flask, make: Factory
) -> None:
    """Torture 3: without JavaScript the second answer is the one that is seen."""
    url = page_of(make.operator)
    pages = [
        browser.post(f"{url}/badge", action_id="the-same-tap").get_data(as_text=True)
        for _ in range(2)
    ]
    codes = {re.findall(r"ZZ[0-9A-Z]{20}", page)[0] for page in pages}
    assert len(codes) == 1
    alive = select(func.count()).where(
        Badge.person_id == make.operator.id, Badge.revoked_at.is_(None)
    )
    assert db.session.scalar(alive) == 1
    thief = Browser(app).sign_in(make.administrator)
    other = thief.post(f"{url}/badge", action_id="the-same-tap")
    assert other.status_code == 409
    assert not re.search(r"ZZ[0-9A-Z]{20}", other.get_data(as_text=True))


def test_a_token_is_shown_once_and_works(browser: Browser, make: Factory) -> None:
    url = page_of(make.planner)
    shown = browser.post(f"{url}/tokens", name="ERP", verbs=["order.plan", "work.view"])
    found = re.search(r'class="secret">([\w-]{43})<', shown.get_data(as_text=True))
    assert found
    db.session.rollback()
    row = db.session.scalars(select(ApiToken).where(ApiToken.name == "ERP")).one()
    assert row.token_hash == digest(found[1])
    assert found[1] not in browser.get(url).get_data(as_text=True)
    nothing = browser.post(f"{url}/tokens", form="token", name="Shop <i>")
    assert nothing.status_code == 422
    assert "Shop &lt;i&gt;" in nothing.get_data(as_text=True)
    ended = browser.post(f"{url}/tokens/revoked", page=url, token=row.id)
    assert ended.status_code == 303
    assert ">ERP<" not in browser.get(url).get_data(as_text=True)


def test_proofs_are_set_and_never_shown(admin: Browser, one_make: Factory) -> None:
    url = page_of(one_make.operator)
    weak = admin.post(f"{url}/proofs", pin="1234", password="")
    assert weak.status_code == 422
    assert 'value="1234"' not in weak.get_data(as_text=True)
    differ = admin.post(f"{url}/proofs", password="three words here", password_again="x")
    assert differ.status_code == 422
    assert admin.post(f"{url}/proofs", pin="3690").status_code == 303
    assert "3690" not in admin.get(url).get_data(as_text=True)


def test_a_refused_form_opens_again_with_what_was_typed(admin: Browser, one_make: Factory) -> None:
    """Row U23 and torture 10."""
    taken = admin.post("/people/new", name="Somebody", login="operator", language="en")
    assert taken.status_code == 409
    assert 'value="Somebody"' in taken.get_data(as_text=True)
    url = page_of(one_make.operator)
    saved = {"form": "person", "version": "1", "language": "en"}
    assert admin.post(url, name="Theirs", **saved).status_code == 303
    late = admin.post(url, name="Mine", **saved)
    assert late.status_code == 409
    page = late.get_data(as_text=True)
    assert 'value="Mine"' in page
    assert "Theirs" in page
    has = admin.post(f"{url}/roles", form="role", role="operator", scope="everywhere")
    assert has.status_code == 409
    assert "has this role there already" in text_of(has)


def test_fields_that_are_not_of_the_form_change_nothing(admin: Browser, one_make: Factory) -> None:
    """Torture 65."""
    before = db.session.scalar(select(func.count()).select_from(Grant))
    answer = admin.post(
        "/people/new", name="M", login="mallory", language="en", role="administrator", scope=""
    )
    assert answer.status_code == 303
    assert db.session.scalar(select(func.count()).select_from(Grant)) == before
    url = page_of(one_make.operator)
    assert admin.post(f"{url}/roles", role="administrator", scope="").status_code == 422
    assert admin.post(f"{url}/roles", role="root", scope="everywhere").status_code == 422
    twice = admin.post(f"{url}/roles", role=["operator", "administrator"], scope="everywhere")
    assert twice.status_code == 422


def test_people_of_another_site_are_not_there(one_app: Flask, one_make: Factory) -> None:
    """Torture 60."""
    two = add_site(founder(new_id()), number="F2", names={"en": "2"}, zone="UTC", currency="EUR")
    home, one_make.site_id = one_make.site_id, two.id
    stranger = one_make.person("operator", "berta")
    one_make.site_id = home
    chief = one_make.person("administrator", "chief", scope_id=home)
    browser = Browser(one_app).sign_in(chief)
    assert "Berta" not in text_of(browser.get("/people?q=berta"))
    url = page_of(stranger)
    for address, method in ((url, "GET"), (f"{url}/badge", "POST"), (f"{url}/roles", "POST")):
        sent = browser.get(address) if method == "GET" else browser.post(address, page="/people")
        assert sent.status_code == 404
    forged = browser.post("/people/new", name="X", login="x", language="en", site=str(two.id))
    assert forged.status_code == 404
    boss = browser.post(f"{page_of(one_make.administrator)}/badge")
    assert boss.status_code == 403


def test_without_the_right_there_are_no_people(one_app: Flask, one_make: Factory) -> None:
    browser = Browser(one_app).sign_in(one_make.planner)
    for address in ("/people", "/people/new", page_of(one_make.operator), "/devices", "/crews/new"):
        assert browser.get(address).status_code == 403


def test_the_list_is_cut_on_the_server(admin: Browser, one_make: Factory) -> None:
    """Row X133."""
    with counted() as few:
        admin.get("/people")
    for n in range(60):
        add_person(
            founder(new_id()), site_id=one_make.site_id, login=f"w{n}", name=f"Worker {n:02d} 王"
        )
    with counted() as many:
        first = text_of(admin.get("/people"))
    assert len(few) <= len(many) <= 6
    assert "Page 1 of 2" in first
    assert "Worker 59" in text_of(admin.get("/people?q=worker+59"))
    with counted() as one:
        admin.get(page_of(one_make.operator))
    assert len(one) <= 14


def test_whoever_has_left_is_shown_only_when_asked_for(admin: Browser, one_make: Factory) -> None:
    url = page_of(one_make.operator)
    assert admin.post(f"{url}/archive", archived="1").status_code == 303
    assert "Operator" not in text_of(admin.get("/people?q=operator")).split("Show")[-1]
    assert "Archived" in text_of(admin.get("/people?q=operator&archived=1"))
    assert admin.post(f"{url}/archive", archived="0").status_code == 303
    last = admin.post(f"{page_of(one_make.administrator)}/archive", archived="1")
    assert last.status_code == 409
    assert "Nobody would be left" in text_of(last)
