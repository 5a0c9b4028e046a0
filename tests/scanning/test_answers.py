"""What a posted scan is answered with: for a browser, for its scripts, and in the log."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from shopfloor.catalogue.commands import add_item
from shopfloor.core.db import db
from shopfloor.core.events import Event
from shopfloor.people.secrets import new_badge_code
from shopfloor.plant.changes import archive_piece
from shopfloor.scanning import log
from shopfloor.scanning.commands import set_scanner
from shopfloor.scanning.models import ChosenStation, Outcome, ScanLog, Source
from tests.browse import Browser, text_of
from tests.make import Factory, Worker
from tests.people.devices import shared_device
from tests.statements import counted

SCRIPT = {"Shopfloor-Scan": "1"}


@pytest.fixture
def browser(one_app: Flask, one_make: Factory) -> Browser:
    return Browser(one_app).sign_in(one_make.operator)


def heard(browser: Browser, code: str, **fields: str) -> dict[str, Any]:
    """Post a scan as the scripts of a page do."""
    page = browser.get("/more").get_data(as_text=True)
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    data = {"csrf_token": token, "code": code, **fields}
    answer = browser.open("/scan", method="POST", data=data, headers=SCRIPT)
    assert answer.status_code == 200, text_of(answer)
    assert answer.mimetype == "application/json"
    told = answer.get_json()
    assert isinstance(told, dict)
    assert set(told) == {"outcome", "url", "shown", "message"}
    assert told["url"] is None or told["url"].startswith("/")
    return told


def kept() -> list[ScanLog]:
    db.session.rollback()
    return list(db.session.scalars(select(ScanLog).order_by(ScanLog.id)))


def station_of(worker: Worker) -> int | None:
    db.session.rollback()
    db.session.expire_all()
    chosen = db.session.get(ChosenStation, worker.id)
    return chosen.station_id if chosen else None


def test_scripts_hear_where_to_go(browser: Browser, one_make: Factory) -> None:
    order = one_make.order()
    told = heard(browser, f"HTTPS://OLD.HOST/Q/{order.lot.code}", source="camera", symbology="]Q1")
    assert told["outcome"] == "opened"
    assert told["url"] == f"/lots/{order.lot.code}"
    assert order.lot.number in told["message"]


def test_scripts_hear_of_what_is_unknown_and_where_it_is_explained(browser: Browser) -> None:
    told = heard(browser, "NO/SUCH?THING&x=1")
    assert (told["outcome"], told["shown"]) == ("unknown", "NO/SUCH?THING&x=1")
    page = browser.get(told["url"])
    assert page.status_code == 404
    assert "NO/SUCH?THING&x=1" in text_of(page)


@pytest.mark.parametrize(
    "code",
    [
        "https://evil.example/x",
        "//evil.example",
        "javascript:alert(1)",
        "\\\\evil",
        "a\r\nb: c",
        "",
    ],
)
def test_scripts_are_never_led_to_another_host(browser: Browser, code: str) -> None:
    """Torture 44."""
    told = heard(browser, code)
    assert told["outcome"] == "unknown"
    assert told["url"] == "/scan" or told["url"].startswith("/scan?code=")


@pytest.mark.parametrize("code", ["x" * 4000, "9" * 4296])
def test_what_fits_no_address_leads_to_the_scan_page(browser: Browser, code: str) -> None:
    """Torture 43."""
    assert heard(browser, code)["url"] == "/scan"


def test_scripts_hear_a_refusal_too(browser: Browser) -> None:
    """Torture 43."""
    told = heard(browser, "x" * 6000)
    assert (told["outcome"], told["url"]) == ("unknown", None)
    assert "too long" in told["message"]


def test_scripts_hear_of_several(browser: Browser, one_make: Factory) -> None:
    one_make.order()
    order = one_make.order()
    add_item(one_make.planner.act(), number=str(order.order.number), names={"en": "Twin"})
    told = heard(browser, str(order.order.number))
    assert told["outcome"] == "ambiguous"
    assert browser.get(told["url"]).status_code == 200


def test_a_badge_on_ones_own_phone_leads_to_the_pin(browser: Browser, one_make: Factory) -> None:
    told = heard(browser, one_make.inspector.badge)
    assert (told["outcome"], told["url"], told["shown"]) == ("badge", "/sign-in", "")


def test_a_badge_on_a_shared_device_switches_the_person(one_app: Flask, one_make: Factory) -> None:
    """U18."""
    device = shared_device(one_app, one_make)
    device.get("/sign-in")
    device.post("/sign-in", page="/sign-in", badge=one_make.operator.badge)
    told = heard(device, one_make.inspector.badge)
    assert (told["outcome"], told["url"]) == ("badge", "/")
    assert "Inspector" in text_of(device.get("/"))


def test_a_product_code_never_signs_anyone_in(one_app: Flask, one_make: Factory) -> None:
    """U18."""
    device = shared_device(one_app, one_make)
    device.post("/sign-in", page="/sign-in", badge=one_make.operator.badge)
    for code in (one_make.lot(), "(01)05901234123457(21)" + new_badge_code()[:20], "operator"):
        heard(device, code)
        assert "Operator" in text_of(device.get("/"))


def test_a_posted_station_becomes_ones_own_and_its_queue_opens(
    browser: Browser, one_make: Factory
) -> None:
    """U19."""
    answer = browser.post("/scan", page="/", code="S2")
    assert answer.status_code == 303
    assert station_of(one_make.operator) == one_make.stations[1]
    page = text_of(browser.get(answer.location))
    assert "You work here." in page
    assert "My station: Mill" in text_of(browser.get("/"))
    told = heard(browser, "S1")
    assert told["url"].startswith("/stations/")
    assert told["message"] == "You work at S1 now."
    assert station_of(one_make.operator) == one_make.stations[0]


def test_no_address_that_is_opened_changes_anything(browser: Browser, one_make: Factory) -> None:
    """Torture 45: the station is shown with one button, and only that chooses it."""
    db.session.rollback()
    events = select(func.count()).select_from(Event)
    before = db.session.scalar(events)
    for address in ("/scan?code=S2", "/Q/S2", "/stations/S2"):
        page = browser.get(address, follow_redirects=True)
        assert "Work here" in text_of(page)
    assert station_of(one_make.operator) is None
    assert db.session.scalar(events) == before
    assert kept() == []


def test_an_archived_station_becomes_nobodys(browser: Browser, one_make: Factory) -> None:
    archive_piece(one_make.administrator.act(), subject_id=one_make.stations[2], archived=True)
    assert browser.post("/scan", page="/", code="S3").status_code == 200
    assert station_of(one_make.operator) is None


def test_what_a_scanner_adds_is_taken_off_as_the_site_or_the_device_says(
    browser: Browser, one_make: Factory
) -> None:
    """Torture 48."""
    code = one_make.lot()
    set_scanner(one_make.administrator.act(), subject_id=one_make.site_id, prefix="~", suffix=" ")
    assert heard(browser, f"~{code} ", source="trigger")["outcome"] == "opened"
    assert heard(browser, f"~{code} ", source="typed")["outcome"] == "unknown"


def test_every_posted_scan_is_kept_with_its_answer(browser: Browser, one_make: Factory) -> None:
    """Y19."""
    code = one_make.lot()
    heard(browser, code, source="trigger", symbology="]Q1")
    heard(browser, "a\x1db", source="typed")
    browser.post("/scan", page="/", code="nothing")
    assert [(row.source, row.symbology, row.shown, row.outcome) for row in kept()] == [
        (Source.TRIGGER, "]Q1", code, Outcome.OPENED),
        (Source.TYPED, "", "a⟨U+001D⟩b", Outcome.UNKNOWN),
        (Source.UNSAID, "", "nothing", Outcome.UNKNOWN),
    ]
    page = text_of(browser.get("/scans"))
    assert "a⟨U+001D⟩b" in page
    assert "Unknown code" in page
    assert "Last scans" in text_of(browser.get("/more"))
    text = browser.get("/scans/text")
    assert text.mimetype == "text/plain"
    assert len(text.get_data(as_text=True).splitlines()) == 3


def test_no_badge_ever_enters_the_log(one_app: Flask, one_make: Factory) -> None:
    """Y19."""
    device = shared_device(one_app, one_make)
    device.post("/sign-in", page="/sign-in", badge=one_make.operator.badge)
    for badge in (one_make.inspector.badge, one_make.operator.badge):
        for text in (
            badge,
            badge.lower(),
            f"HTTPS://X.EXAMPLE/Q/{badge}",
            f"]Q1{badge}",
            f"x{badge}x",
            "yy" + badge[2:],
            badge[:-1],
        ):
            heard(device, text)
    rows = kept()
    assert len(rows) == 14
    assert all(row.shown == "" for row in rows)
    everything = device.get("/scans").get_data(as_text=True)
    assert one_make.operator.badge[4:] not in everything.upper()


def test_only_the_last_two_hundred_of_a_browser_are_kept(
    browser: Browser, one_app: Flask, one_make: Factory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Y19."""
    monkeypatch.setattr(log, "KEEP", 3)
    other = Browser(one_app).sign_in(one_make.inspector)
    heard(other, "theirs")
    for number in range(5):
        heard(browser, f"mine-{number}")
    assert [row.shown for row in kept()] == ["theirs", "mine-2", "mine-3", "mine-4"]
    assert "theirs" not in text_of(browser.get("/scans"))


def test_on_ones_own_phone_only_ones_own_scans_are_shown(
    browser: Browser, one_make: Factory
) -> None:
    heard(browser, "operators-scan")
    browser.post("/sign-out", page="/more")
    browser.sign_in(one_make.inspector)
    heard(browser, "inspectors-scan")
    page = text_of(browser.get("/scans"))
    assert "inspectors-scan" in page
    assert "operators-scan" not in page


def test_old_scans_are_swept(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    heard(browser, "today")
    log.sweep()
    assert len(kept()) == 1
    monkeypatch.setattr(log, "KEEP_FOR", -log.KEEP_FOR)
    log.sweep()
    assert kept() == []


def test_a_posted_scan_takes_few_statements(browser: Browser, one_make: Factory) -> None:
    code = one_make.lot()
    page = browser.get("/more").get_data(as_text=True)
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    with counted() as sent:
        browser.open(
            "/scan", method="POST", data={"csrf_token": token, "code": code}, headers=SCRIPT
        )
    assert len(sent) <= 12, "\n".join(sent)


def test_scripts_hear_that_nobody_is_signed_in(browser: Browser) -> None:
    page = browser.get("/more").get_data(as_text=True)
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    browser.client.delete_cookie("shopfloor_session")
    answer = browser.open(
        "/scan", method="POST", data={"csrf_token": token, "code": "x"}, headers=SCRIPT
    )
    assert (answer.status_code, answer.get_data()) == (401, b"")
