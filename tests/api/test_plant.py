"""Lines, stations and places."""

from typing import Any

import pytest
from flask import Flask

from shopfloor.core.db import db
from shopfloor.people.setup import founder
from shopfloor.plant.commands import add_line, add_site, add_station
from tests.api.program import Program
from tests.make import Factory, new_id
from tests.statements import counted

LINE = {"number": "L9", "names": {"en": "Line 9"}}
STATION = {"number": "S9", "names": {"en": "Press"}, "line": "L1"}
PLACE = {"number": "A-01", "names": {"en": "Shelf"}}
ALL: list[tuple[str, dict[str, Any]]] = [
    ("/lines", LINE),
    ("/stations", STATION),
    ("/places", PLACE),
]


@pytest.mark.parametrize(("path", "body"), ALL)
def test_it_is_added_and_heard_again(
    app: Flask, make: Factory, path: str, body: dict[str, Any]
) -> None:
    program = Program(app, make.administrator)
    assert program.post(path, body).status_code == 201
    made = program.heard["code"]
    program.get(f"{path}?limit=200")
    heard = {entry["code"]: entry for entry in program.heard["entries"]}
    assert (heard[made]["number"], heard[made]["names"]) == (body["number"], body["names"])


@pytest.mark.parametrize(("path", "body"), ALL)
def test_it_is_refused_twice_under_one_number_and_to_who_may_not(
    app: Flask, make: Factory, path: str, body: dict[str, Any]
) -> None:
    program, key = Program(app, make.administrator), new_id()
    first = program.post(path, body, key)
    assert program.post(path, body, key).data == first.data
    assert program.post(path, body).status_code == 409
    assert Program(app, make.planner).post(path, body).status_code == 403


def test_another_site_does_not_exist_for_who_has_no_right_there(app: Flask, make: Factory) -> None:
    """Torture 60."""
    site = add_site(
        founder(new_id()), number="F2", names={"en": "Far"}, zone="Europe/Berlin", currency="EUR"
    )
    line = add_line(founder(new_id()), site_id=site.id, number="FL", names={"en": "Far line"})
    add_station(founder(new_id()), line_id=line.id, number="FS", names={"en": "Far station"})
    chief = make.person("administrator", "chief", scope_id=make.site_id)
    program = Program(app, chief)
    assert program.post("/lines", LINE | {"site": "F2"}).status_code == 404
    assert program.post("/places", PLACE | {"site": "F2"}).status_code == 404
    assert program.post("/stations", STATION | {"line": "FL"}).status_code == 404
    for path in ("/lines", "/stations", "/places"):
        program.get(f"{path}?limit=200")
        assert program.heard["entries"]
        assert not [entry for entry in program.heard["entries"] if entry["number"] in ("FL", "FS")]
        above = {entry.get("site", {}).get("number") for entry in program.heard["entries"]}
        assert "F2" not in above


def test_who_sees_one_station_hears_of_that_station(app: Flask, make: Factory) -> None:
    worker = make.person("operator", "tom", scope_id=make.stations[0])
    program = Program(app, worker)
    program.get("/stations")
    assert [entry["number"] for entry in program.heard["entries"]] == ["S1"]


@pytest.mark.parametrize("path", ["/lines", "/stations", "/places"])
def test_a_list_takes_two_statements(one_app: Flask, one_make: Factory, path: str) -> None:
    program = Program(one_app, one_make.administrator)
    db.session.rollback()
    with counted() as sent:
        program.get(path)
    assert len(sent) == 2, sent
