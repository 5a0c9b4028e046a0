"""Scanning by a program."""

from decimal import Decimal

from flask import Flask

from shopfloor.core.db import db
from shopfloor.holds.commands import place_hold
from shopfloor.people.setup import founder
from shopfloor.plant.commands import add_site
from shopfloor.production.commands.reports import report_quantities
from tests.api.program import Program
from tests.make import Factory, new_id
from tests.statements import counted


def test_a_lot_tells_what_may_be_done_now(app: Flask, make: Factory) -> None:
    order, program = make.order(100), Program(app, make.operator)
    for text in (order.lot.code, order.lot.number, f"HTTPS://ANY.HOST/Q/{order.lot.code}"):
        assert program.post("/scan", {"code": text}).status_code == 200
        assert program.heard["outcome"] == "opened"
        subject = program.heard["subject"]
        assert (subject["kind"], subject["code"]) == ("lot", order.lot.code)
    first = program.heard["next_steps"][0]
    assert (first["verb"], first["primary"], first["refusal"]) == ("work.report", True, None)


def test_a_lock_is_told_and_refuses_the_steps(app: Flask, make: Factory) -> None:
    order, program = make.order(100), Program(app, make.operator)
    place_hold(make.supervisor.act(), subject_id=order.order.id, reason_id=make.reasons["hold"])
    program.post("/scan", {"code": order.lot.code})
    (hold,) = program.heard["holds"]
    assert hold["subject"]["code"] == order.order.code
    steps = program.heard["next_steps"]
    assert all(step["refusal"] for step in steps if step["verb"] != "hold.release")


def test_what_is_not_known_or_out_of_scope_is_unknown(app: Flask, make: Factory) -> None:
    """Torture 46 and 60."""
    order = make.order()
    site = add_site(
        founder(new_id()), number="F2", names={"en": "Far"}, zone="Asia/Shanghai", currency="CNY"
    )
    stranger = Program(app, make.person("operator", "tom", scope_id=site.id))
    for text in ("nothing", "javascript:alert(1)", "https://evil/", "\n", "ü" * 90):
        assert stranger.post("/scan", {"code": text}).status_code == 200
        assert stranger.heard["outcome"] == "unknown", text
        assert stranger.heard["subject"] is None
    for text in (order.lot.code, str(order.order.number), order.order.code):
        stranger.post("/scan", {"code": text})
        assert (stranger.heard["outcome"], stranger.heard["found"]) == ("unknown", [])


def test_who_works_at_a_station_opens_what_comes_there(app: Flask, make: Factory) -> None:
    order = make.order()
    worker = Program(app, make.person("operator", "tom", scope_id=make.stations[1]))
    for text in (order.lot.code, order.order.code, "S2"):
        worker.post("/scan", {"code": text})
        assert worker.heard["outcome"] == "opened", text
    worker.post("/scan", {"code": "S1"})
    assert worker.heard["outcome"] == "unknown"


def test_a_number_of_several_things_gives_the_choice(app: Flask, make: Factory) -> None:
    order = make.order()
    planner, program = Program(app, make.planner), Program(app, make.operator)
    planner.post("/items", {"number": order.order.number, "names": {"en": "Twin"}})
    program.post("/scan", {"code": order.order.number})
    assert program.heard["outcome"] == "ambiguous"
    assert {thing["kind"] for thing in program.heard["found"]} == {"item", "work_order"}


def test_a_badge_is_recognised_and_signs_nobody_in(app: Flask, make: Factory) -> None:
    program = Program(app, make.operator)
    program.post("/scan", {"code": make.quality.badge})
    assert (program.heard["outcome"], program.heard["shown"]) == ("badge", "")


def test_a_scan_takes_few_statements(app: Flask, make: Factory) -> None:
    lot, program = make.lot(), Program(app, make.operator)
    report_quantities(make.operator.act(), lot=lot, operation=10, good=Decimal(1))
    db.session.rollback()
    with counted() as sent:
        program.post("/scan", {"code": lot})
    assert len(sent) <= 12, sent


def test_a_text_that_is_too_long_or_none_is_refused(app: Flask, make: Factory) -> None:
    """Torture 43."""
    program = Program(app, make.operator)
    for code in ("", "x" * 10_000, 5, None, "a\x00b"):
        assert program.post("/scan", {"code": code}).status_code == 422
    assert program.post("/scan", {"code": "x" * 4296}).status_code == 200
