"""A workbook is read exactly, and refused when it swells, hides, links or computes."""

import io
import stat
import struct
import tracemalloc
import zipfile
import zlib
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from shopfloor.core.refusals import Malformed
from shopfloor.core.tables import archive
from shopfloor.core.tables.reading import all_rows, body, headings, look_at
from shopfloor.core.tables.rows import Formula
from shopfloor.core.tables.writing import write_xlsx


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "table.xlsx"


def made_by_openpyxl(path: Path, *rows: list[Any], title: str = "Items") -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(row)
    book.create_sheet("Second").append(["only", "here"])
    book.create_sheet("Hidden").sheet_state = "hidden"
    book.save(path)
    return path


def with_part(path: Path, name: str, content: bytes) -> Path:
    """Write a small good workbook with one part replaced or added."""
    good = io.BytesIO()
    write_xlsx(good, "Items", ["number"], [["A-1"]])
    with zipfile.ZipFile(good) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            if member.filename != name:
                new.writestr(member, old.read(member))
        new.writestr(name, content)
    return path


def refusal(path: Path) -> str:
    with pytest.raises(Malformed) as no:
        list(all_rows(path, look_at(path)))
    return str(no.value)


def test_texts_numbers_days_and_sheets_are_read_as_they_stand(file: Path) -> None:
    at = datetime(2026, 11, 30, 12, 30)  # noqa: DTZ001 - a sheet has no zones
    made_by_openpyxl(
        file,
        ["number", "编码", "much", "day", "at", "ok"],
        ["00123", 4006381333931, 0.1 + 0.2, date(2026, 11, 30), at, True],
        [],
        ["=text", 7, 1.5, date(1900, 2, 1), None, False],
    )
    shape = look_at(file)
    assert shape.sheets == ("Items", "Second")
    assert headings(file, shape) == ["number", "编码", "much", "day", "at", "ok"]
    rows = list(body(file, shape))
    assert rows[0].cells == [
        "00123",
        Decimal(4006381333931),
        Decimal("0.3"),
        date(2026, 11, 30),
        at,
        True,
    ]
    assert (rows[1].line, rows[1].cells[0]) == (4, Formula("=text"))
    assert rows[1].cells[1:4] == [Decimal(7), Decimal("1.5"), date(1900, 2, 1)]
    assert headings(file, shape.chosen(sheet="Second")) == ["only", "here"]


def test_a_bomb_is_refused_by_what_it_declares(file: Path) -> None:
    """Torture 53: a small file that unpacks to gigabytes."""
    with (
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as bomb,
        bomb.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part,
    ):
        for _ in range(450):
            part.write(b"\0" * 1_000_000)
    assert file.stat().st_size < 1_000_000
    assert "unpacks to more than" in refusal(file)


def test_a_bomb_that_lies_about_its_size_is_refused_by_counting(file: Path) -> None:
    """Torture 53: 42 kB that say they are small; what is counted decides."""
    with_part(file, "xl/worksheets/sheet1.xml", b"<x/>" + b" " * 3_000_000)
    content = bytearray(file.read_bytes())
    at = content.find(b"PK\x01\x02", content.rfind(b"sheet1.xml") - 100)
    struct.pack_into("<I", content, at + 24, 10)
    file.write_bytes(content)
    assert "damaged" in refusal(file)


def test_a_bomb_of_parts_that_overlap_is_counted(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Torture 53: each part is small, together they are not."""
    monkeypatch.setattr(archive, "MOST_UNPACKED", 5_000_000)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as bomb:
        for n in range(10):
            bomb.writestr(f"xl/media/{n}.bin", b"\0" * 1_000_000)
    assert "unpacks to more than" in refusal(file)


def test_a_hundred_thousand_parts_are_refused_before_they_are_listed(file: Path) -> None:
    """Torture 53."""
    with zipfile.ZipFile(file, "w") as crowd:
        for n in range(100_000):
            crowd.writestr(f"{n}", b"")
    tracemalloc.start()
    assert "more than 1,000 parts" in refusal(file)
    assert tracemalloc.get_traced_memory()[1] < 2_000_000
    tracemalloc.stop()


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "..\\boot.ini", "C:/x"])
def test_a_part_that_points_outside_is_refused(file: Path, name: str) -> None:
    """Torture 53."""
    assert "points outside" in refusal(with_part(file, name, b"x"))


def test_a_symbolic_link_is_refused(file: Path) -> None:
    """Torture 53."""
    with_part(file, "xl/x.xml", b"<x/>")
    link = zipfile.ZipInfo("xl/link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(file, "a") as opened:
        opened.writestr(link, "/etc/passwd")
    assert "points outside" in refusal(file)


@pytest.mark.parametrize(
    "xml",
    [
        b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><worksheet>&e;</worksheet>',
        b'<?xml version="1.0"?><!doctype x><worksheet/>',
        '<!DOCTYPE x [<!ENTITY e "e">]><worksheet/>'.encode("utf-16"),
        b'<?xml version="1.0" encoding="cp037"?>' + "<!DOCTYPE x>".encode("cp037"),
    ],
)
def test_an_external_entity_is_refused_in_whatever_encoding(file: Path, xml: bytes) -> None:
    """Torture 53."""
    assert "refers to things outside" in refusal(with_part(file, "xl/worksheets/sheet1.xml", xml))


def test_a_locked_or_an_old_workbook_is_answered_with_a_plain_sentence(file: Path) -> None:
    file.write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 2000)
    assert (
        refusal(file) == "This workbook is protected by a password, or is in the old format .xls."
    )


@pytest.mark.parametrize(
    "content", [b"PK\x03\x04 nothing", b"PK\x03\x04" + zlib.compress(b"x" * 99), b"PK\x03\x04"]
)
def test_a_damaged_workbook_is_refused(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    assert "damaged" in refusal(file)


def test_a_row_far_below_and_a_cell_far_right_cost_nothing(file: Path) -> None:
    xml = b'<worksheet><sheetData><row r="1"><c r="A1"><v>1</v></c></row><row r="999999999">'
    end = b"</row></sheetData></worksheet>"
    with_part(file, "xl/worksheets/sheet1.xml", xml + b'<c r="A9"><v>2</v></c>' + end)
    assert [row.line for row in all_rows(file, look_at(file))] == [1, 999999999]
    with_part(file, "xl/worksheets/sheet1.xml", xml + b'<c r="XFD9"><v>2</v></c>' + end)
    assert "too wide" in refusal(file)


def test_a_sheet_of_empty_cells_does_not_fill_the_memory(file: Path) -> None:
    xml = b"<worksheet><sheetData><row>" + b"<c/>" * 1_000_000 + b"</row></sheetData></worksheet>"
    with_part(file, "xl/worksheets/sheet1.xml", xml)
    tracemalloc.start()
    list(all_rows(file, look_at(file)))
    assert tracemalloc.get_traced_memory()[1] < 10_000_000
    tracemalloc.stop()
