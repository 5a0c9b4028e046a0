"""Replaying a factory's log through the commands."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from shopfloor import cli
from shopfloor.catalogue.models import Item, Routing
from shopfloor.cli.replay import play as playing
from shopfloor.cli.replay import replay
from shopfloor.cli.replay.play import Lock
from shopfloor.cli.settings import CannotStart
from shopfloor.core.actions import Action
from shopfloor.core.db import db
from shopfloor.core.events import Event
from shopfloor.core.reconcile import run_checks
from shopfloor.core.subjects import Subject
from shopfloor.plant.models import Station
from shopfloor.production.models import Job, Operation, OrderState, WorkOrder
from tests.invariants import require_invariants
from tests.make import Factory

SMALL = Path(__file__).parents[1] / "data" / "small_log.csv"
TOTALS = {
    "rows": 60,
    "orders": 7,
    "reports": 53,
    "completed": 598,
    "rejected": 24,
    "mrb": 10,
    "minutes": {"setup": 160, "production": 14165, "breakdown": 205},
    "rejects_by_month": {"2025-02": 18, "2025-03": 6},
    "refusals": {},
}


def figures(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: answer[name] for name in TOTALS}


def reconciled() -> bool:
    return run_checks().differences == ()


def test_every_row_is_booked_and_the_totals_are_those_of_the_file(app: Flask) -> None:
    """Torture 12."""
    answer = replay(SMALL)
    assert figures(answer) == TOTALS
    assert answer["overrides"] == {"excess": 11, "start_not_ready": 11, "started_twice": 10}
    assert reconciled()
    require_invariants()


def test_equal_rows_count_each(app: Flask) -> None:
    """Torture 4."""
    replay(SMALL)
    same = select(func.count()).where(
        Event.kind == "work.reported", Event.happened_at == _at("02-03 08:00")
    )
    assert db.session.scalar(same) == 3  # the duplicate, and a row without duration behind it


def test_original_times_stay_over_midnight_and_without_duration(app: Flask) -> None:
    replay(SMALL)
    jobs = db.session.execute(select(Job.opened_at, Job.closed_at)).all()
    assert (_at("01-31 23:40"), _at("02-01 00:20")) in [tuple(job) for job in jobs]
    assert sum(job.opened_at == job.closed_at for job in jobs) == 2
    assert all(job.closed_at is not None for job in jobs)
    released = db.session.scalars(select(WorkOrder.released_at).order_by(WorkOrder.id)).first()
    assert released == _at("01-30 22:00")


def test_names_keep_their_blanks_and_orders_their_numbers(app: Flask) -> None:
    replay(SMALL)
    numbers = set(db.session.scalars(select(Subject.number)))
    assert {"Quality  Bench", "Saw 7- Sawing", "Lot 1", "Lot 1-1"} <= numbers
    assert db.session.scalar(select(func.count()).select_from(Station)) == 5
    assert db.session.scalar(select(func.count()).select_from(Item)) == 3


def test_a_part_has_a_routing_for_each_order_of_its_first_visits(app: Flask) -> None:
    replay(SMALL)
    assert db.session.scalar(select(func.count()).select_from(Routing)) == 5
    saws = [names["en"] for names in db.session.scalars(select(Operation.names))]
    assert saws.count("Sawing - Saw 1") == 6


def test_a_replay_that_was_interrupted_goes_on_where_it_stopped(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Torture 18."""
    play, left = playing.Player.play, iter(range(70))

    def stop_after_seventy(player: playing.Player, moment: playing.Moment) -> None:
        if next(left, None) is None:
            raise KeyboardInterrupt
        play(player, moment)

    monkeypatch.setattr(playing.Player, "play", stop_after_seventy)
    with pytest.raises(KeyboardInterrupt):
        replay(SMALL)
    monkeypatch.undo()
    assert figures(replay(SMALL)) == TOTALS
    assert reconciled()


def test_run_twice_it_changes_nothing(app: Flask) -> None:
    first = replay(SMALL)
    before = db.session.scalar(select(func.count()).select_from(Event))
    again = replay(SMALL)
    assert first | {"seconds": 0} == again | {"seconds": 0}
    assert db.session.scalar(select(func.count()).select_from(Event)) == before


@pytest.mark.parametrize(
    ("lock", "locked", "rows", "orders", "late"),
    [(Lock.MRB, 2, 6, 2, 0), (Lock.REJECT, 5, 21, 5, 1)],
)
def test_a_failed_inspection_stops_every_row_that_begins_after_it(
    app: Flask, lock: Lock, locked: int, rows: int, orders: int, late: int
) -> None:
    answer = replay(SMALL, lock)
    # Work in hand is taken once: what a row says in a second report comes too late.
    assert answer["refusals"] == {"held": rows + late}
    assert answer["locked_orders"] == locked
    assert (answer["refused_rows"], answer["refused_orders"]) == (rows, orders)
    assert reconciled()
    require_invariants()


def test_work_in_hand_at_the_lock_is_booked_as_held(app: Flask) -> None:
    replay(SMALL, Lock.MRB)
    held = [
        facts["held"]
        for text in db.session.scalars(select(Event.payload).where(Event.kind == "work.reported"))
        if Decimal((facts := json.loads(text))["held"])
    ]
    assert held == ["3"]
    states = db.session.scalars(select(WorkOrder.state)).all()
    assert OrderState.RELEASED in states


def test_a_database_that_holds_something_else_is_refused(one_make: Factory) -> None:
    with pytest.raises(CannotStart, match="not empty"):
        replay(SMALL)


def test_another_mode_of_the_same_file_is_something_else(one_app: Flask) -> None:
    replay(SMALL)
    with pytest.raises(CannotStart, match="not empty"):
        replay(SMALL, Lock.MRB)


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (("Resource", "Machine"), "no column “Resource”"),
        (("2025/02/03 06:00:00.000", "yesterday"), "Line 11: “yesterday”"),
        ((",D,15,", ",D,many,"), "Line 11: “many”"),
        ((",W01,S,", ",W01,X,"), "Line 2: “X”"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_before_anything_is_booked(
    one_app: Flask, tmp_path: Path, spoil: tuple[str, str], sentence: str
) -> None:
    """Torture 54."""
    file = tmp_path / "log.csv"
    file.write_text(SMALL.read_text(encoding="utf-8").replace(*spoil), encoding="utf-8")
    with pytest.raises(CannotStart, match=sentence):
        replay(file)
    assert db.session.scalar(select(func.count()).select_from(Action)) == 0


def test_the_command_prints_one_json_object(
    one_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOPFLOOR_INSTANCE", one_app.instance_path)
    cli.register(one_app)
    done = one_app.test_cli_runner().invoke(args=["replay-log", str(SMALL)])
    assert done.exit_code == 0, done.output
    assert figures(json.loads(done.stdout)) == TOTALS


def _at(text: str) -> datetime:
    return datetime.fromisoformat(f"2025-{text}").replace(tzinfo=UTC)
