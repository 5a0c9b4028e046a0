"""Splitting a quantity in proportion, exactly: nothing is lost to rounding."""

from collections.abc import Sequence
from decimal import ROUND_FLOOR, Decimal
from fractions import Fraction


def apportion(
    quantity: Decimal, weights: Sequence[Decimal], unit: Decimal = Decimal(1)
) -> list[Decimal]:
    """Split a quantity by weights into multiples of `unit` that sum to it exactly.

    Each gets the whole units of his proportion; those that are left go one by one to the largest
    remainders, and of equal ones to whoever comes first. What is finer than the unit goes there
    too. Nobody gets more than his weight while the quantity is not more than all weights.
    """
    total = sum(weights, Decimal(0))
    if not total:
        return [Decimal(0) for _ in weights]
    exact = [Fraction(quantity) * Fraction(weight) / Fraction(total) for weight in weights]
    step = Fraction(unit)
    parts = [unit * (part // step) for part in exact]
    left = quantity - sum(parts, Decimal(0))
    whole, rest = (left / unit).to_integral_value(ROUND_FLOOR), Decimal(0)
    rest = left - whole * unit
    largest = sorted(range(len(parts)), key=lambda n: (Fraction(parts[n]) - exact[n], n))
    for n in largest[: int(whole)]:
        parts[n] += unit
    if rest:
        parts[largest[min(int(whole), len(parts) - 1)]] += rest
    return parts


def equally(quantity: Decimal, people: int, unit: Decimal = Decimal(1)) -> list[Decimal]:
    """Split a quantity into equal parts; what cannot be split goes to the first ones."""
    return apportion(quantity, [Decimal(1)] * people, unit)
