"""Who sees people ranked by name: nobody, until an administrator names the roles."""

import pytest
from flask import Flask
from sqlalchemy import select

from shopfloor.core.db import db
from shopfloor.core.refusals import Malformed, NotFound, NotYours
from shopfloor.people.comparing import COMPARE, allow_comparing
from shopfloor.people.models import RoleVerb
from tests.browse import Browser, text_of
from tests.make import Factory


def seeing() -> list[str]:
    db.session.rollback()
    return list(
        db.session.scalars(
            select(RoleVerb.role).where(RoleVerb.verb == COMPARE).order_by(RoleVerb.role)
        )
    )


def test_nobody_sees_rankings_until_an_administrator_names_a_role(make: Factory) -> None:
    assert seeing() == []
    allow_comparing(make.administrator.act(), roles=("supervisor", "planner"))
    assert seeing() == ["planner", "supervisor"]
    assert make.supervisor.act().rights.may(COMPARE)
    assert not make.administrator.act().rights.may(COMPARE)
    allow_comparing(make.administrator.act(), roles=())
    assert seeing() == []


def test_only_who_administers_all_sites_names_them(make: Factory) -> None:
    """Torture 60."""
    local = make.person("administrator", "local", scope_id=make.site_id)
    with pytest.raises(NotFound):
        allow_comparing(local.act(), roles=("supervisor",))
    with pytest.raises(NotYours):
        allow_comparing(make.planner.act(), roles=("planner",))
    with pytest.raises(Malformed):
        allow_comparing(make.administrator.act(), roles=("nobody",))
    assert seeing() == []


def test_the_page_keeps_what_was_ticked_and_the_event_tells_it(
    one_app: Flask, one_make: Factory
) -> None:
    browser = Browser(one_app).sign_in(one_make.administrator)
    assert browser.post("/people/comparing", roles="supervisor").status_code == 303
    page = browser.get("/people/comparing").get_data(as_text=True)
    assert page.count(" checked") == 1
    assert 'value="supervisor" checked' in page
    told = text_of(browser.get("/events?kind=people.comparing_set"))
    assert "Seen by Workshop supervisor" in told
