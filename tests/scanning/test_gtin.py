"""Scanning the barcode of the trade opens the item whose page has its GTIN."""

import pytest
from sqlalchemy import select

from shopfloor.catalogue.changes import change_item
from shopfloor.catalogue.commands import add_item
from shopfloor.catalogue.items import ItemDetails
from shopfloor.core.db import db
from shopfloor.core.subjects import Subject
from shopfloor.scanning.commands import link_barcode
from shopfloor.scanning.models import Outcome
from shopfloor.scanning.resolve import resolve
from shopfloor.stock.models import Lot
from tests.make import Factory
from tests.statements import counted

EAN_13, EAN_8, UPC_A, GTIN_14 = "4006381333931", "96385074", "036000291452", "10614141000415"


def item(make: Factory, gtin: str, number: str = "A") -> int:
    details = ItemDetails(gtin=gtin)
    return add_item(make.planner.act(), number=number, names={"en": "A"}, details=details).id


@pytest.mark.parametrize("gtin", [EAN_13, EAN_8, UPC_A, GTIN_14])
def test_a_retail_code_of_every_length_opens_the_item(make: Factory, gtin: str) -> None:
    wanted = item(make, gtin)
    db.session.rollback()
    full = gtin.zfill(14)
    for text in (gtin, full, f"01{full}", f"(01){full}", f"]d201{full}", f"https://id.x/01/{full}"):
        with counted() as statements:
            scanned = resolve(db.session(), text)
        assert scanned.subject, text
        assert scanned.subject.id == wanted
        assert len(statements) <= 3


def test_a_wrong_check_digit_opens_nothing(one_make: Factory) -> None:
    item(one_make, EAN_13)
    assert resolve(db.session(), "4006381333930").outcome is Outcome.UNKNOWN


def test_a_label_with_item_and_lot_opens_the_lot(make: Factory) -> None:
    wanted = make.item()
    code = make.lot(5, item_id=wanted)
    db.session.rollback()
    lot = db.session.scalars(select(Lot).where(Lot.item_id == wanted)).one()
    change_item(
        make.planner.act(), item_id=wanted, version=1, names={"en": "A"}, unit="pcs", decimals=0,
        details=ItemDetails(gtin=EAN_13),
    )  # fmt: skip
    db.session.rollback()
    lot_number = db.session.get_one(Subject, lot.id).number
    scanned = resolve(db.session(), f"]d201{EAN_13.zfill(14)}10{lot_number}")
    assert scanned.subject
    assert scanned.subject.code == code
    unknown = resolve(db.session(), f"]d201{EAN_13.zfill(14)}10NOT-THERE")
    assert unknown.item_known


def test_a_barcode_linked_to_another_item_asks_which_is_meant(make: Factory) -> None:
    other = add_item(make.planner.act(), number="B", names={"en": "B"}).id
    link_barcode(make.storekeeper.act(), text=EAN_13, subject_id=other)
    item(make, EAN_13)
    assert resolve(db.session(), EAN_13).outcome is Outcome.AMBIGUOUS
