"""A lot on its way through the operations of its order: plain values, changed and then saved."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from flask_babel import lazy_gettext as _l

from shopfloor.core.refusals import NotFound
from shopfloor.production.ability import NOTHING_KNOWN, Ability
from shopfloor.production.models import OrderState
from shopfloor.stock.ledger import Spot

ZERO = Decimal(0)


class Label(NamedTuple):
    """What is printed on a thing: its code and its number."""

    code: str
    number: str | None


class LotFacts(NamedTuple):
    """A lot, the family whose lock it is under, and where it came from."""

    id: int
    family_id: int
    supplier_lot: str | None
    serial: bool = False
    supplier_id: int | None = None
    suspect: bool = False

    @property
    def bought(self) -> bool:
        """Say whether it came from a supplier, so that it can go back to him."""
        return bool(self.supplier_lot or self.supplier_id)


class ItemFacts(NamedTuple):
    """What the lot is of, and how it is counted."""

    id: int
    names: dict[str, str]
    unit: str
    decimals: int


class StationFacts(NamedTuple):
    """Where an operation is planned."""

    id: int
    line_id: int
    names: dict[str, str]


class OperationFacts(NamedTuple):
    """One step of the order, as it was copied at the release."""

    id: int
    sequence: int
    names: dict[str, str]
    inspect: bool
    tolerance_percent: int
    serialise: bool = False
    skill_id: int | None = None
    instruction_id: int | None = None
    confirm_count: bool = False
    watched: bool = False


@dataclass
class OrderFacts:
    """The order, with what reports change of it; `stored` is what the database has of that."""

    id: int
    site_id: int
    quantity: Decimal
    due: date | None
    released_at: datetime | None
    state: OrderState
    first_start_at: datetime | None
    last_finish_at: datetime | None
    stored: tuple[object, ...] = field(default=(), repr=False, compare=False)

    @property
    def changing(self) -> tuple[object, ...]:
        """Return what reports change, to be compared with what is stored."""
        return self.state, self.first_start_at, self.last_finish_at


@dataclass
class Pass:
    """How far the lot is at an operation in one pass; its counters are those of LotOperation.

    `stored` is what the database has of them, and empty for a pass that is new.
    """

    pass_: int
    inspect: bool
    came: Decimal = ZERO
    good: Decimal = ZERO
    scrap: Decimal = ZERO
    rework: Decimal = ZERO
    onward: Decimal = ZERO
    held: Decimal = ZERO
    excess: Decimal = ZERO
    stored: tuple[object, ...] = field(default=(), repr=False, compare=False)

    @property
    def changing(self) -> tuple[object, ...]:
        """Return all counters and the mark, to be compared with what is stored."""
        return (
            self.inspect,
            self.came,
            self.good,
            self.scrap,
            self.rework,
            self.onward,
            self.held,
            self.excess,
        )

    @property
    def left(self) -> Decimal:
        """Pieces that are here and not yet reported."""
        return self.came - self.good - self.scrap - self.rework

    @property
    def waiting(self) -> Decimal:
        """Good pieces that wait for an inspection."""
        return self.good - self.onward - self.held


@dataclass
class Stop:
    """One operation of the lot's way, with its passes in order."""

    operation: OperationFacts
    station: StationFacts
    code: str
    passes: list[Pass]
    ability: Ability = NOTHING_KNOWN

    @property
    def left(self) -> Decimal:
        """Pieces here that are not yet reported, over all passes."""
        return sum((row.left for row in self.passes), ZERO)

    @property
    def good(self) -> Decimal:
        """Good pieces reported here, over all passes."""
        return sum((row.good for row in self.passes), ZERO)

    @property
    def waiting(self) -> Decimal:
        """Pieces here that wait for an inspection, over all passes."""
        return sum((row.waiting for row in self.passes), ZERO)

    @property
    def held(self) -> Decimal:
        """Pieces here that wait for a decision, over all passes."""
        return sum((row.held for row in self.passes), ZERO)


@dataclass
class Work:
    """A lot on its way through the operations of its order."""

    lot: LotFacts
    subject: Label
    order_subject: Label
    order: OrderFacts
    item: ItemFacts
    wip: Spot
    stops: list[Stop]

    def stop(self, sequence: int) -> Stop:
        """Return the operation with this number; NotFound when the order has none."""
        for stop in self.stops:
            if stop.operation.sequence == sequence:
                return stop
        raise NotFound(
            _l("This order has no operation %(sequence)s.", sequence=sequence),
            _l("Scan the lot again and choose one of its operations."),
            rule="no_operation",
            field="operation",
        )

    @property
    def quantity(self) -> Decimal:
        """Return how many pieces the lot has had: less than its order when it was split."""
        last = self.stops[-1]
        out = sum((row.onward for row in last.passes), ZERO)
        scrap = sum((row.scrap for stop in self.stops for row in stop.passes), ZERO)
        here = sum((stop.left + stop.waiting + stop.held for stop in self.stops), ZERO)
        return out + scrap + here

    def before(self, stop: Stop) -> Stop | None:
        """Return the operation before this one."""
        place = self.stops.index(stop)
        return self.stops[place - 1] if place else None

    def after(self, stop: Stop) -> Stop | None:
        """Return the operation behind this one, or None at the last."""
        rest = self.stops[self.stops.index(stop) + 1 :]
        return rest[0] if rest else None

    def facts_at(self, stop: Stop) -> dict[str, Any]:
        """Return what a person is told about this lot at an operation."""
        return {
            "lot": self.subject.number or self.subject.code,
            "code": self.subject.code,
            "operation": stop.operation.sequence,
            "names": stop.operation.names,
        }

    def scopes(self, stop: Stop | None = None) -> list[int]:
        """Return the subjects a right may be limited to: site, then lines and stations."""
        stops = [stop] if stop else self.stops
        return [
            self.order.site_id,
            *(s.station.line_id for s in stops),
            *(s.station.id for s in stops),
        ]

    def scopes_at(self, station: StationFacts) -> list[int]:
        """Return the subjects a right to work at this station may be limited to."""
        return [self.order.site_id, station.line_id, station.id]

    def held_by(
        self, stop: Stop, *people: int | None, at: StationFacts | None = None
    ) -> list[int | None]:
        """Return every subject whose hold stops work here, or at the station where it is done."""
        station = at or stop.station
        return [
            self.lot.id,
            self.lot.family_id,
            self.item.id,
            stop.operation.id,
            station.id,
            station.line_id,
            self.wip.id,
            *people,
        ]
