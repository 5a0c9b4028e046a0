"""Alerts on pages and for programs: the bell, the answers, the nudge, the waiting times."""

import re

from flask import Flask

from shopfloor.alerts.models import AlertRule
from shopfloor.core.db import db
from shopfloor.holds.commands import place_hold
from shopfloor.production import work
from tests.alerts.test_alerts import alerts, fail, lot_of
from tests.api.program import Program
from tests.browse import Browser, text_of
from tests.make import Factory, Worker
from tests.statements import counted


def as_(app: Flask, worker: Worker) -> Browser:
    return Browser(app).sign_in(worker)


def bell(page: str) -> str | None:
    found = re.search(r"data-bell.*?<b>(\d+)</b>", page, re.S)
    return found.group(1) if found else None


def test_the_bell_counts_for_those_who_hear_and_one_more_statement_is_all_it_costs(
    one_app: Flask, one_make: Factory
) -> None:
    """A120."""
    fail(one_make, lot_of(one_make))
    supervisor, operator = as_(one_app, one_make.supervisor), as_(one_app, one_make.operator)

    with counted() as sent:
        page = supervisor.get("/more").get_data(as_text=True)
    assert bell(page) == "1"
    assert len([each for each in sent if "FROM alert" in each]) == 1
    assert bell(operator.get("/more").get_data(as_text=True)) is None
    cards = supervisor.get("/alerts/now").get_data(as_text=True)
    assert 'data-total="1"' in cards
    assert "Inspection failed" in cards
    assert 'data-total="0"' in operator.get("/alerts/now").get_data(as_text=True)


def test_the_one_who_raised_it_and_the_one_who_waits_see_who_does_it(
    one_app: Flask, one_make: Factory
) -> None:
    """A121, Y2."""
    lot = lot_of(one_make)
    hold = fail(one_make, lot)
    operator, inspector = as_(one_app, one_make.operator), as_(one_app, one_make.inspector)
    supervisor = as_(one_app, one_make.supervisor)

    refused = operator.post(f"/lots/{lot}/10/start", page=f"/lots/{lot}", kind="production")
    assert f'action="/holds/{hold}/nudge"' in refused.get_data(as_text=True)
    assert operator.post(f"/holds/{hold}/nudge", page=f"/lots/{lot}").status_code == 303
    assert "Nobody has answered yet." in text_of(inspector.get("/"))
    (alert,) = alerts()
    assert "Waiting for it: 1" in text_of(supervisor.get("/alerts"))
    assert supervisor.post(f"/alerts/{alert.id}/take", page="/alerts").status_code == 303

    assert "Supervisor does it" in text_of(operator.get(f"/locked/{lot}"))
    assert "Supervisor does it" in text_of(inspector.get("/"))
    assert operator.post(f"/alerts/{alert.id}/take", page="/more").status_code == 404


def test_an_open_page_of_a_free_lot_is_told_nothing(one_app: Flask, one_make: Factory) -> None:
    lot = lot_of(one_make)
    operator = as_(one_app, one_make.operator)
    assert operator.get(f"/locked/{lot}").status_code == 204
    fail(one_make, lot)
    assert "Held" in text_of(operator.get(f"/locked/{lot}"))


def test_an_administrator_sets_how_long_a_kind_waits(one_app: Flask, one_make: Factory) -> None:
    browser = as_(one_app, one_make.administrator)
    assert "Minutes until the site hears" in text_of(browser.get("/alert-rules"))
    assert browser.post("/alert-rules", form="fail", near="2", site="x").status_code == 422
    assert browser.post("/alert-rules", form="fail", near="2", site="9").status_code == 303
    db.session.rollback()
    assert {rule.level: rule.minutes for rule in db.session.query(AlertRule)} == {0: 2, 1: 9}


def test_a_program_reads_acknowledges_and_takes(one_app: Flask, one_make: Factory) -> None:
    lot = lot_of(one_make)
    fail(one_make, lot)
    program = Program(one_app, one_make.supervisor)

    (told,) = program.get("/alerts").get_json()["entries"]
    assert (told["kind"], told["times"], told["acknowledged_by"]) == ("fail", 1, None)
    for answer in ("acknowledge", "take"):
        answered = program.post(f"/alerts/{told['id']}/{answer}", {})
        assert answered.status_code == 200, answered.get_json()
    (told,) = program.get("/alerts").get_json()["entries"]
    assert (told["acknowledged_by"], told["taken_by"]) == ("Supervisor", "Supervisor")
    nudged = program.post(f"/holds/{told['hold']}/nudge", {})
    assert nudged.get_json() == {"hold": told["hold"]}


def test_a_second_nudge_comes_back_to_the_card(one_app: Flask, one_make: Factory) -> None:
    lot = lot_of(one_make)
    hold = fail(one_make, lot)
    operator = as_(one_app, one_make.operator)
    nudge, back = f"/holds/{hold}/nudge", f"/lots/{lot}"
    assert operator.post(nudge, page=back, next=back).status_code == 303
    again = operator.post(nudge, page=back, next=back)
    assert again.status_code == 409
    for words in ("You have nudged a moment ago.", "Why can't I?", "Waiting for it: 1"):
        assert words in text_of(again), words
    assert f'class="button primary" href="{back}"' in again.get_data(as_text=True)
    # An item has no site: whoever works on one line nudges about its lock, and reads its card.
    item = work.load(db.session(), one_make.lot(5)).item.id
    reason = one_make.reasons["hold"]
    locked = place_hold(one_make.inspector.act(), subject_id=item, reason_id=reason)
    here = as_(one_app, one_make.person("operator", "here", scope_id=one_make.line_id))
    nudge = f"/holds/{locked.hold_id}/nudge"
    assert here.post(nudge, page=back, next=back).status_code == 303
    assert "Why can't I?" in text_of(here.post(nudge, page=back, next=back))
    assert here.get(nudge).status_code == 200


def test_the_forms_of_a_held_lot_say_why_and_ask_nothing(one_app: Flask, one_make: Factory) -> None:
    """Only whoever has begun work hears of what he may still report."""
    lot = lot_of(one_make)
    operator, supervisor = as_(one_app, one_make.operator), as_(one_app, one_make.supervisor)
    operator.post(f"/lots/{lot}/10/start", kind="production")
    fail(one_make, one_make.lot(10, inspect=(10,)), 10)
    for form in ("start", "split", "join", "lock-part"):
        assert supervisor.get(f"/lots/{lot}/10/{form}").status_code == 200, form
    place_hold(
        one_make.inspector.act(),
        subject_id=work.load(db.session(), lot).lot.id,
        reason_id=one_make.reasons["hold"],
    )
    for form in ("start", "split", "join", "lock-part"):
        page = supervisor.get(f"/lots/{lot}/10/{form}")
        assert page.status_code == 409, form
        assert "Why can't I?" in text_of(page)
        assert f'id="{form}"' not in page.get_data(as_text=True)
    begun = "What you began before the lock can be reported once"
    assert begun in text_of(operator.get(f"/locked/{lot}"))
    assert begun not in text_of(supervisor.get(f"/locked/{lot}"))
