"""The pages on which lots are split and joined and pieces get their numbers, without JavaScript."""

from flask import Flask

from shopfloor.core.db import db, transaction
from shopfloor.holds.commands import place_hold
from shopfloor.production import work
from shopfloor.production.models import Operation
from tests.browse import Browser, text_of
from tests.make import Factory


def test_a_lot_is_split_in_two_taps_and_a_label_is_offered(
    one_app: Flask, one_make: Factory
) -> None:
    """B83."""
    lot = one_make.lot(100)
    browser = Browser(one_app).sign_in(one_make.operator)

    assert "Split" in text_of(browser.get(f"/lots/{lot}"))
    browser.get(f"/lots/{lot}/10/split")
    said = text_of(browser.post(f"/lots/{lot}/10/split", quantity="40"))

    assert "Lot split" in said
    assert "Print the label of" in said
    assert work.load(db.session(), lot).stop(10).left == 60


def test_a_split_that_is_refused_keeps_what_was_typed(one_app: Flask, one_make: Factory) -> None:
    lot = one_make.lot(100)
    browser = Browser(one_app).sign_in(one_make.operator)

    answer = browser.post(f"/lots/{lot}/10/split", quantity="100")

    assert answer.status_code == 409
    assert "That is the whole lot" in text_of(answer)
    assert 'value="100"' in answer.get_data(as_text=True)


def test_the_other_lot_is_shown_before_the_lots_are_joined(
    one_app: Flask, one_make: Factory
) -> None:
    lot = one_make.lot(100)
    browser = Browser(one_app).sign_in(one_make.operator)
    browser.post(f"/lots/{lot}/10/split", quantity="40")
    other = work.load(db.session(), f"{work.load(db.session(), lot).order_subject.number}-2")

    shown = text_of(browser.get(f"/lots/{lot}/10/join?other={other.subject.code}"))
    said = text_of(browser.post(f"/lots/{lot}/10/join", other=other.subject.code))

    assert "Together 100" in shown
    assert "Lots joined" in said
    db.session.rollback()
    assert work.load(db.session(), lot).stop(10).left == 100


def test_a_lot_that_cannot_join_is_refused_as_soon_as_it_is_scanned(
    one_app: Flask, one_make: Factory
) -> None:
    lot, foreign = one_make.lot(100), one_make.lot(5)
    browser = Browser(one_app).sign_in(one_make.operator)
    browser.post(f"/lots/{lot}/10/split", quantity="40")
    other = work.load(db.session(), f"{work.load(db.session(), lot).order_subject.number}-2")
    place_hold(
        one_make.inspector.act(),
        subject_id=other.lot.id,
        reason_id=one_make.reasons["hold"],
    )
    db.session.rollback()

    page = f"/lots/{lot}/10/join?other="
    for scanned, why in (
        (other.subject.code, "Can release it"),
        (foreign, "belongs to another work order"),
        (lot, "This is the same lot."),
        ("NOWHERE", "There is no lot “NOWHERE”."),
    ):
        shown = browser.get(page + scanned)
        assert why in text_of(shown)
        # The field is there for the next scan, and nothing offers to join.
        assert f'value="{scanned}"' in shown.get_data(as_text=True)
        assert "Join the lots" not in text_of(shown)


def test_every_scan_gives_a_piece_its_number_whatever_its_label_looks_like(
    one_app: Flask, one_make: Factory
) -> None:
    lot = one_make.lot(5)
    operation = work.load(db.session(), lot).stop(10).operation.id
    with transaction() as session:
        session.get_one(Operation, operation).serialise = True
    browser = Browser(one_app).sign_in(one_make.operator)

    assert "Give serial numbers" in text_of(browser.get(f"/lots/{lot}"))
    for text in ("SN1", "(01)09506000134352(21)SN2", "https://id.gs1.org/01/09506000134352/21/SN3"):
        assert browser.post(f"/lots/{lot}/10/serials", first=text).status_code == 200
    for text, why in (
        (lot, "on the piece itself"),
        ("(01)09506000134352(10)L1", "no field 21"),
        ("(01)09506000134353(21)SN9", "check digit"),
    ):
        answer = browser.post(f"/lots/{lot}/10/serials", first=text)
        assert answer.status_code == 422
        assert why in text_of(answer)

    db.session.rollback()
    assert {work.load(db.session(), f"SN{n}").lot.serial for n in (1, 2, 3)} == {True}
    assert work.load(db.session(), lot).stop(10).left == 2
