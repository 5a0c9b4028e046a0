"""The way of a file through the pages, for people with and without the rights."""

import io
import re

from flask import Flask

from shopfloor.core.db import db
from shopfloor.core.subjects import find
from shopfloor.core.tables.writing import write_xlsx
from shopfloor.exchange.models import Import, ImportState, Mapping
from shopfloor.stock.models import LOT
from tests.browse import Browser, text_of
from tests.exchange.bringing import booked, found
from tests.make import Factory


def workbook(*rows: list[str]) -> bytes:
    file = io.BytesIO()
    write_xlsx(file, "Items", rows[0], rows[1:])
    return file.getvalue()


def upload(browser: Browser, content: bytes, name: str = "items.xlsx", kind: str = "items") -> str:
    answer = browser.post("/import", kind=kind, file=(io.BytesIO(content), name))
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def test_a_workbook_goes_through_columns_check_and_booking(
    one_app: Flask, one_make: Factory
) -> None:
    browser = Browser(one_app).sign_in(one_make.planner)
    url = upload(browser, workbook(["编码", "品名", "What"], ["A-1", "外壳", "x"]))
    page = browser.open(url).text
    assert "外壳" in page
    assert re.search(r'name="column_number".*?<option value="0" selected', page, re.DOTALL)
    fields = {"column_number": "0", "column_name_zh": "1", "fixed_unit": "EA", "decimal": "."}
    answer = browser.post(url, **fields, save_as="Ours")
    assert answer.status_code == 303
    assert "Book all of it" in browser.open(url).text
    assert browser.post(f"{url}/apply", page=url).status_code == 303
    assert "Booked. All of the file is here now." in browser.open(url).text
    assert db.session.query(Mapping).one().name == "Ours"
    # The next file with these headings is offered the same columns and the same fixed unit.
    again = upload(browser, workbook(["编码", "品名", "What"], ["A-1", "外壳", "y"]))
    assert 'value="EA"' in browser.open(again).text


def test_errors_are_shown_with_their_line_and_sent_as_a_table(
    one_app: Flask, one_make: Factory
) -> None:
    browser = Browser(one_app).sign_in(one_make.planner)
    url = upload(browser, b"number,name,cost\nA-1,x,=1+1\n", "a.csv")
    browser.post(url, column_number="0", column_name_en="1", column_cost="2")
    page = browser.open(url).text
    assert "Nothing can be booked while the file has errors" in page
    assert "Book all of it" not in page
    table = browser.open(f"{url}/errors.csv")
    assert table.data.decode("utf-8-sig").splitlines()[1].startswith("2,C · cost,'=1+1,")
    assert browser.post(f"{url}/apply", page=url).status_code == 303
    assert found(int(url.rsplit("/", 1)[1])).state is ImportState.CHECKED
    assert browser.post(f"{url}/columns", page=url).status_code == 303
    assert "Which column holds what" in browser.open(url).text


def test_a_file_that_is_no_table_is_refused_on_the_form(one_app: Flask, one_make: Factory) -> None:
    browser = Browser(one_app).sign_in(one_make.planner)
    answer = browser.post("/import", kind="items", file=(io.BytesIO(b"\xd0\xcf\x11\xe0"), "a.xls"))
    assert answer.status_code == 422
    assert "in the old format .xls" in answer.text


def test_who_may_not_import_people_neither_uploads_nor_sees_them(
    one_app: Flask, one_make: Factory
) -> None:
    run = booked(one_make, "people", "login,name\nx1,X\n")
    planner = Browser(one_app).sign_in(one_make.planner)
    assert planner.open(f"/import/{run.id}").status_code == 404
    assert "Badges, PINs" not in planner.open("/import").text
    assert Browser(one_app).sign_in(one_make.operator).open("/import").status_code == 403


def test_a_template_comes_back_as_a_file_that_can_be_imported(
    one_app: Flask, one_make: Factory
) -> None:
    browser = Browser(one_app).sign_in(one_make.planner)
    template = browser.open("/import/template/items")
    assert template.headers["Content-Disposition"].startswith("attachment")
    url = upload(browser, template.data)
    settings = found(int(url.rsplit("/", 1)[1])).settings
    assert len(settings["columns"]) == 13
    assert db.session.query(Import).count() == 1


def test_the_lot_of_an_opening_stock_opens_when_it_is_scanned(
    one_app: Flask, one_make: Factory
) -> None:
    booked(one_make, "items", "number,name\nR-1,Bar\n")
    booked(one_make, "places", "number,name\nA-01,One\n")
    booked(one_make, "stock", "item,quantity,place,lot\nR-1,5,A-01,B1\n")
    code = find(db.session(), LOT, "B1").code
    browser = Browser(one_app).sign_in(one_make.operator)
    answer = browser.open(f"/scan?code={code}")
    if answer.status_code == 303:
        answer = browser.open(answer.location)
    assert answer.status_code == 200
    assert "A-01" in text_of(answer)
    assert browser.get(f"/labels/print?codes={code}").status_code == 200


def test_an_empty_list_of_items_leads_to_the_import(one_app: Flask, one_make: Factory) -> None:
    browser = Browser(one_app).sign_in(one_make.planner)
    assert 'href="/import?kind=items"' in browser.get("/items").text
    assert '<option value="items" selected>' in browser.get("/import?kind=items").text
