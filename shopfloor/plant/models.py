"""Tables of the plant."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from shopfloor.core.db import Base
from shopfloor.core.finding import Findable
from shopfloor.core.subjects import Kind
from shopfloor.core.types import Json, choice

SITE = Kind("site", "F", _l("Site"))
LINE = Kind("line", "N", _l("Line"), holdable=True)
STATION = Kind("station", "S", _l("Station"), "scanning.open_station", holdable=True)
PLACE = Kind("place", "P", _l("Place"), holdable=True)
SHIFT = Kind("shift", "X", _l("Shift"))
DEVICE = Kind("device", "E", _l("Device"))


class PlaceKind(StrEnum):
    """What a place means for the quantity in it."""

    STORE = "store"
    WIP = "wip"
    FINISHED = "finished"
    SCRAP = "scrap"
    PRODUCTION = "production"
    SUPPLIER = "supplier"
    CUSTOMER = "customer"
    ADJUSTMENT = "adjustment"


# Quantities come from and go to these without a balance of their own.
OUTSIDE = (PlaceKind.PRODUCTION, PlaceKind.SUPPLIER, PlaceKind.CUSTOMER, PlaceKind.ADJUSTMENT)


class Site(Base):
    """A factory of the company, with its own time zone and currency."""

    __tablename__ = "site"

    id: Mapped[int] = mapped_column(ForeignKey("subject.id"), primary_key=True)
    names: Mapped[dict[str, str]] = mapped_column(Json)
    zone: Mapped[str] = mapped_column(String(60))
    currency: Mapped[str] = mapped_column(String(3))
    language: Mapped[str] = mapped_column(String(10))
    version: Mapped[int] = mapped_column(default=1)


class Line(Findable, Base):
    """A production line of a site."""

    __tablename__ = "line"

    id: Mapped[int] = mapped_column(ForeignKey("subject.id"), primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), index=True)
    names: Mapped[dict[str, str]] = mapped_column(Json)
    version: Mapped[int] = mapped_column(default=1)

    def found_words(self) -> Iterable[str | None]:
        """Return every text by which people look for it."""
        return self.names.values()


class Station(Findable, Base):
    """A machine or bench where an operation is done."""

    __tablename__ = "station"

    id: Mapped[int] = mapped_column(ForeignKey("subject.id"), primary_key=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("line.id"), index=True)
    names: Mapped[dict[str, str]] = mapped_column(Json)
    version: Mapped[int] = mapped_column(default=1)

    def found_words(self) -> Iterable[str | None]:
        """Return every text by which people look for it."""
        return self.names.values()


class Place(Findable, Base):
    """Where a quantity can be, inside the factory or beyond its edge."""

    __tablename__ = "place"

    id: Mapped[int] = mapped_column(ForeignKey("subject.id"), primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), index=True)
    kind: Mapped[PlaceKind] = mapped_column(choice(PlaceKind, "kind"))
    names: Mapped[dict[str, str]] = mapped_column(Json)
    version: Mapped[int] = mapped_column(default=1)

    def found_words(self) -> Iterable[str | None]:
        """Return every text by which people look for it."""
        return self.names.values()


class Shift(Findable, Base):
    """A shift of a site in minutes after local midnight; one that ends earlier crosses it."""

    __tablename__ = "shift"
    __table_args__ = (
        CheckConstraint("starts_minute BETWEEN 0 AND 1439", name="starts"),
        CheckConstraint("ends_minute BETWEEN 0 AND 1439", name="ends"),
    )

    id: Mapped[int] = mapped_column(ForeignKey("subject.id"), primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), index=True)
    names: Mapped[dict[str, str]] = mapped_column(Json)
    starts_minute: Mapped[int] = mapped_column(SmallInteger)
    ends_minute: Mapped[int] = mapped_column(SmallInteger)
    # The leader of the shift when the worker's crew has none of its own.
    leader_id: Mapped[int | None] = mapped_column(ForeignKey("subject.id"))
    version: Mapped[int] = mapped_column(default=1)

    def found_words(self) -> Iterable[str | None]:
        """Return every text by which people look for it."""
        return self.names.values()


class Device(Base):
    """A shared phone or tablet of the factory, enrolled once by an administrator."""

    __tablename__ = "device"

    id: Mapped[int] = mapped_column(ForeignKey("subject.id"), primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), index=True)
    station_id: Mapped[int | None] = mapped_column(ForeignKey("station.id"))
    name: Mapped[str] = mapped_column(String(80))
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    enrolment_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    enrolment_ends_at: Mapped[datetime | None]
    enrolled_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
