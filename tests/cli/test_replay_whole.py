"""Replaying the whole published log of a real factory, where somebody has put it."""

import os
import sys
from pathlib import Path

import pytest
from flask import Flask

from shopfloor.cli.replay import replay
from shopfloor.cli.replay.play import Lock
from shopfloor.core.reconcile import run_checks

BESIDE = Path(__file__).parents[3] / "shared" / "data" / "production_log" / "Production_Data.csv"
PUBLISHED = "DOI 10.4121/uuid:68726926-5ac5-4fab-b873-ee76ea412399"


def published_log() -> Path:
    """Return the published file; without it the test is skipped, and says so on the terminal."""
    file = Path(os.environ.get("SHOPFLOOR_PRODUCTION_LOG") or BESIDE)
    if not file.is_file():
        told = (
            f"THE PUBLISHED LOG WAS NOT REPLAYED: {file} is not there. Fetch Production_Data.csv "
            f"({PUBLISHED}) and name it in SHOPFLOOR_PRODUCTION_LOG."
        )
        print(told, file=sys.__stderr__)
        pytest.skip(told)
    return file


@pytest.fixture
def log() -> Path:
    return published_log()


def test_the_whole_log_gives_its_published_totals(one_app: Flask, log: Path) -> None:
    """Torture 12."""
    answer = replay(log)
    expected = {
        "rows": 4543,
        "orders": 225,
        "completed": 92519,
        "rejected": 593,
        "mrb": 105,
        "minutes": {"setup": 145418, "production": 679643, "breakdown": 10300},
        "rejects_by_month": {"2012-01": 123, "2012-02": 252, "2012-03": 218},
        "refusals": {},
    }
    assert {name: answer[name] for name in expected} == expected
    assert run_checks().differences == ()


@pytest.mark.parametrize(
    ("lock", "rows", "orders", "late"), [(Lock.MRB, 237, 9, 0), (Lock.REJECT, 1915, 107, 1)]
)
def test_a_lock_stops_what_begins_after_it(
    one_app: Flask, log: Path, lock: Lock, rows: int, orders: int, late: int
) -> None:
    answer = replay(log, lock)
    assert (answer["refused_rows"], answer["refused_orders"]) == (rows, orders)
    # One set-up that was in hand at its order's lock brought a piece: set-ups make none.
    assert answer["refusals"] == {"held": rows + late}
    assert run_checks().differences == ()
