"""Nonconformances for programs: an ERP reads them, completes them and closes them."""

import io
from datetime import timedelta
from decimal import Decimal
from typing import Any

from flask import Flask
from PIL import Image

from shopfloor.core import clock
from shopfloor.production.commands.reports import report_quantities
from tests.api.program import Program
from tests.make import PIN, Factory


def picture(program: Program, colour: str) -> str:
    """Send a photo and return its name."""
    content = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(content, "JPEG")
    program.send("PUT", "/photos", data=content.getvalue(), content_type="image/jpeg")
    return str(program.heard["sha256"])


def test_a_nonconformance_lives_from_the_verdict_to_its_close(app: Flask, make: Factory) -> None:
    lot = make.lot(10)
    for operation in (10, 20):
        report_quantities(make.operator.act(), lot=lot, operation=operation, good=Decimal(10))
    inspector, head = Program(app, make.inspector), Program(app, make.quality)
    inspector.post("/inspections", {"lot": lot, "verdict": "fail"})
    ncr, hold = inspector.heard["ncr"]["number"], inspector.heard["holds"][0]["id"]
    change = {"version": 1, "cause": "machine", "made_at": 10, "owner": str(make.quality.id)}
    assert inspector.patch(f"/ncrs/{ncr}", change).status_code == 404
    later = (clock.now().date() + timedelta(days=60)).isoformat()
    change = {"version": 1, "cause": "machine", "made_at": 10, "deadline": later}
    assert inspector.patch(f"/ncrs/{ncr}", change).status_code == 200
    assert inspector.heard["version"] == 2
    assert inspector.patch(f"/ncrs/{ncr}", change).status_code == 409
    assert head.post(f"/ncrs/{ncr}/close", {}).status_code == 409
    assert head.heard["open"] == ["The lock is not released yet."]
    piece = {"lot": lot, "operation": 20}
    decision: dict[str, Any] = {
        "reason": "release-1",
        "badge": make.quality.badge,
        "pin": PIN,
        "dispositions": [
            {**piece, "kind": "rework", "quantity": "6", "back_to": 10},
            {**piece, "kind": "use_as_is", "quantity": "4"},
        ],
    }
    assert head.post(f"/holds/{hold}/release", decision).status_code == 409
    assert head.heard["rule"] == "concession_missing"
    decision["concession"] = {"words": "They fit.", "expires_on": later}
    assert head.post(f"/holds/{hold}/release", decision).status_code == 200
    head.get(f"/ncrs/{ncr}")
    told = head.heard
    assert (told["state"], told["found_at"], told["made_at"]) == ("open", 20, 10)
    assert [(each["kind"], each["back_to"]) for each in told["decisions"]] == [
        ("rework", 10),
        ("use_as_is", None),
    ]
    assert told["concessions"][0]["words"] == "They fit."
    assert told["material"]["unknown"]
    head.get("/ncrs?state=open")
    assert [each["number"] for each in head.heard["entries"]] == [ncr]
    for operation in (10, 20):
        report_quantities(make.operator.act(), lot=lot, operation=operation, good=Decimal(6))
    inspector.post("/inspections", {"lot": lot, "operation": 20, "verdict": "pass"})
    head.get(f"/ncrs/{ncr}")
    assert (head.heard["state"], head.heard["open"]) == ("closed", [])


def test_a_concession_is_approved_before_the_release_and_photos_hang_on_the_nonconformance(
    app: Flask, make: Factory
) -> None:
    """Rows Q59, Q60."""
    lot = make.lot(10)
    for operation in (10, 20):
        report_quantities(make.operator.act(), lot=lot, operation=operation, good=Decimal(10))
    inspector, head = Program(app, make.inspector), Program(app, make.supervisor)
    inspector.post("/inspections", {"lot": lot, "verdict": "fail"})
    ncr, hold = inspector.heard["ncr"]["number"], inspector.heard["holds"][0]["id"]
    code = inspector.heard["ncr"]["code"]
    head.get(f"/holds/{hold}/pieces")
    (held,), (where,) = head.heard["held"], head.heard["where"]
    assert (held["lot"]["code"], held["operation"], held["pass"], held["quantity"]) == (
        (lot, 20, 1, "10")
    )
    assert (held["back_to"], where["held"], head.heard["ncr"]["number"]) == ([20, 10], "10", ncr)

    wrong, paper = picture(head, "red"), picture(head, "white")
    body = {"version": 1, "photos": [wrong]}
    assert head.patch(f"/ncrs/{ncr}", body | {"photos": ["0" * 64]}).status_code == 422
    assert head.patch(f"/ncrs/{ncr}", body).status_code == 200
    assert head.get(f"/records/{code}/files").status_code == 200
    assert head.heard["entries"][0]["files"][0]["sha256"] == wrong

    said = {"words": "They fit.", "consent": "Mr Li, by mail", "consent_photo": paper}
    asked = {"quantity": "6", "concession": said, "pin": PIN, "badge": make.inspector.badge}
    assert head.post(f"/holds/{hold}/concessions", asked).status_code == 403
    asked["badge"] = make.quality.badge
    unknown = asked | {"concession": said | {"consent_photo": "0" * 64}}
    assert head.post(f"/holds/{hold}/concessions", unknown).status_code == 422
    assert head.post(f"/holds/{hold}/concessions", asked).status_code == 201
    number = head.heard["number"]
    head.get(f"/holds/{hold}/pieces")
    assert head.heard["concession"] == number
    head.get(f"/ncrs/{ncr}")
    assert head.heard["photos"] == [wrong]
    assert [(c["number"], c["consent_photo"]) for c in head.heard["concessions"]] == [
        (number, paper)
    ]
    for sha256 in (wrong, paper):
        sent = head.get(f"/ncrs/{ncr}/photos/{sha256}")
        assert (sent.status_code, sent.mimetype) == (200, "image/jpeg")
    assert head.get(f"/ncrs/{ncr}/photos/{'0' * 64}").status_code == 404

    decision: dict[str, Any] = {
        "reason": "release-1",
        "badge": make.supervisor.badge,
        "pin": PIN,
        "dispositions": [
            {"lot": lot, "operation": 20, "kind": "use_as_is", "quantity": "6"},
            {"lot": lot, "operation": 20, "kind": "scrap", "quantity": "4"},
        ],
    }
    assert head.post(f"/holds/{hold}/release", decision).status_code == 200
    head.get(f"/holds/{hold}/pieces")
    assert (head.heard["held"], head.heard["concession"]) == ([], None)
