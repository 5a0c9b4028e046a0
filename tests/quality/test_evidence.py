"""What whoever decides about a lock sees of it: the values that were bad, and the suspects."""

import re
from decimal import Decimal

import pytest
from flask import Flask

from shopfloor.core.db import db
from shopfloor.holds.commands import place_hold
from shopfloor.holds.number_commands import lock_numbers
from shopfloor.holds.number_models import NumberKind
from shopfloor.labels import pdf
from shopfloor.people.commands import choose_language
from shopfloor.production import work
from shopfloor.production.commands.orders import close_order, create_order
from shopfloor.production.commands.reports import report_quantities
from shopfloor.quality import evidence
from shopfloor.quality.commands.inspections import record_inspection
from shopfloor.quality.commands.releases import Decided, release_hold
from shopfloor.quality.evidence import evidence_of
from shopfloor.quality.models import DispositionKind, Verdict
from shopfloor.quality.plan_models import Sampling
from shopfloor.quality.plan_writing import PlanWritten
from shopfloor.quality.values import Read
from tests.browse import Browser, text_of
from tests.make import Factory
from tests.quality.test_checks import good, read, waiting_lot
from tests.quality.test_ncr_pages import words_of
from tests.quality.test_plans import CRACK, LENGTH
from tests.quality.test_retests import stocked
from tests.statements import counted


def failed_by_plan(make: Factory) -> tuple[str, int]:
    """Return a lot whose second piece is too long, and the lock of its fail."""
    lot = waiting_lot(make, LENGTH, CRACK)
    read(make, lot, *good(1))
    read(
        make,
        lot,
        Read("length", "10.07", 2),
        Read("length", "10.01", 2, 2),
        Read("crack", "yes", 2),
    )
    failed = record_inspection(make.inspector.act(), lot=lot, operation=20, verdict=Verdict.FAIL)
    assert failed.hold_id is not None
    db.session.rollback()
    return lot, failed.hold_id


def test_whoever_decides_sees_the_bad_values_with_their_limits(
    one_app: Flask, one_make: Factory, monkeypatch: pytest.MonkeyPatch
) -> None:
    lot, hold_id = failed_by_plan(one_make)
    supervisor = Browser(one_app).sign_in(one_make.supervisor)
    known = evidence_of(db.session(), hold_id)
    assert [(each.piece, each.value, each.limits) for each in known.bad] == [
        (2, "10.07 mm", "9.95 – 10.05 mm")
    ]
    ncr = supervisor.get(f"/holds/{hold_id}/ncr").location
    for page in (f"/holds/{hold_id}/release", ncr):
        shown = text_of(supervisor.get(page))
        for words in ("Piece 2 · Length 1/2", "good: 9.95 – 10.05 mm", "10.07 mm"):
            assert words in shown, words
        assert f'href="/holds/{hold_id}/where"' in supervisor.get(page).get_data(as_text=True)
    printed = words_of(supervisor.get(f"{ncr}.pdf").data)
    assert "Piece 2 · Length 1/2 · 10.07 mm · good: 9.95 – 10.05 mm" in printed, printed
    assert "DEMO" not in printed
    monkeypatch.setattr(pdf, "is_demo", lambda: True)
    for paper in (f"{ncr}.pdf", f"/lots/{lot}/traveller.pdf"):
        assert "DEMO" in words_of(supervisor.get(paper).data), paper
    assert "10.01" in text_of(supervisor.get(f"/inspections/{known.check_id}"))
    with one_app.test_request_context():
        choose_language(one_make.supervisor.act(), language="zh")
    assert "检出的不合格项" in text_of(supervisor.get(ncr))


def failed_at_10(make: Factory) -> tuple[str, int]:
    """Return a lot of which five pieces were made and judged bad, and its lock."""
    lot = make.lot(10, inspect=(10,))
    report_quantities(make.operator.act(), lot=lot, operation=10, good=Decimal(5))
    judged = record_inspection(
        make.inspector.act(),
        lot=lot,
        operation=10,
        verdict=Verdict.FAIL,
        reason_id=make.reasons["hold"],
    )
    assert judged.hold_id is not None
    return lot, judged.hold_id


def shown_of(browser: Browser, lot: str, hold_id: int) -> list[tuple[str, int]]:
    """Return what every page tells of a lock, and by how many statements."""
    told = []
    for page in (f"/holds/{hold_id}/release", f"/holds/{hold_id}/ncr", f"/lots/{lot}", "/alerts"):
        browser.get(page, follow_redirects=True)
        with counted() as sent:
            shown = browser.get(page, follow_redirects=True)
        assert f'href="/holds/{hold_id}/where"' in shown.get_data(as_text=True), page
        told.append((text_of(shown), len(sent)))
    return told


def test_from_the_lock_on_one_sees_how_many_lots_are_suspected(
    one_app: Flask, one_make: Factory
) -> None:
    """Y4: on the alert, the release, the nonconformance and the held lot; no statement more."""
    supervisor = Browser(one_app).sign_in(one_make.supervisor)
    alone = failed_at_10(one_make)
    first, second = (one_make.lot(10, inspect=(10,)) for _ in range(2))
    for lot in (first, second):
        report_quantities(one_make.operator.act(), lot=lot, operation=10, good=Decimal(5))
    before = shown_of(supervisor, *alone)
    assert not any("suspect lot" in text for text, _sent in before)
    bad, hold_id = failed_at_10(one_make)
    after = shown_of(supervisor, bad, hold_id)
    assert all("2 suspect lots" in text for text, _sent in after)
    assert [sent for _text, sent in after] == [sent for _text, sent in before]
    place_hold(
        one_make.inspector.act(),
        subject_id=work.load(db.session(), first).lot.id,
        reason_id=one_make.reasons["hold"],
    )
    assert "1 suspect lot" in text_of(supervisor.get(f"/lots/{bad}"))


def test_a_wrong_lot_comes_back_to_the_form_with_what_was_typed(
    one_app: Flask, one_make: Factory
) -> None:
    other, bad = (one_make.lot(10, inspect=(10,)) for _ in range(2))
    for lot in (other, bad):
        report_quantities(one_make.operator.act(), lot=lot, operation=10, good=Decimal(5))
    judged = record_inspection(
        one_make.inspector.act(), lot=bad, operation=10, verdict=Verdict.FAIL
    )
    supervisor = Browser(one_app).sign_in(one_make.supervisor)
    where = f"/holds/{judged.hold_id}/where"
    for typed in ("nothing-like-it", bad):
        again = supervisor.post(
            f"/holds/{judged.hold_id}/suspects/clear",
            page=where,
            lot=typed,
            reason=str(one_make.reasons["release"]),
        )
        assert again.status_code in (404, 409)
        page = again.get_data(as_text=True)
        assert "Where are the pieces?" in page
        assert f'value="{typed}"' in page
        assert 'class="card" open' in page


def test_finished_goods_are_locked_from_their_page(one_app: Flask, one_make: Factory) -> None:
    """Also when the order is closed and everything lies in stock."""
    lot = one_make.lot(5, inspect=())
    for operation in (10, 20, 30):
        report_quantities(one_make.operator.act(), lot=lot, operation=operation, good=Decimal(5))
    close_order(one_make.planner.act(), order_id=work.load(db.session(), lot).order.id)
    button = 'href="/hold/'
    inspector = Browser(one_app).sign_in(one_make.inspector)
    assert button in inspector.get(f"/lots/{lot}").get_data(as_text=True)
    bought, _item = stocked(one_make)
    assert button in inspector.get(f"/lots/{bought}").get_data(as_text=True)
    operator = Browser(one_app).sign_in(one_make.operator)
    assert button not in operator.get(f"/lots/{lot}").get_data(as_text=True)


def test_history_names_operations_by_number_and_tells_what_opened_and_closed_a_nonconformance(
    one_app: Flask, one_make: Factory
) -> None:
    lot, hold_id = failed_by_plan(one_make)
    release_hold(
        one_make.supervisor.act(),
        hold_id=hold_id,
        signature_id=one_make.supervisor.signs(),
        reason_id=one_make.reasons["release"],
        dispositions=(Decided(lot, 20, DispositionKind.SCRAP, Decimal(10)),),
    )
    supervisor = Browser(one_app).sign_in(one_make.supervisor)
    ncr = supervisor.get(f"/holds/{hold_id}/ncr").location.rsplit("/", 1)[1]
    told = text_of(supervisor.get(f"/history/{ncr}"))
    for words in ("Inspected", "Nonconformance Opened", "Lock released", "Nonconformance Closed"):
        assert words in told, (words, told)
    told = text_of(supervisor.get(f"/history/{lot}?kind=inspection.read"))
    assert re.findall(r"Operation (\d+)", told) == ["20", "20"], told
    assert "Piece 2 Length 1/2 10.07 mm (bad), Length 2/2 10.01 mm, No crack OK" in told, told


def test_each_event_tells_its_bad_values_first_and_how_many_there_are_besides(
    one_app: Flask, one_make: Factory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A large sample does not leave the values of others out of the history."""
    monkeypatch.setattr(evidence, "MOST_READ", 2)
    lot = waiting_lot(one_make, CRACK, draft=PlanWritten(sampling=Sampling.FIXED, size=5))
    read(one_make, lot, *(Read("crack", "yes", piece) for piece in range(1, 4)))
    read(one_make, lot, Read("crack", "yes", 4), Read("crack", "no", 5))
    supervisor = Browser(one_app).sign_in(one_make.supervisor)
    told = text_of(supervisor.get(f"/history/{lot}?kind=inspection.read"))
    assert "Piece 4 No crack OK Piece 5 No crack NG (bad)" in told, told
    assert "Piece 1 No crack OK Piece 2 No crack OK Further values 1" in told, told
    monkeypatch.setattr(evidence, "MOST_READ", 1)
    told = text_of(supervisor.get(f"/history/{lot}?kind=inspection.read"))
    assert "Piece 5 No crack NG (bad) Further values 1" in told, told


def test_a_released_order_whose_number_is_locked_cannot_be_started(
    one_app: Flask, one_make: Factory
) -> None:
    number = "Q-77"
    made = create_order(
        one_make.planner.act(),
        site_id=one_make.site_id,
        item_id=one_make.item(inspect=()),
        quantity=Decimal(5),
        number=number,
    )
    lock_numbers(
        one_make.quality.act(),
        kind=NumberKind.LOT,
        first=f"{number}*",
        reason_id=one_make.reasons["hold"],
    )
    planner = Browser(one_app).sign_in(one_make.planner)
    order = f"/orders/{made.code}"
    assert planner.post(f"{order}/release", page=order).status_code == 303
    page = text_of(planner.get(order))
    assert "Q-77-1 can be started" not in page
    assert "Released, but lot Q-77-1 is locked" in page
    assert re.search(r"Locks Q-77(-1)? Locked numbers · Q-77\*", page), page


def test_reworked_pieces_are_told_as_such_with_what_was_wrong(
    one_app: Flask, one_make: Factory
) -> None:
    """What is good a second time is told as that, and no statement more for other lots."""
    lot, hold_id = failed_by_plan(one_make)
    release_hold(
        one_make.supervisor.act(),
        hold_id=hold_id,
        signature_id=one_make.supervisor.signs(),
        reason_id=one_make.reasons["release"],
        dispositions=(
            Decided(lot, 20, DispositionKind.REWORK, Decimal(4), back_to=10),
            Decided(lot, 20, DispositionKind.SCRAP, Decimal(6)),
        ),
    )
    operator = Browser(one_app).sign_in(one_make.operator)
    page = text_of(operator.get(f"/lots/{lot}"))
    for words in ("inspection failed release reason Rework 4 pcs", "4 to rework", "10 good"):
        assert words in page, (words, page)
    report_quantities(one_make.operator.act(), lot=lot, operation=10, good=Decimal(4))
    for address in (f"/lots/{lot}", f"/orders/{work.load(db.session(), lot).order_subject.code}"):
        page = text_of(operator.get(address))
        assert "14 good 4 of them again" in page, page
