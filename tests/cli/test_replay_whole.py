"""Replaying the whole published log of a real factory, where somebody has put it."""

import os
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

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


TOTALS = {
    "rows": 4543,
    "orders": 225,
    "completed": 92519,
    "rejected": 593,
    "mrb": 105,
    "minutes": {"setup": 145418, "production": 679643, "breakdown": 10300},
    "rejects_by_month": {"2012-01": 123, "2012-02": 252, "2012-03": 218},
}
# The first five of each, as they are published.
MOST_REJECTS = {
    "rejects_by_activity": {
        "Turning & Milling Q.C.": 246,
        "Final Inspection Q.C.": 233,
        "Round Grinding - Q.C.": 27,
        "Round Grinding - Machine 2": 16,
        "Laser Marking - Machine 7": 14,
    },
    "rejects_by_worker": {
        "ID4618": 218,
        "ID4163": 144,
        "ID4287": 104,
        "ID4493": 85,
        "ID0937": 34,
    },
    "rejects_by_part": {
        "Cable Head": 229,
        "Ballnut": 125,
        "Punch Holder": 45,
        "Spur Gear": 26,
        "Bearing": 21,
    },
}


def require_totals(answer: dict[str, Any]) -> None:
    assert {name: answer[name] for name in TOTALS} == TOTALS
    for name, most in MOST_REJECTS.items():
        assert dict(list(answer[name].items())[:5]) == most
    assert run_checks().differences == ()


def test_the_whole_log_gives_its_published_totals(one_app: Flask, log: Path) -> None:
    """Torture 12."""
    answer = replay(log)
    require_totals(answer)
    assert answer["refusals"] == {}


def test_inspected_locked_and_released_it_gives_the_same_totals(one_app: Flask, log: Path) -> None:
    """Torture 12."""
    answer = replay(log, release_after=timedelta(days=30))
    require_totals(answer)
    assert answer["inspections"] == {
        "passed": 550,
        "failed": 10,
        "locks": 10,
        "released": 10,
        "dispositions": {"scrap": 96, "sort": 33, "use_as_is": 9},
        "ncrs": 10,
        "ncrs_closed": 10,
    }
    assert (answer["refused_rows"], answer["refused_orders"]) == (107, 8)
    assert answer["refusals"] == {"held": 107}


def test_a_lock_stops_what_begins_after_it(one_app: Flask, log: Path) -> None:
    answer = replay(log, Lock.REJECT)
    assert (answer["refused_rows"], answer["refused_orders"]) == (1915, 107)
    # One set-up that was in hand at its order's lock brought a piece: set-ups make none.
    assert answer["refusals"] == {"held": 1915 + 1}
    assert run_checks().differences == ()
