"""Tables of inspection plans, of the inspections they ask for, and of every value that was read."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from flask_babel import lazy_gettext as _l
from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    SmallInteger,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shopfloor.configure.models import Form
from shopfloor.core.db import Base
from shopfloor.core.finding import Findable
from shopfloor.core.subjects import Kind
from shopfloor.core.types import Json, choice
from shopfloor.quality.models import Verdict
from shopfloor.quality.sampling import Level, Severity

_CURRENT = text("replaced_at IS NULL")
_DUE = text("closed_at IS NULL AND kind <> 'operation' AND kind <> 'final'")
_RETEST = text("closed_at IS NULL AND kind = 'periodic'")
PLAN = Kind("plan", "Z", _l("Inspection plan"), "plans.plan")


class PlanKind(StrEnum):
    """When a plan asks for an inspection."""

    FIRST_ARTICLE = "first_article"
    PATROL = "patrol"
    LAST_PIECE = "last_piece"
    OPERATION = "operation"
    FINAL = "final"
    PERIODIC = "periodic"


# Those that become due by themselves while an operation runs; no pieces wait for them.
DUE_KINDS = (PlanKind.FIRST_ARTICLE, PlanKind.PATROL, PlanKind.LAST_PIECE)
# Those for which no pieces wait.
BY_ITSELF = (*DUE_KINDS, PlanKind.PERIODIC)
# Those at no operation that a plan names: behind the last one, or in stock.
OF_LOTS = (PlanKind.FINAL, PlanKind.PERIODIC)


class Again(StrEnum):
    """When an operation of an order needs another first article."""

    ONCE = "once"
    STATION = "station"
    SHIFT = "shift"


class Sampling(StrEnum):
    """How many pieces of a lot are looked at."""

    ALL = "all"
    FIXED = "fixed"
    EVERY = "every"
    STANDARD = "standard"


class HoldScope(StrEnum):
    """What a fail locks: the order with everything made from it, or this lot only."""

    FAMILY = "family"
    LOT = "lot"


class Plan(Findable, Base):
    """What is inspected where: on an item, at one of its operations, from one of its suppliers.

    A plan of a model holds for its variants, and one of a category for its items, unless one of
    them has a plan of its own.
    """

    __tablename__ = "plan"
    __table_args__ = (
        CheckConstraint("(item_id IS NULL) <> (category IS NULL)", name="bound"),
        CheckConstraint("partner_id IS NULL OR item_id IS NOT NULL", name="supplier_of_item"),
    )

    id: Mapped[int] = mapped_column(ForeignKey("subject.id"), primary_key=True)
    names: Mapped[dict[str, str]] = mapped_column(Json)
    kind: Mapped[PlanKind] = mapped_column(choice(PlanKind, "kind"))
    item_id: Mapped[int | None] = mapped_column(ForeignKey("item.id"), index=True)
    category: Mapped[str | None] = mapped_column(String(80), index=True)
    sequence: Mapped[int | None]
    partner_id: Mapped[int | None] = mapped_column(ForeignKey("partner.id"))
    version: Mapped[int] = mapped_column(default=1)
    revisions: Mapped[list["PlanRevision"]] = relationship(
        order_by="PlanRevision.revision", back_populates="plan"
    )

    def found_words(self) -> Iterable[str | None]:
        """Return every text by which people look for it."""
        return self.names.values()


class PlanRevision(Base):
    """One revision of a plan; published it never changes, and running inspections keep theirs."""

    __tablename__ = "plan_revision"
    __table_args__ = (
        UniqueConstraint("plan_id", "revision"),
        CheckConstraint("size > 0", name="size"),
        CheckConstraint("every_pieces > 0 AND every_minutes > 0", name="every"),
        CheckConstraint("grace_minutes >= 0", name="grace"),
        CheckConstraint("every_days > 0", name="every_days"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    revision: Mapped[int]
    form_id: Mapped[int] = mapped_column(ForeignKey("form.id"), unique=True)
    sampling: Mapped[Sampling] = mapped_column(choice(Sampling, "sampling"))
    # The pieces of a fixed sample, or one in so many.
    size: Mapped[int | None]
    level: Mapped[Level | None] = mapped_column(choice(Level, "level"))
    severity: Mapped[Severity] = mapped_column(choice(Severity, "severity"))
    # By class: the acceptance quality limit of a standard plan, or how many bad ones still pass.
    aqls: Mapped[dict[str, str]] = mapped_column(Json, default=dict)
    accepts: Mapped[dict[str, int]] = mapped_column(Json, default=dict)
    every_pieces: Mapped[int | None]
    every_minutes: Mapped[int | None]
    # Of lots in stock, since they came or last passed.
    every_days: Mapped[int | None]
    again: Mapped[Again] = mapped_column(
        choice(Again, "again"), default=Again.ONCE, server_default=Again.ONCE.value
    )
    # How long after it has become due an inspection is overdue.
    grace_minutes: Mapped[int | None]
    holds: Mapped[HoldScope] = mapped_column(choice(HoldScope, "holds"))
    made_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    form: Mapped[Form] = relationship(lazy="joined", innerjoin=True)
    plan: Mapped[Plan] = relationship(back_populates="revisions")


class Check(Base):
    """An inspection that a plan asks for: due, then running, then decided by one verdict.

    The sample and its numbers are those of the moment it was opened.
    """

    __tablename__ = "inspection_check"
    __table_args__ = (
        Index("ix_inspection_check_lot_id_operation_id", "lot_id", "operation_id"),
        Index("ix_inspection_check_closed_at_due_at", "closed_at", "due_at"),
        # Only one of a kind is due at an operation at a time, however often the loop looks.
        Index(
            "ix_inspection_check_open",
            "operation_id",
            "kind",
            unique=True,
            sqlite_where=_DUE,
            postgresql_where=_DUE,
        ),
        Index(
            "ix_inspection_check_retest",
            "lot_id",
            unique=True,
            sqlite_where=_RETEST,
            postgresql_where=_RETEST,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    revision_id: Mapped[int] = mapped_column(ForeignKey("plan_revision.id"), index=True)
    # The plan's kind, so that what is due is found without its plan.
    kind: Mapped[PlanKind] = mapped_column(
        choice(PlanKind, "kind"), default=PlanKind.OPERATION, server_default="operation"
    )
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"))
    # None for a retest: the lot is in stock then, at no operation.
    operation_id: Mapped[int | None] = mapped_column(ForeignKey("operation.id"), index=True)
    # A first article: where and in which shift its first piece was reported.
    station_id: Mapped[int | None] = mapped_column(ForeignKey("station.id"))
    shift: Mapped[str | None] = mapped_column(String(40))
    # A first article: so many good pieces may be reported before it passes, None until the next
    # report says from where on. The others: after how many reported pieces they became due.
    at_pieces: Mapped[Decimal | None]
    quantity: Mapped[Decimal]
    size: Mapped[int]
    # By class: [Ac, Re].
    numbers: Mapped[dict[str, list[int]]] = mapped_column(Json)
    due_at: Mapped[datetime]
    overdue_at: Mapped[datetime | None]
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    verdict: Mapped[Verdict | None] = mapped_column(choice(Verdict, "verdict"))
    inspection_id: Mapped[int | None] = mapped_column(ForeignKey("inspection.id"), unique=True)
    self_checked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    self_checked_at: Mapped[datetime | None]
    # The calibration that found a gauge bad with which something here was measured.
    doubted_by_id: Mapped[int | None] = mapped_column(ForeignKey("gauge_calibration.id"))
    revision: Mapped[PlanRevision] = relationship()


class Value(Base):
    """One value that was read of one piece; a corrected one stays beside the new one."""

    __tablename__ = "inspection_value"
    __table_args__ = (
        Index(
            "ix_inspection_value_current",
            "check_id",
            "field_id",
            "piece",
            "reading",
            unique=True,
            sqlite_where=_CURRENT,
            postgresql_where=_CURRENT,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    check_id: Mapped[int] = mapped_column(ForeignKey("inspection_check.id"))
    field_id: Mapped[int] = mapped_column(ForeignKey("form_field.id"), index=True)
    piece: Mapped[int]
    reading: Mapped[int] = mapped_column(SmallInteger)
    said: Mapped[str] = mapped_column(String(500))
    number: Mapped[Decimal | None]
    good: Mapped[bool | None]
    sha256: Mapped[str | None] = mapped_column(ForeignKey("file.sha256"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    read_at: Mapped[datetime]
    replaced_at: Mapped[datetime | None]
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("inspection_value.id"))
    reason_id: Mapped[int | None] = mapped_column(ForeignKey("reason.id"))
    gauge_id: Mapped[int | None] = mapped_column(ForeignKey("gauge.id"), index=True)
