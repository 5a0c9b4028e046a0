"""Splitting a quantity in proportion."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from shopfloor.core.apportion import apportion, equally


def test_the_largest_remainders_get_what_cannot_be_divided() -> None:
    assert apportion(Decimal(60), [Decimal(34), Decimal(33), Decimal(33)]) == [20, 20, 20]
    assert apportion(Decimal(10), [Decimal(1), Decimal(1), Decimal(1)]) == [4, 3, 3]
    assert apportion(Decimal(2), [Decimal(5), Decimal(1), Decimal(5)]) == [1, 0, 1]


def test_equal_parts_leave_the_rest_to_the_first() -> None:
    assert equally(Decimal(100), 3) == [34, 33, 33]
    assert equally(Decimal("1.5"), 2, Decimal("0.1")) == [Decimal("0.8"), Decimal("0.7")]
    assert equally(Decimal(0), 2) == [0, 0]


@given(
    st.lists(st.integers(0, 10**6), min_size=1, max_size=8),
    st.integers(0, 10**6),
    st.integers(0, 3),
)
def test_the_parts_sum_exactly_and_nobody_gets_more_than_his_weight(
    weights: list[int], quantity: int, decimals: int
) -> None:
    unit = Decimal(1).scaleb(-decimals)
    shares = [weight * unit for weight in weights]
    whole = min(quantity * unit, sum(shares, Decimal(0)))
    parts = apportion(whole, shares, unit)
    assert sum(parts, Decimal(0)) == (whole if sum(weights) else 0)
    assert all(0 <= part <= share for part, share in zip(parts, shares, strict=True))
    assert all(part % unit == 0 for part in parts)
