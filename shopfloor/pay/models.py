"""The pay line."""

from datetime import date
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from shopfloor.core.db import Base
from shopfloor.core.types import Amount, choice


class PayState(StrEnum):
    """Whether a line counts: it does, it waits, or its pieces were not accepted."""

    COUNTED = "counted"
    WAITING = "waiting"
    HELD = "held"
    # Beside it stands the line that takes its amount away again: together they are nothing.
    REJECTED = "rejected"


WAITS = (PayState.WAITING, PayState.HELD)


class PayLine(Base):
    """Pieces × rate of one report for one person; a line below zero takes one back.

    The rate is copied, so a later rate never rewrites a day.
    """

    __tablename__ = "pay_line"
    __table_args__ = (
        Index("ix_pay_line_person_id_day", "person_id", "day"),
        Index("ix_pay_line_lot_id_operation_id", "lot_id", "operation_id"),
        CheckConstraint("(state = 'rejected') = (decided_id IS NOT NULL)", name="decided"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    day: Mapped[date] = mapped_column(Date)
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"))
    operation_id: Mapped[int] = mapped_column(ForeignKey("operation.id"))
    pass_: Mapped[int] = mapped_column("pass", SmallInteger)
    pieces: Mapped[Decimal]
    rate: Mapped[Decimal] = mapped_column(Amount)
    amount: Mapped[Decimal] = mapped_column(Amount)
    currency: Mapped[str] = mapped_column(String(3))
    state: Mapped[PayState] = mapped_column(choice(PayState, "state"))
    # The release that has rejected its pieces.
    decided_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"), index=True)
