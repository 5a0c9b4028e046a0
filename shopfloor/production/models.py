"""Tables of work orders, operations, jobs and rejected quantities."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from flask_babel import lazy_gettext as _l
from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    PrimaryKeyConstraint,
    SmallInteger,
    UniqueConstraint,
    false,
    literal_column,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from shopfloor.core.db import Base
from shopfloor.core.subjects import Kind
from shopfloor.core.types import Json, choice

ORDER = Kind("work_order", "W", _l("Work order"), "production.order", holdable=True)
OPERATION = Kind("operation", "T", _l("Operation"), holdable=True)


class OrderState(StrEnum):
    """How far a work order is."""

    PLANNED = "planned"
    RELEASED = "released"
    FINISHED = "finished"
    CLOSED = "closed"


class JobKind(StrEnum):
    """What a person's time at an operation was spent on."""

    PRODUCTION = "production"
    SETUP = "setup"
    BREAKDOWN = "breakdown"


class RejectionKind(StrEnum):
    """Where a rejected quantity went."""

    SCRAP = "scrap"
    REWORK = "rework"


class WorkOrder(Base):
    """An order to make a quantity of an item, with the times by which it is measured."""

    __tablename__ = "work_order"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity"),
        Index("ix_work_order_state_due", "state", "due"),
        # The order in which a list shows them: its last page is found as fast as its first.
        Index(
            "ix_work_order_listed",
            "state",
            "priority",
            text("(due IS NULL)"),
            "due",
            text("id DESC"),
        ),
    )

    id: Mapped[int] = mapped_column(ForeignKey("subject.id"), primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), index=True)
    quantity: Mapped[Decimal]
    state: Mapped[OrderState] = mapped_column(choice(OrderState, "state"))
    due: Mapped[date | None] = mapped_column(Date)
    priority: Mapped[int] = mapped_column(SmallInteger, default=5)
    bom_id: Mapped[int | None] = mapped_column(ForeignKey("bom.id"))
    routing_id: Mapped[int | None] = mapped_column(ForeignKey("routing.id"))
    wip_place_id: Mapped[int | None] = mapped_column(ForeignKey("place.id"))
    version: Mapped[int] = mapped_column(default=1)
    confirmed_at: Mapped[datetime | None]
    promised_at: Mapped[datetime | None]
    released_at: Mapped[datetime | None]
    kitted_at: Mapped[datetime | None]
    first_start_at: Mapped[datetime | None]
    last_finish_at: Mapped[datetime | None]
    received_at: Mapped[datetime | None]
    shipped_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]


class OrderMaterial(Base):
    """What the order needs of an item, copied from the BOM's revision at release."""

    __tablename__ = "order_material"
    __table_args__ = (
        PrimaryKeyConstraint("order_id", "position"),
        CheckConstraint("quantity > 0", name="quantity"),
    )

    order_id: Mapped[int] = mapped_column(ForeignKey("work_order.id"))
    position: Mapped[int]
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), index=True)
    quantity: Mapped[Decimal]


class Operation(Base):
    """One step of an order, copied at release; of a watched one a room above hears everything."""

    __tablename__ = "operation"
    __table_args__ = (
        UniqueConstraint("order_id", "sequence"),
        Index("ix_operation_station_id_order_id", "station_id", "order_id"),
    )

    id: Mapped[int] = mapped_column(ForeignKey("subject.id"), primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("work_order.id"))
    sequence: Mapped[int]
    names: Mapped[dict[str, str]] = mapped_column(Json)
    station_id: Mapped[int] = mapped_column(ForeignKey("station.id"))
    inspect: Mapped[bool]
    tolerance_percent: Mapped[int] = mapped_column(SmallInteger)
    skill_id: Mapped[int | None] = mapped_column(ForeignKey("skill.id"))
    serialise: Mapped[bool] = mapped_column(default=False, server_default=false())
    instruction_id: Mapped[int | None] = mapped_column(ForeignKey("instruction.id"), index=True)
    confirm_count: Mapped[bool] = mapped_column(default=False, server_default=false())
    watched: Mapped[bool] = mapped_column(default=False, server_default=false())


class LotOperation(Base):
    """How far a lot is at an operation; a rework loop is another pass over the same operation.

    `came` pieces are here or were; `good` of them passed the worker, of which `onward` have gone
    on and `held` wait for a decision; the rest of `good` waits for an inspection.
    """

    __tablename__ = "lot_operation"
    __table_args__ = (
        PrimaryKeyConstraint("lot_id", "operation_id", "pass"),
        CheckConstraint(
            "good >= 0 AND scrap >= 0 AND rework >= 0 AND onward >= 0 AND held >= 0",
            name="not_negative",
        ),
        CheckConstraint("came - good - scrap - rework >= 0", name="not_more_than_came"),
        CheckConstraint("good - onward - held >= 0", name="not_more_onward_than_good"),
        CheckConstraint("inspect OR good = onward + held", name="uninspected_goes_on"),
        CheckConstraint("excess >= 0 AND excess <= came", name="excess"),
    )

    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"))
    operation_id: Mapped[int] = mapped_column(ForeignKey("operation.id"), index=True)
    pass_: Mapped[int] = mapped_column("pass", SmallInteger)
    inspect: Mapped[bool]
    came: Mapped[Decimal] = mapped_column(default=Decimal(0))
    good: Mapped[Decimal] = mapped_column(default=Decimal(0))
    scrap: Mapped[Decimal] = mapped_column(default=Decimal(0))
    rework: Mapped[Decimal] = mapped_column(default=Decimal(0))
    onward: Mapped[Decimal] = mapped_column(default=Decimal(0))
    held: Mapped[Decimal] = mapped_column(default=Decimal(0))
    excess: Mapped[Decimal] = mapped_column(default=Decimal(0))

    @property
    def left(self) -> Decimal:
        """Pieces that are here and not yet reported."""
        return self.came - self.good - self.scrap - self.rework

    @property
    def waiting(self) -> Decimal:
        """Good pieces that wait for an inspection."""
        return self.good - self.onward - self.held


LEFT = LotOperation.came - LotOperation.good - LotOperation.scrap - LotOperation.rework
WAITING = LotOperation.good - LotOperation.onward - LotOperation.held
# Open work is little beside all that was ever done: asked word for word like this it has an index.
TO_DO = literal_column("0") < LEFT
TO_JUDGE = literal_column("0") < WAITING
Index(
    "ix_lot_operation_to_do",
    LotOperation.operation_id,
    sqlite_where=TO_DO,
    postgresql_where=TO_DO,
)
Index(
    "ix_lot_operation_to_judge",
    LotOperation.operation_id,
    sqlite_where=TO_JUDGE,
    postgresql_where=TO_JUDGE,
)


class Job(Base):
    """One person's work on a lot at an operation, from start to finish."""

    __tablename__ = "job"
    __table_args__ = (
        Index("ix_job_person_id_closed_at", "person_id", "closed_at"),
        Index("ix_job_lot_id_operation_id", "lot_id", "operation_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"))
    operation_id: Mapped[int] = mapped_column(ForeignKey("operation.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    station_id: Mapped[int] = mapped_column(ForeignKey("station.id"), index=True)
    kind: Mapped[JobKind] = mapped_column(choice(JobKind, "kind"))
    opened_at: Mapped[datetime]
    opened_event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    closed_at: Mapped[datetime | None]
    # The lock under which pieces already in hand were reported; that is possible once.
    reported_under_id: Mapped[int | None] = mapped_column(ForeignKey("hold.id"))


class JobInterval(Base):
    """A stretch of a job: working, or paused for a reason."""

    __tablename__ = "job_interval"
    __table_args__ = (
        CheckConstraint("ended_at IS NULL OR ended_at >= started_at", name="forward"),
        Index("ix_job_interval_job_id_ended_at", "job_id", "ended_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    job_id: Mapped[int] = mapped_column(ForeignKey("job.id"))
    pause_reason_id: Mapped[int | None] = mapped_column(ForeignKey("reason.id"))
    paused: Mapped[bool] = mapped_column(default=False)
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Rejection(Base):
    """A rejected quantity: how much, why, where it was found and where it was made.

    A row with a negative quantity takes an earlier one back.
    """

    __tablename__ = "rejection"
    __table_args__ = (Index("ix_rejection_lot_id_id", "lot_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"))
    kind: Mapped[RejectionKind] = mapped_column(choice(RejectionKind, "kind"))
    quantity: Mapped[Decimal]
    reason_id: Mapped[int | None] = mapped_column(ForeignKey("reason.id"), index=True)
    found_at_id: Mapped[int] = mapped_column(ForeignKey("operation.id"), index=True)
    made_at_id: Mapped[int] = mapped_column(ForeignKey("operation.id"), index=True)
    photo: Mapped[str | None] = mapped_column(ForeignKey("file.sha256"))
