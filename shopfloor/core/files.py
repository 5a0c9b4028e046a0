"""Files: kept once under the hash of their content."""

from datetime import datetime

from sqlalchemy import ForeignKey, PrimaryKeyConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from shopfloor.core.db import Base


class File(Base):
    """A stored file; its bytes lie under instance/files by their SHA-256."""

    __tablename__ = "file"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    media_type: Mapped[str] = mapped_column(String(80))
    size: Mapped[int]
    stored_at: Mapped[datetime]


class EventFile(Base):
    """A file that belongs to an event, such as the photo of a scrapped piece."""

    __tablename__ = "event_file"
    __table_args__ = (PrimaryKeyConstraint("event_id", "sha256"),)

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    sha256: Mapped[str] = mapped_column(ForeignKey("file.sha256"), index=True)
