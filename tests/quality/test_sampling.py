"""Sampling plans: every lot size, level, AQL and severity against the build of the tables."""

import csv
from decimal import Decimal
from itertools import product
from pathlib import Path

import pytest

from shopfloor.quality.sampling import (
    Level,
    Sample,
    Severity,
    _plans,
    aqls,
    code_letter,
    single_sample,
)

LETTERS = "ABCDEFGHJKLMNPQR"
SIZES = (2, 3, 5, 8, 13, 20, 32, 50, 80, 125, 200, 315, 500, 800, 1250, 2000, 3150)
# The smallest lot of each row of Table I, and the largest of the last but one.
LOTS = (2, 9, 16, 26, 51, 91, 151, 281, 501, 1201, 3201, 10001, 35001, 150001, 500001)
# Down each diagonal of the tables the acceptance number is the same.
NORMAL = {14: 0, 17: 1, 18: 2, 19: 3, 20: 5, 21: 7, 22: 10, 23: 14, 24: 21, 25: 30, 26: 44}
TIGHTENED = {15: 0, 18: 1, 19: 2, 20: 3, 21: 5, 22: 8, 23: 12, 24: 18, 25: 27, 26: 41}
# Above 10 percent one counts defects, and no plan accepts none; the large numbers are for small
# samples only.
LAST_PERCENT = 14
SMALL = LETTERS.index("E")
UNDER_ZERO = 15
BESIDE = Path(__file__).parents[3] / "shared/data/sampling"


def printed(diagonals: dict[int, int], letter: int, aql: int) -> int | None:
    """Return the acceptance number printed in a cell; None for an arrow."""
    diagonal = letter + aql
    if diagonal > 24 and letter > SMALL:
        return None
    accept = diagonals.get(diagonal)
    return None if accept == 0 and aql > LAST_PERCENT else accept


def followed(severity: Severity, letter: int, aql: int) -> Sample:
    """Return the plan at which the arrows from a cell end."""
    # Only the tightened table has a row below the last letter.
    diagonals, rows = (NORMAL, 16) if severity is Severity.NORMAL else (TIGHTENED, 17)
    known = {
        row: accept for row in range(rows) if (accept := printed(diagonals, row, aql)) is not None
    }
    above = [row for row in known if row < letter]
    below = [row for row in known if row > letter]
    # On normal inspection the cell under a zero points back to it; all others point down first.
    back = severity is Severity.NORMAL and letter + aql == UNDER_ZERO
    if letter in known:
        at = letter
    elif above and (back or not below):
        at = max(above)
    else:
        at = min(below)
    return Sample(SIZES[at], known[at], known[at] + 1)


@pytest.mark.parametrize("severity", [Severity.NORMAL, Severity.TIGHTENED])
def test_every_cell_follows_from_how_the_tables_are_built(severity: Severity) -> None:
    """Torture 71: seven levels, fifteen rows of lot sizes and 26 AQLs, each."""
    for lot, level, (column, aql) in product(LOTS, Level, enumerate(aqls())):
        expected = followed(severity, LETTERS.index(code_letter(lot, level)), column)
        found = single_sample(lot, level, aql, severity)
        wanted = (min(expected.size, lot), expected.accept, expected.reject)
        assert (found.size, found.accept, found.reject) == wanted, (lot, level, aql)


def test_reduced_samples_are_smaller_and_leave_a_gap_that_passes() -> None:
    """Torture 71: the third severity; what lies between acceptance and rejection is accepted."""
    for lot, level, aql in product(LOTS, Level, aqls()):
        normal = single_sample(lot, level, aql)
        reduced = single_sample(lot, level, aql, Severity.REDUCED)
        assert reduced.size <= normal.size <= lot
        assert reduced.accept < reduced.reject
    assert single_sample(1201, Level.II, Decimal("1.0"), Severity.REDUCED) == Sample(50, 1, 4)


@pytest.mark.parametrize(
    ("lot", "aql", "severity", "plan"),
    [
        # Whoever keeps the letter's own sample size at an arrow gets 32 here.
        (200, "1.0", Severity.TIGHTENED, Sample(80, 1, 2)),
        (1000, "1.0", Severity.NORMAL, Sample(80, 2, 3)),
        (1000, "2.5", Severity.NORMAL, Sample(80, 5, 6)),
        (5000, "0.65", Severity.NORMAL, Sample(200, 3, 4)),
    ],
)
def test_plans_that_are_well_known(lot: int, aql: str, severity: Severity, plan: Sample) -> None:
    assert single_sample(lot, Level.II, Decimal(aql), severity) == plan


def test_a_lot_smaller_than_its_sample_is_inspected_whole() -> None:
    """Torture 71."""
    assert single_sample(6, Level.II, Decimal("0.010")) == Sample(6, 0, 1)
    assert single_sample(1, Level.III, Decimal("1.0")) == Sample(1, 0, 1)
    with pytest.raises(ValueError, match="no code letter"):
        code_letter(0, Level.II)
    with pytest.raises(KeyError):
        single_sample(100, Level.II, Decimal("1.1"))


def test_the_table_is_the_published_one() -> None:
    if not BESIDE.is_dir():
        pytest.skip("the published tables are not beside the project")
    with (BESIDE / "single_sampling_plans_resolved.csv").open() as table:
        for row in csv.DictReader(table):
            plan = _plans()[Severity(row["inspection"]), row["code_letter"]][Decimal(row["aql"])]
            assert plan == Sample(int(row["sample_size"]), int(row["ac"]), int(row["re"]))
