"""Gauges at the desk, in the inspector's hand and in the API; photos of values from programs."""

import io
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select
from werkzeug.test import TestResponse

from shopfloor.configure.models import FieldKind
from shopfloor.configure.writing import FieldWritten
from shopfloor.core.db import db
from shopfloor.core.files import EventFile, File
from shopfloor.core.subjects import Subject
from shopfloor.holds.models import Hold
from shopfloor.people.commands import choose_language
from shopfloor.quality.plan_models import Check, Sampling, Value
from shopfloor.quality.plan_writing import PlanWritten
from shopfloor.quality.values import Read
from tests.api.program import Program
from tests.browse import Browser, text_of
from tests.make import Factory
from tests.quality.test_checks import judge, read, waiting_lot
from tests.quality.test_gauges import BAD, DEPTH, MEASURED, ONE, calibrate, days, gauge
from tests.quality.test_plans import LENGTH
from tests.quality.test_samples import photo_with_gps
from tests.scanning.test_photo import HEIC, SVG, animated, bomb, polyglot, saved
from tests.statements import counted

PHOTO = FieldWritten("mark", {"en": "Marking"}, FieldKind.PHOTO)


@pytest.fixture
def head(one_app: Flask, one_make: Factory) -> Browser:
    return Browser(one_app).sign_in(one_make.quality)


@pytest.fixture
def inspector(one_app: Flask, one_make: Factory) -> Browser:
    return Browser(one_app).sign_in(one_make.inspector)


def post_photo(browser: Browser, here: str, photo: io.BytesIO) -> TestResponse:
    fields: dict[str, Any] = {"piece": "1", "v:mark:1": (photo, "x.jpg")}
    return browser.post(here, **fields)


def put(program: Program, photo: bytes) -> TestResponse:
    return program.send("PUT", "/photos", data=photo, content_type="image/jpeg")


def test_a_gauge_is_added_calibrated_found_and_opened_by_its_code(
    one_make: Factory, head: Browser, inspector: Browser
) -> None:
    """Row Q147."""
    fields = {"name_en": "Caliper 150", "type": "caliper", "unit": "mm", "interval_days": "365"}
    added = head.post("/gauges/new", number="M-1", low="0", high="150,5", **fields)
    assert added.status_code == 303
    assert added.location.endswith("/calibrate")
    assert "Never calibrated" in text_of(head.get("/gauges?q=caliper"))
    wrong = head.post(added.location, day=days(0).isoformat())
    assert "Choose what the calibration has found." in text_of(wrong)
    paper: Any = (photo_with_gps(), "paper.jpg")
    again = head.post(added.location, day=days(360).isoformat(), photo=paper)
    kept = re.search(r'name="sha256_photo" value="(\w{64})"', again.get_data(as_text=True))
    assert kept
    assert "Photo of the certificate: it is here already" in text_of(again)
    right = {"day": days(360).isoformat(), "result": "good", "certificate": "C-1"}
    done = head.post(added.location, **right, sha256_photo=kept[1])
    assert kept[1] in head.get(done.location).get_data(as_text=True)
    assert done.status_code == 303
    code = db.session.scalar(select(Subject.code).where(Subject.number == "M-1"))
    scan = inspector.get(f"/q/{code}")
    assert scan.location == f"/gauges/{code}"
    page = text_of(inspector.get(scan.location))
    assert "Due soon" in page
    assert "0 – 150.5 mm" in page
    assert "C-1" in page
    assert "M-1" in text_of(inspector.get("/gauges?state=soon"))
    assert "No gauge matches" in text_of(inspector.get("/gauges?state=overdue"))
    assert inspector.get(f"/gauges/{code}/calibrate").status_code == 403
    assert inspector.get("/gauges?file=csv").get_data(as_text=True).count("M-1") == 1
    assert inspector.get(f"/labels/sheet?codes={code}").status_code == 200
    late = head.post(f"/gauges/{code}", version="7", number="M-1", **fields)
    assert "Somebody else has changed this" in text_of(late)


def test_the_inspector_scans_the_gauge_once_and_hears_why_not(
    one_make: Factory, inspector: Browser
) -> None:
    """Row Q64."""
    lot = waiting_lot(one_make, MEASURED, DEPTH, draft=ONE)
    here = f"/lots/{lot}/20/values"
    gauge(one_make, "M-1", calibrated=400)
    gauge(one_make, "M-2")
    assert "data-gauge" in inspector.get(here).get_data(as_text=True)
    typed = {"v:length:1": "10.00", "piece": "1"}
    refused = inspector.post(here, **typed, **{"gauge:1": "M-1"})
    assert refused.status_code == 409
    assert "Gauge M-1 is out of calibration since" in text_of(refused)
    shown = refused.get_data(as_text=True)
    assert 'value="10.00"' in shown
    assert 'value="M-1"' in shown
    code = db.session.scalars(select(Subject.code).where(Subject.number == "M-2")).one()
    taken = inspector.post(here, **typed, **{"gauge:1": f"https://other.host/q/{code.lower()}"})
    assert taken.status_code == 303
    choose_language(one_make.inspector.act(), language="zh")
    db.session.rollback()
    with counted() as statements:
        page = inspector.get(here)
    assert len(statements) <= 15, statements
    assert "M-2" in text_of(page)
    assert inspector.post(here, piece="1", **{"v:depth:1": "10.00"}).status_code == 303


def test_the_lots_in_doubt_are_listed_marked_and_locked_as_chosen(
    one_make: Factory, head: Browser, inspector: Browser
) -> None:
    """Row Q147."""
    caliper = gauge(one_make, "M-1")
    first, second = (waiting_lot(one_make, MEASURED, draft=ONE) for _n in range(2))
    for lot in (first, second):
        read(one_make, lot, Read("length", "10.00"), gauges=("M-1",))
    done = calibrate(one_make, caliper, 0, BAD)
    here = f"/gauges/{done.code}/calibrations/{done.calibration_id}"
    with counted() as statements:
        listed = head.get(here).get_data(as_text=True)
    assert len(statements) <= 15, statements
    assert first in listed
    assert second in listed
    # Whoever does not keep the register sees no lots of other sites here.
    assert first not in inspector.get(here).get_data(as_text=True)
    check = db.session.scalars(select(Check).order_by(Check.id)).first()
    assert check is not None
    told = text_of(inspector.get(f"/inspections/{check.id}"))
    assert "In doubt" in told
    assert "gauge M-1" in told
    assert "found bad" in text_of(inspector.get(f"/lots/{first}/20/values"))
    # What is still here is ticked; a refused form keeps the ticks as they were put.
    assert f'value="{first}" checked' in listed
    assert f'value="{second}" checked' in listed
    no_reason = head.post(here, lot=first).get_data(as_text=True)
    assert f'value="{first}" checked' in no_reason
    assert f'value="{second}">' in no_reason
    assert "Choose the lots" in text_of(head.post(here, reason=one_make.reasons["hold"]))
    locked = head.post(here, lot=first, reason=one_make.reasons["hold"], note="M-1 was bad")
    assert locked.status_code == 303
    db.session.rollback()
    held = select(Subject.code).join(Hold, Hold.subject_id == Subject.id)
    assert db.session.scalars(held).all() == [first]
    assert "Held" in text_of(head.get(here))
    # All or none; and what is locked already is not locked once more.
    for lots, code, then in (
        ([second, "nothing"], 404, [first]),
        ([first, second], 303, [first, second]),
        ([first, second], 303, [first, second]),
    ):
        answer = head.post(here, lot=lots, reason=one_make.reasons["hold"])
        assert answer.status_code == code
        db.session.rollback()
        assert db.session.scalars(held).all() == then


def test_a_lot_in_doubt_twice_has_one_tick(one_make: Factory, head: Browser) -> None:
    caliper = gauge(one_make, "M-1")
    lot = waiting_lot(one_make, MEASURED, draft=ONE)
    for _sample in range(2):
        read(one_make, lot, Read("length", "10.00"), gauges=("M-1",))
        judge(one_make, lot, quantity=Decimal(5))
    done = calibrate(one_make, caliper, 0, BAD)
    listed = head.get(f"/gauges/{done.code}/calibrations/{done.calibration_id}")
    assert listed.get_data(as_text=True).count(f'name="lot" value="{lot}"') == 1
    assert "as above" in text_of(listed)


def test_programs_keep_the_register_and_read_values_with_gauge_and_photo(
    one_app: Flask, one_make: Factory
) -> None:
    """Rows Q61, Q64, Q147; torture 52."""
    head, inspector = Program(one_app, one_make.quality), Program(one_app, one_make.inspector)
    new = {"number": "M-7", "names": {"en": "Caliper"}, "type": "caliper", "unit": "mm", "low": "0"}
    assert head.post("/gauges", {**new, "high": "150"}).status_code == 201
    found = {"day": days(1).isoformat(), "result": "good"}
    assert head.post("/gauges/M-7/calibrations", found).status_code == 201
    inspector.get("/gauges/M-7")
    assert inspector.heard["state"] == "good"
    lot = waiting_lot(one_make, MEASURED, PHOTO, draft=ONE)
    value: dict[str, Any] = {"key": "length", "text": "10.00"}
    mark: dict[str, Any] = {"key": "mark", "text": "photo"}
    there = {"lot": lot, "operation": 20}
    no = inspector.post("/inspections/values", {**there, "values": [value]})
    assert (no.status_code, inspector.heard["rule"]) == (422, "gauge_missing")
    sent = put(inspector, photo_with_gps().getvalue())
    assert sent.status_code == 200, inspector.heard
    sha256 = inspector.heard["sha256"]
    unknown = {**mark, "photo": "0" * 64}
    no = inspector.post("/inspections/values", {**there, "values": [unknown]})
    assert inspector.heard["rule"] == "photo_missing"
    values = [{**value, "gauge": "M-7"}, {**mark, "photo": sha256}]
    told = inspector.post("/inspections/values", {**there, "values": values})
    assert (told.status_code, inspector.heard["missing"]) == (200, 0)
    kept = db.session.scalars(select(Value).order_by(Value.id)).all()
    assert [each.gauge_id is not None for each in kept] == [True, False]
    hung = db.session.scalars(select(EventFile.sha256)).all()
    assert hung == [sha256]
    bad = {"day": days(0).isoformat(), "result": "bad"}
    head.post("/gauges/M-7/calibrations", bad)
    assert head.heard["doubtful"] == 1
    head.get(f"/gauges/M-7/calibrations/{head.heard['calibration']}/doubtful")
    assert [each["lot"]["code"] for each in head.heard["entries"]] == [lot]


NAUGHTY: dict[str, Callable[[], bytes]] = {
    "a bomb of 100 megapixels": bomb,
    "SVG with a script": lambda: SVG,
    "HEIC": lambda: HEIC,
    "half a JPEG": lambda: saved(Image.effect_noise((900, 700), 90), "JPEG")[:20_000],
    "nothing": lambda: b"",
}


def test_a_naughty_photo_of_a_program_is_refused_or_made_anew(
    one_app: Flask, one_make: Factory
) -> None:
    """Torture 51."""
    program = Program(one_app, one_make.inspector)
    for what, photo in NAUGHTY.items():
        no = put(program, photo())
        assert (no.status_code, program.heard["rule"]) == (422, "bad_photo"), what
    large = saved(Image.new("RGB", (9, 9)), "JPEG") + bytes(50_000_000)
    assert put(program, large).status_code == 413
    for again in (polyglot(), animated("GIF")):
        kept = put(program, again)
        assert kept.status_code == 200
    for file in db.session.scalars(select(File)):
        assert file.media_type == "image/jpeg"
    db.session.rollback()


def test_a_photo_of_the_inspectors_page_is_made_anew_too(
    one_make: Factory, inspector: Browser
) -> None:
    """Row Q61; torture 51, 52."""
    lot = waiting_lot(one_make, PHOTO, draft=ONE)
    here = f"/lots/{lot}/20/values"
    assert 'capture="environment"' in inspector.get(here).get_data(as_text=True)
    no = post_photo(inspector, here, io.BytesIO(bomb()))
    assert no.status_code == 422
    taken = post_photo(inspector, here, photo_with_gps())
    assert taken.status_code == 303
    value = db.session.scalars(select(Value)).one()
    answer = inspector.get(f"/inspections/photos/{value.sha256}")
    sent = answer.data
    answer.close()
    assert b"Exif" not in sent
    assert Image.open(io.BytesIO(sent)).size == (300, 400)
    assert sent != photo_with_gps().getvalue()
    assert inspector.get(f"/inspections/photos/{'0' * 64}").status_code == 404


def test_an_inspection_of_many_values_is_paged_and_told_in_parts(
    one_app: Flask, one_make: Factory, inspector: Browser
) -> None:
    """No value falls off silently: neither of the page nor of the answer."""
    thirty = PlanWritten(sampling=Sampling.FIXED, size=30)
    lot = waiting_lot(one_make, LENGTH, draft=thirty, pieces=30)
    pairs = ((piece, reading) for piece in range(1, 31) for reading in (1, 2))
    read(one_make, lot, *(Read("length", "10.00", *each) for each in pairs))
    check = db.session.scalars(select(Check.id)).one()
    first, second = (text_of(inspector.get(f"/inspections/{check}?page={n}")) for n in (1, 2))
    assert "Piece 25" in first
    assert "Piece 26" not in first
    assert "Piece 30" in second
    program = Program(one_app, one_make.inspector)
    assert program.get(f"/inspections/{check}").status_code == 200
    assert (len(program.heard["values"]), program.heard["next"]) == (60, None)
    program.get(f"/inspections/{check}?limit=40")
    last = program.heard["values"][-1]
    assert (last["piece"], len(program.heard["values"])) == (20, 40)
    program.get(f"/inspections/{check}?limit=40&after={program.heard['next']}")
    assert (program.heard["values"][0]["piece"], program.heard["next"]) == (21, None)
