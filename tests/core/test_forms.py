"""What people type is read exactly, or refused with what to type instead."""

from decimal import Decimal

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from shopfloor.core.forms import Form, read_quantity
from shopfloor.core.refusals import Malformed

READ = {
    "0": "0",
    "7": "7",
    "1,5": "1.5",
    "1.5": "1.5",
    "0.1": "0.1",
    "0,125": "0.125",
    "1.2340": "1.234",
    "1 000": "1000",
    "1\u00a0000": "1000",
    "1\u202f000,25": "1000.25",
    " 12 ": "12",
    "007": "7",
    "0.000001": "0.000001",
    "999999999999": "999999999999",
}
REFUSED = [
    "", "-1", "+1", "−1", "1e308", "1E3", "NaN", "inf", "Infinity", "٣", "1２", "²", "½",
    "0.1234567890", "1.0000000", "1,500", "1.500", "12,345", "1.000.000", "1,000,000", "1 00",
    "1  000", "1 0000", "1.", ".5", "1,5.2", "0x10", "1_000", "1'000", "1\x00", "١٢", "five",
    "1\n2", "9" * 13, "9" * 4000, "=1+1", "1/2", "\ud800",
]  # fmt: skip


def test_the_whole_list_of_quantities_is_read_exactly(one_app: Flask) -> None:
    """Torture 49: both decimal signs, grouping by blanks, and nothing that is guessed."""
    assert {typed: str(read_quantity(typed)) for typed in READ} == {
        typed: str(Decimal(value)) if typed != "1.2340" else "1.2340"
        for typed, value in READ.items()
    }
    assert read_quantity("0.1") * 3 == Decimal("0.3")
    assert sum(read_quantity("0,0010") for _ in range(1000)) == 1


def test_the_whole_list_of_others_is_refused(one_app: Flask) -> None:
    """Torture 49."""
    for typed in REFUSED:
        with pytest.raises(Malformed) as refused:
            read_quantity(typed, "good")
        assert refused.value.field == "good"
        assert len(str(refused.value)) < 200
    with pytest.raises(Malformed) as refused:
        read_quantity("1,500")
    assert refused.value.rule == "ambiguous_number"
    assert "1500" in str(refused.value.hint)
    assert "1,5000" in str(refused.value.hint)


@given(st.text(max_size=20))
def test_any_text_is_a_quantity_or_malformed(typed: str) -> None:
    try:
        value = read_quantity(typed)
    except Malformed:
        return
    assert value.is_finite()
    assert value >= 0


def test_a_field_sent_twice_is_refused_and_others_are_read(one_app: Flask) -> None:
    """Torture 65."""
    with pytest.raises(Malformed):
        Form(MultiDict([("good", "1"), ("good", "100")]))
    form = Form(MultiDict([("good", " 1,5 "), ("n", "12"), ("day", "2026-02-29"), ("x", "a\x00")]))
    assert form.quantity("good") == Decimal("1.5")
    assert form.quantity("missing") == 0
    assert form.whole("n") == 12
    for name in ("day", "x"):
        with pytest.raises(Malformed):
            form.day(name) if name == "day" else form.text(name)
    for wrong in ("1.0", "-1", "٣", "9" * 19):
        with pytest.raises(Malformed):
            Form(MultiDict([("n", wrong)])).whole("n")
