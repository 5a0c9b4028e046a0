"""Tables of nonconformances, of their photos, and of concessions."""

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
    String,
    Text,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column

from shopfloor.core.db import Base
from shopfloor.core.subjects import Kind
from shopfloor.core.types import choice

NCR = Kind("ncr", "A", _l("Nonconformance"), "ncrs.ncr")


class NcrState(StrEnum):
    """Whether something of a nonconformance is still to be done."""

    OPEN = "open"
    CLOSED = "closed"


class Cause(StrEnum):
    """What is suspected to have made the pieces bad."""

    MATERIAL = "material"
    MACHINE = "machine"
    METHOD = "method"
    PERSON = "person"
    OTHER = "other"


class Nonconformance(Base):
    """What was wrong with some pieces: opened with the lock, closed when all of them are settled.

    `decided` is how many pieces the release of its lock has decided about.
    """

    __tablename__ = "nonconformance"
    __table_args__ = (
        CheckConstraint("quantity >= 0", name="quantity"),
        CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed"),
        Index("ix_nonconformance_family_id_state", "family_id", "state"),
        Index("ix_nonconformance_state_id", "state", "id"),
    )

    id: Mapped[int] = mapped_column(ForeignKey("subject.id"), primary_key=True)
    hold_id: Mapped[int] = mapped_column(ForeignKey("hold.id"), unique=True)
    inspection_id: Mapped[int | None] = mapped_column(ForeignKey("inspection.id"), unique=True)
    # The order whose pieces are concerned, or the lot itself where it belongs to none.
    family_id: Mapped[int] = mapped_column(ForeignKey("subject.id"))
    lot_id: Mapped[int | None] = mapped_column(ForeignKey("lot.id"), index=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), index=True)
    found_at_id: Mapped[int | None] = mapped_column(ForeignKey("operation.id"))
    made_at_id: Mapped[int | None] = mapped_column(ForeignKey("operation.id"))
    reason_id: Mapped[int | None] = mapped_column(ForeignKey("reason.id"), index=True)
    quantity: Mapped[Decimal]
    decided: Mapped[Decimal] = mapped_column(default=Decimal(0))
    cause: Mapped[Cause | None] = mapped_column(choice(Cause, "cause"))
    cause_note: Mapped[str] = mapped_column(Text, default="")
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    deadline: Mapped[date | None] = mapped_column(Date)
    state: Mapped[NcrState] = mapped_column(choice(NcrState, "state"), default=NcrState.OPEN)
    opened_at: Mapped[datetime]
    opened_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    opened_event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    closed_at: Mapped[datetime | None]
    # Nobody, where the last decision or inspection has closed it.
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    closed_event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"))
    version: Mapped[int] = mapped_column(default=1)


class NonconformancePhoto(Base):
    """A photo of what is wrong: of a value that failed, or taken for the record."""

    __tablename__ = "nonconformance_photo"
    __table_args__ = (PrimaryKeyConstraint("ncr_id", "sha256"),)

    ncr_id: Mapped[int] = mapped_column(ForeignKey("nonconformance.id"))
    sha256: Mapped[str] = mapped_column(ForeignKey("file.sha256"), index=True)
    added_at: Mapped[datetime]


class Concession(Base):
    """Why pieces that are not as they should be may go on: approved by name, for so many, until.

    It serves one release, that of its lock.
    """

    __tablename__ = "concession"
    __table_args__ = (CheckConstraint("quantity > 0", name="quantity"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    hold_id: Mapped[int] = mapped_column(ForeignKey("hold.id"), index=True)
    quantity: Mapped[Decimal]
    words: Mapped[str] = mapped_column(Text)
    expires_on: Mapped[date | None] = mapped_column(Date)
    # What the customer has agreed to: his words or his order's number, and a photo of the paper.
    consent: Mapped[str] = mapped_column(Text, default="")
    consent_sha256: Mapped[str | None] = mapped_column(ForeignKey("file.sha256"), index=True)
    approved_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    approved_at: Mapped[datetime]
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    used: Mapped[bool] = mapped_column(default=False, server_default=false())
