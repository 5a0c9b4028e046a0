"""A CSV is read whatever its encoding, separator and line ends; what is wrong is named by line."""

from pathlib import Path

import pytest

from shopfloor.core.refusals import Malformed
from shopfloor.core.tables.limits import MOST_BYTES, MOST_ROWS
from shopfloor.core.tables.reading import Shape, all_rows, body, headings, look_at

TEXT = "number;名称;note\r\nA-1;铝板 2 mm;Größe\nA-2;螺丝;\rA-3;垫圈;x\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "table.csv"


@pytest.mark.parametrize(
    ("encoding", "sure"),
    [("utf-8", True), ("utf-8-sig", True), ("utf-16", True), ("gb18030", False)],
)
def test_the_encoding_the_separator_and_mixed_line_ends_are_found(
    file: Path, encoding: str, sure: bool
) -> None:
    """Torture 54."""
    text = TEXT.replace("Größe", "大")
    file.write_bytes(text.encode(encoding))
    shape = look_at(file)
    assert (shape.delimiter, shape.sure) == (";", sure)
    assert headings(file, shape) == ["number", "名称", "note"]
    assert [(row.line, row.cells) for row in body(file, shape)] == [
        (2, ["A-1", "铝板 2 mm", "大"]),
        (3, ["A-2", "螺丝", None]),
        (4, ["A-3", "垫圈", "x"]),
    ]


def test_western_text_is_not_taken_for_chinese_although_its_bytes_would_decode(
    file: Path,
) -> None:
    file.write_bytes("number,name\n1,Pièce élargie à Genève\n2,Größe über Maß\n".encode("cp1252"))
    shape = look_at(file)
    assert (shape.encoding, shape.sure) == ("cp1252", False)
    assert [row.cells[1] for row in body(file, shape)] == [
        "Pièce élargie à Genève",
        "Größe über Maß",
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_every_usual_separator_is_found(file: Path, delimiter: str) -> None:
    rows = [["number", "name", "price"], ["1", "a, b; c", "2.5"], ["2", "d", "3"]]
    quoted = (delimiter.join(f'"{cell}"' for cell in row) for row in rows)
    file.write_text("\n".join(quoted))
    assert [row.cells for row in all_rows(file, look_at(file))] == rows


def test_two_columns_with_one_heading_are_refused_and_both_named(file: Path) -> None:
    file.write_text("number,Name,unit,name\n1,a,pcs,b\n")
    with pytest.raises(Malformed) as no:
        headings(file, look_at(file))
    assert str(no.value) == "Columns B and D have the same heading “name”."


def test_a_row_with_too_few_or_too_many_cells_is_named_by_its_line(file: Path) -> None:
    file.write_text('number,name\n1,"two\nlines"\n2\n\n3,c,d\n4,e,\n')
    rows = list(body(file, look_at(file)))
    assert [row.line for row in rows] == [2, 4, 6, 7]
    assert [None if row.fault is None else str(row.fault) for row in rows] == [
        None,
        "This row has 1 cells, the first one has 2.",
        "This row has 3 cells, the first one has 2.",
        None,
    ]


def test_a_quote_that_is_never_closed_is_named_by_the_line_where_it_opens(file: Path) -> None:
    file.write_text('number,name\n1,a\n2,"open\n' + "3,b\n" * 50_000)
    with pytest.raises(Malformed) as no:
        list(body(file, look_at(file)))
    assert "Line 3 holds a cell of more than" in str(no.value.sentence)


def test_text_in_another_encoding_than_chosen_is_refused_near_its_line(file: Path) -> None:
    file.write_bytes(b"number,name\n" + b"1,a\n" * 10 + "2,Größe\n".encode("cp1252"))
    shape = look_at(file).chosen(encoding="utf-8-sig")
    with pytest.raises(Malformed) as no:
        list(body(file, shape))
    assert "not in this encoding" in str(no.value)


def test_a_million_rows_are_refused_with_the_limit(file: Path) -> None:
    """Torture 54."""
    with file.open("w") as out:
        out.write("number,name\n")
        for n in range(1_000_000):
            out.write(f"{n},x\n")
    assert file.stat().st_size < MOST_BYTES
    with pytest.raises(Malformed) as no:
        for _row in body(file, Shape("csv", "utf-8-sig", True, ",")):
            pass
    assert f"{MOST_ROWS:,}" in str(no.value)


@pytest.mark.parametrize(
    "content", [b"", b"\n\n", b"\x89PNG\r\n\x1a\n\0\0\0", b"\xd0\xcf\x11\xe0old"]
)
def test_what_is_no_table_is_refused_with_a_sentence(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    with pytest.raises(Malformed):
        headings(file, look_at(file))


def test_a_file_of_more_than_20_mb_is_refused(file: Path) -> None:
    with file.open("wb") as out:
        out.truncate(MOST_BYTES + 1)
    with pytest.raises(Malformed) as no:
        look_at(file)
    assert "20 MB" in str(no.value)
