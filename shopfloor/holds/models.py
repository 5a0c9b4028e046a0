"""The hold: a row about a whole subject, with who and when at both ends."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from shopfloor.core.db import Base
from shopfloor.core.types import choice

# One act opens one hold; only what makes several lots can meet several locks on their numbers.
_BY_HAND = text("number_lock_id IS NULL")


class HoldSource(StrEnum):
    """What placed the hold."""

    INSPECTION = "inspection"
    PERSON = "person"


class Hold(Base):
    """A lock on a subject from the moment it was opened until a second person released it."""

    __tablename__ = "hold"
    __table_args__ = (
        Index("ix_hold_subject_id_released_at", "subject_id", "released_at"),
        Index("ix_hold_opened_event_id", "opened_event_id"),
        Index(
            "uq_hold_opened_event_id",
            "opened_event_id",
            unique=True,
            sqlite_where=_BY_HAND,
            postgresql_where=_BY_HAND,
        ),
        UniqueConstraint("number_lock_id", "subject_id"),
        CheckConstraint(
            "(released_at IS NULL) = (released_by_id IS NULL)", name="released_by_somebody"
        ),
        CheckConstraint("released_by_id <> opened_by_id", name="four_eyes"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    subject_id: Mapped[int] = mapped_column(ForeignKey("subject.id"))
    source: Mapped[HoldSource] = mapped_column(choice(HoldSource, "source"))
    operation_id: Mapped[int | None] = mapped_column(ForeignKey("subject.id"))
    reason_id: Mapped[int | None] = mapped_column(ForeignKey("reason.id"))
    note: Mapped[str] = mapped_column(Text, default="")
    opened_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    opened_at: Mapped[datetime]
    opened_event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    released_at: Mapped[datetime | None]
    released_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    released_event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"), unique=True)
    release_reason_id: Mapped[int | None] = mapped_column(ForeignKey("reason.id"))
    signature_id: Mapped[int | None] = mapped_column(ForeignKey("signature.id"), unique=True)
    # The lock on numbers because of which the lot was held when it was made.
    number_lock_id: Mapped[int | None] = mapped_column(ForeignKey("number_lock.id"))
