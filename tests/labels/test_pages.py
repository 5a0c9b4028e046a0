"""Pages of labels: chosen, seen, asked for; printed from the browser, as PDF or at a printer."""

import re
from datetime import timedelta
from html import unescape

import pytest
import segno
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from shopfloor.cli.settings import CannotStart, read_settings
from shopfloor.core.db import db
from shopfloor.core.events import Event
from shopfloor.core.qr import LONGEST_HOST
from shopfloor.core.subjects import Subject
from shopfloor.labels.content import labels
from shopfloor.labels.designs import DESIGNS, Host
from shopfloor.labels.dots import draw
from shopfloor.labels.hosts import qr_text
from shopfloor.labels.layout import Size, place
from shopfloor.labels.models import PrintedLabel, Printer
from shopfloor.labels.printers import Setup, add_printer
from shopfloor.people.commands import choose_language
from shopfloor.people.models import Person
from shopfloor.people.secrets import digest
from shopfloor.plant.commands import add_place
from shopfloor.plant.devices import add_device
from shopfloor.quality.commands.gauges import add_gauge
from shopfloor.quality.commands.samples import add_sample
from shopfloor.quality.gauge_fields import GaugeDetails
from shopfloor.quality.gauge_models import SampleKind
from tests.browse import Browser, text_of
from tests.labels import paper
from tests.labels.reading import decoded, of_zpl
from tests.labels.test_traveller import pages_of
from tests.make import Factory, new_id
from tests.statements import counted


@pytest.fixture
def browser(one_app: Flask, one_make: Factory) -> Browser:
    one_app.config["PRINTER_HOSTS"] = frozenset({"127.0.0.1"})
    return Browser(one_app).sign_in(one_make.administrator)


def one_of_each(make: Factory) -> dict[str, str]:
    """Return the code of one thing of every kind that carries a label."""
    chief = make.administrator
    make.order(10)
    add_place(chief.act(), site_id=make.site_id, number="A-1", names={"en": "Shelf", "zh": "货架"})
    add_device(chief.act(), site_id=make.site_id, number="Tablet 1", enrolment_hash=new_id())
    add_printer(chief.act(), site_id=make.site_id, setup=Setup("Zebra", host="10.0.0.9"))
    caliper = GaugeDetails("caliper")
    add_gauge(
        make.quality.act(), number="M-1", names={"en": "Caliper", "zh": "卡尺"}, details=caliper
    )
    add_sample(
        make.quality.act(),
        names={"en": "Surface", "zh": "表面样件"},
        kind=SampleKind.APPROVED,
        item_id=make.item(),
        place="Cabinet 2",
        valid_until=make.today() + timedelta(days=90),
    )
    db.session.rollback()
    return {row.kind: row.code for row in db.session.scalars(select(Subject))}


def where_of(answer: TestResponse) -> list[tuple[str, str]]:
    """Return the choices of the form's printer field."""
    page = answer.get_data(as_text=True)
    found = re.search(r'<select id="printer".*?</select>', page, re.S)
    assert found
    return [
        (value, unescape(word))
        for value, word in re.findall(r'<option value="([^"]*)"[^>]*>([^<]*)', found.group())
    ]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_kind_is_read_from_its_own_label(
    one_app: Flask, one_make: Factory, language: str
) -> None:
    codes = one_of_each(one_make)
    kinds = [kind for kind in DESIGNS if kind != "person"]
    with one_app.test_request_context(
        base_url="https://192.168.1.20:8443", headers={"Accept-Language": language}
    ):
        rights = one_make.administrator.act().rights
        made = labels(db.session(), rights, [codes[kind] for kind in kinds])
    for kind, label in zip(kinds, made, strict=True):
        assert label.kind == kind
        placed = place(label, Size(50, 30))
        assert decoded(draw(placed)) == [f"HTTPS://192.168.1.20:8443/Q/{codes[kind]}"]
        assert segno.make(label.qr, error="m", micro=False).version == 2
        said = " ".join(line.text for line in label.lines)
        assert codes[kind] in said
        if kind in ("lot", "work_order", "operation", "place"):
            # Both names stand there, the reader's own first.
            chinese = re.search("[一-鿿]{2,}", said.split(" ", 2)[2])
            assert chinese
    words = {label.lines[0].text for label in made}
    assert ("批次" in words) == (language == "zh")


def test_the_list_shows_one_kind_and_finds_by_number_and_name(
    browser: Browser, one_make: Factory
) -> None:
    codes = one_of_each(one_make)
    for kind in ("lot", "work_order", "operation", "item", "station", "place", "device"):
        page = browser.get(f"/labels?kind={kind}").get_data(as_text=True)
        assert re.search(r'name="codes" value="\w+"', page), kind
    assert codes["place"] in browser.get("/labels?kind=place&q=A-1").get_data(as_text=True)
    assert codes["place"] in browser.get("/labels?kind=place&q=货架").get_data(as_text=True)
    assert "Nothing found" in text_of(browser.get("/labels?kind=place&q=zzz"))
    assert browser.get("/labels?kind=whatever&page=99999999999").status_code == 200


def test_who_does_not_look_after_devices_is_not_offered_them(
    one_app: Flask, one_make: Factory
) -> None:
    codes = one_of_each(one_make)
    browser = Browser(one_app).sign_in(one_make.operator)
    assert "Device" not in text_of(browser.get("/labels?kind=device"))
    assert browser.get(f"/labels/print?codes={codes['device']}").status_code == 403
    assert browser.get(f"/labels/sheet?codes={codes['lot']}").status_code == 200


def test_a_sheet_of_any_codes_keeps_their_order(browser: Browser, one_make: Factory) -> None:
    codes = one_of_each(one_make)
    wanted = [codes[kind] for kind in ("item", "lot", "station", "place", "work_order")]
    page = browser.get(f"/labels/sheet?codes={','.join(wanted)}&copies=5").get_data(as_text=True)
    assert page.count('class="label-picture"') == 25
    assert page.count('<section class="label-page a4">') == 2
    found = re.findall(r">([A-Z0-9]{10})</text>", page)
    assert list(dict.fromkeys(found)) == wanted
    single = browser.get(f"/labels/sheet?codes={wanted[0]}&paper=single").get_data(as_text=True)
    assert single.count('<section class="label-page single">') == 1
    for bad in ("", "B0000000Z0", f"{wanted[0]}&copies=abc", f"{wanted[0]}&copies=99999"):
        assert browser.get(f"/labels/sheet?codes={bad}").status_code in (404, 422)
    many = ",".join(f"B{n:09d}" for n in range(201))
    assert browser.get(f"/labels/sheet?codes={many}").status_code == 422


def test_a_sheet_as_pdf_is_read_from_the_paper(browser: Browser, one_make: Factory) -> None:
    codes = one_of_each(one_make)
    wanted = [codes[kind] for kind in ("item", "lot", "station")]
    answer = browser.get(f"/labels/sheet.pdf?codes={','.join(wanted)}&copies=8")
    assert answer.mimetype == "application/pdf"
    pages = pages_of(answer.data)
    assert len(pages) == 2
    read = [text.rsplit("/", 1)[1] for page in pages for text in decoded(page)]
    assert sorted(read) == sorted(wanted * 8)


def test_the_label_of_a_lot_is_asked_for_and_opens_as_page_or_pdf(
    browser: Browser, one_make: Factory
) -> None:
    lot = one_make.lot(10)
    form = browser.get(f"/lots/{lot}/label", follow_redirects=True)
    assert [value for value, _ in where_of(form)] == ["a4", "a4-pdf", "single", "single-pdf"]
    for where, target in (("a4", "/labels/sheet?"), ("single-pdf", "/labels/sheet.pdf?")):
        why = "" if where == "a4" else "damaged"
        page = f"/labels/print?codes={lot}"
        answer = browser.post(
            "/labels/print", page=page, codes=lot, printer=where, copies="2", why=why
        )
        assert answer.status_code == 303
        assert answer.location.startswith(target)
        assert browser.get(answer.location).status_code == 200
    db.session.rollback()
    assert list(db.session.scalars(select(PrintedLabel.time))) == [1, 2]


def test_printing_again_asks_why_with_everything_still_typed(
    browser: Browser, one_make: Factory
) -> None:
    lot = one_make.lot(10)
    page = f"/labels/print?codes={lot}"
    browser.post("/labels/print", page=page, codes=lot, printer="a4")
    assert "Why is it printed again?" in text_of(browser.get(page))
    again = browser.post("/labels/print", page=page, codes=lot, printer="single", copies="3")
    assert again.status_code == 409
    text = again.get_data(as_text=True)
    assert '<option value="single" selected>' in text
    assert 'name="copies" value="3"' in text
    assert "printed before" in text_of(again)


def test_the_default_printer_is_chosen_and_prints(browser: Browser, one_make: Factory) -> None:
    lot = one_make.lot(10)
    with paper.printer() as roll:
        add_printer(
            one_make.administrator.act(), site_id=one_make.site_id,
            setup=Setup("Zebra", "127.0.0.1", roll.port, default_for=("lot",)),
        )  # fmt: skip
        zebra = db.session.scalars(select(Printer.id)).one()
        page = f"/labels/print?codes={lot}"
        form = browser.get(page)
        assert where_of(form)[0] == (str(zebra), "Zebra: 50 × 30 mm")
        assert f'<option value="{zebra}" selected>' in form.get_data(as_text=True)
        answer = browser.post("/labels/print", page=page, codes=lot, printer=str(zebra))
        assert "Sent to the printer" in text_of(answer)
        image, _copies = of_zpl(roll.next())
    assert decoded(image)[0].endswith(lot)
    # The server is told of a printer that is off, and offers to try again.
    off = browser.post("/labels/print", page=page, codes=lot, printer=str(zebra), why="lost")
    assert off.status_code == 200
    for words in ("Not printed", "Try again", "Print elsewhere"):
        assert words in text_of(off)
    assert browser.post("/labels/print", page=page, codes=lot, printer="99").status_code == 404


def test_a_badge_is_printed_where_it_was_issued_and_its_secret_is_kept_nowhere(
    browser: Browser, one_make: Factory
) -> None:
    person = db.session.get_one(Subject, one_make.operator.id)
    name = db.session.get_one(Person, person.id).name
    page = f"/people/{person.code}"
    issued = browser.post(f"{page}/badge", page=page)
    secret = re.search(r'name="text" value="(ZZ\w{20})"', issued.get_data(as_text=True))
    assert secret
    text = secret.group(1)
    shown = browser.post(f"{page}/badge/label", page=page, text=text)
    assert "This code is secret" in text_of(shown)
    assert name in text_of(shown)
    assert text not in text_of(shown)
    answer = browser.post(f"{page}/badge/printed", page=page, text=text, printer="single-pdf")
    assert decoded(pages_of(answer.data)[0]) == [text]
    sheet = browser.post(f"{page}/badge/printed", page=page, text=text, printer="a4", why="lost")
    assert "label-picture" in sheet.get_data(as_text=True)
    wrong = browser.post(f"{page}/badge/label", page=page, text="ZZ" + "0" * 20)
    assert wrong.status_code == 404
    assert browser.get(f"{page}/badge/label").status_code == 303
    # By its code alone a person has no label: the secret is in no table and in no address.
    assert browser.get(f"/labels/print?codes={person.code}").status_code == 409
    db.session.rollback()
    kept = [row for row in db.session.scalars(select(Event.payload)) if text in row]
    assert not kept
    assert digest(text)


def test_a_badge_is_printed_only_by_who_looks_after_people(
    one_app: Flask, one_make: Factory
) -> None:
    code = db.session.get_one(Subject, one_make.operator.id).code
    browser = Browser(one_app).sign_in(one_make.planner)
    for step in ("label", "printed"):
        answer = browser.post(f"/people/{code}/badge/{step}", page="/more", text="x")
        assert answer.status_code == 403


def test_printers_are_added_tried_changed_and_archived_on_their_pages(
    browser: Browser, one_make: Factory
) -> None:
    assert "No printer yet" in text_of(browser.get("/printers"))
    new = {"name": "Zebra", "speech": "zpl", "width": "50", "height": "30", "dpi": "203"}
    with paper.printer() as roll:
        made = browser.post(
            "/printers/new", host="127.0.0.1", port=str(roll.port), defaults=["lot", "item"], **new
        )
        assert made.status_code == 303
        url = made.location
        tried = browser.post(f"{url}/test", page=url)
        assert "Sent to the printer" in text_of(tried)
        image, _copies = of_zpl(roll.next())
        assert decoded(image)[0].endswith(url.rsplit("/", 1)[1])
        assert "Sent to the printer" in text_of(browser.post(f"{url}/test", page=url))
    assert "Not printed" in text_of(browser.post(f"{url}/test", page=url))
    changed = {**new, "name": "Zebra 2", "host": "10.0.0.7", "port": "9100"}
    assert browser.post(url, version="1", **changed).status_code == 303
    late = browser.post(url, version="1", **changed)
    assert late.status_code == 409
    assert "Saved meanwhile" in text_of(late)
    assert browser.post(f"{url}/archive", page=url, archived="1").status_code == 303
    assert "Archived" in text_of(browser.get("/printers"))
    for wrong in ({**new, "speech": "x"}, {**new, "width": "5"}, {**new, "host": "8.8.8.8"}):
        refused = browser.post("/printers/new", **{"host": "10.0.0.8", **wrong})
        assert refused.status_code in (409, 422)
        assert 'value="Zebra"' in refused.get_data(as_text=True)


def test_a_public_label_leads_to_the_public_host_and_long_hosts_are_refused_at_set_up(
    one_app: Flask, one_make: Factory
) -> None:
    """Row U13."""
    with one_app.test_request_context(base_url="https://localhost:8443"):
        one_app.config["PUBLIC_URL"] = "https://cards.example.com/"
        assert qr_text(Host.PUBLIC, "B7K2M9QX4T") == "HTTPS://CARDS.EXAMPLE.COM/Q/B7K2M9QX4T"
        assert qr_text(Host.INTERNAL, "B7K2M9QX4T") == "HTTPS://LOCALHOST:8443/Q/B7K2M9QX4T"
        # On the server's own screen: what it has printed at its start.
        one_app.config["PRINTED_URL"] = "https://192.168.1.20:8443/"
        assert qr_text(Host.INTERNAL, "X") == "HTTPS://192.168.1.20:8443/Q/X"
        one_app.config["LABEL_URL"] = "http://mes"
        assert qr_text(Host.INTERNAL, "X") == "HTTP://MES/Q/X"
        one_app.config["LABEL_URL"] = ""
    with one_app.test_request_context(base_url=f"https://{'h' * 60}.example"):
        assert qr_text(Host.INTERNAL, "B7K2M9QX4T") == "B7K2M9QX4T"
    fits = f"https://{'h' * LONGEST_HOST}"
    read_settings({"SHOPFLOOR_PUBLIC_URL": fits, "SHOPFLOOR_LABEL_URL": "http://mes"})
    for name in ("SHOPFLOOR_PUBLIC_URL", "SHOPFLOOR_LABEL_URL"):
        for bad in (f"{fits}h", "cards.example.com", "https://x.example/path", "ftp://x"):
            with pytest.raises(CannotStart, match=name):
                read_settings({name: bad})


def test_a_server_with_a_long_name_says_what_its_labels_lack(
    browser: Browser, one_make: Factory
) -> None:
    one_make.lot(10)
    assert "too long for a small QR" not in text_of(browser.get("/labels"))
    long = f"https://{'h' * 50}.example"
    browser.client.application.config["LABEL_URL"] = long
    assert "too long for a small QR" in text_of(browser.get("/labels"))


def test_labels_need_the_same_statements_however_many(browser: Browser, one_make: Factory) -> None:
    codes = [one_make.lot(10) for _ in range(6)]
    with counted() as few:
        browser.get(f"/labels/sheet?codes={codes[0]}")
    with counted() as many:
        browser.get(f"/labels/sheet?codes={','.join(codes)}")
    assert len(few) == len(many) <= 5


def test_both_languages_have_every_page(browser: Browser, one_make: Factory) -> None:
    codes = one_of_each(one_make)
    choose_language(one_make.administrator.act(), language="zh")
    db.session.rollback()
    for address in (
        "/labels",
        "/printers",
        "/printers/new",
        f"/printers/{codes['printer']}",
        f"/labels/print?codes={codes['lot']}",
        f"/labels/sheet?codes={codes['lot']}",
        f"/lots/{codes['lot']}/traveller",
    ):
        page = browser.get(address)
        assert page.status_code == 200
        assert re.search("标签|打印机|流转卡", text_of(page)), address
