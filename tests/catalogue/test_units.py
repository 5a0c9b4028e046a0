"""Other units as people type them, and the exact ratio that is kept of them."""

from fractions import Fraction

import pytest

from shopfloor.catalogue.units import read_units, write_units
from shopfloor.core.refusals import Malformed

POUND = Fraction(45359237, 100000000)


@pytest.mark.parametrize(
    ("typed", "own", "ratio"),
    [
        ("1 box = 12 pcs", "pcs", 12),
        ("box=12", "pcs", 12),
        ("12 pcs = 1 box", "pcs", 12),
        ("1 lb = 0.45359237 kg", "kg", POUND),
        ("1 lb = 0,45359237 kg", "kg", POUND),
        ("lb = 45359237/100000000", "kg", POUND),
        ("3 roll = 100 m", "m", Fraction(100, 3)),
        ("1 箱 = 24 件", "件", 24),
        ("1 fl oz = 0.0295735295625 l", "l", Fraction(295735295625, 10**13)),
        ("1 t = 1000 kg", "kg", 1000),
        ("1 x = 1.2340 kg", "kg", Fraction(617, 500)),
    ],
)
def test_a_unit_is_read_exactly_and_written_so_that_it_is_read_again(
    typed: str, own: str, ratio: Fraction
) -> None:
    (unit,) = read_units(typed, own)
    assert unit.ratio == ratio
    assert read_units(write_units([unit], own), own) == (unit,)


@pytest.mark.parametrize(
    "typed",
    [
        "box", "1 box =", "= 12 pcs", "1 box = 12 kg", "1 box = 0 pcs", "0 box = 1 pcs",
        "1 box = 1/0 pcs", "1 box = 1,500 pcs", "1 pcs = 2 pcs", "1 box = -1 pcs",
        "1 box = 1e3 pcs", "1 box = 12 pcs\n1 box = 6 pcs", f"1 {'x' * 21} = 1 pcs",
        "1 box = 9999999999999999 pcs", "1 box = NaN pcs", "1 box = ٣ pcs",
        "\n".join(f"1 u{n} = {n + 2} pcs" for n in range(21)),
    ],
)  # fmt: skip
def test_what_says_no_ratio_is_refused(typed: str) -> None:
    """Torture 49."""
    with pytest.raises(Malformed) as no:
        read_units(typed, "pcs")
    assert (no.value.rule, no.value.field) == ("bad_units", "units")


def test_empty_lines_say_nothing() -> None:
    assert read_units(" \n\r\n", "pcs") == ()
