"""Reporting pieces by a program."""

from typing import Any

from flask import Flask

from shopfloor.core.db import db
from shopfloor.holds.commands import place_hold
from shopfloor.people.commands import choose_language
from tests.api.program import Program
from tests.invariants import require_invariants
from tests.make import Factory, new_id
from tests.statements import counted


def pieces(lot: str, good: Any = "1", **more: Any) -> dict[str, Any]:
    return {"lot": lot, "operation": 10, "good": good} | more


def test_it_books_and_tells_what_is_left(app: Flask, make: Factory) -> None:
    order = make.order(100, rate="0.12")
    program = Program(app, make.operator)
    answer = program.post("/reports", pieces(order.lot.number or "", "60"))
    assert answer.status_code == 200
    assert answer.headers["Shopfloor-Answer"] == "done"
    assert program.heard["lot"] == {"code": order.lot.code, "number": order.lot.number}
    assert (program.heard["good"], program.heard["left"]) == ("60", "40")
    assert program.heard["effects"][0]["detail"]["amount"] == "7.2"
    require_invariants()


def test_scrap_takes_its_reason_by_number_or_code(app: Flask, make: Factory) -> None:
    lot, program = make.lot(10), Program(app, make.operator)
    assert program.post("/reports", pieces(lot, scrap="1")).status_code == 422
    assert (program.heard["rule"], program.heard["field"]) == ("reason_missing", "scrap_reason")
    body = pieces(lot, scrap="1", scrap_reason="scrap-1")
    assert program.post("/reports", body).status_code == 200
    assert program.post("/reports", pieces(lot, scrap_reason="none")).status_code == 404
    assert program.heard["field"] == "scrap_reason"


def test_more_than_is_there_is_refused_in_the_words_of_a_worker(app: Flask, make: Factory) -> None:
    lot, program = make.lot(10), Program(app, make.operator)
    assert program.post("/reports", pieces(lot, "11")).status_code == 409
    assert (program.heard["rule"], program.heard["field"]) == ("too_many", "good")
    assert program.heard["title"] == "Only 10 pieces are left here, not 11."
    assert program.heard["detail"].startswith(program.heard["title"])
    program.get(f"/lots/{lot}")
    assert program.heard["passes"][0]["progress"]["good"] == "0"


def test_the_refusal_is_in_the_language_that_is_asked_for(app: Flask, make: Factory) -> None:
    lot, program = make.lot(10), Program(app, make.operator)
    english = program.post("/reports", pieces(lot, "11")).get_json()["title"]
    chinese = program.post("/reports", pieces(lot, "11"), Accept_Language="zh-CN,zh;q=0.9")
    assert chinese.get_json()["title"] != english
    assert program.post("/reports", pieces(lot, "11"), Accept_Language="fr").get_json()[
        "title"
    ] == (english)


def test_without_a_wish_the_refusal_is_in_the_language_of_the_person(
    app: Flask, make: Factory
) -> None:
    lot, program = make.lot(10), Program(app, make.operator)
    english = program.post("/reports", pieces(lot, "11")).get_json()["title"]
    choose_language(make.operator.act(), language="zh")
    assert program.post("/reports", pieces(lot, "11")).get_json()["title"] != english
    asked = program.post("/reports", pieces(lot, "11"), Accept_Language="en")
    assert asked.get_json()["title"] == english


def test_a_lock_tells_its_whole_story(app: Flask, make: Factory) -> None:
    order, program = make.order(10), Program(app, make.operator)
    placed = place_hold(
        make.supervisor.act(), subject_id=order.order.id, reason_id=make.reasons["hold"]
    )
    assert program.post("/reports", pieces(order.lot.code)).status_code == 409
    assert program.heard["rule"] == "held"
    why = program.heard["why"]
    assert (why["hold_id"], why["opened_by"]) == (placed.hold_id, "Supervisor")
    assert "Quality" in why["releasers"]
    assert "Supervisor" not in why["releasers"]
    assert why["reason"] in program.heard["title"]


def test_who_may_not_report_hears_403_and_outside_the_scope_404(app: Flask, make: Factory) -> None:
    """Torture 60."""
    lot = make.lot(10)
    assert Program(app, make.inspector).post("/reports", pieces(lot)).status_code == 403
    elsewhere = make.person("operator", "tom", scope_id=make.stations[2])
    assert Program(app, elsewhere).post("/reports", pieces(lot)).status_code == 404
    program = Program(app, make.operator)
    assert program.post("/reports", pieces("nothing")).status_code == 404
    assert program.post("/reports", pieces(lot, operation=99)).status_code == 404


def test_the_same_entry_sent_again_hears_the_same(app: Flask, make: Factory) -> None:
    lot, program, key = make.lot(10), Program(app, make.operator), new_id()
    first = program.post("/reports", pieces(lot, "4"), key)
    # The same number written in another way is the same entry.
    for again in (pieces(lot, "4"), pieces(lot, "4.000"), pieces(lot, 4)):
        assert program.post("/reports", again, key).data == first.data
    require_invariants()


def test_a_used_key_with_other_values_hears_what_was_booked(app: Flask, make: Factory) -> None:
    lot, program, key = make.lot(10), Program(app, make.operator), new_id()
    first = program.post("/reports", pieces(lot, "4"), key).get_json()
    assert program.post("/reports", pieces(lot, "5"), key).status_code == 409
    assert program.heard["rule"] == "already_booked"
    assert program.heard["booked"] == first
    inspector = Program(app, make.quality)
    assert inspector.post("/reports", pieces(lot, "4"), key).status_code == 403


def test_a_key_of_another_kind_of_entry_is_refused(app: Flask, make: Factory) -> None:
    lot, program, key = make.lot(10), Program(app, make.supervisor), new_id()
    program.post("/reports", pieces(lot, "4"), key)
    body = {"subject": lot, "reason": "hold-1"}
    assert program.post("/holds", body, key).status_code == 409
    assert program.heard["booked"] == {"command": "report_quantities"}


def test_without_a_key_one_is_made_and_told(app: Flask, make: Factory) -> None:
    lot, program = make.lot(10), Program(app, make.operator)
    answer = program.send("POST", "/reports", json=pieces(lot, "4"))
    key = answer.headers["Idempotency-Key"]
    assert program.post("/reports", pieces(lot, "4"), key).data == answer.data


def test_a_key_that_no_careful_program_makes_is_refused(app: Flask, make: Factory) -> None:
    lot, program = make.lot(10), Program(app, make.operator)
    for key in ("short", "x" * 65, "with blank 12", "näive-12345"):
        headers = {"Idempotency-Key": key.encode().decode("latin-1")}
        answer = program.send("POST", "/reports", json=pieces(lot), headers=headers)
        assert (answer.status_code, program.heard["rule"]) == (422, "bad_id"), key


def test_a_report_takes_few_statements(app: Flask, make: Factory) -> None:
    lot, program = make.lot(10, rate="0.12"), Program(app, make.operator)
    program.post("/reports", pieces(lot))
    db.session.rollback()
    with counted() as sent:
        assert program.post("/reports", pieces(lot)).status_code == 200
    assert len(sent) <= 15, sent
