"""Pages on which a reason is asked for while none has been entered."""

from flask import Flask
from sqlalchemy import select, update

from shopfloor.core import clock
from shopfloor.core.db import db, transaction
from shopfloor.core.subjects import Subject
from shopfloor.holds.models import Hold
from shopfloor.quality.commands.inspections import record_inspection
from shopfloor.quality.models import Verdict
from tests.browse import Browser, text_of
from tests.make import Factory


def test_an_empty_list_of_reasons_says_who_adds_one(one_app: Flask, one_make: Factory) -> None:
    lot = one_make.lot()
    record_inspection(one_make.inspector.act(), lot=lot, operation=20, verdict=Verdict.FAIL)
    hold = db.session.scalars(select(Hold.id)).one()
    with transaction() as session:
        session.execute(
            update(Subject).where(Subject.kind == "reason").values(archived_at=clock.now())
        )
    supervisor = Browser(one_app).sign_in(one_make.supervisor)
    page = supervisor.get(f"/holds/{hold}/release")
    assert "an administrator adds one under Items › Reasons" in text_of(page)
    planner = Browser(one_app).sign_in(one_make.planner)
    assert 'href="/reasons"' in planner.get(f"/holds/{hold}/release").get_data(as_text=True)
    operator = Browser(one_app).sign_in(one_make.operator)
    free = one_make.lot()
    assert "No reason has been entered yet" in text_of(operator.get(f"/lots/{free}/10/report"))
