"""Tables of forms: what is asked, in which order, and what counts as good."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, SmallInteger, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shopfloor.core.db import Base
from shopfloor.core.types import Json, choice


class FieldKind(StrEnum):
    """What is asked: the key pad, the two buttons, the list or the camera that answers it."""

    NUMBER = "number"
    YES_NO = "yes_no"
    CHOICE = "choice"
    DEFECTS = "defects"
    TEXT = "text"
    PHOTO = "photo"
    COMPUTED = "computed"


class Weight(StrEnum):
    """How bad it is when a characteristic is bad; each class has its own acceptance number."""

    CRITICAL = "critical"
    MAJOR = "major"
    MINOR = "minor"


class Form(Base):
    """A list of questions; published it never changes again."""

    __tablename__ = "form"

    id: Mapped[int] = mapped_column(primary_key=True)
    made_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    fields: Mapped[list["FormField"]] = relationship(order_by="FormField.position")


class FormField(Base):
    """One question of a form, and which answers are good.

    `options` are the answers of a choice, `[{"names": {…}, "good": true}]`. `show_if` names an
    earlier field and the answer at which this one is asked: `{"key": "crack", "is": "no"}`.
    """

    __tablename__ = "form_field"
    __table_args__ = (
        UniqueConstraint("form_id", "position"),
        UniqueConstraint("form_id", "key"),
        CheckConstraint("low <= high", name="limits"),
        CheckConstraint("least <= most", name="plausible"),
        CheckConstraint("decimals BETWEEN 0 AND 6", name="decimals"),
        CheckConstraint("readings BETWEEN 1 AND 50", name="readings"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    form_id: Mapped[int] = mapped_column(ForeignKey("form.id"))
    position: Mapped[int] = mapped_column(SmallInteger)
    key: Mapped[str] = mapped_column(String(20))
    names: Mapped[dict[str, str]] = mapped_column(Json)
    kind: Mapped[FieldKind] = mapped_column(choice(FieldKind, "kind"))
    weight: Mapped[Weight] = mapped_column(choice(Weight, "weight"))
    unit: Mapped[str] = mapped_column(String(20), default="")
    decimals: Mapped[int] = mapped_column(SmallInteger, default=0)
    target: Mapped[Decimal | None]
    low: Mapped[Decimal | None]
    high: Mapped[Decimal | None]
    # What lies outside was mistyped, most likely: it is asked for again.
    least: Mapped[Decimal | None]
    most: Mapped[Decimal | None]
    readings: Mapped[int] = mapped_column(SmallInteger, default=1)
    options: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    show_if: Mapped[dict[str, str]] = mapped_column(Json, default=dict)
    formula: Mapped[str] = mapped_column(String(200), default="")
    photo_on_fail: Mapped[bool] = mapped_column(default=False)
    gauge: Mapped[bool] = mapped_column(default=False)
    # Which type of gauge; any when empty.
    gauge_type: Mapped[str] = mapped_column(String(40), default="", server_default="")
    sha256: Mapped[str | None] = mapped_column(ForeignKey("file.sha256"), index=True)
