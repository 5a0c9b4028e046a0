"""Column types that keep their meaning on SQLite and on PostgreSQL."""

import json
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Enum, Integer, Text
from sqlalchemy.types import TypeDecorator

# More digits than this are no quantity; a Decimal would round them.
MOST_DIGITS = 28
# SQLite counts up by itself only for a plain INTEGER primary key.
Id = BigInteger().with_variant(Integer, "sqlite")


class _Scaled(TypeDecorator[Decimal]):
    """A decimal kept as a whole number of its smallest steps, because SQLite's Numeric is float."""

    impl = BigInteger
    cache_ok = True
    places = 0

    def process_bind_param(self, value: Decimal | int | None, dialect: Dialect) -> int | None:
        """Return the number of steps; ValueError when the value has finer ones."""
        if value is None:
            return None
        if isinstance(value, float):
            raise TypeError("a quantity or an amount is never a float")
        # A fraction never rounds, as a Decimal does silently beyond 28 digits.
        steps = Fraction(value) * 10**self.places
        if steps.denominator != 1:
            raise ValueError(f"{value} has more than {self.places} decimals")
        return int(steps)

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        """Return the exact decimal; a sum arrives as int on one database, Decimal on the other."""
        if value is None:
            return None
        # Most quantities are whole: that is told from the steps, without decimal arithmetic.
        whole, rest = divmod(int(value), 10**self.places)
        return plain(Decimal(value).scaleb(-self.places)) if rest else Decimal(whole)


class Quantity(_Scaled):
    """A quantity in the item's own unit, exact to a millionth."""

    places = 6
    cache_ok = True


class Amount(_Scaled):
    """An amount of money, exact to a ten-thousandth of its currency."""

    places = 4
    cache_ok = True


@dataclass(frozen=True)
class Money:
    """An amount and the ISO 4217 currency it is in."""

    amount: Decimal
    currency: str


def plain(value: Decimal) -> Decimal:
    """Drop trailing zeros without ever falling into exponent form (100, not 1E+2).

    What nobody can count, such as 1E+308, is left as it is, for somebody to refuse.
    """
    if not value.is_finite() or value.adjusted() >= MOST_DIGITS:
        return value
    whole = value.to_integral_value()
    return whole.quantize(Decimal(1)) if value == whole else value.normalize()


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: naive values are refused, UTC goes in and comes out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the instant in UTC; ValueError for a value without a zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the instant with UTC as its zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Json(TypeDecorator[Any]):
    """Canonical JSON text: sorted keys, no blanks, so that equal things are equal text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Return the canonical text."""
        return None if value is None else canonical(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """Return the parsed value."""
        return None if value is None else json.loads(value)


def canonical(value: object) -> str:
    """Write a value as canonical JSON; decimals and instants become strings."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_as_json
    )


def _as_json(value: object) -> object:
    if is_dataclass(value) and type(value).__str__ is object.__str__:
        # What is kept out of its repr, such as a password's hash, is kept out of here too.
        return {each.name: getattr(value, each.name) for each in fields(value) if each.repr}
    if isinstance(value, Decimal):
        return str(plain(value))
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return str(value)


def choice(values: type[StrEnum], name: str) -> Enum:
    """Return a text column type with a named CHECK that admits the enum's values only."""
    return Enum(
        values,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=20,
        values_callable=lambda members: [member.value for member in members],
    )
