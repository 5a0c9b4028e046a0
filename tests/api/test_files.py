"""Photos for programs: those of an entry, of a record, and of an instruction."""

import io
from decimal import Decimal

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select

from shopfloor.core.db import db, transaction
from shopfloor.core.files import EventFile, keep, keep_photo, path_of
from shopfloor.core.subjects import Subject
from shopfloor.people.looks import Look
from shopfloor.people.setup import founder
from shopfloor.plant.commands import add_site
from shopfloor.production.commands.noting import leave_note
from shopfloor.production.commands.reports import report_quantities
from tests.api.program import Program
from tests.make import Factory, new_id
from tests.statements import counted


def photo(colour: str) -> str:
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8), colour).save(buffer, "PNG")
    return keep_photo(io.BytesIO(buffer.getvalue()))


def scrapped(make: Factory, lot: str, colour: str) -> tuple[int, str]:
    """Scrap a piece with its photo; returns the event and the photo."""
    taken = photo(colour)
    booked = report_quantities(
        make.operator.act(), lot=lot, operation=10, good=Decimal(1), scrap=Decimal(1),
        scrap_reason_id=make.reasons["scrap"], photo=taken,
    )  # fmt: skip
    return booked.event_id, taken


def test_the_photo_of_a_scrapped_piece_is_listed_and_sent(app: Flask, make: Factory) -> None:
    lot = make.lot(10, inspect=())
    event, taken = scrapped(make, lot, "red")
    program = Program(app, make.administrator)
    assert program.get(f"/events/{event}/files").status_code == 200
    (file,) = program.heard["files"]
    assert (program.heard["kind"], file["sha256"]) == ("work.reported", taken)
    assert (file["media_type"], file["size"]) == ("image/jpeg", path_of(taken).stat().st_size)
    answer = program.get(file["address"].removeprefix("/api/v1"))
    assert (answer.status_code, answer.data) == (200, path_of(taken).read_bytes())
    headers = {name.lower(): value for name, value in answer.headers}
    assert headers["content-type"] == "image/jpeg"
    assert headers["content-disposition"] == f"inline; filename={taken[:12]}.jpg"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert headers["cache-control"] == "private, max-age=31536000, immutable"
    again = program.get(
        file["address"].removeprefix("/api/v1"), headers={"If-None-Match": headers["etag"]}
    )
    assert (again.status_code, again.data) == (304, b"")


def test_the_photos_of_a_record_come_in_parts_for_who_sees_it(app: Flask, make: Factory) -> None:
    lot = make.lot(10, inspect=())
    report_quantities(make.operator.act(), lot=lot, operation=10, good=Decimal(1))
    taken = [scrapped(make, lot, colour) for colour in ("red", "green", "blue")]
    program = Program(app, make.operator)
    db.session.rollback()
    with counted() as sent:
        program.get(f"/records/{lot}/files?limit=2")
    assert [row["event"] for row in program.heard["entries"]] == [taken[0][0], taken[1][0]]
    few = len(sent)
    program.get(f"/records/{lot}/files?limit=2&after={program.heard['next']}")
    ((entry),) = program.heard["entries"]
    assert program.heard["next"] is None
    address = entry["files"][0]["address"].removeprefix("/api/v1")
    assert program.get(address).data == path_of(taken[2][1]).read_bytes()
    db.session.rollback()
    with counted() as sent:
        program.get(f"/records/{lot}/files")
    assert len(program.heard["entries"]) == 3
    # The token, the record and whether it is in reach, the entries, their files.
    assert len(sent) == few <= 6, sent


def test_one_photo_of_two_entries_is_told_of_each_and_only_by_its_own(
    app: Flask, make: Factory
) -> None:
    first, second = make.lot(10, inspect=()), make.lot(10, inspect=())
    (one, taken), (two, same) = scrapped(make, first, "red"), scrapped(make, second, "red")
    other, _photo = scrapped(make, first, "blue")
    assert taken == same
    program = Program(app, make.administrator)
    for event, status in ((one, 200), (two, 200), (other, 404), (10**9, 404)):
        assert program.get(f"/events/{event}/files/{taken}").status_code == status
    for wrong in ("f" * 64, "..", taken.upper(), f"{taken}%00"):
        assert program.get(f"/events/{one}/files/{wrong}").status_code == 404
        assert program.get(f"/instructions/files/{wrong}").status_code == 404
    assert program.get(f"/records/{second}/files/{_photo}").status_code == 404
    path_of(taken).unlink()
    assert program.get(f"/events/{one}/files/{taken}").status_code == 404


def test_the_picture_of_a_note_hangs_on_its_station(app: Flask, make: Factory) -> None:
    taken = photo("green")
    leave_note(make.operator.act(), station_id=make.stations[0], words="look", photo=taken)
    code = db.session.scalar(select(Subject.code).where(Subject.id == make.stations[0]))
    program = Program(app, make.operator)
    program.get(f"/records/{code}/files")
    ((entry),) = program.heard["entries"]
    assert [file["sha256"] for file in entry["files"]] == [taken]


def test_a_table_that_was_imported_is_not_told(app: Flask, make: Factory) -> None:
    lot = make.lot(10, inspect=())
    event, _taken = scrapped(make, lot, "red")
    table = keep(b"login,rate\nanna,3.5\n", "text/csv")
    with transaction() as session:
        session.add(EventFile(event_id=event, sha256=table))
    program = Program(app, make.administrator)
    program.get(f"/events/{event}/files")
    assert len(program.heard["files"]) == 1
    assert program.get(f"/events/{event}/files/{table}").status_code == 404


def test_somebody_sees_that_a_program_has_opened_his_photos(app: Flask, make: Factory) -> None:
    code = db.session.scalar(select(Subject.code).where(Subject.id == make.operator.id))
    Program(app, make.administrator).get(f"/records/{code}/files").close()
    Program(app, make.operator).get(f"/records/{code}/files").close()
    db.session.rollback()
    looks = db.session.scalars(select(Look).where(Look.person_id == make.operator.id)).all()
    assert [look.viewer_id for look in looks] == [make.administrator.id]


@pytest.mark.parametrize("asked", ["limit=0", "limit=1&limit=2", "file=1"])
def test_what_cannot_be_read_is_refused(one_app: Flask, one_make: Factory, asked: str) -> None:
    lot = one_make.lot(5)
    assert (
        Program(one_app, one_make.planner).get(f"/records/{lot}/files?{asked}").status_code == 422
    )


def test_another_site_and_who_has_no_right_see_nothing(app: Flask, make: Factory) -> None:
    """Torture 60."""
    lot = make.lot(10, inspect=())
    event, taken = scrapped(make, lot, "red")
    far = add_site(
        founder(new_id()), number="F2", names={"en": "Far"}, zone="Europe/Berlin", currency="EUR"
    )
    judge = Program(app, make.person("quality", "judge", scope_id=far.id, site_id=far.id))
    addresses = [
        f"/events/{event}/files", f"/events/{event}/files/{taken}",
        f"/records/{lot}/files", f"/records/{lot}/files/{taken}",
    ]  # fmt: skip
    assert [judge.get(each).status_code for each in addresses] == [404] * 4
    blind = Program(app, make.administrator, "order.plan")
    assert [blind.get(each).status_code for each in addresses] == [403] * 4
    worker = Program(app, make.operator)
    assert [worker.get(each).status_code for each in addresses] == [403, 403, 200, 200]
    assert judge.get(f"/instructions/files/{taken}").status_code == 404
