"""Supplier labels by ISO/IEC 15434: their fields are found, or the page says what is wrong."""

from datetime import date
from decimal import Decimal

import pytest

from shopfloor.scanning import iso15434
from shopfloor.scanning.label import Label, Unreadable

RS, GS, EOT = "\x1e", "\x1d", "\x04"
FIELDS = ("PR17", "1PACME-9", "Q250", "1TL0042", "SX1", "KPO-77", "4K3", "VV12", "14D20280131")

pytestmark = pytest.mark.usefixtures("one_app")


def label(*fields: str) -> str:
    return f"[)>{RS}06{GS}{GS.join(fields)}{RS}{EOT}"


def sure(text: str) -> Label:
    found = iso15434.read(text)
    assert found is not None
    return found


def test_the_fields_of_a_supplier_are_read() -> None:
    read = sure(label(*FIELDS))
    assert (read.part, read.supplier_part, read.quantity) == ("R17", "ACME-9", Decimal(250))
    assert (read.lot, read.serial, read.order, read.order_line) == ("L0042", "X1", "PO-77", "3")
    assert (read.supplier, read.expiry, read.others, read.warnings) == (
        "V12",
        date(2028, 1, 31),
        (),
        (),
    )


def test_the_end_may_be_missing_and_signs_may_stand_for_control_characters() -> None:
    whole = label(*FIELDS)
    for text in (
        whole.removesuffix(EOT),
        whole.removesuffix(RS + EOT),
        whole.replace(RS, "", 1),
        whole.replace(GS, "\u241d").replace(RS, "\u241e").replace(EOT, "\u2404"),
    ):
        assert sure(text) == sure(whole)


def test_the_suppliers_own_lot_counts_before_the_customers() -> None:
    assert sure(label("TOURS", "1TTHEIRS")).lot == "THEIRS"
    assert sure(label("TOURS")).lot == "OURS"


@pytest.mark.parametrize(
    ("field", "day"),
    [
        ("16D20261122", date(2026, 11, 22)),
        ("9D20261122", date(2026, 11, 22)),
        ("10D2647", date(2026, 11, 16)),
        ("9D202647", date(2026, 11, 16)),
        ("9DA7", None),
    ],
)
def test_dates_and_date_codes(field: str, day: date | None) -> None:
    assert sure(label("PX", field)).made_on == day


@pytest.mark.parametrize("field", ["14D20261301", "14D260101", "Qten", "Q", "16D2026", "10D2699"])
def test_a_wrong_date_or_quantity_is_refused(field: str) -> None:
    if field == "Q":
        assert len(sure(label("PX", field)).warnings) == 1
        return
    with pytest.raises(Unreadable):
        iso15434.read(label("PX", field))


def test_a_quantity_may_bring_its_unit() -> None:
    read = sure(label("PX", "7Q12,5KG"))
    assert (read.quantity, read.unit) == (Decimal("12.5"), "KG")


def test_lost_separators_are_refused_so_that_no_lot_is_cut() -> None:
    """Torture 48."""
    for text in ("[)>06PR171TL0042", f"[)>{RS}06PR171TL0042{RS}{EOT}"):
        with pytest.raises(Unreadable) as wrong:
            iso15434.read(text)
        assert "separators" in str(wrong.value.sentence)


def test_a_gs1_message_in_the_same_envelope_is_read_as_gs1() -> None:
    read = sure(f"[)>{RS}05{GS}010590123412345710A1{GS}21S{RS}{EOT}")
    assert (read.standard, read.gtin, read.lot, read.serial) == (
        "gs1",
        "05901234123457",
        "A1",
        "S",
    )


def test_other_formats_and_empty_labels_are_refused() -> None:
    for text in (f"[)>{RS}12{GS}X{RS}{EOT}", "[)>", f"[)>{RS}06{GS}{RS}{EOT}"):
        with pytest.raises(Unreadable):
            iso15434.read(text)


def test_unknown_fields_are_kept_and_nonsense_is_told() -> None:
    read = sure(label("PX", "4LCN", "99", "P Y"))
    assert read.others == (("4L", "CN"),)
    assert len(read.warnings) == 2


def test_any_other_text_is_no_such_label() -> None:
    assert iso15434.read("[)<06") is None
    assert iso15434.read("") is None
