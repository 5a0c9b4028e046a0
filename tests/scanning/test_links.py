"""Somebody else's barcode stands for a lot or an item once a person has said so."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from shopfloor.catalogue.changes import archive_entry
from shopfloor.core.db import db, transaction
from shopfloor.core.events import Event
from shopfloor.core.refusals import NotFound, NotYours, Refused
from shopfloor.core.subjects import Subject
from shopfloor.people.setup import founder
from shopfloor.plant.commands import add_site
from shopfloor.scanning.commands import link_barcode, unlink_barcode
from shopfloor.scanning.models import LinkedCode, Outcome
from shopfloor.scanning.resolve import Scanned, resolve
from shopfloor.stock.models import Lot
from tests.crowd import send_many, together
from tests.make import Factory, new_id
from tests.statements import counted

GTIN = "05901234123457"
LABEL = f"01{GTIN}10SUP-1\x1d30"
ISO = "[)>\x1e06\x1dVACME\x1d1PA-9\x1d1TL7\x1dQ%s\x1e\x04"


def scan(text: str, context: str = "") -> Scanned:
    db.session.rollback()
    return resolve(db.session(), text, context)


def id_of(code: str) -> int:
    db.session.rollback()
    return db.session.scalars(select(Subject.id).where(Subject.code == code)).one()


def from_supplier(lot: str, supplier_lot: str) -> None:
    """Write the supplier's lot number on a lot, as its receipt will."""
    lot_id = id_of(lot)
    with transaction() as session:
        session.get_one(Lot, lot_id).supplier_lot = supplier_lot


def test_the_next_scan_of_a_linked_barcode_finds_the_lot(make: Factory) -> None:
    lot = make.lot()
    assert scan("SUP/42 a").outcome is Outcome.UNKNOWN
    link_barcode(make.storekeeper.act(), text="SUP/42 a", subject_id=id_of(lot))
    found = scan("SUP/42 a").subject
    assert found
    assert found.code == lot
    assert scan("sup/42 a").outcome is Outcome.UNKNOWN
    assert db.session.scalar(select(Event.kind).order_by(Event.id.desc())) == "code.linked"


def test_the_symbol_and_the_normal_form_do_not_matter(make: Factory) -> None:
    """Torture 43 and 48."""
    lot = make.lot()
    link_barcode(make.storekeeper.act(), text="]C0Stück-7", subject_id=id_of(lot))
    for text in ("Stück-7", "]Q1Stu\u0308ck-7", " Stück-7 "):
        assert scan(text).outcome is Outcome.OPENED, text


def test_a_retail_code_linked_to_a_lot_is_found_with_and_without_its_symbol(make: Factory) -> None:
    """Torture 48."""
    lot = make.lot()
    link_barcode(make.storekeeper.act(), text="5901234123457", subject_id=id_of(lot))
    for text in ("5901234123457", "]E05901234123457", "(01)05901234123457"):
        found = scan(text).subject
        assert found
        assert found.code == lot, text


def test_a_label_linked_to_an_item_finds_every_lot_of_it(make: Factory) -> None:
    """U11 and U14: linked once by its GTIN, later labels find item and lot."""
    item = make.item()
    first, second = make.lot(item_id=item), make.lot(item_id=item)
    from_supplier(first, "SUP-1")
    from_supplier(second, "SUP-2")
    link = link_barcode(make.storekeeper.act(), text=f"]d2{LABEL}5", subject_id=item)
    assert (link.kind, link.text) == ("gtin", GTIN)
    for text, lot in (
        (f"]d2{LABEL}7", first),
        (f"(01){GTIN}(10)SUP-2", second),
        (f"HTTPS://SHOP.EXAMPLE/01/{GTIN}/10/SUP-2", second),
    ):
        found = scan(text)
        assert found.subject
        assert found.subject.code == lot, text
        assert found.label
    assert scan("5901234123457").found[0].id == item
    assert scan(f"(01){GTIN}").found[0].id == item


def test_a_lot_of_another_item_with_the_same_number_is_not_taken(make: Factory) -> None:
    item, other = make.item(), make.lot()
    from_supplier(other, "SUP-1")
    link_barcode(make.storekeeper.act(), text=GTIN, subject_id=item)
    scanned = scan(f"(01){GTIN}(10)SUP-1")
    assert scanned.outcome is Outcome.UNKNOWN
    assert [each.id for each in scanned.near] == [item]
    assert "SUP-1" in str(scanned.trouble)


def test_a_lot_number_alone_is_offered_and_not_opened_while_its_item_is_unknown(
    make: Factory,
) -> None:
    lot = make.lot()
    from_supplier(lot, "SUP-1")
    scanned = scan(f"(01){GTIN}(10)SUP-1")
    assert (scanned.outcome, [each.code for each in scanned.near]) == (Outcome.UNKNOWN, [lot])


def test_a_label_linked_to_a_lot_is_found_whatever_its_quantity(make: Factory) -> None:
    lot = make.lot()
    link_barcode(make.storekeeper.act(), text=f"]C1{LABEL}5", subject_id=id_of(lot))
    scanned = scan(f"(01){GTIN}(10)SUP-1(30)900")
    assert scanned.subject
    assert scanned.subject.code == lot


def test_a_supplier_label_of_iso_15434_is_linked_and_found(make: Factory) -> None:
    """U15."""
    item = make.item()
    lot = make.lot(item_id=item)
    from_supplier(lot, "L7")
    link_barcode(make.planner.act(), text=ISO % 5, subject_id=item)
    scanned = scan(ISO % 250)
    assert scanned.subject
    assert scanned.subject.code == lot
    assert scanned.label
    assert scanned.label.quantity == 250


def test_our_own_item_number_on_a_supplier_label_needs_no_link(make: Factory) -> None:
    """U15."""
    item = make.item()
    lot = make.lot(item_id=item)
    from_supplier(lot, "L7")
    db.session.rollback()
    number = db.session.get_one(Subject, item).number
    scanned = scan(f"[)>\x1e06\x1dP{number}\x1d1TL7\x1dQ5\x1e\x04")
    assert scanned.subject
    assert scanned.subject.code == lot


def test_one_barcode_of_two_things_gives_the_choice(make: Factory) -> None:
    """U17: whoever links it to the second is told of the first, and may mean it."""
    first, second = make.order().lot, make.order().lot
    link_barcode(make.storekeeper.act(), text="TWIN", subject_id=first.id)
    with pytest.raises(Refused) as no:
        link_barcode(make.storekeeper.act(), text="TWIN", subject_id=second.id)
    assert (no.value.rule, no.value.field) == ("linked_elsewhere", "to")
    assert str(no.value) == f"This barcode already stands for {first.number}. Nothing was linked."
    link_barcode(make.storekeeper.act(), text="TWIN", subject_id=second.id, also=True)
    assert scan("TWIN").outcome is Outcome.AMBIGUOUS


@pytest.mark.processes
def test_of_two_devices_that_link_one_barcode_at_once_to_two_lots_one_wins(make: Factory) -> None:
    """Both have seen that it is unknown; the other hears what it stands for by now."""
    storekeepers = [make.storekeeper, make.person("storekeeper", "other")]
    lots = [make.order().lot for _ in storekeepers]
    texts = [f"RACE-{n}" for n in range(20)]
    said = together(
        [
            (
                send_many,
                "link_barcode",
                [who.act() for _ in texts],
                [{"text": text, "subject_id": lot.id} for text in texts],
            )
            for who, lot in zip(storekeepers, lots, strict=True)
        ]
    )
    for text, *answers in zip(texts, *said, strict=True):
        assert sorted(map(str, answers), key=len)[0] == "linked_elsewhere", answers
        (won,) = (answer for answer in answers if answer != "linked_elsewhere")
        found = scan(text).subject
        assert found
        assert (found.code, won.text) == (won.subject_code, text)
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(LinkedCode)) == len(texts)


def test_whoever_links_what_stands_for_a_thing_of_another_site_is_told_no_number(
    make: Factory,
) -> None:
    lot = make.order().lot
    link_barcode(make.storekeeper.act(), text="FAR", subject_id=lot.id)
    site = add_site(founder(new_id()), number="F2", names={"en": "2"}, zone="UTC", currency="EUR")
    far = make.person("storekeeper", "far", scope_id=site.id)
    with pytest.raises(Refused) as no:
        link_barcode(far.act(), text="FAR", subject_id=make.item())
    assert no.value.rule == "linked_elsewhere"
    assert str(lot.number) not in str(no.value)


def test_a_link_counts_before_a_number(make: Factory) -> None:
    first, second = make.order(), make.order()
    assert second.lot.number
    link_barcode(make.storekeeper.act(), text=second.lot.number, subject_id=first.lot.id)
    assert scan(second.lot.number).found[0].id == first.lot.id


def test_a_link_is_taken_away_and_stays_on_record(make: Factory) -> None:
    lot = make.lot()
    link = link_barcode(make.storekeeper.act(), text="ONCE", subject_id=id_of(lot))
    unlink_barcode(make.storekeeper.act(), link_id=link.id)
    assert scan("ONCE").outcome is Outcome.UNKNOWN
    row = db.session.get_one(LinkedCode, link.id)
    assert row.archived_at
    assert row.archived_by_id == make.storekeeper.id
    with pytest.raises(NotFound):
        unlink_barcode(make.storekeeper.act(), link_id=link.id)
    link_barcode(make.storekeeper.act(), text="ONCE", subject_id=id_of(lot))
    assert scan("ONCE").outcome is Outcome.OPENED


def test_a_repeat_is_one_link_and_a_second_link_is_refused(make: Factory) -> None:
    lot, act = make.lot(), make.storekeeper.act()
    subject_id = id_of(lot)
    first = link_barcode(act, text="AGAIN", subject_id=subject_id)
    assert link_barcode(act, text="AGAIN", subject_id=subject_id) == first
    with pytest.raises(Refused) as no:
        link_barcode(make.storekeeper.act(), text="AGAIN", subject_id=subject_id)
    assert no.value.rule == "already_linked"


def test_what_is_ours_or_nothing_is_not_linked(make: Factory) -> None:
    lot = make.lot()
    subject_id = id_of(lot)
    for text, rule in (
        (lot, "own_code"),
        (f"HTTPS://X.EXAMPLE/Q/{lot}", "own_code"),
        (make.operator.badge, "own_code"),
        ("YY" + make.operator.badge[2:], "no_barcode"),
        ("  ", "no_barcode"),
        ("a\x00b", "no_barcode"),
        ("x" * 501, "too_long"),
        ("(01)05901234123456(10)A", "broken_label"),
    ):
        act = make.storekeeper.act()
        with pytest.raises(Refused) as no:
            link_barcode(act, text=text, subject_id=subject_id)
        assert no.value.rule in (rule, "bad_text"), text


def test_only_lots_and_items_in_use_take_a_barcode(make: Factory) -> None:
    item = make.item()
    archive_entry(make.planner.act(), subject_id=item, archived=True)
    for subject_id in (item, make.operator.id, make.stations[0], 10**9):
        with pytest.raises(Refused) as no:
            link_barcode(make.storekeeper.act(), text="X", subject_id=subject_id)
        assert no.value.rule == "not_linkable"


def test_without_the_right_or_outside_the_scope_nothing_is_linked(make: Factory) -> None:
    lot_id = id_of(make.lot())
    with pytest.raises(NotYours):
        link_barcode(make.operator.act(), text="X", subject_id=lot_id)
    site = add_site(
        founder(new_id()), number="F2", names={"en": "Far"}, zone="Asia/Shanghai", currency="CNY"
    )
    far = make.person("storekeeper", "far", site.id)
    with pytest.raises(NotFound):
        link_barcode(far.act(), text="X", subject_id=lot_id)


def test_a_linked_barcode_needs_few_statements(app: Flask, make: Factory) -> None:
    lot = make.lot()
    link_barcode(make.storekeeper.act(), text=f"]C1{LABEL}5", subject_id=id_of(lot))
    for text, most in ((f"]C1{LABEL}5", 1), (f"(01){GTIN}(10)OTHER", 2), ("NADA", 3), (lot, 1)):
        db.session.rollback()
        with counted() as sent:
            resolve(db.session(), text)
        assert len(sent) <= most, (text, sent)
