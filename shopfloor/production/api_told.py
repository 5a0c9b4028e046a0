"""What programs hear of orders, lots and reports."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Self

from pydantic import Field

from shopfloor.core.api_fields import Exact, Named, Told
from shopfloor.holds.told import HoldTold
from shopfloor.plant.models import PlaceKind
from shopfloor.production.commands.orders import Released
from shopfloor.production.commands.reports import Booked
from shopfloor.production.models import LotOperation, OrderState
from shopfloor.production.way import Pass


class OrderTold(Named):
    """A work order."""

    site: Named
    item: Named
    quantity: Exact
    unit: str
    state: OrderState
    due: date | None
    priority: int
    released_at: datetime | None
    closed_at: datetime | None


class ProgressTold(Told):
    """Pieces at an operation; `waiting` for an inspection, `held` for a decision."""

    came: Exact
    left: Exact
    good: Exact
    scrap: Exact
    rework: Exact
    waiting: Exact
    held: Exact
    onward: Exact
    excess: Exact

    @classmethod
    def over(cls, rows: Iterable[LotOperation | Pass]) -> Self:
        """Add up how far lots are, over all their passes."""
        kept = list(rows)
        return cls(
            **{
                name: sum((getattr(row, name) for row in kept), Decimal(0))
                for name in cls.model_fields
            }
        )


class OperationTold(Named):
    """An operation of an order, over all lots and passes."""

    sequence: int
    names: dict[str, str]
    station: Named
    inspect: bool
    progress: ProgressTold


class PassTold(Told):
    """How far a lot is at an operation; each rework loop is another pass."""

    operation: int
    pass_: int = Field(alias="pass")
    progress: ProgressTold

    @classmethod
    def at(cls, operation: int, row: LotOperation | Pass) -> Self:
        """Tell how far a lot is in one pass over an operation."""
        return cls.model_validate(
            {"operation": operation, "pass": row.pass_, "progress": ProgressTold.over([row])}
        )


class BalanceTold(Told):
    """How much of a lot is at a place."""

    place: Named
    names: dict[str, str]
    kind: PlaceKind
    quantity: Exact


class OrderLotTold(Named):
    """A lot of an order and where its pieces are."""

    balances: list[BalanceTold]


class MaterialTold(Told):
    """What an order needs of an item, as it was copied at its release."""

    item: Named
    quantity: Exact


class WholeOrderTold(OrderTold):
    """A work order with everything in it."""

    operations: list[OperationTold]
    materials: list[MaterialTold]
    lots: list[OrderLotTold]
    holds: list[HoldTold]


class LotTold(Named):
    """A lot with its way through the operations, where it is, and what locks it."""

    item: Named
    names: dict[str, str]
    unit: str
    work_order: Named
    state: OrderState
    supplier_lot: str | None
    passes: list[PassTold]
    balances: list[BalanceTold]
    holds: list[HoldTold]


class ReleasedTold(Told):
    """A released order: its lot and the operations it goes through."""

    order: Named
    lot: Named
    operations: list[int]

    @classmethod
    def of(cls, released: Released) -> Self:
        """Tell what a release has made."""
        order, lot = released.order, released.lot
        return cls(
            order=Named(code=order.code, number=order.number),
            lot=Named(code=lot.code, number=lot.number),
            operations=list(released.sequences),
        )


class EffectTold(Told):
    """What else an entry has caused, such as pay."""

    name: str
    detail: dict[str, str]


class ShareTold(Told):
    """How many of the good pieces are one person's."""

    person: str
    pieces: Exact


class ReportTold(Told):
    """What a report has booked, in the item's unit; `left` is what is still to report there."""

    event: int
    lot: Named
    operation: int
    names: dict[str, str]
    unit: str
    good: Exact
    scrap: Exact
    rework: Exact
    held: Exact
    excess: Exact
    left: Exact
    overrides: list[str]
    shares: list[ShareTold]
    effects: list[EffectTold]

    @classmethod
    def of(cls, booked: Booked) -> Self:
        """Tell what a report has booked."""
        return cls(
            event=booked.event_id,
            lot=Named(code=booked.lot_code, number=booked.lot or None),
            operation=booked.operation,
            names=booked.names,
            unit=booked.unit,
            good=booked.good,
            scrap=booked.scrap,
            rework=booked.rework,
            held=booked.held,
            excess=booked.excess,
            left=booked.left,
            overrides=list(booked.overrides),
            shares=[ShareTold(person=m.name, pieces=m.pieces) for m in booked.shares],
            effects=[EffectTold(name=e.name, detail=e.detail) for e in booked.effects],
        )
