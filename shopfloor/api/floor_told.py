"""What programs hear of the floor in lists: lots, locks, verdicts, reports, jobs, pay."""

from datetime import date, datetime

from shopfloor.core.api_fields import Exact, Named, Thing, Told
from shopfloor.holds.models import HoldSource
from shopfloor.pay.models import PayState
from shopfloor.production.api_told import BalanceTold
from shopfloor.production.models import JobKind, OrderState
from shopfloor.quality.models import Verdict
from shopfloor.quality.ncr_models import Cause


class LotRow(Named):
    """A lot, the order it belongs to, whether any of them is locked, and where its pieces are."""

    item: Named
    unit: str
    work_order: Named | None
    state: OrderState | None
    serial: bool
    supplier_lot: str | None
    supplier: Named | None
    held: bool
    balances: list[BalanceTold]


class HoldRow(Told):
    """A lock, open or released; its id is what a release names."""

    id: int
    subject: Thing
    source: HoldSource
    reason: Named | None
    note: str
    opened_at: datetime
    opened_by: Named
    released_at: datetime | None
    released_by: Named | None
    number_lock: int | None


class InspectionRow(Told):
    """A verdict on pieces of a lot; without an operation on a lot in stock."""

    # By plan: `GET /inspections/{inspection}` tells its values.
    inspection: int | None
    event: int
    lot: Named
    operation: int | None
    pass_number: int
    inspector: Named
    verdict: Verdict
    quantity: Exact
    note: str
    inspected_at: datetime


class ReportRow(Told):
    """What was reported, as it was booked; `undone` when it was taken back."""

    event: int
    lot: Named
    operation: int
    person: Named | None
    station: Named | None
    good: Exact
    scrap: Exact
    rework: Exact
    happened_at: datetime
    undone: bool


class JobRow(Told):
    """Work that somebody has begun and not finished."""

    id: int
    lot: Named
    operation: int
    station: Named
    person: Named
    kind: JobKind
    opened_at: datetime


class PayRow(Told):
    """Pieces × rate of one report for one person; below zero takes one back.

    Of a rejected one `nonconformance` says where the decision stands, and `cause` what the
    inspector proposed.
    """

    id: int
    event: int
    person: Named
    day: date
    lot: Named
    operation: int
    pieces: Exact
    rate: Exact
    amount: Exact
    currency: str
    state: PayState
    nonconformance: str | None
    cause: Cause | None
