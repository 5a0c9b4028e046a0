"""What a table from outside is made of: cells as they were written, in numbered rows."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from shopfloor.core.refusals import Sentence


@dataclass(frozen=True)
class Formula:
    """A cell that another program would compute: we read what is written, and run nothing."""

    text: str


@dataclass(frozen=True)
class Fault:
    """A cell in which the other program shows an error, such as #VALUE!."""

    text: str


# A CSV holds text only; a workbook knows numbers, days and yes or no.
Cell = str | Decimal | date | datetime | bool | Formula | Fault | None


@dataclass(frozen=True)
class Row:
    """One row of a table under the line of its file; `fault` says why it cannot be read."""

    line: int
    cells: list[Cell]
    fault: Sentence | None = None


def letters(column: int) -> str:
    """Return the name of a column, counted from 0, as Excel writes it: A, B … Z, AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def column_of(reference: str) -> int:
    """Return the column, counted from 0, of a cell's name such as AB12."""
    column = 0
    for character in reference:
        if not "A" <= character <= "Z":
            break
        column = column * 26 + ord(character) - 64
        if column > 20_000:  # Excel ends at XFD
            break
    return column - 1
