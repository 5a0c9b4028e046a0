"""Whatever is scanned: it is opened, or the page says what it is; it never leads elsewhere."""

import re

import pytest
from flask import Flask

from shopfloor.catalogue.changes import archive_entry
from shopfloor.core import subjects
from shopfloor.core.db import db
from shopfloor.people.setup import founder
from shopfloor.plant.changes import archive_piece
from shopfloor.plant.commands import add_line, add_site, add_station
from shopfloor.plant.models import STATION
from shopfloor.scanning.resolve import LONGEST, Outcome, resolve
from tests.browse import Browser, text_of
from tests.make import Factory, new_id

HOSTILE = [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "//evil.example/q/{code}",
    "\\\\evil.example\\q\\{code}",
    "/\\evil.example",
    "https://evil.example/",
    "https://localhost@evil.example/path",
    "https://evil.example/x?https://localhost/q/{code}",
    "http://[::1",
    "{code}\r\nLocation: https://evil.example",
    "vbscript:x",
    "ftp://localhost/q/{code}",
]
STRANGE = [
    "\x00",
    "a\x00b",
    "\x1d\x1e\x04",
    "\u202egnp.exe",
    "\u200b\u200d\ufeff",
    "\ud800",
    "e\u0301" * 40,
    "%s%n%p",
    "' OR 1=1 --",
    "{{ 7*7 }}",
    "${jndi:ldap://evil}",
    "<script>alert(1)</script>",
    "𝕋𝕙𝕖 𝕢𝕦𝕚𝕔𝕜",
    "x" * LONGEST,
    "9" * 400,
    "表ポあA鷗ŒéＢ逍Üßªąñ丂㐀𠀀",
]


@pytest.fixture
def browser(one_app: Flask, one_make: Factory) -> Browser:
    return Browser(one_app).sign_in(one_make.supervisor)


def test_a_scanned_text_never_leads_to_another_host(browser: Browser, one_make: Factory) -> None:
    """Torture 44."""
    code = one_make.lot(10)
    for text in HOSTILE:
        read = text.format(code=code)
        for answer in (
            browser.post("/scan", code=read, page="/"),
            browser.get("/scan", query_string={"code": read}),
        ):
            assert answer.status_code == 404, read
            assert "Location" not in answer.headers
            page = answer.get_data(as_text=True)
            assert 'href="javascript' not in page
            # It may stand behind the question mark of an address of ours, as what was read.
            assert all(
                re.match(r"/(?![/\\])|#", target) and "evil" not in target.partition("?")[0]
                for target in re.findall(r'(?:href|action|src)="([^"]*)"', page)
            )


def test_the_link_on_our_label_opens_whatever_host_it_names(
    browser: Browser, one_make: Factory
) -> None:
    """Torture 44: only the code counts; the host is never gone to."""
    code = one_make.lot(10)
    for host in ("HTTPS://OLD.EXAMPLE/Q/", "http://localhost@evil.example/q/"):
        answer = browser.post("/scan", code=host + code.lower(), page="/")
        assert answer.status_code == 303
        assert answer.location.startswith(f"/lots/{code}")


def test_strange_texts_are_shown_and_nothing_else(browser: Browser) -> None:
    """Torture 42, 43."""
    for text in STRANGE:
        sent = text.encode("utf-8", "surrogatepass")
        answer = browser.post("/scan", code=sent, page="/")
        assert answer.status_code in (404, 422), text
        page = answer.get_data(as_text=True)
        assert "<script>alert" not in page
        assert "\u202e" not in page
        assert "\x00" not in page
        db.session.rollback()
        assert resolve(db.session(), text).outcome is Outcome.UNKNOWN


def test_a_scan_longer_than_any_code_is_refused_kindly(browser: Browser) -> None:
    """Torture 43."""
    answer = browser.post("/scan", code="x" * 6000, page="/")
    assert answer.status_code == 422
    assert "too long" in text_of(answer)
    assert browser.get("/scan", query_string={"code": "x" * 6000}).status_code == 404


def test_normal_forms_of_a_number_are_one_number(browser: Browser, one_make: Factory) -> None:
    """Torture 43."""
    station = add_station(
        founder(new_id()), line_id=one_make.line_id, number="Säge", names={"en": "Saw"}
    )
    answer = browser.post("/scan", code="Sa\u0308ge", page="/")
    assert answer.location == f"/stations/{station.code}"


def test_an_archived_thing_says_so_and_takes_no_new_use(
    browser: Browser, one_make: Factory
) -> None:
    """Torture 46."""
    station = subjects.find(db.session(), STATION, "S3")
    archive_piece(one_make.administrator.act(), subject_id=station.id, archived=True)
    answer = browser.post("/scan", code=station.code, page="/")
    assert answer.status_code == 200
    said = text_of(answer)
    assert "Station S3" in said
    assert "This is archived: it takes no new use." in said


def test_an_archived_item_says_so(browser: Browser, one_make: Factory) -> None:
    """Torture 46."""
    item_id = one_make.item()
    db.session.rollback()
    code = db.session.get_one(subjects.Subject, item_id).code
    archive_entry(one_make.planner.act(), subject_id=item_id, archived=True)
    assert "it takes no new use" in text_of(browser.post("/scan", code=code, page="/"))


def test_a_thing_of_the_wrong_kind_says_what_it_is_and_what_is_expected(
    browser: Browser, one_make: Factory
) -> None:
    """Torture 46."""
    db.session.rollback()
    for subject_id, what in (
        (one_make.line_id, "Line L1"),
        (one_make.operator.id, "Person operator"),
        (one_make.reasons["pause"], "Reason pause-1"),
        (one_make.site_id, "Site F1"),
    ):
        code = db.session.get_one(subjects.Subject, subject_id).code
        answer = browser.post("/scan", code=code, page="/")
        assert answer.status_code == 200
        assert what in text_of(answer)
        assert "Expected" in text_of(answer)


def test_a_thing_of_another_site_is_unknown_here(one_app: Flask, one_make: Factory) -> None:
    """Torture 46, 60."""
    order = one_make.order(10)
    db.session.rollback()
    other = add_site(
        founder(new_id()),
        number="F2",
        names={"en": "Far"},
        zone="Asia/Shanghai",
        currency="CNY",
    )
    far = Browser(one_app).sign_in(one_make.person("supervisor", "far", other.id))
    codes = [order.lot.code, order.order.code, order.lot.number, f"{order.order.number}/10"]
    for subject_id in (*one_make.stations, one_make.line_id, one_make.site_id):
        codes.append(db.session.get_one(subjects.Subject, subject_id).code)
    for code in codes:
        for address in (f"/q/{code}", f"/scan?code={code}"):
            answer = far.get(address)
            assert answer.status_code == 404, address
            assert "Location" not in answer.headers


def test_a_person_of_one_line_or_station_finds_what_is_worked_on_there(
    one_app: Flask, one_make: Factory
) -> None:
    """Torture 60."""
    order = one_make.order(10)
    line = add_line(
        founder(new_id()), site_id=one_make.site_id, number="L2", names={"en": "Line 2"}
    )
    for login, scope, found in (
        ("at-line", one_make.line_id, 303),
        ("at-station", one_make.stations[1], 303),
        ("at-other-line", line.id, 404),
    ):
        worker = Browser(one_app).sign_in(one_make.person("operator", login, scope))
        assert worker.get(f"/q/{order.lot.code}").status_code == found
        assert worker.get(f"/q/{order.order.code}").status_code == found
        station = worker.get("/q/" + subjects.find(db.session(), STATION, "S2").code)
        assert station.status_code == found
        page = worker.get(station.location or "/stations/S2")
        assert page.status_code == (200 if found == 303 else 404)
