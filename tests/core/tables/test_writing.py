"""What is exported runs nowhere, and comes back exactly as it was."""

import io
import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from shopfloor.core.tables.guard import guard, unguard
from shopfloor.core.tables.reading import body, headings, look_at
from shopfloor.core.tables.writing import Value, write_csv, write_xlsx

DATA = Path(__file__).parents[2] / "data"
PAYLOADS = (DATA / "csv_injection.txt").read_text().splitlines()
NAUGHTY: list[str] = json.loads((DATA / "blns.json").read_text())
OWN = [
    "=1+1", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "'=1", "''=1", "'quoted", " =1", "＝1＋1",
    "a;=1", "a\n=1", "a\t@x", "_x000D_", "a\r\nb", "a\x0bb", "  x  ", "'", "'\t", '"=1"',
]  # fmt: skip
TEXTS = [text for text in PAYLOADS + NAUGHTY + OWN if text]


def csv_file(path: Path, rows: list[list[Value]]) -> Path:
    with path.open("wb") as file:
        write_csv(file, ["n", "text"], rows)
    return path


def xlsx_file(path: Path, rows: list[list[Value]]) -> Path:
    with path.open("wb") as file:
        write_xlsx(file, "Texts", ["n", "text"], rows)
    return path


@pytest.mark.parametrize("write", [csv_file, xlsx_file])
def test_every_naughty_text_comes_back_exactly(
    tmp_path: Path, write: Callable[[Path, list[list[Value]]], Path]
) -> None:
    """Torture 42 and 55."""
    path = write(tmp_path / "table", [[n, text] for n, text in enumerate(TEXTS)])
    shape = look_at(path)
    assert headings(path, shape) == ["n", "text"]
    assert [row.cells[1] for row in body(path, shape)] == TEXTS


def test_no_cell_of_a_csv_begins_with_what_a_spreadsheet_runs() -> None:
    """Torture 55: nor does any, when it is cut at semicolons, tabs or line ends instead."""
    for text in TEXTS:
        for piece in (
            guard(text).replace("\r", "\n").replace(";", "\n").replace("\t", "\n").split("\n")
        ):
            assert not piece.strip().startswith(("=", "+", "-", "@"))
        assert unguard(guard(text)) == text


def test_no_cell_of_a_workbook_is_a_formula(tmp_path: Path) -> None:
    """Torture 55: read by another program, every text is a text."""
    path = xlsx_file(tmp_path / "t.xlsx", [[n, text] for n, text in enumerate(PAYLOADS + OWN)])
    sheet = openpyxl.load_workbook(path).active
    cells = [row[1] for row in sheet.iter_rows(min_row=2)]
    assert {cell.data_type for cell in cells} == {"s"}
    assert all(cell.quotePrefix for cell in cells)
    assert [cell.value for cell in cells][:6] == PAYLOADS


def test_numbers_and_days_stay_numbers_and_days(tmp_path: Path) -> None:
    row: list[Value] = [Decimal("-0.1"), date(2026, 11, 30)]
    sheet = openpyxl.load_workbook(xlsx_file(tmp_path / "t.xlsx", [row])).active
    assert [cell.data_type for cell in sheet[2]] == ["n", "d"]
    assert [c.cells for c in body(tmp_path / "t.xlsx", look_at(tmp_path / "t.xlsx"))] == [row]
    assert csv_file(tmp_path / "t.csv", [row]).read_bytes().endswith(b"\r\n-0.1,2026-11-30\r\n")


def test_a_long_barcode_keeps_all_its_digits(tmp_path: Path) -> None:
    path = xlsx_file(tmp_path / "t.xlsx", [[Decimal(12345678901234567), "00123"]])
    assert [row.cells for row in body(path, look_at(path))] == [["12345678901234567", "00123"]]


def test_excel_is_told_that_a_csv_is_unicode() -> None:
    target = io.BytesIO()
    write_csv(target, ["编码"], [["螺丝"]])
    assert target.getvalue() == "\ufeff编码\r\n螺丝\r\n".encode()
