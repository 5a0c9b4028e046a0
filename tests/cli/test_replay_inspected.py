"""Replaying a factory's log with its inspections: locks stop orders, and a release lets them go."""

import json
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from shopfloor import cli
from shopfloor.cli.replay import play as playing
from shopfloor.cli.replay import replay
from shopfloor.cli.replay.factory import REVIEWER
from shopfloor.cli.replay.log import COLUMNS, read_log
from shopfloor.cli.replay.reviewing import fate
from shopfloor.core.db import db
from shopfloor.core.events import Event
from shopfloor.holds.models import Hold
from shopfloor.people.models import Person, Signature
from shopfloor.production.models import Operation
from shopfloor.quality.models import Disposition, DispositionKind, Inspection, Verdict
from shopfloor.quality.ncr_models import Concession, NcrState, Nonconformance
from shopfloor.quality.plan_models import Check, Plan, Value
from tests.cli.test_replay import SMALL, TOTALS, figures, reconciled
from tests.invariants import require_invariants

SHIFT, DAYS = timedelta(hours=8), timedelta(days=3)


def test_the_totals_are_those_of_the_file_although_orders_were_locked(app: Flask) -> None:
    """Torture 12."""
    answer = replay(SMALL, release_after=SHIFT)
    assert figures(answer) | {"reports": 53, "refusals": {}} == TOTALS
    # What was rejected or put aside is one report with what was completed.
    assert answer["reports"] == 51
    assert answer["rejects_by_worker"] == {"W04": 19, "W01": 3, "W05": 1, "W06": 1}
    assert answer["inspections"] == {
        "passed": 8,
        "failed": 2,
        "locks": 2,
        "released": 2,
        "dispositions": {"scrap": 4, "sort": 59, "use_as_is": 9},
        "ncrs": 2,
        "ncrs_closed": 2,
    }
    assert answer["refusals"] == {"held": 3}
    assert (answer["refused_rows"], answer["refused_orders"]) == (3, 1)
    assert reconciled()
    require_invariants()


def test_whoever_inspected_has_read_the_sheet_and_somebody_else_releases(one_app: Flask) -> None:
    replay(SMALL, release_after=SHIFT)
    reviewer = db.session.scalars(select(Person).where(Person.login == REVIEWER)).one()
    for hold in db.session.scalars(select(Hold)):
        assert db.session.get_one(Person, hold.opened_by_id).name == "W04"
        assert hold.released_by_id == reviewer.id
        signature = db.session.get_one(Signature, hold.signature_id)
        assert signature.used_by_event_id == hold.released_event_id
        assert hold.released_at == hold.opened_at + SHIFT
    failed = select(Value.number, Inspection.verdict)
    failed = failed.join(Check, Check.id == Value.check_id)
    failed = failed.join(Inspection, Inspection.id == Check.inspection_id).where(Value.number > 0)
    assert [(n, v) for n, v in db.session.execute(failed) if v is Verdict.FAIL] == [
        (2, Verdict.FAIL),  # rejected beside
        (6, Verdict.FAIL),
        (4, Verdict.FAIL),
    ]
    assert set(db.session.scalars(select(Nonconformance.state))) == {NcrState.CLOSED}
    planned = set(db.session.execute(select(Plan.item_id, Plan.sequence)).all())
    inspected = db.session.scalars(select(Operation).where(Operation.inspect))
    assert {each.sequence % 10 for each in inspected} == {1}
    assert len(planned) == 4


def test_pieces_for_review_are_used_or_scrapped_as_the_log_goes_on(one_app: Flask) -> None:
    """Of order 3 ten pieces were packed, and six of them can only be those of the review."""
    assert {o: n for o, n in fate(read_log(SMALL)).items() if n} == {"Lot 3": 6}
    replay(SMALL, release_after=SHIFT)
    decided = db.session.execute(
        select(Disposition.hold_id, Disposition.kind, Disposition.quantity)
        .where(Disposition.kind != DispositionKind.SORT)
        .order_by(Disposition.id)
    )
    assert [(kind.value, quantity) for _hold, kind, quantity in decided] == [
        ("use_as_is", 3),  # was in hand at the lock
        ("use_as_is", 6),
        ("scrap", 4),
    ]
    assert db.session.scalars(select(Concession.quantity)).all() == [Decimal(9)]


def test_what_a_lock_refuses_is_booked_after_the_release_with_its_own_times(app: Flask) -> None:
    answer = replay(SMALL, release_after=DAYS)
    assert figures(answer) | {"reports": 53, "refusals": {}} == TOTALS
    assert answer["refused_rows"] > 3
    late = [
        (told, json.loads(payload))
        for told, payload in db.session.execute(
            select(Event.happened_at, Event.payload)
            .join(Hold, Event.id > Hold.released_event_id)
            .where(Event.kind == "work.reported", Event.happened_at < Hold.released_at)
            .order_by(Event.id)
        )
    ]
    assert late
    assert all(Decimal(facts["held"]) == 0 for _told, facts in late)
    assert reconciled()
    require_invariants()


def test_what_is_put_aside_under_a_lock_fails_after_the_release(
    one_app: Flask, tmp_path: Path
) -> None:
    """Two inspect at once: the second one's pieces lock the order once more."""
    rows = [
        "Sawing,01 06:00,01 07:00,10,0,0",
        "Sawing Q.C.,01 08:00,01 09:00,5,0,2",
        "Sawing Q.C.,01 08:30,01 09:30,2,0,1",
        "Packing,02 06:00,02 07:00,8,0,0",
    ]
    file = tmp_path / "log.csv"
    lines = [",".join(COLUMNS)]
    for row in rows:
        activity, began, ended, *pieces = row.split(",")
        times = (f"2025/04/{day_and_time}:00.000" for day_and_time in (began, ended))
        lines.append(",".join(["1", activity, "M", *times, "10", "Pin", "W1", "D", *pieces]))
    file.write_text("\n".join(lines), encoding="utf-8")
    answer = replay(file, release_after=SHIFT)
    assert (answer["completed"], answer["mrb"]) == (25, 3)
    assert answer["inspections"] == {
        "passed": 2,
        "failed": 2,
        "locks": 2,
        "released": 2,
        "dispositions": {"scrap": 2, "sort": 7, "use_as_is": 1},
        "ncrs": 2,
        "ncrs_closed": 2,
    }
    assert _timeless(replay(file, release_after=SHIFT)) == _timeless(answer)
    assert reconciled()


def test_interrupted_under_a_lock_it_goes_on_and_counts_the_same(
    one_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Torture 18."""
    play, answers = playing.Player.play, []
    # Under the first lock, after its release, and once more behind what is booked by then.
    for stop in (53, 75, 70, None):
        left = iter(range(stop or 1000))

        def stop_in_time(player: playing.Player, moment: playing.Moment) -> bool:
            if next(left, None) is None:  # noqa: B023 - used up within its own round
                raise KeyboardInterrupt
            return play(player, moment)

        monkeypatch.setattr(playing.Player, "play", stop_in_time)
        if stop is None:
            answers.append(_timeless(replay(SMALL, release_after=DAYS)))
            continue
        with pytest.raises(KeyboardInterrupt):
            replay(SMALL, release_after=DAYS)
    monkeypatch.undo()
    before = db.session.scalar(select(func.count(Event.id)))
    answers.append(_timeless(replay(SMALL, release_after=DAYS)))
    assert answers[0] == answers[1]
    assert answers[0]["refused_rows"] == 6
    assert db.session.scalar(select(func.count(Event.id))) == before
    assert reconciled()


def test_two_ways_to_replay_are_one_too_many(
    one_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOPFLOOR_INSTANCE", one_app.instance_path)
    cli.register(one_app)
    asked = ["replay-log", str(SMALL), "--inspect", "--lock", "mrb"]
    done = one_app.test_cli_runner().invoke(args=asked)
    assert done.exit_code == 2
    assert "choose one" in done.output


def _timeless(answer: dict[str, Any]) -> dict[str, Any]:
    return answer | {"seconds": 0}
