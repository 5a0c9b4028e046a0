"""Every page of a record leads to its history."""

import pytest
from flask import Flask
from sqlalchemy import select

from shopfloor.core.db import db
from shopfloor.core.subjects import KINDS, Subject
from shopfloor.people.commands import add_crew
from shopfloor.production.models import Operation
from tests.browse import Browser
from tests.make import Factory

PAGES = {
    "work_order": "/orders/{code}",
    "lot": "/lots/{code}",
    "item": "/items/{code}",
    "station": "/stations/{code}",
    "person": "/people/{code}",
    "crew": "/crews/{code}",
    "reason": "/reasons/{code}",
    "site": "/plant/{code}",
    "line": "/plant/{code}",
    "place": "/plant/{code}",
    "shift": "/plant/{code}",
}


@pytest.mark.parametrize("kind", sorted(PAGES))
def test_the_page_of_a_record_leads_to_its_history(
    one_app: Flask, one_make: Factory, kind: str
) -> None:
    admin = one_make.administrator
    one_make.order(5)
    add_crew(admin.act(), site_id=one_make.site_id, number="A", names={"en": "A"})
    db.session.rollback()
    code = db.session.scalars(select(Subject.code).where(Subject.kind == kind)).first() or ""
    browser = Browser(one_app).sign_in(admin)
    page = browser.get(PAGES[kind].format(code=code), follow_redirects=True)
    assert f'href="/history/{code}"' in page.get_data(as_text=True)
    assert browser.get(f"/history/{code}").status_code == 200


def test_a_record_of_any_kind_has_a_history(one_app: Flask, one_make: Factory) -> None:
    one_make.order(5)
    browser = Browser(one_app).sign_in(one_make.administrator)
    seen = set()
    for kind, code in db.session.execute(select(Subject.kind, Subject.code)).all():
        if kind not in seen:
            seen.add(kind)
            assert browser.get(f"/history/{code}").status_code == 200, kind
    assert {"operation", "bom", "routing"} <= seen <= KINDS.keys()
    assert db.session.scalar(select(Operation.id).limit(1))
