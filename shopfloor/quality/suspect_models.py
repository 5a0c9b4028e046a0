"""The table of suspects: lots that a station made between its last pass and a fail at it."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, PrimaryKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shopfloor.core.db import Base


class Suspect(Base):
    """Pieces of a lot that may have the fault of a failed inspection, until somebody clears them.

    A suspect is not locked: whoever reads where the pieces are decides that, with one tap.
    """

    __tablename__ = "suspect"
    __table_args__ = (
        PrimaryKeyConstraint("hold_id", "lot_id", "operation_id"),
        CheckConstraint("quantity >= 0", name="quantity"),
        CheckConstraint(
            "(cleared_at IS NULL) = (cleared_event_id IS NULL)", name="cleared_by_somebody"
        ),
    )

    hold_id: Mapped[int] = mapped_column(ForeignKey("hold.id"))
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"), index=True)
    operation_id: Mapped[int] = mapped_column(ForeignKey("operation.id"))
    # What the station reported of the lot since its last pass, good or not.
    quantity: Mapped[Decimal]
    cleared_at: Mapped[datetime | None]
    cleared_event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"), index=True)
