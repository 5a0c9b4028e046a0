"""Following the event stream."""

from decimal import Decimal

from flask import Flask

from shopfloor.core.db import db
from shopfloor.people.setup import founder
from shopfloor.plant.commands import add_site
from shopfloor.production.commands.reports import report_quantities
from tests.api.program import Program
from tests.make import Factory, new_id
from tests.statements import counted


def test_a_report_is_told_with_who_what_and_where(app: Flask, make: Factory) -> None:
    order = make.order(100)
    booked = report_quantities(
        make.operator.act(), lot=order.lot.code, operation=10, good=Decimal(60)
    )
    program = Program(app, make.quality)
    assert program.get(f"/events?after={booked.event_id - 1}").status_code == 200
    event = program.heard["entries"][0]
    assert (event["id"], event["kind"]) == (booked.event_id, "work.reported")
    assert event["actor"]["number"] == "operator"
    assert (event["site"]["number"], event["station"]["number"]) == ("F1", "S1")
    assert event["payload"]["good"] == "60"
    subjects = {(subject["kind"], subject["code"]) for subject in event["subjects"]}
    assert {("lot", order.lot.code), ("work_order", order.order.code)} <= subjects


def test_the_stream_is_read_on_from_the_last_one_heard(app: Flask, make: Factory) -> None:
    make.order()
    program = Program(app, make.quality)
    program.get("/events?limit=200")
    everything = [event["id"] for event in program.heard["entries"]]
    heard: list[int] = []
    after, more = 0, True
    while more:
        program.get(f"/events?limit=7&after={after}")
        heard += [event["id"] for event in program.heard["entries"]]
        after, more = program.heard["next"], program.heard["more"]
    assert heard == everything == sorted(everything)
    program.get(f"/events?after={after}")
    assert program.heard == {"entries": [], "next": after, "more": False}


def test_a_change_tells_before_and_after(app: Flask, make: Factory) -> None:
    order = make.order()
    program = Program(app, make.quality)
    program.get("/events?limit=200")
    released = next(e for e in program.heard["entries"] if e["kind"] == "order.released")
    state = next(change for change in released["changes"] if change["field"] == "state")
    assert (state["before"], state["after"]) == ("planned", "released")
    assert state["subject_id"] == order.order.id


def test_only_events_of_the_own_scope_are_told(app: Flask, make: Factory) -> None:
    """Torture 60."""
    make.order()
    assert Program(app, make.operator).get("/events").status_code == 403
    site = add_site(
        founder(new_id()), number="F2", names={"en": "Far"}, zone="Asia/Shanghai", currency="CNY"
    )
    stranger = Program(app, make.person("quality", "stranger", scope_id=site.id))
    stranger.get("/events?limit=200")
    assert {event["site"]["number"] for event in stranger.heard["entries"]} == {"F2"}


def test_statements_do_not_grow(one_app: Flask, one_make: Factory) -> None:
    program = Program(one_app, one_make.quality)
    for limit in (2, 40):
        db.session.rollback()
        with counted() as sent:
            program.get(f"/events?limit={limit}")
        assert len(sent) == 5, sent
