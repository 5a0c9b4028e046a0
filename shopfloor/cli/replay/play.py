"""Booking the rows of a log through the commands, in the order in which they happened."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import IntEnum, StrEnum
from typing import Any, NamedTuple, ParamSpec, TypeVar

from shopfloor.cli.replay.factory import INSPECTOR, Plant
from shopfloor.cli.replay.log import Log, Row, by_order
from shopfloor.core.actions import Act
from shopfloor.core.clock import When
from shopfloor.core.commands import Command
from shopfloor.core.refusals import Refused
from shopfloor.people.setup import FOUNDER
from shopfloor.production.commands.jobs import finish_work, start_work
from shopfloor.production.commands.orders import create_order, release_order
from shopfloor.production.commands.reports import Booked, report_quantities
from shopfloor.quality.commands.inspections import record_inspection
from shopfloor.quality.models import Verdict

P = ParamSpec("P")
R = TypeVar("R")
ZERO = Decimal(0)


class Lock(StrEnum):
    """At which row of an order a failed inspection is recorded."""

    MRB = "mrb"
    REJECT = "reject"


class Phase(IntEnum):
    """What comes first within one minute: who ends hands over to who begins."""

    COMPLETION = 0
    START = 1
    COMPLETION_AT_ONCE = 2  # of a row that took no time at all


class Moment(NamedTuple):
    """One end of a row, placed in time."""

    at: datetime
    phase: Phase
    number: int
    row: Row


class Pieces(NamedTuple):
    """What one report of a row says."""

    step: str
    good: Decimal
    scrap: Decimal
    reason: str


@dataclass
class Refusals:
    """What was refused, and why; `rows` could not even begin."""

    by_rule: Counter[str] = field(default_factory=Counter)
    rows: set[int] = field(default_factory=set)
    orders: set[str] = field(default_factory=set)


def timeline(rows: Iterable[Row]) -> list[Moment]:
    """Return both ends of every row in time order."""
    moments = []
    for row in rows:
        at_once = row.ended <= row.began
        phase = Phase.COMPLETION_AT_ONCE if at_once else Phase.COMPLETION
        moments.append(Moment(row.began, Phase.START, row.number, row))
        moments.append(Moment(max(row.began, row.ended), phase, row.number, row))
    return sorted(moments)


def first_failures(log: Log, lock: Lock | None) -> set[int]:
    """Return the row of each order, if any, at whose completion an inspection fails."""

    def fails(row: Row) -> bool:
        return bool(row.for_review) if lock is Lock.MRB else lock is not None and row.failed

    return {
        min(failing, key=lambda row: (row.ended, row.number)).number
        for rows in by_order(log.rows).values()
        if (failing := [row for row in rows if fails(row)])
    }


class Player:
    """Books one log; ids come from the file, so that a second run goes on where one stopped."""

    def __init__(self, plant: Plant, prefix: str, fails_at: set[int]) -> None:
        """Take the plant, the replay's own prefix and the rows at which an inspection fails."""
        self.plant, self.prefix, self.fails_at = plant, prefix, fails_at
        self.lots: dict[str, str] = {}
        self.jobs: dict[int, int] = {}
        self.refusals = Refusals()

    def play(self, moment: Moment) -> bool:
        """Book one end of a row; False when it was refused, or could not even be tried."""
        if moment.phase is Phase.START:
            return self._start(moment.row)
        return moment.number in self.jobs and self._complete(moment.row)

    def end(self) -> None:
        """Do what is left to do when the log is over."""

    def _start(self, row: Row) -> bool:
        if row.order not in self.lots:
            self.lots[row.order] = self._release(row)
        started = self._book(
            start_work,
            self._act(row, "start", row.began),
            lot=self.lots[row.order],
            operation=self._operation(row),
            station_id=self.plant.stations[row.resource],
            kind=row.kind,
            override_reason_id=self.plant.reasons["as_recorded"],
        )
        if started is not None:
            self.jobs[row.number] = started.job_id
        else:
            self.refusals.rows.add(row.number)
            self.refusals.orders.add(row.order)
        return started is not None

    def _release(self, row: Row) -> str:
        """Enter and release the row's order at its first start, and return its lot."""
        way, when = self.plant.ways[row.order], When(row.began)
        entry = Act(f"{self.prefix}.order.{row.number}", None, FOUNDER, when)
        order = create_order(
            entry,
            site_id=self.plant.site_id,
            item_id=way.item_id,
            quantity=row.order_quantity,
            number=row.order,
        )
        released = release_order(
            entry.then("release"), order_id=order.id, routing_id=way.routing_id
        )
        return released.lot.code

    def _complete(self, row: Row) -> bool:
        pieces = [
            Pieces("report", row.good, row.rejected, "rejected"),
            Pieces("review", ZERO, row.for_review, "for_review"),
        ]
        reports = [each for each in pieces if each.good or each.scrap]
        job_id: int | None = self.jobs[row.number]
        booked = None
        for each in reports:
            booked = self._report(row, each, job_id, finish=each is reports[-1])
            # The last piece has closed the job; what the row says beyond it has none.
            if booked is not None and booked.left == 0:
                job_id = None
        if booked is None and job_id is not None:
            # Without pieces, or with pieces that were refused, the work ends all the same.
            self._book(finish_work, self._act(row, "finish", row.ended), job_id=job_id)
        if row.number in self.fails_at:
            self._fail(row)
        return True

    def _report(self, row: Row, pieces: Pieces, job_id: int | None, finish: bool) -> Booked | None:
        return self._book(
            report_quantities,
            self._act(row, pieces.step, row.ended),
            lot=self.lots[row.order],
            operation=self._operation(row),
            good=pieces.good,
            scrap=pieces.scrap,
            scrap_reason_id=self.plant.reasons[pieces.reason] if pieces.scrap else None,
            job_id=job_id,
            override_reason_id=self.plant.reasons["as_recorded"],
            finish=finish,
        )

    def _fail(self, row: Row) -> None:
        """Let the inspector fail the order right after the row's own report."""
        self._book(
            record_inspection,
            self._act(row, "fail", row.ended, INSPECTOR),
            lot=self.lots[row.order],
            operation=self._operation(row),
            verdict=Verdict.FAIL,
            reason_id=self.plant.reasons["failed"],
        )

    def _book(self, command: Command[P, R], act: Act, **arguments: Any) -> R | None:
        """Do a command, or note why it was refused."""
        try:
            return command(act, **arguments)  # type: ignore[call-arg]  # keywords of any command
        except Refused as refusal:
            self.refusals.by_rule[refusal.rule] += 1
            return None

    def _act(self, row: Row, step: str, at: datetime, person: str = "") -> Act:
        worker = self.plant.workers[person or row.worker]
        return Act(f"{self.prefix}.{row.number}.{step}", worker.id, worker.rights, When(at))

    def _operation(self, row: Row) -> int:
        return self.plant.ways[row.order].sequences[row.activity]
