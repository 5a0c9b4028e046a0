"""Tables of imports: what was uploaded, how far it is, and mappings to be used again."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shopfloor.core.db import Base
from shopfloor.core.types import Json, choice


class ImportState(StrEnum):
    """How far an import is; whatever waits or runs is taken up again after a restart."""

    UPLOADED = "uploaded"
    TO_CHECK = "to_check"
    CHECKED = "checked"
    TO_APPLY = "to_apply"
    DONE = "done"
    FAILED = "failed"


class Import(Base):
    """One uploaded file on its way in; nothing of it is booked before somebody applies it.

    `settings` says how the file is written and which column holds what; `result` is what the check
    has found, or what was booked.
    """

    __tablename__ = "import"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    sha256: Mapped[str] = mapped_column(ForeignKey("file.sha256"))
    file_name: Mapped[str] = mapped_column(String(200))
    uploaded_at: Mapped[datetime]
    state: Mapped[ImportState] = mapped_column(choice(ImportState, "state"), index=True)
    settings: Mapped[dict[str, Any]] = mapped_column(Json)
    result: Mapped[dict[str, Any]] = mapped_column(Json)
    rows_read: Mapped[int] = mapped_column(default=0)
    # All the errors as a CSV, beyond the first ones that the page shows.
    problems: Mapped[str | None] = mapped_column(ForeignKey("file.sha256"))
    action_id: Mapped[str | None] = mapped_column(String(64))
    event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"))


class Mapping(Base):
    """Which column holds what, kept under a name for the next file with the same headings."""

    __tablename__ = "import_mapping"
    __table_args__ = (UniqueConstraint("kind", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(80))
    headings: Mapped[list[str]] = mapped_column(Json)
    settings: Mapped[dict[str, Any]] = mapped_column(Json)
    saved_at: Mapped[datetime]
