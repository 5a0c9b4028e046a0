"""Many people on the same few lots: everybody gets an answer, and the pieces add up."""

import random
from decimal import Decimal
from multiprocessing.synchronize import Barrier
from typing import Any

import pytest

from shopfloor.core.commands import COMMANDS
from shopfloor.core.db import db
from shopfloor.production import work
from shopfloor.quality.commands.releases import Decided
from shopfloor.quality.models import DispositionKind, Verdict
from tests.crowd import PATIENCE, attempt, together
from tests.invariants import require_invariants
from tests.make import FITS, Factory, Worker

pytestmark = pytest.mark.processes


def bustle(
    start: Barrier,
    people: dict[str, Worker],
    reasons: dict[str, int],
    station: int,
    lots: list[str],
    seed: int,
    steps: int,
) -> dict[str, int]:
    """A job: a person who does one thing after the other, and counts the refusals."""
    chance, said = random.Random(seed), dict[str, int]()
    reports: list[int] = []
    supervisor, inspector = people["supervisor"], people["inspector"]
    start.wait(PATIENCE)
    for _ in range(steps):
        lot, operation = chance.choice(lots), chance.choice([10, 20, 30])
        here: dict[str, Any] = {"lot": lot, "operation": operation}
        choices: list[tuple[str, Worker, dict[str, Any]]] = [
            ("report_quantities", supervisor, {**here, "good": Decimal(1)}),
            ("report_quantities", supervisor, {**here, "good": Decimal(2)}),
            ("start_work", supervisor, here),
            ("record_inspection", inspector, {**here, "verdict": Verdict.PASS}),
            ("record_inspection", inspector, {**here, "verdict": Verdict.FAIL}),
            ("undo_event", supervisor, {"event_id": chance.choice(reports or [1])}),
            ("place_hold", inspector, {"subject_id": station}),
            ("release_hold", supervisor, {"hold_id": chance.randint(1, 12)}),
            ("release_hold", supervisor, {"hold_id": chance.randint(1, 12)}),
        ]
        name, who, arguments = chance.choice(choices)
        if name == "undo_event":
            arguments["reason_id"] = reasons["undo"]
        if name == "place_hold":
            arguments["reason_id"] = reasons["hold"]
        if name == "release_hold":
            arguments |= {"signature_id": who.signs(), "reason_id": reasons["release"]}
            arguments |= {"dispositions": _everything(lots), "concession": FITS}
        answer = attempt(COMMANDS[name], who.act(), arguments)
        if isinstance(answer, str):
            said[answer] = said.get(answer, 0) + 1
        elif name == "report_quantities":
            reports.append(answer.event_id)
    return said


def _everything(lots: list[str]) -> tuple[Decided, ...]:
    db.session.rollback()
    return tuple(
        Decided(lot, stop.operation.sequence, DispositionKind.USE_AS_IS, row.held, row.pass_)
        for lot in lots[:1]
        for stop in work.load(db.session(), lot).stops
        for row in stop.passes
        if row.held
    )


def test_four_busy_people_never_wait_for_each_other_in_a_ring(make: Factory) -> None:
    item = make.item(inspect=(10,))
    lots = [make.lot(60, item_id=item) for _ in range(2)]
    place = (make.people, make.reasons, make.stations[0], lots)
    answers = together([(bustle, *place, seed, 60) for seed in range(4)])
    assert all(said.get("held") for said in answers), answers
    require_invariants()
