"""Tables of the catalogue."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, Date, ForeignKey, SmallInteger, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shopfloor.core.db import Base
from shopfloor.core.subjects import Kind
from shopfloor.core.types import Amount, Json, choice

ITEM = Kind("item", "M", _l("Item"), "catalogue.item", holdable=True)
REASON = Kind("reason", "R", _l("Reason"))
BOM = Kind("bom", "C", _l("BOM"))
ROUTING = Kind("routing", "D", _l("Routing"))


class ReasonKind(StrEnum):
    """What a reason explains."""

    SCRAP = "scrap"
    PAUSE = "pause"
    HOLD = "hold"
    RELEASE = "release"
    OVERRIDE = "override"
    UNDO = "undo"


class Item(Base):
    """A material, a part or a product."""

    __tablename__ = "item"
    __table_args__ = (CheckConstraint("decimals BETWEEN 0 AND 6", name="decimals"),)

    id: Mapped[int] = mapped_column(ForeignKey("subject.id"), primary_key=True)
    names: Mapped[dict[str, str]] = mapped_column(Json)
    unit: Mapped[str] = mapped_column(String(20))
    decimals: Mapped[int] = mapped_column(SmallInteger, default=0)
    version: Mapped[int] = mapped_column(default=1)


class Bom(Base):
    """One revision of what goes into an item."""

    __tablename__ = "bom"
    __table_args__ = (UniqueConstraint("item_id", "revision"),)

    id: Mapped[int] = mapped_column(ForeignKey("subject.id"), primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    revision: Mapped[int]
    made_at: Mapped[datetime]
    lines: Mapped[list["BomLine"]] = relationship(order_by="BomLine.position")


class BomLine(Base):
    """How much of one item goes into one piece."""

    __tablename__ = "bom_line"
    __table_args__ = (
        UniqueConstraint("bom_id", "position"),
        CheckConstraint("quantity > 0", name="quantity"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    bom_id: Mapped[int] = mapped_column(ForeignKey("bom.id"))
    position: Mapped[int]
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), index=True)
    quantity: Mapped[Decimal]


class Routing(Base):
    """One revision of the operations that make an item."""

    __tablename__ = "routing"
    __table_args__ = (UniqueConstraint("item_id", "revision"),)

    id: Mapped[int] = mapped_column(ForeignKey("subject.id"), primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    revision: Mapped[int]
    made_at: Mapped[datetime]
    operations: Mapped[list["RoutingOperation"]] = relationship(
        order_by="RoutingOperation.sequence"
    )


class RoutingOperation(Base):
    """One step of a routing, numbered 10, 20, 30 … in the order of the work."""

    __tablename__ = "routing_operation"
    __table_args__ = (
        UniqueConstraint("routing_id", "sequence"),
        CheckConstraint("sequence > 0", name="sequence"),
        CheckConstraint("tolerance_percent >= 0", name="tolerance"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    routing_id: Mapped[int] = mapped_column(ForeignKey("routing.id"))
    sequence: Mapped[int]
    names: Mapped[dict[str, str]] = mapped_column(Json)
    station_id: Mapped[int] = mapped_column(ForeignKey("station.id"), index=True)
    inspect: Mapped[bool] = mapped_column(default=False)
    tolerance_percent: Mapped[int] = mapped_column(SmallInteger, default=0)


class Reason(Base):
    """A reason people choose instead of typing."""

    __tablename__ = "reason"

    id: Mapped[int] = mapped_column(ForeignKey("subject.id"), primary_key=True)
    kind: Mapped[ReasonKind] = mapped_column(choice(ReasonKind, "kind"), index=True)
    names: Mapped[dict[str, str]] = mapped_column(Json)
    photo: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)


class PieceRate(Base):
    """What one good piece of an operation pays from a day on."""

    __tablename__ = "piece_rate"
    __table_args__ = (
        UniqueConstraint("item_id", "sequence", "valid_from"),
        CheckConstraint("amount >= 0", name="amount"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    sequence: Mapped[int]
    valid_from: Mapped[date] = mapped_column(Date)
    amount: Mapped[Decimal] = mapped_column(Amount)
    currency: Mapped[str] = mapped_column(String(3))
