"""Tables of lots, movements and balances."""

from decimal import Decimal

from flask_babel import lazy_gettext as _l
from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    PrimaryKeyConstraint,
    String,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column

from shopfloor.core.db import Base
from shopfloor.core.subjects import Kind

LOT = Kind("lot", "B", _l("Lot"), "scanning.lot", holdable=True)


class Lot(Base):
    """An identified quantity with one history; its family is the order or receipt it came from."""

    __tablename__ = "lot"

    id: Mapped[int] = mapped_column(ForeignKey("subject.id"), primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), index=True)
    family_id: Mapped[int] = mapped_column(ForeignKey("subject.id"), index=True)
    supplier_lot: Mapped[str | None] = mapped_column(String(80))
    # Whom it was bought from, as far as anybody has said.
    supplier_id: Mapped[int | None] = mapped_column(ForeignKey("partner.id"), index=True)
    # One piece, and its number is its serial number.
    serial: Mapped[bool] = mapped_column(default=False, server_default=false())
    # Pieces of it may have the fault of a failed inspection: the room of quality knows which.
    suspect: Mapped[bool] = mapped_column(default=False, server_default=false())


class Movement(Base):
    """A quantity of a lot that went from one place to another; appended, never changed."""

    __tablename__ = "movement"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("from_place_id <> to_place_id", name="places"),
        Index("ix_movement_lot_id_id", "lot_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"))
    from_place_id: Mapped[int] = mapped_column(ForeignKey("place.id"))
    to_place_id: Mapped[int] = mapped_column(ForeignKey("place.id"))
    quantity: Mapped[Decimal]


class Balance(Base):
    """How much of a lot is at a place now: the sum of its movements, never below zero."""

    __tablename__ = "balance"
    __table_args__ = (
        PrimaryKeyConstraint("lot_id", "place_id"),
        CheckConstraint("quantity >= 0", name="not_negative"),
    )

    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"))
    place_id: Mapped[int] = mapped_column(ForeignKey("place.id"), index=True)
    quantity: Mapped[Decimal]
