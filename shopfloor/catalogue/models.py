"""Tables of the catalogue."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    ForeignKey,
    PrimaryKeyConstraint,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shopfloor.core.db import Base
from shopfloor.core.finding import Findable
from shopfloor.core.subjects import Kind
from shopfloor.core.types import Amount, Json, choice

ITEM = Kind("item", "M", _l("Item"), "catalogue.item", holdable=True)
REASON = Kind("reason", "R", _l("Reason"))
BOM = Kind("bom", "C", _l("BOM"))
ROUTING = Kind("routing", "D", _l("Routing"))
PARTNER = Kind("partner", "K", _l("Partner"), "partners.partner")


class ReasonKind(StrEnum):
    """What a reason explains."""

    SCRAP = "scrap"
    PAUSE = "pause"
    HOLD = "hold"
    RELEASE = "release"
    OVERRIDE = "override"
    UNDO = "undo"
    HANDOVER = "handover"


class Tracking(StrEnum):
    """How exactly the pieces of an item are told apart."""

    NONE = "none"
    LOT = "lot"
    SERIAL = "serial"


class Item(Findable, Base):
    """A material, a part or a product; or a model, whose variants are items of their own.

    `features`: `[{"key": "size", "names": {…}, "values": [{"key": "l", "names": {…}}]}]`, what its
    variants differ in; the `choices` of a variant name one value of each: `{"size": "l"}`.
    """

    __tablename__ = "item"
    __table_args__ = (
        CheckConstraint("decimals BETWEEN 0 AND 6", name="decimals"),
        CheckConstraint("shelf_life_days > 0", name="shelf_life"),
        CheckConstraint("cost >= 0", name="cost"),
        CheckConstraint("(cost IS NULL) = (cost_currency IS NULL)", name="cost_currency"),
        UniqueConstraint("model_id", "choices"),
    )

    id: Mapped[int] = mapped_column(ForeignKey("subject.id"), primary_key=True)
    names: Mapped[dict[str, str]] = mapped_column(Json)
    unit: Mapped[str] = mapped_column(String(20))
    decimals: Mapped[int] = mapped_column(SmallInteger, default=0)
    tracking: Mapped[Tracking] = mapped_column(
        choice(Tracking, "tracking"), default=Tracking.LOT, server_default=Tracking.LOT.value
    )
    shelf_life_days: Mapped[int | None]
    # Always 14 digits, a shorter one with zeros in front, as GS1 compares them.
    gtin: Mapped[str | None] = mapped_column(String(14), unique=True)
    cost: Mapped[Decimal | None] = mapped_column(Amount)
    cost_currency: Mapped[str | None] = mapped_column(String(3))
    other_number: Mapped[str | None] = mapped_column(String(80), unique=True)
    synonyms: Mapped[str] = mapped_column(Text, default="", server_default="")
    category: Mapped[str | None] = mapped_column(String(80), index=True)
    consent_required: Mapped[bool] = mapped_column(default=False, server_default=false())
    model_id: Mapped[int | None] = mapped_column(ForeignKey("item.id"), index=True)
    features: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list, server_default="[]")
    choices: Mapped[dict[str, str]] = mapped_column(Json, default=dict, server_default="{}")
    version: Mapped[int] = mapped_column(default=1)

    def found_words(self) -> Iterable[str | None]:
        """Return every text by which people look for it."""
        return (*self.names.values(), self.synonyms, self.other_number, self.gtin)


class ItemUnit(Base):
    """Another unit of an item: one of it is exactly numerator/denominator of the item's own."""

    __tablename__ = "item_unit"
    __table_args__ = (
        PrimaryKeyConstraint("item_id", "unit"),
        CheckConstraint("numerator > 0 AND denominator > 0", name="factor"),
    )

    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    unit: Mapped[str] = mapped_column(String(20))
    # An exact ratio: a pound is 45359237/100000000 kg, which no decimal of six places holds.
    numerator: Mapped[int] = mapped_column(BigInteger)
    denominator: Mapped[int] = mapped_column(BigInteger)


class Bom(Base):
    """One revision of what goes into an item, good from a day on and through a last day."""

    __tablename__ = "bom"
    __table_args__ = (
        UniqueConstraint("item_id", "revision"),
        CheckConstraint("valid_to >= valid_from", name="valid"),
    )

    id: Mapped[int] = mapped_column(ForeignKey("subject.id"), primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    revision: Mapped[int]
    valid_from: Mapped[date | None] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)
    made_at: Mapped[datetime]
    lines: Mapped[list["BomLine"]] = relationship(order_by="BomLine.position")


class BomLine(Base):
    """How much of one item goes into one piece, in the line's unit or else the item's own.

    `only_for` some variants: `{"size": ["l"]}`; of a model that goes in, the one of like choices.
    """

    __tablename__ = "bom_line"
    __table_args__ = (
        UniqueConstraint("bom_id", "position"),
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("valid_to >= valid_from", name="valid"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    bom_id: Mapped[int] = mapped_column(ForeignKey("bom.id"))
    position: Mapped[int]
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), index=True)
    quantity: Mapped[Decimal]
    unit: Mapped[str | None] = mapped_column(String(20))
    valid_from: Mapped[date | None] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)
    only_for: Mapped[dict[str, list[str]]] = mapped_column(Json, default=dict, server_default="{}")


class Routing(Base):
    """One revision of the operations that make an item, good from a day on through a last day."""

    __tablename__ = "routing"
    __table_args__ = (
        UniqueConstraint("item_id", "revision"),
        CheckConstraint("valid_to >= valid_from", name="valid"),
    )

    id: Mapped[int] = mapped_column(ForeignKey("subject.id"), primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    revision: Mapped[int]
    valid_from: Mapped[date | None] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)
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
    skill_id: Mapped[int | None] = mapped_column(ForeignKey("skill.id"))
    # Before this operation pieces are counted, at it each gets a number of its own.
    serialise: Mapped[bool] = mapped_column(default=False, server_default=false())
    confirm_count: Mapped[bool] = mapped_column(default=False, server_default=false())


class Reason(Findable, Base):
    """A reason people choose instead of typing."""

    __tablename__ = "reason"

    id: Mapped[int] = mapped_column(ForeignKey("subject.id"), primary_key=True)
    kind: Mapped[ReasonKind] = mapped_column(choice(ReasonKind, "kind"), index=True)
    names: Mapped[dict[str, str]] = mapped_column(Json)
    photo: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)

    def found_words(self) -> Iterable[str | None]:
        """Return every text by which people look for it."""
        return self.names.values()


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


class Partner(Findable, Base):
    """Another company: who supplies us, whom we supply, who works for us."""

    __tablename__ = "partner"

    id: Mapped[int] = mapped_column(ForeignKey("subject.id"), primary_key=True)
    names: Mapped[dict[str, str]] = mapped_column(Json)
    supplier: Mapped[bool] = mapped_column(default=False)
    customer: Mapped[bool] = mapped_column(default=False)
    contractor: Mapped[bool] = mapped_column(default=False)
    email: Mapped[str | None] = mapped_column(String(200))
    phone: Mapped[str | None] = mapped_column(String(40))
    address: Mapped[str] = mapped_column(Text, default="")
    synonyms: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=1)

    def found_words(self) -> Iterable[str | None]:
        """Return every text by which people look for it."""
        return (*self.names.values(), self.synonyms, self.email, self.phone)
