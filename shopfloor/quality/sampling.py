"""How many pieces of a lot are inspected, and how many may be bad: single sampling by attributes.

The tables are those of MIL-STD-105E (1989, public domain), which ISO 2859-1 shares: Table I for the
code letters, Tables II-A, II-B and II-C with their arrows followed, so that a cell gives the plan
that is used and not the letter's own sample size.
"""

import csv
from bisect import bisect_right
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache
from pathlib import Path

_TABLES = Path(__file__).with_name("tables")


class Severity(StrEnum):
    """How hard one looks; switching moves between them."""

    NORMAL = "normal"
    TIGHTENED = "tightened"
    REDUCED = "reduced"


class Level(StrEnum):
    """The inspection level: how the size of the sample follows the size of the lot."""

    S1 = "S-1"
    S2 = "S-2"
    S3 = "S-3"
    S4 = "S-4"
    I = "I"  # noqa: E741 - as the standard has it
    II = "II"
    III = "III"


@dataclass(frozen=True)
class Sample:
    """A sample of `size` pieces: up to `accept` bad ones pass, from `reject` on the lot fails.

    On reduced inspection there may be numbers between the two: the lot passes, and the next one is
    inspected normally again (MIL-STD-105E, 10.1.4.2.1).
    """

    size: int
    accept: int
    reject: int


def code_letter(lot_size: int, level: Level) -> str:
    """Return the code letter of a lot of at least one piece (Table I)."""
    if lot_size < 1:
        raise ValueError(f"a lot of {lot_size} pieces has no code letter")
    begins, letters = _letters()
    # The table begins with lots of two; of a single piece all is looked at anyway.
    return letters[max(0, bisect_right(begins, lot_size) - 1)][level]


def single_sample(
    lot_size: int, level: Level, aql: Decimal, severity: Severity = Severity.NORMAL
) -> Sample:
    """Return the plan for a lot; KeyError for an AQL that is not one of `aqls()`.

    Where the sample would be as large as the lot or larger, every piece is inspected.
    """
    planned = _plans()[severity, code_letter(lot_size, level)][aql]
    return Sample(min(planned.size, lot_size), planned.accept, planned.reject)


@cache
def aqls() -> tuple[Decimal, ...]:
    """Return the acceptance quality limits there are: percent, or defects per hundred pieces."""
    return tuple(next(iter(_plans().values())))


@cache
def _letters() -> tuple[list[int], list[dict[Level, str]]]:
    rows = _rows("code_letters.csv")
    return [int(row["lot_from"]) for row in rows], [
        {level: row[level.value] for level in Level} for row in rows
    ]


@cache
def _plans() -> dict[tuple[Severity, str], dict[Decimal, Sample]]:
    return {
        (Severity(row.pop("inspection")), row.pop("code_letter")): {
            Decimal(aql): Sample(*map(int, cell.split("/"))) for aql, cell in row.items()
        }
        for row in _rows("single_sampling.csv")
    }


def _rows(name: str) -> list[dict[str, str]]:
    with (_TABLES / name).open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table))
