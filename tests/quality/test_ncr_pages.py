"""The pages of nonconformances: listed, completed on the phone with photos, printed."""

import io
import re
from datetime import timedelta
from typing import Any

import pypdfium2  # type: ignore[import-untyped]  # brings no types
import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select, update

from shopfloor.catalogue.models import Item
from shopfloor.core import clock
from shopfloor.core.db import db, transaction
from shopfloor.core.subjects import Subject
from shopfloor.people.commands import choose_language
from shopfloor.people.setup import founder
from shopfloor.plant.commands import add_line
from shopfloor.quality.commands.inspections import record_inspection
from shopfloor.quality.models import Verdict
from shopfloor.quality.ncr_models import Concession, Nonconformance, NonconformancePhoto
from tests.browse import Browser, text_of
from tests.make import PIN, Factory, new_id
from tests.quality.test_dispositions import failed_at_20


@pytest.fixture
def inspector(one_app: Flask, one_make: Factory) -> Browser:
    return Browser(one_app).sign_in(one_make.inspector)


KEPT = r'type="checkbox" name="sha256_(?:consent_)?photo" value="(\w{64})" checked'


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
    form, deadline = f"/ncrs/{code}/complete", clock.now().date() + timedelta(days=60)
    photos: dict[str, Any] = {"photo": [picture("red"), picture("green")]}
    wrong = inspector.post(form, version="1", quantity="3", found_at="10", made_at="20", **photos)
    assert wrong.status_code == 422
    assert "Pieces cannot have been made bad after they were found." in text_of(wrong)
    kept = re.findall(KEPT, wrong.get_data(as_text=True))
    assert len(kept) == 2
    saved = inspector.post(
        form,
        version="1",
        quantity="3",
        found_at="20",
        made_at="10",
        cause="machine",
        cause_note="夹具磨损",
        owner=str(one_make.quality.id),
        deadline=deadline.isoformat(),
        sha256_photo=kept,
        # Torture 65: what the form does not have says nothing.
        state="closed",
        decided="99",
        hold_id="1",
    )
    assert (saved.status_code, saved.location) == (303, f"/ncrs/{code}"), text_of(saved)
    shown = inspector.get(f"/ncrs/{code}")
    for words in ("10 · Step 10", "20 · Step 20", "Machine – 夹具磨损", "Quality", "0.72"):
        assert words in text_of(shown), words
    db.session.rollback()
    ncr = db.session.scalars(select(Nonconformance)).one()
    assert (ncr.state, ncr.decided) == ("open", 0)
    assert set(db.session.scalars(select(NonconformancePhoto.sha256))) == set(kept)
    for sha256 in kept:
        sent = inspector.get(f"/ncrs/{code}/photos/{sha256}")
        assert sent.mimetype == "image/jpeg"
        sent.close()
    assert inspector.get(f"/ncrs/{code}/photos/{'0' * 64}").status_code == 404
    listed = text_of(inspector.get("/ncrs?q=夹"))
    assert "No nonconformance here" in listed
    assert "Quality" in text_of(inspector.get("/ncrs"))
    paper = inspector.get(f"/ncrs/{code}.pdf")
    assert paper.mimetype == "application/pdf"
    printed = words_of(paper.data)
    # Paper is read on another day, in another country.
    assert "Suspected cause" in printed
    assert f"{deadline:%d %b %Y}".lstrip("0") in printed
    at = r"\d+ \w{3} \d{4} \d\d:\d\d UTC[+-]\d\d:\d\d"
    assert re.search(rf"Inspector, {at}", printed), printed
    assert re.search(rf"printed {at} · page 1", printed), printed
    assert paper.data.count(b"/Subtype /Image") == 2
    choose_language(one_make.inspector.act(), language="zh")
    db.session.rollback()
    assert "夹具磨损" in words_of(inspector.get(f"/ncrs/{code}.pdf").data)
    assert "工序20" in text_of(inspector.get(f"/ncrs/{code}"))
    assert "疑似原因" in text_of(inspector.get(f"/ncrs/{code}"))


def test_too_many_photos_are_refused_and_each_can_be_left_out(
    one_make: Factory, inspector: Browser
) -> None:
    failed_at_20(one_make)
    code = db.session.scalars(select(Subject.code).where(Subject.kind == "ncr")).one()
    db.session.rollback()
    form = f"/ncrs/{code}/complete"
    taken = [picture(f"#{shade:02x}8040") for shade in range(0, 252, 12)]
    no = inspector.post(form, version="1", sha256_photo="", photo=taken)
    assert (len(taken), no.status_code) == (21, 422)
    assert "At most 20 photos belong to a nonconformance." in text_of(no)
    page = no.get_data(as_text=True)
    kept = re.findall(KEPT, page)
    assert len(kept) == len(set(re.findall(r'src="data:image/jpeg;base64,([^"]+)"', page))) == 21
    assert inspector.post(form, version="1", sha256_photo=["", *kept[1:]]).status_code == 303
    assert set(db.session.scalars(select(NonconformancePhoto.sha256))) == set(kept[1:])


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


def test_a_photo_of_the_consent_outlives_a_mistyped_pin(one_app: Flask, one_make: Factory) -> None:
    """Q59: without the paper no concession, however often the PIN is typed."""
    _lot, hold = failed_at_20(one_make)
    with transaction() as session:
        session.execute(update(Item).values(consent_required=True))
    browser, here = Browser(one_app).sign_in(one_make.supervisor), f"/holds/{hold}/concession"
    fields: dict[str, Any] = {"quantity": "2", "concession": "It fits.", "consent": "Mr Li"}
    fields |= {"badge": one_make.quality.badge}
    no = browser.post(here, **fields, pin="1111", consent_photo=picture("red"))
    assert no.status_code == 401, text_of(no)
    assert "Photo of the paper: it is here already" in text_of(no)
    (first,) = re.findall(KEPT, no.get_data(as_text=True))
    fields["sha256_consent_photo"] = first
    assert first in browser.post(here, **fields, pin="1112").get_data(as_text=True)
    other = browser.post(here, **fields, pin="1113", consent_photo=picture("green"))
    (second,) = re.findall(KEPT, other.get_data(as_text=True))
    assert second != first, "another photo comes instead"
    fields["sha256_consent_photo"] = second
    done = browser.post(here, **fields, pin=PIN)
    assert done.status_code == 200, text_of(done)
    db.session.rollback()
    assert db.session.scalars(select(Concession.consent_sha256)).one() == second
    fields["sha256_consent_photo"] = "0" * 64
    assert browser.post(here, **fields, pin=PIN).status_code == 422


def test_who_has_a_line_only_reads_and_completes_what_was_found_there(
    one_app: Flask, one_make: Factory
) -> None:
    """Everybody reads it who sees the lot: its page leads there."""
    lot, hold = failed_at_20(one_make)
    line = add_line(founder(new_id()), site_id=one_make.site_id, number="L2", names={"en": "Two"})
    for place, sees in ((one_make.line_id, 200), (one_make.stations[1], 200), (line.id, 404)):
        worker = one_make.person("inspector", f"at{place}", scope_id=place)
        browser = Browser(one_app).sign_in(worker)
        assert browser.get(f"/lots/{lot}").status_code in (sees, 303)
        led = browser.get(f"/holds/{hold}/ncr", follow_redirects=True)
        assert led.status_code == sees
        assert ("NCR-" in text_of(browser.get("/ncrs"))) is (sees == 200)
        assert ("NCR-" in text_of(browser.get("/exceptions"))) is (sees == 200)
        db.session.rollback()
        code = db.session.scalars(select(Subject.code).where(Subject.kind == "ncr")).one()
        version = db.session.scalars(select(Nonconformance.version)).one()
        assert browser.get(f"/history/{code}").status_code == sees
        assert ("/ncrs/" in (browser.get(f"/q/{code}").location or "")) is (sees == 200)
        form = f"/ncrs/{code}/complete"
        saved = browser.post(form, version=str(version), quantity="10", page="/more")
        assert saved.status_code == (303 if sees == 200 else 404)


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
