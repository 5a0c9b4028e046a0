"""Tables of scanning: foreign barcodes that were linked, what was scanned, and how readers send."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from shopfloor.core.db import Base
from shopfloor.core.types import choice

LONGEST_LINK = 500
LONGEST_SHOWN = 400
LONGEST_AFFIX = 20


class Outcome(StrEnum):
    """What a scan came to."""

    OPENED = "opened"
    AMBIGUOUS = "ambiguous"
    BADGE = "badge"
    UNKNOWN = "unknown"


class LinkKind(StrEnum):
    """What a linked barcode is: a trade item number, or any other text."""

    TEXT = "text"
    GTIN = "gtin"


class Source(StrEnum):
    """How a scan came in."""

    CAMERA = "camera"
    TRIGGER = "trigger"
    TYPED = "typed"
    PHOTO = "photo"
    UNSAID = "unsaid"


class LinkedCode(Base):
    """Somebody else's barcode that stands for a thing of ours since a person has said so."""

    __tablename__ = "linked_code"
    __table_args__ = (Index("ix_linked_code_text", "text"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[LinkKind] = mapped_column(choice(LinkKind, "kind"))
    text: Mapped[str] = mapped_column(String(LONGEST_LINK))
    subject_id: Mapped[int] = mapped_column(ForeignKey("subject.id"), index=True)
    linked_at: Mapped[datetime]
    linked_by_id: Mapped[int | None] = mapped_column(ForeignKey("subject.id"))
    archived_at: Mapped[datetime | None]
    archived_by_id: Mapped[int | None] = mapped_column(ForeignKey("subject.id"))


class ScanLog(Base):
    """One scan of a browser as it came in, and what was answered; a badge's text is never kept."""

    __tablename__ = "scan_log"
    __table_args__ = (Index("ix_scan_log_browser_id", "browser", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    browser: Mapped[str] = mapped_column(String(120))
    person_id: Mapped[int] = mapped_column(ForeignKey("subject.id"))
    device_id: Mapped[int | None] = mapped_column(ForeignKey("subject.id"))
    at: Mapped[datetime] = mapped_column(index=True)
    source: Mapped[Source] = mapped_column(choice(Source, "source"))
    symbology: Mapped[str] = mapped_column(String(8))
    shown: Mapped[str] = mapped_column(String(LONGEST_SHOWN))
    outcome: Mapped[Outcome] = mapped_column(choice(Outcome, "outcome"))
    subject_id: Mapped[int | None] = mapped_column(ForeignKey("subject.id"))
    answer: Mapped[str] = mapped_column(String(LONGEST_SHOWN))


class Scanner(Base):
    """What the trigger scanner of a device, or those of a site, put before and after a code."""

    __tablename__ = "scanner"

    subject_id: Mapped[int] = mapped_column(ForeignKey("subject.id"), primary_key=True)
    prefix: Mapped[str] = mapped_column(String(LONGEST_AFFIX))
    suffix: Mapped[str] = mapped_column(String(LONGEST_AFFIX))


class ChosenStation(Base):
    """The station at which a person works now, as he has said by scanning it."""

    __tablename__ = "chosen_station"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    station_id: Mapped[int] = mapped_column(ForeignKey("station.id"))
    chosen_at: Mapped[datetime]
