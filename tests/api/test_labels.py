"""Labels for programs: printed by the commands of the page, kept on record, fetched as PDF."""

from typing import Any, get_args

import pytest
from flask import Flask
from sqlalchemy import select

from shopfloor.core.db import db
from shopfloor.core.events import Event, EventSubject
from shopfloor.labels.api import KindOfLabel
from shopfloor.labels.designs import OFFERED
from shopfloor.labels.models import PrintJob, Speech
from shopfloor.labels.printers import Setup, add_printer
from shopfloor.people.setup import founder
from shopfloor.plant.commands import add_site
from tests.api.program import Program
from tests.labels import paper
from tests.labels.reading import decoded, of_zpl
from tests.make import Factory, new_id
from tests.statements import counted


@pytest.fixture(autouse=True)
def _our_own_printers(request: pytest.FixtureRequest) -> None:
    app: Flask = request.getfixturevalue("app" if "make" in request.fixturenames else "one_app")
    app.config["PRINTER_HOSTS"] = frozenset({"127.0.0.1"})


def added(make: Factory, port: int, *kinds: str, speech: Speech = Speech.ZPL) -> str:
    setup = Setup("Zebra", host="127.0.0.1", port=port, speech=speech, default_for=kinds)
    return add_printer(make.administrator.act(), site_id=make.site_id, setup=setup).code


def asked_about(lot_id: int) -> list[Event]:
    db.session.rollback()
    of_lot = select(EventSubject.event_id).where(EventSubject.subject_id == lot_id)
    query = select(Event).where(Event.id.in_(of_lot), Event.kind == "labels.asked")
    return list(db.session.scalars(query.order_by(Event.id)))


def test_a_label_comes_out_once_and_again_only_with_a_reason_on_record(
    app: Flask, make: Factory
) -> None:
    lot = make.order(10).lot
    program, key = Program(app, make.planner), new_id()
    with paper.printer() as zebra:
        code = added(make, zebra.port, "lot")
        body = {"things": [lot.number], "kind": "lot", "copies": 2}
        first = program.post("/labels/print", body, key)
        assert (first.status_code, program.heard["state"]) == (200, "sent")
        assert (program.heard["printer"], program.heard["time"]) == ("Zebra", 1)
        job = zebra.next()
        assert lot.code in "".join(decoded(of_zpl(job)[0]))
        assert program.post("/labels/print", body, key).data == first.data
        assert len(zebra.jobs) == 1
        other = program.post("/labels/print", body | {"copies": 3}, key)
        assert (other.status_code, program.heard["rule"]) == (409, "already_booked")
        assert program.heard["booked"]["copies"] == 2
        again = {"things": [lot.code], "printer": code}
        assert program.post("/labels/print", again).status_code == 409
        assert (program.heard["rule"], program.heard["field"]) == ("reason_missing", "why")
        assert program.post("/labels/print", again | {"why": "damaged"}).status_code == 200
        assert program.heard["time"] == 2
    assert [("damaged" in event.payload) for event in asked_about(lot.id)] == [False, True]
    assert {event.actor_id for event in asked_about(lot.id)} == {make.planner.id}


def test_a_printer_that_is_off_is_told_and_does_not_count(app: Flask, make: Factory) -> None:
    lot = make.order(10).lot
    code = added(make, paper.closed_port())
    program, key = Program(app, make.planner), new_id()
    for _send in range(2):
        answer = program.post("/labels/print", {"things": [lot.code], "printer": code}, key)
        assert (answer.status_code, program.heard["state"]) == (200, "failed")
        assert program.heard["sentence"]
    program.post("/labels/print", {"things": [lot.code], "way": "pdf"})
    assert (program.heard["state"], program.heard["time"]) == ("sent", 1)
    db.session.rollback()
    assert len(db.session.scalars(select(PrintJob.id)).all()) == 2


def test_several_labels_are_one_pdf_and_what_is_named_twice_is_there_once(
    app: Flask, make: Factory
) -> None:
    lots = [make.order(10).lot for _ in range(2)]
    program = Program(app, make.planner)
    numbers = [lots[0].number, lots[1].number, lots[0].code]
    program.post("/labels/print", {"things": numbers, "kind": "lot", "way": "pdf"})
    assert (program.heard["labels"], program.heard["printer"]) == (2, None)
    codes = ",".join(lot.code for lot in lots)
    sheet = program.get(f"/labels/sheet?codes={codes}&copies=2&paper=single")
    assert (sheet.status_code, sheet.mimetype) == (200, "application/pdf")
    assert sheet.data.startswith(b"%PDF")
    assert sheet.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"things": []}, 422, "things"),
        ({"things": "L1"}, 422, "things"),
        ({"things": ["a b"], "kind": None}, 422, "things"),
        ({"things": ["NONE"]}, 404, "things"),
        ({"things": ["S1"], "kind": "lot"}, 404, "things"),
        ({"kind": "person"}, 422, "kind"),
        ({"copies": 0}, 422, "copies"),
        ({"copies": 201}, 422, "copies"),
        ({"copies": "2"}, 422, "copies"),
        ({"copies": True}, 422, "copies"),
        ({"why": "because"}, 422, "why"),
        ({"way": "page"}, 422, "way"),
        ({"printer": None}, 422, "printer"),
        ({"printer": "Y-NONE"}, 404, None),
        ({"printer": "S1"}, 404, None),
        ({"paper": "a4"}, 422, "paper"),
    ],
)
def test_what_cannot_be_printed_is_refused_and_leaves_nothing(
    one_app: Flask, one_make: Factory, change: dict[str, Any], status: int, field: str | None
) -> None:
    body = {"things": ["S1"], "kind": "station", "printer": added(one_make, 9100)}
    program = Program(one_app, one_make.planner)
    assert program.post("/labels/print", body | change).status_code == status, program.heard
    assert program.heard.get("field") == field
    db.session.rollback()
    assert db.session.scalars(select(PrintJob.id)).all() == []


def test_a_driver_s_printer_is_not_reached_from_here(one_app: Flask, one_make: Factory) -> None:
    body = {"things": ["S1"], "kind": "station", "printer": added(one_make, 1, speech=Speech.PDF)}
    assert Program(one_app, one_make.planner).post("/labels/print", body).status_code == 404


def test_a_badge_is_not_printed_here(one_app: Flask, one_make: Factory) -> None:
    program = Program(one_app, one_make.planner)
    administrator = Program(one_app, one_make.administrator)
    administrator.get("/people?limit=1")
    badge = administrator.heard["entries"][0]["code"]
    assert administrator.get(f"/labels/sheet?codes={badge}").status_code == 409
    assert administrator.heard["rule"] == "badge_not_kept"
    assert program.get(f"/labels/sheet?codes={badge}").status_code == 403


def test_things_and_printers_of_another_site_are_not_there(app: Flask, make: Factory) -> None:
    """Torture 60."""
    lot = make.order(10).lot
    code = added(make, 9100)
    far = add_site(
        founder(new_id()), number="F2", names={"en": "Far"}, zone="Europe/Berlin", currency="EUR"
    )
    there = Program(app, make.person("planner", "there", scope_id=far.id, site_id=far.id))
    there.get("/printers")
    assert there.heard["entries"] == []
    body = {"things": [lot.code], "way": "pdf"}
    assert there.post("/labels/print", body).status_code == 404
    assert there.get(f"/labels/sheet?codes={lot.code}").status_code == 404
    there.post("/items", {"number": "A", "names": {"en": "A"}})
    item = {"things": ["A"], "kind": "item", "printer": code}
    assert there.post("/labels/print", item).status_code == 404
    assert asked_about(lot.id) == []
    blind = Program(app, make.planner, "order.plan")
    for answer in (blind.get("/printers"), blind.post("/labels/print", body)):
        assert answer.status_code == 403


def test_the_printers_are_told_with_what_comes_out_of_them(app: Flask, make: Factory) -> None:
    added(make, 9100, "lot", "item")
    added(make, 9101, "station")
    program = Program(app, make.operator)
    db.session.rollback()
    with counted() as sent:
        program.get("/printers?limit=1")
    # The token, the printers, their sites, their kinds.
    assert len(sent) == 4, sent
    (row,) = program.heard["entries"]
    assert (row["name"], row["site"]["number"], row["speech"]) == ("Zebra", "F1", "zpl")
    assert sorted(row["default_for"]) == ["item", "lot"]
    assert "host" not in row, "where it stands in the network is nobody's business"
    program.get(f"/printers?after={program.heard['next']}")
    assert [row["default_for"] for row in program.heard["entries"]] == [["station"]]


def test_every_kind_that_the_page_offers_can_be_named() -> None:
    assert set(get_args(KindOfLabel)) == {kind.name for kind in OFFERED}
