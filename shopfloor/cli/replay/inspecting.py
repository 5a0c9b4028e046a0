"""A replay in which inspected operations are inspected, and a fail stops the order for a while."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import select

from shopfloor.cli.replay.factory import Plant
from shopfloor.cli.replay.log import Row
from shopfloor.cli.replay.play import Moment, Phase, Pieces, Player
from shopfloor.cli.replay.reviewing import Fate, Reviewer
from shopfloor.cli.replay.sheet import all_good, filled
from shopfloor.core.actions import Action
from shopfloor.core.db import db
from shopfloor.production.commands.jobs import finish_work
from shopfloor.quality.commands.checks import read_values
from shopfloor.quality.commands.inspections import record_inspection
from shopfloor.quality.models import Verdict
from shopfloor.quality.taking import MOST_AT_ONCE
from shopfloor.quality.values import Read


@dataclass
class Locked:
    """An order under the lock of a fail: until when, and what of the log waits meanwhile."""

    hold_id: int
    row: Row
    due: datetime
    # The event of the release, where an earlier run of this replay has got so far.
    released: int | None
    waiting: list[Moment] = field(default_factory=list)


class InspectingPlayer(Player):
    """Books one log with its inspections.

    What a locked order refuses waits, and is booked after the release with its own times, in the
    order in which it happened.
    """

    def __init__(
        self, plant: Plant, prefix: str, fate: Fate, inspected: frozenset[str], delay: timedelta
    ) -> None:
        """Take the plant, what became of pieces for review, and how long a review takes."""
        super().__init__(plant, prefix, set())
        self.reviewer = Reviewer(plant, prefix, fate)
        self.inspected, self.delay = inspected, delay
        self.locked: dict[str, Locked] = {}

    def play(self, moment: Moment) -> bool:
        """Release what is due by now, then book one end of a row."""
        self._release_due(moment.at)
        return self._play(moment)

    def end(self) -> None:
        """Release what is still locked when the log is over."""
        self._release_due(None)

    def _play(self, moment: Moment) -> bool:
        lock = self.locked.get(moment.row.order)
        if lock is None:
            return super().play(moment)
        # What is for review has an inspection of its own to fail, so it is no work in hand.
        if moment.phase is Phase.START or not moment.row.for_review:
            if self._was_refused(lock, moment):
                self._note_refused(moment)
            elif super().play(moment):
                return True
        lock.waiting.append(moment)
        return False

    def _was_refused(self, lock: Locked, moment: Moment) -> bool:
        """Say whether an earlier run has tried this under the lock, which has ended since.

        What it booked before the release was not refused, and is answered once more.
        """
        if lock.released is None:
            return False
        steps = ["start"] if moment.phase is Phase.START else ["report", "finish"]
        if moment.phase is not Phase.START and moment.number not in self.jobs:
            return False
        ids = [f"{self.prefix}.{moment.number}.{step}" for step in steps]
        booked = select(Action.id).where(Action.id.in_(ids), Action.event_id < lock.released)
        return db.session.scalar(booked.limit(1)) is None

    def _note_refused(self, moment: Moment) -> None:
        self.refusals.by_rule["held"] += 1
        if moment.phase is Phase.START:
            self.refusals.rows.add(moment.number)
            self.refusals.orders.add(moment.row.order)

    def _complete(self, row: Row) -> bool:
        """Report what a row has made, rejected and put aside, and inspect it where that is due."""
        pieces = Pieces("report", row.good + row.for_review, row.rejected, "rejected")
        job_id = self.jobs[row.number]
        if not (pieces.good or pieces.scrap):
            act = self._act(row, "finish", row.ended)
            return self._book(finish_work, act, job_id=job_id) is not None
        booked = self._report(row, pieces, job_id, finish=True)
        if booked is None:
            return False
        if row.activity in self.inspected and pieces.good and not booked.held:
            self._inspect(row, "inspect", row.ended, filled(row), pieces.good)
        return True

    def _inspect(
        self, row: Row, step: str, at: datetime, values: tuple[Read, ...], pieces: Decimal
    ) -> None:
        """Let whoever worked there read the sheet, and give the verdict that it comes to."""
        lot, operation = self.lots[row.order], self._operation(row)
        act = self._act(row, step, at)
        for n in range(0, len(values), MOST_AT_ONCE):
            part = values[n : n + MOST_AT_ONCE]
            sheet = read_values(act.then(str(n)), lot=lot, operation=operation, values=part)
        passed = sheet.verdict == Verdict.PASS
        judged = record_inspection(
            act.then("verdict"),
            lot=lot,
            operation=operation,
            verdict=Verdict.PASS if passed else Verdict.FAIL,
            quantity=pieces if passed else None,
            reason_id=None if passed else self.plant.reasons["for_review"],
            check_id=sheet.check_id,
        )
        if judged.hold_id is not None:
            self._lock(row, judged.hold_id, at)

    def _lock(self, row: Row, hold_id: int, at: datetime) -> None:
        released = db.session.scalar(
            select(Action.event_id).where(Action.id == self.reviewer.release_id(row))
        )
        self.locked[row.order] = Locked(hold_id, row, at + self.delay, released)

    def _release_due(self, now: datetime | None) -> None:
        def due() -> list[Locked]:
            return [lock for lock in self.locked.values() if now is None or lock.due <= now]

        while locks := due():
            self._end(min(locks, key=lambda lock: (lock.due, lock.row.number)))

    def _end(self, lock: Locked) -> None:
        """Release a lock, inspect what was sorted, and book what has waited."""
        row = lock.row
        to_sort = self.reviewer.release(lock.hold_id, row, self._operation(row), lock.due)
        del self.locked[row.order]
        if to_sort:
            self._inspect(row, "sort", lock.due, all_good(to_sort), to_sort)
        for moment in lock.waiting:
            self._play(moment)
