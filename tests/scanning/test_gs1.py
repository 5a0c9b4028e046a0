"""GS1 labels: every form gives the same fields, and what is wrong is refused."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from shopfloor.core import clock
from shopfloor.core.gtin import check_digit_fits
from shopfloor.scanning import gs1
from shopfloor.scanning.gs1_forms import GS, strip_symbology
from shopfloor.scanning.label import Label, Unreadable

VECTORS: list[dict[str, Any]] = json.loads((Path(__file__).parent / "gs1/vectors.json").read_text())
FIXED = ("00", "01", "02", "11", "13", "15", "17", "31", "20", "41")
GTIN = "05901234123457"
FULL = f"01{GTIN}1727073110L-42{GS}21S/9{GS}3103001500"

pytestmark = pytest.mark.usefixtures("one_app")


def of_form(*forms: str) -> list[Any]:
    return [
        pytest.param(case, id=f"{case['form']} {ascii(case['input'])[1:60]}")
        for case in VECTORS
        if case["form"] in forms
    ]


def read(text: str, symbology: str = "") -> Label | None:
    """Return what is read; None for what is no GS1 label or a wrong one."""
    try:
        return gs1.read(text, symbology)
    except Unreadable:
        return None


def sure(text: str, symbology: str = "") -> Label:
    label = gs1.read(text, symbology)
    assert label is not None
    return label


def as_message(label: Label) -> str:
    """Write a label as the vectors do: with ^ for FNC1 where a separator is needed."""
    parts = [key + value + ("" if key[:2] in FIXED else "^") for key, value in label.pairs]
    return "^" + "".join(parts).removesuffix("^")


@pytest.mark.parametrize("case", of_form("element string"))
def test_an_element_string_is_read_or_refused(case: dict[str, Any]) -> None:
    """Torture 47."""
    text, first = case["input"], case["input"][:1] == "^"
    label = read(text.replace("^", GS), "]d2" if first else "")
    assert (label is not None) is case["valid"]


@pytest.mark.parametrize("case", of_form("brackets", "value"))
def test_the_printed_form_is_read_or_refused(case: dict[str, Any]) -> None:
    """Torture 47."""
    label = read(case["input"])
    assert (label is not None) is case["valid"]
    if label and "says" in case:
        assert as_message(label) == case["says"]


# More is taken than the standard's strictest reading: a GTIN without its leading zeros, a field
# that nobody knows beside those that count, a field given twice with one value.
MORE_IS_TAKEN = ("https://a/01/2112345678900", "https://a/01/416000336108", "https://a/01/02345673")
ALSO = ("?01=", "999=", "89=", "&10=ABC123")


@pytest.mark.parametrize("case", of_form("digital link"))
def test_a_digital_link_is_read_like_the_element_string(case: dict[str, Any]) -> None:
    """Torture 47."""
    label = read(case["input"])
    if not case["valid"] and (
        case["input"] in MORE_IS_TAKEN or any(part in case["input"] for part in ALSO)
    ):
        assert label is not None
        return
    assert (label is not None) is case["valid"]
    if label:
        assert as_message(label) == case["says"]


@pytest.mark.parametrize("case", of_form("scan"))
def test_what_a_reader_sends_is_told_by_its_symbology_identifier(case: dict[str, Any]) -> None:
    """Torture 48: the same label in every symbol, and nothing made of what is no GS1 data."""
    symbology, text = strip_symbology(case["input"])
    label = read(text, symbology)
    gs1_data = case.get("says", "").startswith(("^", "http", "HTTP")) or symbology[:2] == "]E"
    assert (label is not None) is (case["valid"] and gs1_data)


@pytest.mark.parametrize("case", of_form("csum"))
def test_a_check_digit_fits_or_not(case: dict[str, Any]) -> None:
    assert check_digit_fits(case["input"]) is case["valid"]
    assert check_digit_fits("12345670")


@pytest.mark.parametrize("case", of_form("yymmd0"))
def test_a_date_is_a_day_of_the_calendar(case: dict[str, Any]) -> None:
    """Torture 47."""
    label = read(f"01{GTIN}17{case['input']}", "]d2")
    assert (label is not None) is case["valid"]


@pytest.mark.parametrize("case", of_form("companions"))
def test_companions_that_lack_or_clash_only_warn(case: dict[str, Any]) -> None:
    """Torture 47: a supplier's label that breaks a rule of companionship is taken all the same."""
    text = case["input"].replace("12345678901231", GTIN)
    assert bool(sure(text).warnings) is not case["valid"]


def test_every_form_says_the_same() -> None:
    """Torture 48."""
    expected = sure(FULL, "]d2")
    assert (expected.gtin, expected.lot, expected.serial) == (GTIN, "L-42", "S/9")
    assert (expected.expiry, expected.quantity, expected.unit) == (
        date(2027, 7, 31),
        Decimal("1.5"),
        "kg",
    )
    for symbology in ("]C1", "]e0", "]d2", "]Q3", "]J1", ""):
        assert sure(FULL, symbology) == expected
        assert sure(GS + FULL, symbology) == expected
        assert sure(FULL.replace(GS, "\u241d"), symbology) == expected
        assert sure(FULL.replace(GS, "<GS>"), symbology) == expected
    for text in (
        f"(01){GTIN}(17)270731(10)L-42(21)S/9(3103)001500",
        f"(01) {GTIN} (17) 270731 (10) L-42 (21) S/9 (3103) 001500",
        f"HTTPS://ID.GS1.ORG/01/{GTIN}/10/L-42/21/S%2F9?17=270731&3103=001500",
        f"https://shop.example/a/b/gtin/{GTIN}/lot/L-42/ser/S%2F9?exp=270731&3103=001500&utm=x",
    ):
        label = sure(text)
        assert dict(label.pairs) == dict(expected.pairs), text


def test_a_gtin_with_a_wrong_check_digit_is_refused() -> None:
    """Torture 47."""
    for text in ("(01)05901234123456(10)A", "https://x.example/01/05901234123456"):
        with pytest.raises(Unreadable) as wrong:
            gs1.read(text)
        assert "check digit" in str(wrong.value.sentence)
    with pytest.raises(Unreadable):
        gs1.read("00340123450000000012", "]C1")
    assert gs1.read("0105901234123456" + "10A") is None


def test_a_date_of_month_13_or_day_32_is_refused() -> None:
    """Torture 47."""
    for digits in ("991332", "260230", "260432", "26000", "260A01"):
        with pytest.raises(Unreadable):
            gs1.read(f"(01){GTIN}(17){digits}")


def test_day_00_is_the_last_of_the_month() -> None:
    assert sure(f"(01){GTIN}(15)280200").best_before == date(2028, 2, 29)
    assert sure(f"(01){GTIN}(11)261100").made_on == date(2026, 11, 30)


def test_the_century_is_the_nearest_one() -> None:
    assert gs1.read_date("760101", 2026) == date(2076, 1, 1)
    assert gs1.read_date("770101", 2026) == date(1977, 1, 1)
    assert gs1.read_date("010101", 2099) == date(2101, 1, 1)
    assert gs1.read_date("500101", 2099) == date(2050, 1, 1)
    assert gs1.read_date("490101", 2099) == date(2149, 1, 1)
    assert gs1.read_date("000101", clock.now().year).year == 2000


@pytest.mark.parametrize(
    ("field", "quantity", "unit"),
    [
        ("(30)12", "12", None),
        ("(3100)000012", "12", "kg"),
        ("(3105)123456", "1.23456", "kg"),
        ("(3112)001250", "12.5", "m"),
        ("(3142)000050", "0.5", "m²"),
        ("(3151)000005", "0.5", "l"),
        ("(3160)000002", "2", "m³"),
        ("(30)4(3101)000020", "4", None),
    ],
)
def test_quantities_have_their_decimals_and_units(
    field: str, quantity: str, unit: str | None
) -> None:
    label = sure(f"(01){GTIN}{field}")
    assert (label.quantity, label.unit) == (Decimal(quantity), unit)


def test_six_decimals_are_not_in_the_standard() -> None:
    label = sure(f"(01){GTIN}(3106)000001")
    assert (label.quantity, len(label.warnings)) == (None, 1)


def test_a_container_with_its_content_is_read() -> None:
    label = sure(f"00106141412345678908{'02' + GTIN}3725{GS}10ABC123{GS}400PO-7", "]C1")
    assert (label.sscc, label.gtin, label.quantity) == ("106141412345678908", GTIN, Decimal(25))
    assert (label.lot, label.order, label.warnings) == ("ABC123", "PO-7", ())


def test_other_identifiers_are_kept() -> None:
    label = sure(f"(01){GTIN}(240)X1(241)C2(251)E3(414)5901234123457(13)260101")
    assert dict(label.others) == {"240": "X1", "241": "C2", "251": "E3"}
    assert (label.place, label.packed_on) == ("5901234123457", date(2026, 1, 1))


def test_an_unknown_companion_warns_and_does_not_refuse() -> None:
    """Section 7: a supplier's label is taken although it holds what nobody knows."""
    for text in (f"(01){GTIN}(10)A1(89)X", f"01{GTIN}10A1{GS}89X"):
        label = sure(text)
        assert (label.gtin, label.lot) == (GTIN, "A1")
        assert len(label.warnings) == 1


def test_two_different_lots_on_one_label_are_refused() -> None:
    with pytest.raises(Unreadable):
        gs1.read(f"(01){GTIN}(10)A(10)B")
    assert sure(f"(01){GTIN}(10)A(10)A").lot == "A"


def test_a_swallowed_separator_is_put_back_only_where_a_check_digit_proves_it() -> None:
    """Torture 48."""
    label = sure(f"10LOT7X01{GTIN}", "]d2")
    assert (label.lot, label.gtin, len(label.warnings)) == ("LOT7X", GTIN, 1)
    wrong = sure("10L7X0105901234123456", "]d2")
    assert (wrong.lot, wrong.gtin) == ("L7X0105901234123456", None)


def test_a_lot_that_may_hold_more_says_so_and_is_never_cut() -> None:
    """Torture 48."""
    label = sure(f"01{GTIN}10LOT717270731", "]d2")
    assert (label.lot, label.doubtful, len(label.warnings)) == ("LOT717270731", True, 1)
    closed = sure(f"01{GTIN}10LOT7{GS}17270731", "]d2")
    assert (closed.lot, closed.doubtful) == ("LOT7", False)
    assert not sure(f"(01){GTIN}(10)LOT717270731").doubtful


def test_a_lot_that_is_too_long_tells_of_the_reader() -> None:
    """Torture 48."""
    with pytest.raises(Unreadable) as wrong:
        gs1.read(f"01{GTIN}10LOT-7-OF-A-LONG-DAY21SERIAL", "]C1")
    assert "separator" in str(wrong.value.sentence)


@pytest.mark.parametrize(
    "text",
    [
        "1042",
        "10ABC",
        "0112345678901232",
        "010590123412345",
        "17",
        "(x)1",
        "",
        "https://x.example/",
    ],
)
def test_what_does_not_show_that_it_is_gs1_is_left_alone(text: str) -> None:
    assert gs1.read(text) is None


def test_a_retail_code_is_a_gtin() -> None:
    assert sure("5901234123457", "]E0").gtin == GTIN
    assert sure("96385074", "]E4").gtin == "00000096385074"
    with pytest.raises(Unreadable):
        gs1.read("5901234123456", "]E0")


def test_one_text_for_one_label_whatever_it_was_read_with(one_app: Flask) -> None:
    assert sure(f"01{GTIN}10A", "]C1").text == sure(f"(01){GTIN}(10)A").text == f"(01){GTIN}(10)A"
