"""Following the event stream."""

from decimal import Decimal

from flask import Flask
from sqlalchemy import select

from shopfloor.core.db import db
from shopfloor.core.subjects import Subject
from shopfloor.people.looks import Look, Looked
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


def test_events_of_one_kind_about_one_thing_by_one_person_between_two_instants(
    app: Flask, make: Factory
) -> None:
    order = make.order(100)
    booked = report_quantities(
        make.operator.act(), lot=order.lot.code, operation=10, good=Decimal(60)
    )
    program = Program(app, make.quality)

    def heard(asked: str) -> list[str]:
        assert program.get(f"/events?limit=200&{asked}").status_code == 200
        return [event["kind"] for event in program.heard["entries"]]

    assert heard(f"subject={order.order.code}") == [
        "order.created",
        "order.released",
        "work.reported",
    ]
    assert heard(f"subject={order.order.number}&kind=order.released") == ["order.released"]
    assert heard("person=operator&kind=work.reported") == ["work.reported"]
    assert "people.role_given" in heard("person=operator")
    assert heard("until=2020-01-01T00:00:00Z") == []
    assert heard(f"since=2020-01-01T00:00:00Z&after={booked.event_id - 1}")[0] == "work.reported"
    assert program.get("/events?since=yesterday").status_code == 422
    assert program.get("/events?person=nobody").status_code == 404


def test_what_lies_at_another_site_is_not_told_apart_from_nothing(
    app: Flask, make: Factory
) -> None:
    """Torture 60."""
    order = make.order()
    site = add_site(
        founder(new_id()), number="F2", names={"en": "Far"}, zone="Asia/Shanghai", currency="CNY"
    )
    stranger = Program(app, make.person("quality", "stranger", scope_id=site.id))
    for asked in (f"subject={order.order.code}", "subject=B000000000", "person=operator"):
        assert stranger.get(f"/events?{asked}").status_code == 404, asked
    assert stranger.get(f"/records/{order.order.code}/history").status_code == 404


def test_the_history_of_a_record_is_read_on_and_tells_before_and_after(
    app: Flask, make: Factory
) -> None:
    order = make.order(10)
    program = Program(app, make.operator)
    program.get(f"/records/{order.order.code}/history?limit=1")
    assert [event["kind"] for event in program.heard["entries"]] == ["order.created"]
    assert program.heard["more"] is True
    program.get(f"/records/{order.order.code}/history?after={program.heard['next']}")
    (released,) = program.heard["entries"]
    assert {"before": "planned", "after": "released"}.items() <= released["changes"][0].items()
    assert program.get("/records/B000000000/history").status_code == 404


def test_the_rates_of_an_item_are_not_told_to_everybody(app: Flask, make: Factory) -> None:
    code = db.session.get_one(Subject, make.item(rate="0.37")).code
    for worker, told in ((make.operator, False), (make.planner, True)):
        answer = Program(app, worker).get(f"/records/{code}/history")
        assert ("0.37" in answer.get_data(as_text=True)) is told


def test_whose_name_a_program_has_heard_sees_that(app: Flask, make: Factory) -> None:
    make.order()
    program = Program(app, make.quality)
    program.get("/events?limit=200").close()
    db.session.rollback()
    looks = db.session.execute(select(Look.person_id, Look.page, Look.token_id)).all()
    assert (make.planner.id, Looked.PROGRAM, program.token_id) in [tuple(look) for look in looks]
    assert make.quality.id not in {look.person_id for look in looks}
