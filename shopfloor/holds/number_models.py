"""The lock on numbers: lots that do not exist yet are held the moment they are made."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from shopfloor.core.db import Base
from shopfloor.core.types import choice

_OPEN = text("lifted_at IS NULL")


class NumberKind(StrEnum):
    """Whose number is meant: the lot's own, which may be a serial number, or its supplier's."""

    LOT = "lot_number"
    SUPPLIER = "supplier_lot"


class NumberLock(Base):
    """A lock on a number, on a row of numbers, or on all that fit a pattern, until it is lifted.

    It holds nothing itself: every lot with such a number gets a hold of its own that names it.
    Without a site it counts everywhere.
    """

    __tablename__ = "number_lock"
    __table_args__ = (
        Index("ix_number_lock_open", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
        CheckConstraint("(lifted_at IS NULL) = (lifted_by_id IS NULL)", name="lifted_by_somebody"),
        CheckConstraint("lifted_by_id <> placed_by_id", name="four_eyes"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[NumberKind] = mapped_column(choice(NumberKind, "kind"))
    # A number, or a pattern in which * stands for any characters; with `last` the first of a row.
    first: Mapped[str] = mapped_column(String(80))
    last: Mapped[str | None] = mapped_column(String(80))
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id"), index=True)
    reason_id: Mapped[int] = mapped_column(ForeignKey("reason.id"), index=True)
    note: Mapped[str] = mapped_column(Text, default="")
    placed_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    placed_at: Mapped[datetime]
    placed_event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), unique=True)
    lifted_at: Mapped[datetime | None]
    lifted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    lifted_event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"), unique=True)
    lift_reason_id: Mapped[int | None] = mapped_column(ForeignKey("reason.id"))
    signature_id: Mapped[int | None] = mapped_column(ForeignKey("signature.id"), unique=True)

    @property
    def said(self) -> str:
        """Return the numbers as people read them: one, a pattern, or from … to …."""
        return f"{self.first} … {self.last}" if self.last else self.first
