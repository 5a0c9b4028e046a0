"""Reading a workbook's sheet a row at a time, each number exactly as it is written."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Context, Decimal, InvalidOperation
from pathlib import Path
from zipfile import ZipFile

from shopfloor.core.tables.archive import open_workbook
from shopfloor.core.tables.limits import (
    MOST_COLUMNS,
    MOST_ROWS,
    MOST_TEXT,
    too_long_text,
    too_many_columns,
    too_many_rows,
)
from shopfloor.core.tables.rows import Cell, Fault, Formula, Row, column_of
from shopfloor.core.tables.xlsx_parts import Reader, Workbook, day_of, read_workbook, unescape
from shopfloor.core.types import plain

# A spreadsheet computes with fifteen digits; what comes behind them is noise of its binary numbers.
_DIGITS = Context(prec=15)


def sheets_of(path: Path) -> list[str]:
    """Return the names of the visible sheets."""
    with open_workbook(path) as archive:
        return [sheet.name for sheet in read_workbook(archive).sheets]


def xlsx_rows(path: Path, sheet: str = "") -> Iterator[Row]:
    """Yield the rows of a sheet, of the first one unless it is named; empty ones are left out."""
    with open_workbook(path) as archive:
        workbook = read_workbook(archive)
        part = next((s.part for s in workbook.sheets if s.name == sheet), workbook.sheets[0].part)
        width = found = 0
        for row in _Sheet(workbook).rows(archive, part):
            while row.cells and row.cells[-1] is None:
                row.cells.pop()
            if not row.cells:
                continue
            found += 1
            if found > MOST_ROWS + 1:
                raise too_many_rows()
            width = width or len(row.cells)
            row.cells.extend([None] * (width - len(row.cells)))
            yield row


class _Sheet:
    """The place in a sheet's XML: which row and cell, and what was read of it."""

    def __init__(self, workbook: Workbook) -> None:
        self._book = workbook
        self._line, self._column = 0, -1
        self._kind, self._style = "n", 0
        self._value, self._text, self._formula = "", [""], ""
        self._has_formula, self._spoken = False, False
        self._cells: list[Cell] = []
        self._done: list[Row] = []
        self._xml = Reader(self._begin, self._end)

    def rows(self, archive: ZipFile, part: str) -> Iterator[Row]:
        """Yield the rows of one part."""
        for _piece in self._xml.walk(archive, part):
            yield from self._done
            self._done.clear()

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        self._xml.text.clear()
        if name == "row":
            self._line = int(attributes.get("r") or self._line + 1)
            self._column, self._cells = -1, []
        elif name == "c":
            named = attributes.get("r")
            self._column = column_of(named) if named else self._column + 1
            self._kind, self._style = attributes.get("t", "n"), int(attributes.get("s") or 0)
            self._value, self._text, self._formula, self._has_formula = "", [], "", False
        elif name == "rPh":
            self._spoken = True

    def _end(self, name: str) -> None:
        if name == "v":
            self._value = self._xml.take()
        elif name == "f":
            self._formula, self._has_formula = self._xml.take(), True
        elif name == "t" and not self._spoken:
            self._text.append(self._xml.take())
        elif name == "rPh":
            self._spoken = False
        elif name == "c":
            self._put()
        elif name == "row":
            self._done.append(Row(self._line, self._cells))

    def _put(self) -> None:
        cell = self._cell()
        if cell is None:
            return
        if self._column >= MOST_COLUMNS:
            raise too_many_columns()
        if isinstance(cell, str) and len(cell) > MOST_TEXT:
            raise too_long_text(self._line)
        self._cells.extend([None] * (self._column + 1 - len(self._cells)))
        self._cells[self._column] = cell

    def _cell(self) -> Cell:
        if self._has_formula:
            return Formula(f"={self._formula}")
        if self._kind == "s":
            return (self._book.strings[int(self._value)] or None) if self._value else None
        if self._kind == "inlineStr":
            return unescape("".join(self._text)) or None
        if not self._value:
            return None
        return self._plain(self._value)

    def _plain(self, value: str) -> Cell:
        if self._kind == "b":
            return value.strip() in ("1", "true")
        if self._kind == "e":
            return Fault(value)
        if self._kind == "str":
            return unescape(value)
        if self._kind == "d":
            at = datetime.fromisoformat(value)
            return at if at.time() != datetime.min.time() else at.date()
        try:
            number = Decimal(value.strip())
        except InvalidOperation:
            return Fault(value[:40])
        return self._day(number) if self._style in self._book.dates else _exact(number)

    def _day(self, number: Decimal) -> date | datetime | Fault:
        return day_of(float(number), self._book.since_1904) or Fault(str(number)[:40])


def _exact(number: Decimal) -> Cell:
    if not number.is_finite():
        return Fault(str(number))
    # A long whole number, such as a barcode, is left as it stands.
    whole = number == number.to_integral_value() if abs(number.adjusted()) < 28 else False
    return plain(number if whole else _DIGITS.plus(number))
