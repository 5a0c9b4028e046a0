"""What is kept about a webhook: where to, which events, how far it is, and its last deliveries.

Its secret is not kept at all: it is made again from `salt` and the key in the data folder.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from shopfloor.core.db import Base
from shopfloor.core.types import Json, choice


class Paused(StrEnum):
    """Why nothing is sent."""

    BY_PERSON = "person"
    FAILING = "failing"
    OWNER = "owner"
    KEY = "key"


class Failure(StrEnum):
    """Why a delivery did not arrive."""

    STATUS = "status"
    NO_NAME = "no_name"
    NOT_ALLOWED = "not_allowed"
    NO_CONNECTION = "no_connection"
    NOT_TRUSTED = "not_trusted"
    TOO_SLOW = "too_slow"
    NO_ANSWER = "no_answer"
    TOO_LARGE = "too_large"


class Webhook(Base):
    """An address to which events are sent, with the rights of the person who registered it."""

    __tablename__ = "webhook"

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    address: Mapped[str] = mapped_column(String(2000))
    # Empty is every kind.
    kinds: Mapped[list[str]] = mapped_column(Json)
    salt: Mapped[str] = mapped_column(String(64))
    # Tells whether the secret that is made again is still the one that was shown.
    secret_digest: Mapped[str] = mapped_column(String(64))
    version: Mapped[int] = mapped_column(default=1)
    added_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
    # The last event that has arrived or was not wanted: the next one is behind it.
    heard_id: Mapped[int]
    failures: Mapped[int] = mapped_column(default=0)
    failing_since: Mapped[datetime | None]
    next_at: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]
    paused_because: Mapped[Paused | None] = mapped_column(choice(Paused, "paused_because"))


class Delivery(Base):
    """One attempt to deliver an event; without `tried_at` somebody has asked for it again."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (Index("ix_webhook_delivery_webhook_id_id", "webhook_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    webhook_id: Mapped[int] = mapped_column(ForeignKey("webhook.id"))
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    again: Mapped[bool] = mapped_column(default=False)
    tried_at: Mapped[datetime | None]
    milliseconds: Mapped[int] = mapped_column(default=0)
    status: Mapped[int | None] = mapped_column(SmallInteger)
    problem: Mapped[Failure | None] = mapped_column(choice(Failure, "problem"))
