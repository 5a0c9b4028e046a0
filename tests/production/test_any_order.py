"""Whatever people do in whatever order, the pieces add up."""

from decimal import Decimal
from typing import Any

from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from shopfloor.core.commands import COMMANDS
from shopfloor.core.db import db
from shopfloor.core.refusals import Refused
from shopfloor.production import work
from shopfloor.quality.commands.releases import Decided
from shopfloor.quality.models import DispositionKind, Verdict
from tests.invariants import require_invariants
from tests.make import FITS, Factory, Worker

OPERATIONS = st.sampled_from([10, 20, 30])
FEW = st.integers(0, 6).map(Decimal)


class Floor(RuleBasedStateMachine):
    """A lot of twelve pieces and people who report, judge, lock, decide and take back."""

    make: Factory

    def __init__(self) -> None:
        super().__init__()
        self.lot = self.make.lot(12, inspect=(20,), rate="0.5", tolerance_percent=10)
        self.reports: list[int] = []
        self.holds: list[int] = []
        self.jobs: list[int] = []

    def do(self, name: str, who: Worker, **arguments: Any) -> Any:
        """Do a command; a refusal is fine, an error is not."""
        try:
            return COMMANDS[name](who.act(), **arguments)
        except Refused:
            return None

    @rule(operation=OPERATIONS, good=FEW, scrap=FEW, rework=FEW, excess=st.booleans())
    def report(
        self, operation: int, good: Decimal, scrap: Decimal, rework: Decimal, excess: bool
    ) -> None:
        booked = self.do(
            "report_quantities",
            self.make.supervisor if excess else self.make.operator,
            lot=self.lot,
            operation=operation,
            good=good,
            scrap=scrap // 3,
            rework=rework // 2,
            scrap_reason_id=self.make.reasons["scrap"],
            override_reason_id=self.make.reasons["override"] if excess else None,
        )
        if booked:
            self.reports.append(booked.event_id)

    @rule(operation=OPERATIONS)
    def report_all_that_is_left(self, operation: int) -> None:
        db.session.rollback()
        left = work.load(db.session(), self.lot).stop(operation).left
        booked = self.do(
            "report_quantities", self.make.operator, lot=self.lot, operation=operation, good=left
        )
        assert booked or not left or self.holds
        if booked:
            assert booked.left == 0
            self.reports.append(booked.event_id)

    @rule(operation=OPERATIONS)
    def start(self, operation: int) -> None:
        self.do("start_work", self.make.operator, lot=self.lot, operation=operation)

    @rule(operation=OPERATIONS, quantity=st.none() | FEW)
    def accept(self, operation: int, quantity: Decimal | None) -> None:
        self.do(
            "record_inspection",
            self.make.inspector,
            lot=self.lot,
            operation=operation,
            verdict=Verdict.PASS,
            quantity=quantity,
        )

    @rule(operation=OPERATIONS)
    def fail(self, operation: int) -> None:
        judged = self.do(
            "record_inspection",
            self.make.inspector,
            lot=self.lot,
            operation=operation,
            verdict=Verdict.FAIL,
        )
        if judged:
            self.holds.append(judged.hold_id)

    @precondition(lambda self: self.holds)
    @rule(cut=st.tuples(FEW, FEW))
    def release(self, cut: tuple[Decimal, Decimal]) -> None:
        hold_id = self.holds.pop(0)
        decided: list[Decided] = []
        db.session.rollback()
        stops = [] if self.holds else work.load(db.session(), self.lot).stops
        for stop in stops:
            for row in stop.passes:
                use = min(row.held, cut[0])
                redo = min(row.held - use, cut[1])
                for kind, quantity in (
                    (DispositionKind.USE_AS_IS, use),
                    (DispositionKind.REWORK, redo),
                    (DispositionKind.SCRAP, row.held - use - redo),
                ):
                    sequence = stop.operation.sequence
                    decided.append(Decided(self.lot, sequence, kind, quantity, row.pass_))
        freed = self.do(
            "release_hold",
            self.make.supervisor,
            hold_id=hold_id,
            signature_id=self.make.supervisor.signs(),
            reason_id=self.make.reasons["release"],
            concession=FITS,
            dispositions=tuple(each for each in decided if each.quantity),
        )
        assert freed

    @precondition(lambda self: self.reports)
    @rule(back=st.integers(0, 3))
    def undo(self, back: int) -> None:
        event_id = self.reports[-1 - min(back, len(self.reports) - 1)]
        self.do(
            "undo_event",
            self.make.supervisor,
            event_id=event_id,
            reason_id=self.make.reasons["undo"],
        )

    @invariant()
    def everything_adds_up(self) -> None:
        require_invariants()


def _run(steps: int, examples: int) -> None:
    class Here(Floor):
        make = Factory.founded()

    machine = Here.TestCase
    machine.settings = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    machine("runTest").runTest()


def test_pieces_add_up_after_any_steps(one_app: Flask) -> None:
    """Torture 15: rework loops and diamonds of passes end, and quantities stay right."""
    _run(steps=25, examples=12)


def test_a_piece_that_goes_round_and_round_ends_where_it_should(make: Factory) -> None:
    """Torture 15: forty passes over one operation, then two ways that meet again."""
    lot = make.lot(5, inspect=())
    report = COMMANDS["report_quantities"]
    for _ in range(40):
        report(make.operator.act(), lot=lot, operation=10, rework=Decimal(1))
    report(make.operator.act(), lot=lot, operation=10, good=Decimal(5))
    db.session.rollback()
    rows = work.load(db.session(), lot).stops[1].passes
    assert sum(row.came for row in rows) == 5
    report(make.operator.act(), lot=lot, operation=20, good=Decimal(3), rework=Decimal(2))
    report(make.operator.act(), lot=lot, operation=20, good=Decimal(2))
    booked = report(make.operator.act(), lot=lot, operation=30, good=Decimal(5))
    assert booked.left == 0
    db.session.rollback()
    assert work.load(db.session(), lot).order.state.value == "finished"
    require_invariants()
