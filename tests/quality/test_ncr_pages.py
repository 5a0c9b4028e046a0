"""The pages of nonconformances: listed, completed on the phone with photos, printed."""

import io
from typing import Any

import pypdfium2  # type: ignore[import-untyped]  # brings no types
import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select

from shopfloor.core.db import db
from shopfloor.core.subjects import Subject
from shopfloor.people.commands import choose_language
from shopfloor.quality.commands.inspections import record_inspection
from shopfloor.quality.models import Verdict
from shopfloor.quality.ncr_models import Nonconformance, NonconformancePhoto
from tests.browse import Browser, text_of
from tests.make import PIN, Factory
from tests.quality.test_dispositions import failed_at_20


@pytest.fixture
def inspector(one_app: Flask, one_make: Factory) -> Browser:
    return Browser(one_app).sign_in(one_make.inspector)


def picture(colour: str) -> tuple[io.BytesIO, str]:
    content = io.BytesIO()
    Image.new("RGB", (640, 480), colour).save(content, "JPEG")
    content.seek(0)
    return content, "bad.jpg"


def words_of(content: bytes) -> str:
    with pypdfium2.PdfDocument(content) as document:
        return "\n".join(page.get_textpage().get_text_range() for page in document)


def test_an_ng_leads_to_the_one_form_and_its_pdf(one_make: Factory, inspector: Browser) -> None:
    """Q60: everything in one form, and on paper in both languages with its photos."""
    lot = one_make.lot(10, inspect=(), rate="0.12")
    judged = inspector.post(f"/lots/{lot}/20/inspect", verdict="fail", note="cracks")
    db.session.rollback()
    code = db.session.scalars(select(Subject.code).where(Subject.kind == "ncr")).one()
    assert f"/ncrs/{code}/complete" in judged.get_data(as_text=True)
    form = f"/ncrs/{code}/complete"
    wrong = inspector.post(form, version="1", quantity="3", found_at="10", made_at="20")
    assert wrong.status_code == 422
    assert "Pieces cannot have been made bad after they were found." in text_of(wrong)
    saved = inspector.post(
        form,
        version="1",
        quantity="3",
        found_at="20",
        made_at="10",
        cause="machine",
        cause_note="夹具磨损",
        owner=str(one_make.quality.id),
        deadline="2030-01-31",
        photo=[picture("red"), picture("green")],
        # Torture 65: what the form does not have says nothing.
        state="closed",
        decided="99",
        hold_id="1",
    )
    assert (saved.status_code, saved.location) == (303, f"/ncrs/{code}")
    shown = inspector.get(f"/ncrs/{code}")
    for words in ("10 · Step 10", "20 · Step 20", "Machine – 夹具磨损", "Quality", "0.72"):
        assert words in text_of(shown), words
    db.session.rollback()
    ncr = db.session.scalars(select(Nonconformance)).one()
    assert (ncr.state, ncr.decided) == ("open", 0)
    photos = db.session.scalars(select(NonconformancePhoto.sha256)).all()
    assert len(photos) == 2
    for sha256 in photos:
        sent = inspector.get(f"/ncrs/{code}/photos/{sha256}")
        assert sent.mimetype == "image/jpeg"
        sent.close()
    assert inspector.get(f"/ncrs/{code}/photos/{'0' * 64}").status_code == 404
    listed = text_of(inspector.get("/ncrs?q=夹"))
    assert "No nonconformance here" in listed
    assert "Quality" in text_of(inspector.get("/ncrs"))
    paper = inspector.get(f"/ncrs/{code}.pdf")
    assert paper.mimetype == "application/pdf"
    assert "Suspected cause" in words_of(paper.data)
    assert paper.data.count(b"/Subtype /Image") == 2
    choose_language(one_make.inspector.act(), language="zh")
    db.session.rollback()
    assert "夹具磨损" in words_of(inspector.get(f"/ncrs/{code}.pdf").data)
    assert "工序20" in text_of(inspector.get(f"/ncrs/{code}"))
    assert "疑似原因" in text_of(inspector.get(f"/ncrs/{code}"))


def test_a_release_in_seven_ways_is_told_on_the_page(one_app: Flask, one_make: Factory) -> None:
    lot, hold = failed_at_20(one_make)
    supervisor = Browser(one_app).sign_in(one_make.supervisor)
    release, stem = f"/holds/{hold}/release", f"{lot}:20:1"
    decided: dict[str, Any] = {
        f"{stem}:repair": "2",
        f"{stem}:rework": "3",
        f"{stem}:sort": "4",
        f"{stem}:scrap": "1",
        f"{stem}:back_to": "10",
        "reason": one_make.reasons["release"],
        "badge": one_make.supervisor.badge,
        "pin": PIN,
    }
    no = supervisor.post(release, **decided)
    assert no.status_code == 409
    assert "2 pieces go on although they are not right." in text_of(no)
    conceded = supervisor.post(
        f"/holds/{hold}/concession",
        quantity="2",
        concession="The customer paints them.",
        badge=one_make.quality.badge,
        pin=PIN,
    )
    assert conceded.status_code == 200, text_of(conceded)
    assert "is approved for 2 pieces" in text_of(supervisor.get(release))
    freed = supervisor.post(release, **decided)
    assert freed.status_code == 200, text_of(freed)
    db.session.rollback()
    ncr = db.session.scalars(select(Nonconformance)).one()
    number = db.session.get_one(Subject, ncr.id).number
    shown = text_of(supervisor.get(f"/ncrs/{number}"))
    for words in ("Repair", "Sort every piece", "begins again at 10", "The customer paints them."):
        assert words in shown, words
    assert "are not inspected yet" in shown
    closed = supervisor.post(f"/ncrs/{number}/close", page=f"/ncrs/{number}")
    assert closed.status_code == 409


def test_a_list_is_cut_to_what_is_asked(one_make: Factory, inspector: Browser) -> None:
    order = one_make.order(10, inspect=())
    for _ in range(2):
        lot = one_make.lot(10, inspect=())
        record_inspection(one_make.inspector.act(), lot=lot, operation=10, verdict=Verdict.FAIL)
    assert text_of(inspector.get("/ncrs")).count("NCR-") == 2
    for shown in ("mine", "late", "closed"):
        assert "No nonconformance here" in text_of(inspector.get(f"/ncrs?show={shown}"))
    assert order.lot.number
    assert "No nonconformance here" in text_of(inspector.get(f"/ncrs?q={order.lot.number}"))
    table = inspector.get("/ncrs?file=csv").data.decode("utf-8-sig").splitlines()
    assert table[0].startswith("Number,State,Item,Name,Lot,Work order,What is wrong,Quantity,")
    assert [line.split(",")[1] for line in table[1:]] == ["Open", "Open"]
    assert inspector.get("/ncrs?show=closed&file=xlsx").data.startswith(b"PK")
