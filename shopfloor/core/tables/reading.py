"""Reading a table from outside: what kind of file it is, its columns, its rows."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from flask_babel import lazy_gettext as _l

from shopfloor.core.tables.archive import OLE, ZIP, locked
from shopfloor.core.tables.csv_in import csv_rows, look_at_csv
from shopfloor.core.tables.limits import MOST_BYTES, MOST_COLUMNS, no_table, too_large
from shopfloor.core.tables.limits import too_many_columns as too_wide
from shopfloor.core.tables.rows import Formula, Row, letters
from shopfloor.core.tables.xlsx_in import sheets_of, xlsx_rows


@dataclass(frozen=True)
class Shape:
    """How a file is written; people may choose another encoding, separator or sheet."""

    form: str  # csv or xlsx
    encoding: str = ""
    sure: bool = True
    delimiter: str = ""
    sheets: tuple[str, ...] = ()
    sheet: str = ""

    def chosen(self, encoding: str = "", delimiter: str = "", sheet: str = "") -> "Shape":
        """Return this shape with what a person has chosen instead."""
        return replace(
            self,
            encoding=encoding or self.encoding,
            sure=self.sure or bool(encoding),
            delimiter=delimiter or self.delimiter,
            sheet=sheet if sheet in self.sheets else self.sheet,
        )


def look_at(path: Path) -> Shape:
    """Find out how a file is written; Malformed for what is no table, or too large."""
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise too_large()
    with path.open("rb") as file:
        start = file.read(4)
    if start == OLE:
        raise locked()
    if start == ZIP:
        sheets = tuple(sheets_of(path))
        return Shape("xlsx", sheets=sheets, sheet=sheets[0])
    if not size:
        raise no_rows()
    csv = look_at_csv(path)
    return Shape("csv", csv.encoding, csv.sure, csv.delimiter)


def all_rows(path: Path, shape: Shape) -> Iterator[Row]:
    """Yield all rows, the one with the headings first."""
    if shape.form == "xlsx":
        return xlsx_rows(path, shape.sheet)
    return csv_rows(path, shape.encoding, shape.delimiter)


def headings(path: Path, shape: Shape) -> list[str]:
    """Return the names of the columns; an empty heading is an empty text.

    Raises Malformed when two columns have one name, because nobody could say which is meant.
    """
    first = next(all_rows(path, shape), None)
    if first is None:
        raise no_rows()
    if len(first.cells) > MOST_COLUMNS:
        raise too_wide()
    names = ["" if isinstance(cell, Formula) else as_heading(cell) for cell in first.cells]
    known: dict[str, int] = {}
    for column, name in enumerate(names):
        other = known.setdefault(name.casefold(), column) if name else column
        if other != column:
            raise no_table(
                _l(
                    "Columns %(first)s and %(second)s have the same heading “%(name)s”.",
                    first=letters(other),
                    second=letters(column),
                    name=name[:80],
                ),
                _l("Give each column a heading of its own."),
            )
    return names


def body(path: Path, shape: Shape) -> Iterator[Row]:
    """Yield the rows below the headings."""
    rows = all_rows(path, shape)
    next(rows, None)
    return rows


def as_heading(cell: object) -> str:
    """Return a heading on one line."""
    return "" if cell is None else " ".join(str(cell).split())[:200]


def no_rows() -> Exception:
    """Return the refusal of a file with nothing in it."""
    return no_table(
        _l("There is nothing in this file."), _l("The first row holds the headings of the columns.")
    )
