"""Every command against held things, and the code against the reviewed table."""

import re
from typing import Any

from sqlalchemy import func, select

from shopfloor.core.commands import COMMANDS, Gate
from shopfloor.core.db import db
from shopfloor.core.refusals import Refused
from shopfloor.core.settings import ROOT
from shopfloor.core.subjects import KINDS
from shopfloor.holds.commands import place_hold
from shopfloor.production.models import LotOperation
from shopfloor.quality.commands.releases import release_hold
from shopfloor.stock.models import Movement
from tests.holds.samples import REFUSED, SAMPLES, Scene
from tests.invariants import require_invariants
from tests.make import Factory

ROW = re.compile(r"^\| `(\w+)` \| (use|move|judge|none) \| (.+) \|$", re.MULTILINE)


def attempt(scene: Scene, name: str) -> str:
    """Do a command's sample and return the rule it was refused by, or an empty text."""
    person, arguments = SAMPLES[name](scene)
    act = person.act()
    try:
        COMMANDS[name](act, **arguments)
    except Refused as refusal:
        return refusal.rule
    return ""


def material() -> list[Any]:
    """Return everything that says where pieces are."""
    db.session.rollback()
    db.session.expire_all()
    rows = select(LotOperation.lot_id, func.sum(LotOperation.good), func.sum(LotOperation.came))
    rows = rows.group_by(LotOperation.lot_id).order_by(LotOperation.lot_id)
    moves = select(func.count()).select_from(Movement)
    return [*db.session.execute(rows), db.session.scalar(moves)]


def test_the_declared_gates_are_the_reviewed_ones() -> None:
    table = {name: gate for name, gate, _reason in ROW.findall((ROOT / "docs/gate.md").read_text())}
    assert table == {name: command.gate.value for name, command in COMMANDS.items()}


def test_every_command_has_a_sample_and_every_using_one_says_what_it_must_refuse() -> None:
    assert set(SAMPLES) == set(COMMANDS)
    using = {name for name, c in COMMANDS.items() if c.gate in (Gate.USE, Gate.MOVE)}
    assert set(REFUSED) == using
    assert all(c.because for c in COMMANDS.values() if c.gate in (Gate.JUDGE, Gate.NONE))


def test_using_and_moving_commands_are_refused_on_every_kind_of_held_thing(make: Factory) -> None:
    scene = Scene.set(make)
    for kind, subject_id in scene.held.items():
        hold = place_hold(
            make.inspector.act(), subject_id=subject_id, reason_id=make.reasons["hold"]
        )
        before = material()
        for name, kinds in REFUSED.items():
            if kind in kinds:
                assert attempt(scene, name) == "held", (name, kind)
        assert material() == before
        release_hold(
            make.supervisor.act(),
            hold_id=hold.hold_id,
            signature_id=make.supervisor.signs(),
            reason_id=make.reasons["release"],
        )
    # Free again, each of them does what it says: the samples are no empty gestures.
    for name in ("undo_event", "resume_work", "start_work", "report_quantities", "release_order"):
        assert attempt(scene, name) == "", name
    require_invariants()


def test_judging_and_harmless_commands_go_through_and_move_nothing(make: Factory) -> None:
    scene = Scene.set(make)
    for subject_id in scene.held.values():
        place_hold(make.inspector.act(), subject_id=subject_id, reason_id=make.reasons["hold"])
    harmless = [n for n, c in COMMANDS.items() if c.gate in (Gate.JUDGE, Gate.NONE)]
    before = material()
    # Who is archived or loses his role comes last, or the others have nobody to do them.
    for name in sorted(harmless, key=lambda name: name.startswith(("archive", "revoke"))):
        assert attempt(scene, name) != "held", name
        assert material() == before, name
    require_invariants()


def test_only_what_the_gate_asks_for_can_be_held(make: Factory) -> None:
    """A lock that nothing looks at would be a lie."""
    holdable = {kind.name for kind in KINDS.values() if kind.holdable}
    assert holdable == {
        "lot",
        "work_order",
        "operation",
        "item",
        "station",
        "line",
        "place",
        "person",
    }
