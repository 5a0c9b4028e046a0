"""Tables of what people on the floor hand to each other: shares of a report, counts, notes."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, PrimaryKeyConstraint, Text
from sqlalchemy.orm import Mapped, mapped_column

from shopfloor.core.db import Base
from shopfloor.core.types import choice


class ReportShare(Base):
    """How many good pieces of a report are one person's; below zero takes a share back."""

    __tablename__ = "report_share"
    __table_args__ = (
        PrimaryKeyConstraint("event_id", "person_id"),
        CheckConstraint("pieces <> 0", name="pieces"),
        Index("ix_report_share_person_id_event_id", "person_id", "event_id"),
    )

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    pieces: Mapped[Decimal]
    # When he has said that it is not right: his supervisor was told by this event.
    disputed_event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"))


class CountDecision(StrEnum):
    """What became of a count: the same as was reported, or what the supervisor decided."""

    AGREED = "agreed"
    CORRECTED = "corrected"
    KEPT = "kept"


class HandedCount(Base):
    """What the next worker counted of the pieces that came to his operation.

    `told` is what should have been there and `came` the operation's counter at that moment: the
    count is asked for again when more has come since.
    """

    __tablename__ = "handed_count"
    __table_args__ = (
        CheckConstraint("told >= 0 AND counted >= 0", name="not_negative"),
        CheckConstraint("(decision = 'agreed') = (told = counted)", name="agreed"),
        Index("ix_handed_count_lot_id_operation_id", "lot_id", "operation_id"),
        Index("ix_handed_count_decision_id", "decision", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), unique=True)
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"))
    operation_id: Mapped[int] = mapped_column(ForeignKey("operation.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    reporter_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    report_event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    came: Mapped[Decimal]
    told: Mapped[Decimal]
    counted: Mapped[Decimal]
    decision: Mapped[CountDecision | None] = mapped_column(choice(CountDecision, "decision"))
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    decided_event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"))


class StationNote(Base):
    """What one shift leaves to the next at a station, until somebody there has seen it."""

    __tablename__ = "station_note"
    __table_args__ = (Index("ix_station_note_station_id_id", "station_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), unique=True)
    station_id: Mapped[int] = mapped_column(ForeignKey("station.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    left_at: Mapped[datetime]
    words: Mapped[str] = mapped_column(Text, default="")
    photo: Mapped[str | None] = mapped_column(ForeignKey("file.sha256"))
    seen_at: Mapped[datetime | None]
    seen_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    # Taken back by its writer before anybody had seen it.
    withdrawn_event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"))


class StationNoteReason(Base):
    """One of the things a note says, chosen and not typed."""

    __tablename__ = "station_note_reason"
    __table_args__ = (PrimaryKeyConstraint("note_id", "reason_id"),)

    note_id: Mapped[int] = mapped_column(ForeignKey("station_note.id"))
    reason_id: Mapped[int] = mapped_column(ForeignKey("reason.id"), index=True)
