"""Killed at any moment: afterwards everything is there or nothing, and the retry hears it once."""

import os
import signal
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from shopfloor.core.actions import Act, Action
from shopfloor.core.commands import COMMANDS
from shopfloor.core.db import db
from shopfloor.core.events import Event
from shopfloor.production.commands.reports import report_quantities
from shopfloor.quality.commands.releases import Decided
from shopfloor.quality.models import DispositionKind, Verdict
from tests.crowd import die_at, killed
from tests.invariants import require_invariants
from tests.make import Factory, Worker

pytestmark = pytest.mark.processes
# More statements than any of these commands has; a process that survives ends the sweep.
MOST = 40


def do_and_die(command: str, act: Act, arguments: dict[str, Any], step: int) -> None:
    """A job: do a command and be killed at a statement of it, or after all of them."""
    if step:
        die_at(step)
    COMMANDS[command](act, **arguments)
    if not step:
        os.kill(os.getpid(), signal.SIGKILL)


def events() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Event)) or 0


def sweep(command: str, who: Worker, arguments: dict[str, Any], step: int) -> bool:
    """Kill the command at its statement, send it again, and say whether it was killed at all."""
    act, before = who.act(), events()
    was_killed = killed(do_and_die, command, act, arguments, step)
    assert events() == before + (not was_killed)
    answer = COMMANDS[command](who.act(act.id), **arguments)
    assert COMMANDS[command](who.act(act.id), **arguments) == answer
    assert events() == before + 1
    return was_killed


def test_a_report_killed_at_any_statement_is_all_or_nothing(make: Factory) -> None:
    """Torture 17."""
    lot = make.lot(1000, rate="0.12", inspect=())
    arguments: dict[str, Any] = {
        "lot": lot,
        "operation": 10,
        "good": Decimal(1),
        "scrap": Decimal(1),
    }
    arguments["scrap_reason_id"] = make.reasons["scrap"]
    step = 1
    while sweep("report_quantities", make.operator, arguments, step):
        step += 1
        assert step < MOST
    require_invariants()
    assert step > 8


def test_a_failing_inspection_killed_at_any_statement_is_all_or_nothing(make: Factory) -> None:
    """Torture 17 and 69: the lock is there with its verdict, or neither is."""
    item = make.item(inspect=(10,))

    def waiting() -> dict[str, Any]:
        # What is locked already does not fail again, so every kill has a lot of its own.
        lot = make.lot(1000, item_id=item)
        report_quantities(make.operator.act(), lot=lot, operation=10, good=Decimal(9))
        return {"lot": lot, "operation": 10, "verdict": Verdict.FAIL}

    step = 1
    while sweep("record_inspection", make.inspector, waiting(), step):
        step += 1
        assert step < MOST
    require_invariants()
    assert step > 8


def test_a_release_killed_in_the_middle_leaves_the_lock(make: Factory) -> None:
    """Torture 17: half of the statements in, and once before the commit."""
    lot = make.lot(10, inspect=(10,))
    report_quantities(make.operator.act(), lot=lot, operation=10, good=Decimal(10))
    failed = COMMANDS["record_inspection"](
        make.inspector.act(), lot=lot, operation=10, verdict=Verdict.FAIL
    )
    signature = make.supervisor.signs()
    arguments: dict[str, Any] = {
        "hold_id": failed.hold_id,
        "signature_id": signature,
        "reason_id": make.reasons["release"],
        "dispositions": (Decided(lot, 10, DispositionKind.SCRAP, Decimal(10)),),
    }
    act, before = make.supervisor.act(), events()
    for step in (12, 20):
        assert killed(do_and_die, "release_hold", act, arguments, step)
        assert events() == before
        require_invariants()
    COMMANDS["release_hold"](make.supervisor.act(act.id), **arguments)
    require_invariants()


def test_killed_between_commit_and_answer_the_retry_gets_the_first_answer(make: Factory) -> None:
    """Torture 18."""
    lot = make.lot(100, rate="0.12")
    arguments: dict[str, Any] = {"lot": lot, "operation": 10, "good": Decimal(5)}
    act, before = make.operator.act(), events()
    assert killed(do_and_die, "report_quantities", act, arguments, 0)
    assert events() == before + 1
    kept = db.session.get_one(Action, act.id).answer
    answer = report_quantities(make.operator.act(act.id), **arguments)
    assert report_quantities.answer_type.dump_json(answer).decode() == kept
    assert answer.effects[0].detail["amount"] == "0.6"
    assert events() == before + 1
    require_invariants()
