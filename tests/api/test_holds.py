"""Locking and releasing by a program, signed with badge and PIN."""

from decimal import Decimal
from typing import Any

from flask import Flask
from sqlalchemy import select

from shopfloor.core.db import db
from shopfloor.holds.models import Hold
from shopfloor.people.setup import founder
from shopfloor.plant.commands import add_site
from shopfloor.production.commands.reports import report_quantities
from tests.api.program import Program
from tests.invariants import require_invariants
from tests.make import PIN, Factory, Worker, new_id


def failed(app: Flask, make: Factory) -> tuple[str, str]:
    """A lot with 40 held pieces at operation 20, and the path that releases them."""
    lot = make.lot(100)
    for operation in (10, 20):
        report_quantities(make.operator.act(), lot=lot, operation=operation, good=Decimal(40))
    inspector = Program(app, make.inspector)
    inspector.post("/inspections", {"lot": lot, "verdict": "fail"})
    return lot, f"/holds/{inspector.heard['holds'][0]['id']}/release"


def decision(lot: str, signer: Worker, **kinds: str) -> dict[str, Any]:
    return {
        "reason": "release-1",
        "badge": signer.badge,
        "pin": PIN,
        "concession": {"words": "They fit all the same."},
        "dispositions": [
            {"lot": lot, "operation": 20, "kind": kind, "quantity": quantity}
            for kind, quantity in kinds.items()
        ],
    }


def test_a_lot_is_locked_by_code_or_number(app: Flask, make: Factory) -> None:
    order, program = make.order(), Program(app, make.supervisor)
    for reference in (order.lot.code, order.lot.number):
        body = {"subject": reference, "reason": "hold-1", "note": "dents"}
        assert program.post("/holds", body).status_code == 201
        assert program.heard["subject"]["code"] == order.lot.code
    program.get(f"/lots/{order.lot.code}")
    assert [hold["reason"] for hold in program.heard["holds"]] == ["hold reason – dents"] * 2


def test_a_number_of_several_things_needs_the_kind(app: Flask, make: Factory) -> None:
    order = make.order()
    planner, program = Program(app, make.planner), Program(app, make.supervisor)
    planner.post("/items", {"number": order.order.number, "names": {"en": "Twin"}})
    body = {"subject": order.order.number, "reason": "hold-1"}
    assert program.post("/holds", body).status_code == 422
    assert program.heard["rule"] == "ambiguous"
    assert program.post("/holds", body | {"kind": "work_order"}).status_code == 201
    assert program.heard["subject"]["code"] == order.order.code


def test_locking_needs_the_right_a_reason_and_a_thing(app: Flask, make: Factory) -> None:
    lot = make.lot()
    body = {"subject": lot, "reason": "hold-1"}
    assert Program(app, make.operator).post("/holds", body).status_code == 403
    program = Program(app, make.supervisor)
    assert program.post("/holds", body | {"subject": "nothing"}).status_code == 404
    assert program.post("/holds", body | {"reason": "nothing"}).status_code == 404
    assert program.post("/holds", body | {"reason": "scrap-1"}).status_code == 422
    assert program.post("/holds", {"subject": lot}).status_code == 422
    site = add_site(
        founder(new_id()), number="F2", names={"en": "Far"}, zone="Asia/Shanghai", currency="CNY"
    )
    stranger = Program(app, make.person("supervisor", "stranger", scope_id=site.id))
    assert stranger.post("/holds", body).status_code == 404


def test_locking_sent_again_opens_one_lock(app: Flask, make: Factory) -> None:
    program, key = Program(app, make.supervisor), new_id()
    body = {"subject": make.lot(), "reason": "hold-1"}
    assert program.post("/holds", body, key).data == program.post("/holds", body, key).data
    assert len(db.session.scalars(select(Hold)).all()) == 1


def test_a_release_decides_about_every_piece(app: Flask, make: Factory) -> None:
    lot, path = failed(app, make)
    program = Program(app, make.supervisor)
    body = decision(lot, make.quality, use_as_is="30", rework="8", scrap="2")
    assert program.post(path, body).status_code == 200
    assert [(d["kind"], d["quantity"], d["pass"]) for d in program.heard["dispositions"]] == [
        ("use_as_is", "30", 1),
        ("rework", "8", 1),
        ("scrap", "2", 1),
    ]
    program.get(f"/lots/{lot}")
    assert program.heard["holds"] == []
    assert [(p["operation"], p["pass"]) for p in program.heard["passes"]][2] == (20, 2)
    require_invariants()


def test_a_release_sent_again_hears_the_same_though_it_is_signed_anew(
    app: Flask, make: Factory
) -> None:
    lot, path = failed(app, make)
    program, key = Program(app, make.supervisor), new_id()
    body = decision(lot, make.quality, use_as_is="40")
    first = program.post(path, body, key)
    again = program.post(path, body, key)
    assert (first.status_code, again.data) == (200, first.data)
    other = decision(lot, make.quality, scrap="40")
    assert program.post(path, other, key).status_code == 409
    assert program.heard["booked"] == first.get_json()
    assert program.post(path, body).status_code == 409
    assert program.heard["rule"] == "already_released"


def test_quantities_that_do_not_sum_release_nothing(app: Flask, make: Factory) -> None:
    lot, path = failed(app, make)
    program = Program(app, make.supervisor)
    for quantity in ("39", "41", "39.5"):
        body = decision(lot, make.quality, use_as_is=quantity)
        assert program.post(path, body).status_code in (409, 422)
    assert program.post(path, decision(lot, make.quality)).status_code == 409
    program.get(f"/lots/{lot}")
    assert len(program.heard["holds"]) == 1


def test_a_wrong_signature_is_403_and_never_says_that_the_token_is_bad(
    app: Flask, make: Factory
) -> None:
    """Torture 58."""
    lot, path = failed(app, make)
    program = Program(app, make.supervisor)
    body = decision(lot, make.quality, use_as_is="40")
    for wrong, rule in (
        ({"pin": "1111"}, "wrong_pin"),
        ({"badge": "ZZ" + "0" * 20}, "wrong_badge"),
        ({"badge": make.inspector.badge}, "four_eyes"),
        ({"badge": make.planner.badge}, "no_right"),
    ):
        answer = program.post(path, body | wrong)
        assert (answer.status_code, program.heard["rule"]) == (403, rule)
        assert "WWW-Authenticate" not in answer.headers
    for missing in ("pin", "badge", "reason"):
        assert (
            program.post(path, {k: v for k, v in body.items() if k != missing}).status_code == 422
        )
    assert program.post(path, body).status_code == 200


def test_a_lock_outside_the_scope_does_not_exist(app: Flask, make: Factory) -> None:
    """Torture 60."""
    lot, path = failed(app, make)
    body = decision(lot, make.quality, use_as_is="40")
    assert Program(app, make.operator).post(path, body).status_code == 403
    site = add_site(
        founder(new_id()), number="F2", names={"en": "Far"}, zone="Asia/Shanghai", currency="CNY"
    )
    stranger = Program(app, make.person("quality", "stranger", scope_id=site.id))
    assert stranger.post(path, body).status_code == 404
    for number in ("0", "999999", "9" * 18, "9" * 30, "9" * 5000, "-1", "x"):
        assert stranger.post(f"/holds/{number}/release", body).status_code == 404, number
