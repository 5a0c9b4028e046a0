"""Every list goes out as a file: all its rows, with its filters, within the rights of its page."""

import io
import json
import zipfile

import pytest
from flask import Flask

from shopfloor.core.tables.reading import all_rows, look_at
from shopfloor.people.comparing import allow_comparing
from tests.browse import Browser
from tests.exchange.bringing import booked, counts
from tests.make import Factory

LISTS = {
    "/items": "planner",
    "/partners": "planner",
    "/reasons": "planner",
    "/orders?state=all": "planner",
    "/people": "administrator",
    "/crews": "administrator",
    "/skills": "administrator",
    "/plant/all?kind=station": "administrator",
    "/labels?kind=lot": "planner",
    "/export/bom-lines": "planner",
    "/export/routings": "planner",
    "/export/rates": "planner",
    "/export/stock": "planner",
    "/export/progress": "planner",
    "/export/pay": "planner",
}


@pytest.mark.parametrize("address", LISTS)
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_every_list_goes_out_as_a_table_that_can_be_read(
    one_app: Flask, one_make: Factory, tmp_path_factory: pytest.TempPathFactory, address: str,
    form: str,
) -> None:  # fmt: skip
    one_make.lot(10, rate="0.5")
    allow_comparing(one_make.administrator.act(), roles=("planner",))
    browser = Browser(one_app).sign_in(one_make.people[LISTS[address]])
    page = browser.get(address)
    assert page.status_code == 200
    answer = browser.get(f"{address}{'&' if '?' in address else '?'}file={form}")
    assert answer.status_code == 200, address
    assert f".{form}" in answer.headers["Content-Disposition"]
    path = tmp_path_factory.mktemp("export") / "table"
    path.write_bytes(answer.data)
    rows = list(all_rows(path, look_at(path)))
    assert len(rows[0].cells) >= 4


def test_a_file_has_all_rows_with_the_filter_of_the_page_and_comes_back_in(
    one_app: Flask, one_make: Factory
) -> None:
    rows = "".join(f"Z-{n:03d},螺丝 {n},pcs\n" for n in range(120))
    booked(one_make, "items", "number,name zh,unit\n".replace("name zh", "品名") + rows)
    booked(one_make, "items", "number,name\n=1+1,''+x\n")
    browser = Browser(one_app).sign_in(one_make.planner)
    found = browser.get("/items?q=Z-1&file=csv").data.decode("utf-8-sig").splitlines()
    assert len(found) == 21
    whole = browser.get("/items?file=csv").data
    assert len(whole.splitlines()) == 122
    assert b"\r\n'=1+1,''+x," in whole
    assert counts(booked(one_make, "items", whole)) == (0, 0, 121)
    workbook = browser.get("/items?file=xlsx").data
    assert counts(booked(one_make, "items", workbook)) == (0, 0, 121)


def test_who_may_not_see_the_page_gets_no_file(one_app: Flask, one_make: Factory) -> None:
    operator = Browser(one_app).sign_in(one_make.operator)
    for address in ("/people", "/export/pay", "/export/rates", "/export/everything.zip"):
        assert operator.get(f"{address}?file=csv").status_code == 403


def test_everything_goes_out_without_a_secret(one_app: Flask, one_make: Factory) -> None:
    one_make.lot(10)
    answer = Browser(one_app).sign_in(one_make.administrator).get("/export/everything.zip")
    assert answer.status_code == 200
    archive = zipfile.ZipFile(io.BytesIO(answer.data))
    assert archive.testzip() is None
    names = set(archive.namelist())
    assert {"csv/event.csv", "jsonl/event.jsonl", "csv/lot.csv", "csv/person.csv"} <= names
    assert not {"csv/sign_in.csv", "csv/action.csv", "jsonl/action.jsonl"} & names
    people = [json.loads(line) for line in archive.read("jsonl/person.jsonl").splitlines()]
    assert "operator" in {person["login"] for person in people}
    everything = b"".join(archive.read(name) for name in names)
    assert b"argon2" not in everything
    assert one_make.operator.badge.encode() not in everything
