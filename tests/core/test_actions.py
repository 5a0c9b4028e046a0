"""An action counts once, however often it is sent."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from shopfloor.core.actions import Act, Action
from shopfloor.core.commands import AlreadyBooked
from shopfloor.core.db import db
from shopfloor.core.events import Event
from shopfloor.core.refusals import Malformed, NotYours, Refused
from shopfloor.production import work
from shopfloor.production.commands.jobs import start_work
from shopfloor.production.commands.reports import report_quantities
from tests.crowd import send, together
from tests.invariants import require_invariants
from tests.make import Factory, new_id


def reports() -> int:
    db.session.rollback()
    query = select(func.count()).where(Event.kind == "work.reported")
    return db.session.scalar(query) or 0


def test_a_repeat_hears_the_first_answer_and_books_nothing(make: Factory) -> None:
    lot, act = make.lot(100, rate="0.5"), make.operator.act()
    first = report_quantities(act, lot=lot, operation=10, good=Decimal(7))
    again = report_quantities(make.operator.act(act.id), lot=lot, operation=10, good=Decimal("7.0"))
    assert again == first
    assert again.effects[0].detail["amount"] == "3.5"
    assert reports() == 1
    require_invariants()


def test_equal_content_under_two_ids_counts_twice(make: Factory) -> None:
    """Torture 4: real duplicates exist."""
    lot = make.lot(100)
    for _ in range(2):
        report_quantities(make.operator.act(), lot=lot, operation=10, good=Decimal(7))
    assert reports() == 2


def test_other_values_under_a_used_id_are_answered_with_what_was_booked(make: Factory) -> None:
    lot, act = make.lot(100), make.operator.act()
    first = report_quantities(act, lot=lot, operation=10, good=Decimal(7))
    with pytest.raises(AlreadyBooked) as refused:
        report_quantities(make.operator.act(act.id), lot=lot, operation=10, good=Decimal(8))
    assert refused.value.answer == first
    assert reports() == 1


def test_another_command_under_a_used_id_is_refused(make: Factory) -> None:
    lot, act = make.lot(100), make.operator.act()
    report_quantities(act, lot=lot, operation=10, good=Decimal(7))
    with pytest.raises(AlreadyBooked) as refused:
        start_work(make.operator.act(act.id), lot=lot, operation=10)
    assert refused.value.answer is None


def test_another_persons_id_is_refused_and_tells_nothing(make: Factory) -> None:
    lot, act = make.lot(100), make.operator.act()
    report_quantities(act, lot=lot, operation=10, good=Decimal(7))
    with pytest.raises(NotYours):
        report_quantities(make.supervisor.act(act.id), lot=lot, operation=10, good=Decimal(7))
    assert reports() == 1


def test_a_refusal_leaves_nothing_and_may_be_tried_again_under_its_id(make: Factory) -> None:
    lot, act = make.lot(10), make.operator.act()
    with pytest.raises(Refused):
        report_quantities(act, lot=lot, operation=20, good=Decimal(4))
    db.session.rollback()
    assert db.session.get(Action, act.id) is None
    report_quantities(make.operator.act(), lot=lot, operation=10, good=Decimal(4))
    again = report_quantities(make.operator.act(act.id), lot=lot, operation=20, good=Decimal(4))
    assert again.good == 4
    require_invariants()


def test_a_later_command_of_the_same_session_sees_what_others_have_done(make: Factory) -> None:
    """Rows an earlier command has loaded are old by the time of the next one."""
    lot = make.lot(10)
    kept = work.load(db.session(), lot)
    assert kept.stops[0].good == 0
    report_quantities(make.operator.act(), lot=lot, operation=10, good=Decimal(4))
    arguments: dict[str, Any] = {"lot": lot, "operation": 10, "good": Decimal(3)}
    together([(send, "report_quantities", make.operator.act(), arguments)])
    booked = report_quantities(make.operator.act(), lot=lot, operation=10, good=Decimal(3))
    assert booked.left == 0
    require_invariants()


@pytest.mark.parametrize("wrong", ["short", "x" * 65, "with blank", "a\x00bcdefgh", "<script>1"])
def test_an_id_that_no_careful_client_makes_is_refused(wrong: str) -> None:
    with pytest.raises(Malformed):
        Act(wrong, 1)


@pytest.mark.parametrize("wrong", ["a\x00b", "\ud800", "\\\x00"])
def test_text_that_no_database_keeps_is_refused_not_a_bug(make: Factory, wrong: str) -> None:
    """Torture 43."""
    with pytest.raises(Refused):
        report_quantities(make.operator.act(), lot=wrong, operation=10, good=Decimal(1))


def test_a_backslash_and_digits_are_ordinary_text(make: Factory) -> None:
    with pytest.raises(Refused) as refused:
        report_quantities(make.operator.act(), lot="\\u0000", operation=10, good=Decimal(1))
    assert refused.value.rule == "no_lot"


@pytest.mark.processes
def test_the_same_action_sent_twenty_times_at_once_counts_once(make: Factory) -> None:
    """Torture 3."""
    lot, action_id = make.lot(100, rate="0.5"), new_id()
    arguments: dict[str, Any] = {"lot": lot, "operation": 10, "good": Decimal(7)}
    act = make.operator.act(action_id)
    answers = together([(send, "report_quantities", act, arguments)] * 20)
    assert answers == [answers[0]] * 20
    assert answers[0].left == 93
    assert reports() == 1
    require_invariants()
