"""Tables of inspections and dispositions."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, Text
from sqlalchemy.orm import Mapped, mapped_column

from shopfloor.core.db import Base
from shopfloor.core.types import choice


class Verdict(StrEnum):
    """What an inspection decided; a fail locks."""

    PASS = "pass"  # noqa: S105 - a verdict, not a secret
    FAIL = "fail"


class DispositionKind(StrEnum):
    """What becomes of held pieces."""

    USE_AS_IS = "use_as_is"
    REWORK = "rework"
    REPAIR = "repair"
    SORT = "sort"
    DOWNGRADE = "downgrade"
    RETURN = "return"
    SCRAP = "scrap"


class Inspection(Base):
    """An inspector's verdict on the pieces of a lot at an operation."""

    __tablename__ = "inspection"
    __table_args__ = (
        CheckConstraint("quantity >= 0", name="quantity"),
        Index("ix_inspection_lot_id_operation_id", "lot_id", "operation_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), unique=True)
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"))
    # None for a retest: the lot is in stock then, at no operation.
    operation_id: Mapped[int | None] = mapped_column(ForeignKey("operation.id"))
    pass_: Mapped[int] = mapped_column("pass", SmallInteger)
    inspector_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    verdict: Mapped[Verdict] = mapped_column(choice(Verdict, "verdict"))
    quantity: Mapped[Decimal]
    note: Mapped[str] = mapped_column(Text, default="")
    inspected_at: Mapped[datetime]


class Disposition(Base):
    """What a release decided about a quantity of held pieces."""

    __tablename__ = "disposition"
    __table_args__ = (CheckConstraint("quantity > 0", name="quantity"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    hold_id: Mapped[int] = mapped_column(ForeignKey("hold.id"), index=True)
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"))
    operation_id: Mapped[int] = mapped_column(ForeignKey("operation.id"))
    pass_: Mapped[int] = mapped_column("pass", SmallInteger)
    kind: Mapped[DispositionKind] = mapped_column(choice(DispositionKind, "kind"))
    quantity: Mapped[Decimal]
    concession_id: Mapped[int | None] = mapped_column(ForeignKey("concession.id"), index=True)
    # Reworked and repaired pieces begin again here.
    back_to_id: Mapped[int | None] = mapped_column(ForeignKey("operation.id"))
    # Downgraded pieces are a lot of another item from then on.
    made_lot_id: Mapped[int | None] = mapped_column(ForeignKey("lot.id"), index=True)
