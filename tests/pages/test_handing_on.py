"""What people hand to each other, on pages: shares, instructions, notes, counts."""

import io
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select

from shopfloor.core.db import db
from shopfloor.core.subjects import Subject
from shopfloor.people.commands import add_crew, join_crew
from shopfloor.people.setup import founder
from shopfloor.production.commands.reports import report_quantities
from shopfloor.production.floor_models import HandedCount, ReportShare
from tests.browse import Browser, text_of
from tests.make import Factory, new_id


@pytest.fixture
def make(one_make: Factory) -> Factory:
    crew = add_crew(
        founder(new_id()), site_id=one_make.site_id, number="A", names={"en": "Crew A"}
    ).id
    for worker in (one_make.operator, one_make.person("operator", "ana")):
        join_crew(founder(new_id()), person_id=worker.id, crew_id=crew)
    return one_make


@pytest.fixture
def browser(one_app: Flask, make: Factory) -> Browser:
    return Browser(one_app).sign_in(make.operator)


def code_of(subject_id: int) -> str:
    db.session.rollback()
    return db.session.get_one(Subject, subject_id).code


def shares() -> dict[int, Decimal]:
    db.session.rollback()
    rows = db.session.execute(select(ReportShare.person_id, ReportShare.pieces))
    return {row.person_id: row.pieces for row in rows}


def picture() -> io.BytesIO:
    content = io.BytesIO()
    Image.new("RGB", (60, 40), "navy").save(content, "PNG")
    content.seek(0)
    return content


def film(*, tracks: bytes = b"vide") -> bytes:
    """Return the boxes of a tiny film, with a place written into it."""

    def box(kind: bytes, body: bytes) -> bytes:
        return (len(body) + 8).to_bytes(4, "big") + kind + body

    handler = box(b"hdlr", bytes(8) + tracks + bytes(12))
    maker = box(b"udta", b"+48.20+16.37/")
    moov = box(b"moov", box(b"trak", box(b"mdia", handler)) + maker)
    return box(b"ftyp", b"isom" + bytes(4)) + moov + box(b"mdat", b"frames")


def test_names_are_tapped_and_without_numbers_all_get_the_same(
    one_app: Flask, make: Factory, browser: Browser
) -> None:
    """W34, U24: nothing is typed, and without JavaScript too."""
    lot, address = make.lot(101), "/lots/{}/10/report"
    page = browser.get(address.format(lot)).get_data(as_text=True)
    assert f'name="with" value="{make.ana.id}"' in page
    both = [str(make.operator.id), str(make.ana.id)]
    fields: dict[str, Any] = {"good": "101", "with": both}
    booked = browser.post(address.format(lot), **fields)
    assert "Ana 50" in text_of(booked)
    assert shares() == {make.operator.id: 51, make.ana.id: 50}
    mine = Browser(one_app).sign_in(make.ana)
    told = text_of(mine.get("/my-actions"))
    assert "50 pieces of it are yours" in told
    assert "Operator reported it" in told
    said = mine.post(f"/shares/{one_event()}/dispute", page="/my-actions")
    assert said.status_code == 303
    assert "you said that it is not right" in text_of(mine.get("/my-actions"))
    boss = Browser(one_app).sign_in(make.supervisor)
    assert "his share of 50 pieces" in text_of(boss.get("/"))


def one_event() -> int:
    db.session.rollback()
    return db.session.scalars(select(ReportShare.event_id).distinct()).one()


def test_shares_that_do_not_sum_are_shown_with_all_that_was_typed(
    make: Factory, browser: Browser
) -> None:
    """U23."""
    lot = make.lot(10)
    typed: dict[str, Any] = {
        "good": "10",
        "with": [str(make.operator.id), str(make.ana.id)],
        f"share_{make.operator.id}": "4",
        f"share_{make.ana.id}": "5",
    }
    refused = browser.post(f"/lots/{lot}/10/report", **typed)
    page = refused.get_data(as_text=True)
    assert refused.status_code == 422
    assert "1 good pieces belong to nobody yet." in text_of(refused)
    assert f'id="share_{make.ana.id}" name="share_{make.ana.id}" placeholder="0" value="5"' in page
    assert shares() == {}


def test_a_badge_names_a_mate_and_signs_nobody_in(make: Factory, browser: Browser) -> None:
    row = browser.post("/mates", page="/more", code=make.ana.badge, source="trigger")
    assert f'value="{make.ana.id}"' in row.get_data(as_text=True)
    assert browser.get("/").status_code == 200
    assert "Operator" in text_of(browser.get("/more"))
    wrong = browser.post("/mates", page="/more", code=make.lot(1), source="trigger")
    assert wrong.status_code == 422


def test_an_instruction_is_written_published_read_and_confirmed(
    one_app: Flask, make: Factory, browser: Browser
) -> None:
    """W44, W166."""
    item = make.item(inspect=())
    desk = Browser(one_app).sign_in(make.planner)
    began = desk.post(f"/items/{code_of(item)}/instructions", sequence="10")
    page = began.location
    desk.post(page, version="1", count="1", words_en_1="First", media_1=(picture(), "a.png"))
    desk.post(
        page,
        page=page,
        version="2",
        count="2",
        words_en_1="First",
        words_zh_2="第二",
        sha256_1=_hidden(desk, page),
        media_2=(io.BytesIO(film()), "b.mp4"),
        do="down-1",
    )
    shown = desk.get(page).get_data(as_text=True)
    assert shown.index("第二") < shown.index("First")
    late = desk.post(page, version="2", count="1", words_en_1="Mine")
    assert late.status_code == 409
    assert "Mine" in late.get_data(as_text=True)
    assert desk.post(f"{page}/publish", page=page, version="3").status_code == 303
    assert desk.get(f"{page}/preview").status_code == 200
    lot = make.lot(20, item_id=item)
    # The plain card leads to it.
    refused = browser.post(f"/lots/{lot}/10/report", page=f"/lots/{lot}/10/start", good="5")
    assert refused.status_code == 409
    assert f'href="/lots/{lot}/10/instruction"' in refused.get_data(as_text=True)
    guide = browser.get(f"/lots/{lot}/10/instruction").get_data(as_text=True)
    assert "revision 1" in guide
    address = guide.split('src="/instructions/files/')[1].split('"')[0]
    part = browser.get(f"/instructions/files/{address}", headers={"Range": "bytes=0-7"})
    assert (part.status_code, part.headers["X-Content-Type-Options"]) == (206, "nosniff")
    assert part.data[4:8] == b"ftyp"
    part.close()
    whole = browser.get(f"/instructions/files/{address}")
    assert (whole.mimetype, b"+48.20" in whole.data) == ("video/mp4", False)
    whole.close()
    number = guide.split('name="instruction" value="')[1].split('"')[0]
    confirmed = browser.post(f"/lots/{lot}/10/instruction", instruction=number)
    assert confirmed.status_code == 303
    assert browser.post(f"/lots/{lot}/10/report", good="5").status_code == 200
    assert browser.get(f"/lots/{lot}/20/instruction").status_code == 404


def _hidden(desk: Browser, page: str) -> str:
    text = desk.get(page).get_data(as_text=True)
    return text.split('name="sha256_1" value="')[1].split('"')[0]


@pytest.mark.parametrize(
    "content",
    [
        b"<svg onload=alert(1)>",
        b"\x00\x00\x00\x18ftypisom",
        film(tracks=b"soun"),
        b"\x1a\x45\xdf\xa3x",
    ],
)
def test_what_only_calls_itself_a_picture_or_a_video_is_refused(
    one_app: Flask, make: Factory, content: bytes
) -> None:
    desk = Browser(one_app).sign_in(make.planner)
    page = desk.post(f"/items/{code_of(make.item())}/instructions", sequence="10").location
    sent: dict[str, Any] = {"version": "1", "count": "1", "media_1": (io.BytesIO(content), "x.mp4")}
    refused = desk.post(page, **sent)
    assert refused.status_code == 422
    assert "neither a picture nor a video" in text_of(refused)


def test_a_file_of_no_instruction_is_not_sent(make: Factory, browser: Browser) -> None:
    assert browser.get("/instructions/files/" + "a" * 64).status_code == 404


def test_a_note_waits_at_the_station_until_the_next_worker_has_seen_it(
    one_app: Flask, make: Factory, browser: Browser
) -> None:
    """W48."""
    station, lot = code_of(make.stations[0]), make.lot(10)
    chosen = [str(make.reasons["handover"])]
    left = browser.post(
        f"/stations/{station}/notes/new", reasons=chosen, photo=(picture(), "p.png")
    )
    assert left.status_code == 303
    assert "From the shift before" not in text_of(browser.get(f"/lots/{lot}"))
    ana = Browser(one_app).sign_in(make.ana)
    for address in (f"/stations/{station}", f"/lots/{lot}"):
        assert "handover reason" in text_of(ana.get(address))
    photo = ana.get("/notes/1/photo")
    assert photo.mimetype == "image/jpeg"
    photo.close()
    seen = ana.post("/notes/1/seen", page=f"/lots/{lot}", next=f"/lots/{lot}?operation=10")
    assert seen.location == f"/lots/{lot}?operation=10"
    assert "From the shift before" not in text_of(ana.get(f"/lots/{lot}"))
    assert "seen by Ana" in text_of(browser.get(f"/stations/{station}/notes"))
    empty = browser.post(f"/stations/{station}/notes/new")
    assert "Tap what the next shift has to know." in text_of(empty)


def test_a_count_is_one_tap_and_a_difference_is_decided_on_its_card(
    one_app: Flask, make: Factory, browser: Browser
) -> None:
    """W161: and the plain report stays one tap."""
    lot = make.lot(120, inspect=())
    report_quantities(make.operator.act(), lot=lot, operation=10, good=Decimal(120))
    ana, here = Browser(one_app).sign_in(make.ana), f"/lots/{lot}?operation=20"
    page = text_of(ana.get(here))
    assert "120 received" in page
    assert "Report 120 good" in page
    ana.post(f"/lots/{lot}/20/count", page=here, counted="118")
    assert "received" not in text_of(ana.get(here))
    boss = Browser(one_app).sign_in(make.supervisor)
    assert "Differences" in text_of(boss.get("/"))
    card = text_of(boss.get("/differences"))
    assert "Reported by Operator" in card
    assert "Counted by Ana" in card
    assert boss.post("/differences/1/correct", page="/differences").status_code == 303
    again = boss.post("/differences/1/keep", page="/differences")
    assert "already decided" in text_of(again)
    db.session.rollback()
    assert db.session.get_one(HandedCount, 1).decision == "corrected"
    assert browser.get("/differences").status_code == 403
