"""Whoever has no right to do something reads who has it, whoever he is himself."""

import pytest
from flask import Flask
from flask_babel import force_locale
from sqlalchemy import delete

from shopfloor.core.db import db, transaction
from shopfloor.core.refusals import NotYours
from shopfloor.core.rights import Rights, lacking
from shopfloor.people.models import RoleVerb
from tests.api.program import Program
from tests.browse import Browser, text_of
from tests.make import Factory
from tests.statements import counted


def test_the_no_names_the_roles_in_their_order_and_asks_only_when_it_is_shown(
    make: Factory,
) -> None:
    with counted() as sent:
        no = lacking("inspection.record")
    assert not sent
    with counted() as sent:
        assert str(no.hint) == "This is for: Inspector, Quality head. Ask one of them."
        with force_locale("zh_Hans_CN"):
            assert "质检员、" in str(no.hint)
    assert len(sent) == 1

    with transaction() as session:
        session.execute(delete(RoleVerb).where(RoleVerb.verb == "rate.edit"))
        session.add(RoleVerb(role="setter", verb="rate.edit"))
        session.add(RoleVerb(role="planner", verb="rate.edit"))
    db.session.rollback()
    with pytest.raises(NotYours) as refused:
        Rights().require("rate.edit")
    assert str(refused.value.hint) == "This is for: Planner, setter. Ask one of them."
    assert "No role has this right yet" in str(lacking("never.given").hint)


def test_a_supervisor_is_not_sent_to_the_supervisor(one_app: Flask, one_make: Factory) -> None:
    supervisor = Browser(one_app).sign_in(one_make.supervisor)
    answer = supervisor.get("/gauges/new")
    assert answer.status_code == 403
    assert "Ask one of them." in text_of(answer)
    assert "Ask your supervisor" not in text_of(answer)

    heard = Program(one_app, one_make.operator)
    told = heard.post("/items", {"number": "X", "names": {"en": "X"}})
    assert told.status_code == 403, told.get_json()
    assert "This is for: Planner, Administrator." in told.get_data(as_text=True)
