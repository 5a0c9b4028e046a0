"""Tables of printers, of what was sent to them, and of how often a label was printed."""

from datetime import datetime
from enum import StrEnum

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, PrimaryKeyConstraint, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from shopfloor.core.db import Base
from shopfloor.core.subjects import Kind
from shopfloor.core.types import choice

PRINTER = Kind("printer", "Y", _l("Printer"), "printers.printer")


class Speech(StrEnum):
    """What a printer understands; the last kind is only reached through a computer's driver."""

    ZPL = "zpl"
    TSPL = "tspl"
    PDF = "pdf"


class Way(StrEnum):
    """How labels are asked for."""

    PAGE = "page"
    PDF = "pdf"
    PRINTER = "printer"


class JobState(StrEnum):
    """How far a print job is; `sending` that stays means that nobody knows what was printed."""

    ASKED = "asked"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"


class Printer(Base):
    """A label printer of a site, and the labels that are in it."""

    __tablename__ = "printer"
    __table_args__ = (
        CheckConstraint("port BETWEEN 1 AND 65535", name="port"),
        CheckConstraint("dpi IN (203, 300)", name="dpi"),
        CheckConstraint("width_mm BETWEEN 20 AND 220", name="width"),
        CheckConstraint("height_mm BETWEEN 14 AND 300", name="height"),
    )

    id: Mapped[int] = mapped_column(ForeignKey("subject.id"), primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    host: Mapped[str] = mapped_column(String(255), default="")
    port: Mapped[int] = mapped_column(default=9100)
    speech: Mapped[Speech] = mapped_column(choice(Speech, "speech"))
    dpi: Mapped[int] = mapped_column(SmallInteger, default=203)
    width_mm: Mapped[int] = mapped_column(SmallInteger, default=50)
    height_mm: Mapped[int] = mapped_column(SmallInteger, default=30)
    version: Mapped[int] = mapped_column(default=1)


class PrinterDefault(Base):
    """Which printer of a site a kind of label comes out of, unless another is chosen."""

    __tablename__ = "printer_default"
    __table_args__ = (PrimaryKeyConstraint("site_id", "kind"),)

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    kind: Mapped[str] = mapped_column(String(20))
    printer_id: Mapped[int] = mapped_column(ForeignKey("printer.id"), index=True)


class PrintJob(Base):
    """Labels that somebody asked for, and what became of it."""

    __tablename__ = "print_job"
    __table_args__ = (CheckConstraint("copies BETWEEN 1 AND 200", name="copies"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    way: Mapped[Way] = mapped_column(choice(Way, "way"))
    printer_id: Mapped[int | None] = mapped_column(ForeignKey("printer.id"), index=True)
    copies: Mapped[int] = mapped_column(SmallInteger)
    state: Mapped[JobState] = mapped_column(choice(JobState, "state"))
    problem: Mapped[str] = mapped_column(String(40), default="")
    asked_at: Mapped[datetime]


class PrintedLabel(Base):
    """One thing whose label was asked for, and the how-manieth time that was."""

    __tablename__ = "printed_label"
    __table_args__ = (PrimaryKeyConstraint("job_id", "subject_id"),)

    job_id: Mapped[int] = mapped_column(ForeignKey("print_job.id"))
    subject_id: Mapped[int] = mapped_column(ForeignKey("subject.id"), index=True)
    time: Mapped[int]
