"""Tables of alerts and of how long an alert waits before the next person hears of it."""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    PrimaryKeyConstraint,
    SmallInteger,
    String,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from shopfloor.core.db import Base

_OPEN = text("closed_at IS NULL")


class Alert(Base):
    """Something of which somebody must know until it is settled; what belongs together is one row.

    `matter` and `about_id` say what belongs together: twelve fails of one order are one lock.
    """

    __tablename__ = "alert"
    __table_args__ = (
        Index(
            "uq_alert_open",
            "matter",
            "about_id",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        Index("ix_alert_open", "event_id", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_alert_raised_by_id_id", "raised_by_id", "id"),
        CheckConstraint("times >= 1 AND nudges >= 0 AND level BETWEEN 0 AND 2", name="counts"),
        CheckConstraint(
            "(acknowledged_at IS NULL) = (acknowledged_by_id IS NULL)", name="acknowledged"
        ),
        CheckConstraint("(taken_at IS NULL) = (taken_by_id IS NULL)", name="taken"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    matter: Mapped[str] = mapped_column(String(20))
    about_id: Mapped[int] = mapped_column(BigInteger)
    subject_id: Mapped[int | None] = mapped_column(ForeignKey("subject.id"), index=True)
    hold_id: Mapped[int | None] = mapped_column(ForeignKey("hold.id"))
    site_id: Mapped[int | None] = mapped_column(ForeignKey("subject.id"))
    line_id: Mapped[int | None] = mapped_column(ForeignKey("subject.id"))
    station_id: Mapped[int | None] = mapped_column(ForeignKey("subject.id"))
    # Who leads the crew of whoever raised it: he hears of it wherever his own rights reach.
    leader_id: Mapped[int | None] = mapped_column(ForeignKey("subject.id"))
    raised_by_id: Mapped[int | None] = mapped_column(ForeignKey("subject.id"))
    raised_at: Mapped[datetime]
    last_at: Mapped[datetime]
    times: Mapped[int] = mapped_column(default=1)
    nudges: Mapped[int] = mapped_column(default=0)
    # How far it has climbed: the line, the whole site, everywhere; and since when.
    level: Mapped[int] = mapped_column(SmallInteger, default=0)
    level_at: Mapped[datetime]
    # What has changed it last: open pages hear by it that there is news.
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    acknowledged_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    acknowledged_at: Mapped[datetime | None]
    taken_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    taken_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]


class AlertRule(Base):
    """How many minutes an alert of a kind waits at a level before it climbs to the next."""

    __tablename__ = "alert_rule"
    __table_args__ = (
        PrimaryKeyConstraint("kind", "level"),
        CheckConstraint("minutes BETWEEN 1 AND 1440", name="minutes"),
    )

    kind: Mapped[str] = mapped_column(String(20))
    level: Mapped[int] = mapped_column(SmallInteger)
    minutes: Mapped[int]
