"""Tables of work instructions: revisions with their steps, and who has read which."""

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, PrimaryKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shopfloor.core.db import Base
from shopfloor.core.subjects import Kind
from shopfloor.core.types import Json

INSTRUCTION = Kind("instruction", "J", _l("Work instruction"), "instructions.revision")


class Instruction(Base):
    """One revision of how an operation of an item is done; without a day it is not published."""

    __tablename__ = "instruction"
    __table_args__ = (
        UniqueConstraint("item_id", "sequence", "revision"),
        CheckConstraint("sequence > 0 AND revision > 0", name="numbered"),
    )

    id: Mapped[int] = mapped_column(ForeignKey("subject.id"), primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    sequence: Mapped[int]
    revision: Mapped[int]
    made_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    steps: Mapped[list["InstructionStep"]] = relationship(order_by="InstructionStep.position")


class InstructionStep(Base):
    """One step: what to do in two languages, and a picture or a short video of it."""

    __tablename__ = "instruction_step"
    __table_args__ = (UniqueConstraint("instruction_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    instruction_id: Mapped[int] = mapped_column(ForeignKey("instruction.id"))
    position: Mapped[int]
    words: Mapped[dict[str, str]] = mapped_column(Json)
    sha256: Mapped[str | None] = mapped_column(ForeignKey("file.sha256"), index=True)


class InstructionRead(Base):
    """Who has confirmed that he has read a revision, and when."""

    __tablename__ = "instruction_read"
    __table_args__ = (PrimaryKeyConstraint("person_id", "instruction_id"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    instruction_id: Mapped[int] = mapped_column(ForeignKey("instruction.id"), index=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    confirmed_at: Mapped[datetime]
