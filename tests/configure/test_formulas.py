"""Formulas: arithmetic over measured values, and nothing else that Python could do."""

from decimal import Decimal

import pytest

from shopfloor.configure.formulas import FormulaError, computed, names_in

VALUES = {"a": [Decimal("10.1")], "b": [Decimal("0.2")], "three": [Decimal(n) for n in (1, 2, 6)]}


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("a - b", "9.9"),
        ("a + b * 2", "10.5"),
        ("(a + b) / 2", "5.15"),
        ("-b + 0.1", "-0.1"),
        ("range(three)", "5"),
        ("mean(three)", "3"),
        ("max(three, a) - min(three)", "9.1"),
        ("abs(b - a)", "9.9"),
    ],
)
def test_a_value_is_computed_exactly(formula: str, value: str) -> None:
    assert computed(formula, VALUES) == Decimal(value)


@pytest.mark.parametrize(
    "formula", ["a + missing", "a / 0", "three + 1", "min(missing)", "a / (b - b)"]
)
def test_without_its_values_there_is_none(formula: str) -> None:
    assert computed(formula, VALUES) is None


@pytest.mark.parametrize(
    "formula",
    [
        "",
        "a +",
        "__import__('os')",
        "a.real",
        "open(a)",
        "a ** 9",
        "a if b else a",
        "[a for a in three]",
        "lambda: a",
        "'text'",
        "True",
        "1e999",
        "1j",
        "min()",
        "abs(a, b)",
        "max(a, key=b)",
        "a\nb",
        "(" * 90 + ")" * 90,
        "a" * 300,
        "a and b",
        "a < b",
        "a; b",
    ],
)
def test_what_is_not_offered_is_no_formula(formula: str) -> None:
    with pytest.raises(FormulaError):
        names_in(formula)


def test_the_keys_it_uses_are_known() -> None:
    assert names_in("max(three, a) - b * 2") == {"three", "a", "b"}
    assert names_in("1 + 1") == set()
