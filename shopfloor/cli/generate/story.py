"""One order while its tale is told: who does what, and when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from shopfloor.catalogue.models import ReasonKind
from shopfloor.cli.generate.factory import ZONE, Crew, Factory, Family, Worker
from shopfloor.production.commands.jobs import start_work
from shopfloor.production.commands.orders import close_order, create_order, release_order
from shopfloor.production.commands.reports import report_quantities
from shopfloor.quality.commands.inspections import record_inspection
from shopfloor.quality.models import Verdict

# Work begins so long after a shift does, and ends before the next, that copies may be moved by
# JITTER to and fro and stay in their shift.
JITTER_SECONDS = 25 * 60
SLOTS_A_DAY, FIRST_HOUR, SLOT_HOURS = 5, 8.75, 2


@dataclass
class Story:
    """One order while its tale is told."""

    factory: Factory
    family: Family
    crew: Crew
    number: str
    quantity: int
    first_day: date
    slot: int = 0
    order_id: int = 0
    lot_id: int = 0
    lot: str = ""

    def at(self, hours: float = 0.0) -> datetime:
        """Return the time so many hours into the present slot."""
        day = self.first_day + timedelta(days=self.slot // SLOTS_A_DAY)
        hour = FIRST_HOUR + SLOT_HOURS * (self.slot % SLOTS_A_DAY) + hours
        local = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(ZONE))
        return (local + timedelta(hours=hour)).astimezone(UTC)

    def operator(self, sequence: int) -> Worker:
        """Return who works at an operation."""
        return self.crew.operators[sequence // 10]

    def reason(self, kind: ReasonKind) -> int:
        """Return a reason of a kind, not always the same."""
        return self.factory.reasons[kind][(self.slot + self.quantity) % 6]

    def enter(self) -> None:
        """Let a planner enter the order."""
        self.order_id = create_order(
            self.factory.act(self.factory.planners[1], self.at()),
            site_id=self.factory.site_id,
            item_id=self.family.variants[0].item_id,
            quantity=Decimal(self.quantity),
            number=self.number,
            due=self.first_day + timedelta(days=10),
            priority=1 + self.quantity % 9,
        ).id
        self.slot += 1

    def release(self) -> None:
        """Enter and release the order."""
        self.enter()
        act = self.factory.act(self.factory.planners[1], self.at())
        released = release_order(act, order_id=self.order_id)
        self.lot, self.lot_id = released.lot.code, released.lot.id
        self.slot += 1

    def start(self, sequence: int, hours: float = 0.0) -> int:
        """Let the operator begin."""
        act = self.factory.act(self.operator(sequence), self.at(hours))
        return start_work(act, lot=self.lot, operation=sequence).job_id

    def report(
        self, sequence: int, good: int, hours: float = 1.0, scrap: int = 0, rework: int = 0
    ) -> int:
        """Let the operator report, and return the event."""
        return report_quantities(
            self.factory.act(self.operator(sequence), self.at(hours)),
            lot=self.lot,
            operation=sequence,
            good=Decimal(good),
            scrap=Decimal(scrap),
            rework=Decimal(rework),
            scrap_reason_id=self.reason(ReasonKind.SCRAP) if scrap else None,
        ).event_id

    def inspect(self, sequence: int, verdict: Verdict = Verdict.PASS, hours: float = 1.4) -> int:
        """Let an inspector judge what waits; returns the hold of a fail."""
        failed = verdict is Verdict.FAIL
        return (
            record_inspection(
                self.factory.act(self.crew.inspectors[0], self.at(hours)),
                lot=self.lot,
                operation=sequence,
                verdict=verdict,
                reason_id=self.reason(ReasonKind.HOLD) if failed else None,
                note="3/20" if failed else "",
            ).hold_id
            or 0
        )

    def go_on(self, sequence: int) -> None:
        """End an operation: an inspected one is passed."""
        if sequence in self.family.inspected:
            self.inspect(sequence)
        self.slot += 1

    def close(self) -> None:
        """Let a planner close the order."""
        close_order(self.factory.act(self.factory.planners[1], self.at()), order_id=self.order_id)

    @property
    def sequences(self) -> Sequence[int]:
        """Return the operations in the order of the work."""
        return self.family.sequences
