"""Gauges: no value without a calibrated one that fits, and everything a bad one puts in doubt."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from shopfloor.core import clock
from shopfloor.core.clock import When
from shopfloor.core.db import db
from shopfloor.core.editing import Overtaken
from shopfloor.core.parking import ParkedAction
from shopfloor.core.refusals import Parked
from shopfloor.quality import gauge_queries
from shopfloor.quality.commands.checks import correct_value, read_values
from shopfloor.quality.commands.gauges import (
    Calibrated,
    add_gauge,
    archive_gauge,
    calibrate_gauge,
    change_gauge,
)
from shopfloor.quality.doubt import doubts_of
from shopfloor.quality.gauge_fields import GaugeDetails
from shopfloor.quality.gauge_models import Calibration, CalibrationResult, Gauge, GaugeState
from shopfloor.quality.models import Verdict
from shopfloor.quality.plan_models import Check, Sampling, Value
from shopfloor.quality.plan_writing import PlanWritten
from shopfloor.quality.values import Read
from shopfloor.scanning.commands import link_barcode
from tests.core.test_parked import offline
from tests.make import Factory
from tests.quality.test_checks import judge, read, waiting_lot
from tests.quality.test_plans import CRACK, LENGTH
from tests.refusing import refused

MEASURED = replace(LENGTH, readings=1, gauge=True, gauge_type="Caliper")
DEPTH = replace(MEASURED, key="depth", names={"en": "Depth"})
ONE = PlanWritten(sampling=Sampling.FIXED, size=1)
CALIPER = GaugeDetails("caliper", 365, "mm", Decimal(0), Decimal(150), Decimal("0.01"))
GOOD, BAD = CalibrationResult.GOOD, CalibrationResult.BAD


def days(ago: int) -> date:
    return (clock.now() - timedelta(days=ago)).date()


def gauge(
    make: Factory, number: str, details: GaugeDetails = CALIPER, *, calibrated: int | None = 30
) -> int:
    made = add_gauge(
        make.quality.act(), number=number, names={"en": "Caliper 150"}, details=details
    )
    if calibrated is not None:
        calibrate(make, made.id, calibrated)
    return made.id


def calibrate(
    make: Factory, gauge_id: int, ago: int = 0, result: CalibrationResult = GOOD, **how: Any
) -> Calibrated:
    return calibrate_gauge(
        make.quality.act(), gauge_id=gauge_id, day=days(ago), result=result, **how
    )


def doubted_values() -> list[bool]:
    """Return of the values of the only inspection, in their order, which are in doubt."""
    db.session.rollback()
    doubts = doubts_of(db.session(), db.session.scalars(select(Check)).one())
    ids = db.session.scalars(select(Value.id).order_by(Value.id))
    return [any(id_ in doubt.values for doubt in doubts) for id_ in ids]


def test_a_value_needs_its_gauge_which_is_scanned_once_for_its_type(make: Factory) -> None:
    """Row Q64."""
    lot = waiting_lot(make, MEASURED, DEPTH, CRACK, draft=ONE)
    caliper = gauge(make, "M-1")
    with refused("gauge_missing", 422, field="gauge"):
        read(make, lot, Read("length", "10.00"))
    # What needs no gauge is read without one.
    read(make, lot, Read("crack", "yes"))
    read(make, lot, Read("length", "10.00"), gauges=("M-1",))
    # The same person on the same inspection: it is at hand.
    read(make, lot, Read("depth", "10.00"))
    kept = db.session.scalars(select(Value.gauge_id).order_by(Value.id)).all()
    assert kept == [None, caliper, caliper]
    assert judge(make, lot).quantity == 10


def test_what_somebody_else_has_scanned_is_not_at_hand(one_make: Factory) -> None:
    lot = waiting_lot(one_make, MEASURED, DEPTH, draft=ONE)
    gauge(one_make, "M-1")
    read(one_make, lot, Read("length", "10.00"), gauges=("M-1",))
    with refused("gauge_missing"):
        read(one_make, lot, Read("depth", "10.00"), by=one_make.quality)


@pytest.mark.parametrize(
    ("spoil", "rule"),
    [
        (lambda make: gauge(make, "M-1", calibrated=None), "gauge_never"),
        (lambda make: gauge(make, "M-1", calibrated=400), "gauge_overdue"),
        (lambda make: calibrate(make, gauge(make, "M-1"), 0, BAD), "gauge_bad"),
        (
            lambda make: archive_gauge(
                make.quality.act(), gauge_id=gauge(make, "M-1"), archived=True
            ),
            "gauge_archived",
        ),
        (lambda make: gauge(make, "M-1", replace(CALIPER, type="micrometer")), "gauge_type"),
        (lambda make: gauge(make, "M-1", replace(CALIPER, high=Decimal(10))), "gauge_range"),
        (lambda make: gauge(make, "M-1", replace(CALIPER, unit="inch")), "gauge_unit"),
        (lambda make: gauge(make, "M-2"), "gauge_unknown"),
    ],
)
def test_a_gauge_that_must_not_measure_this_is_refused(
    one_make: Factory, spoil: Callable[[Factory], Any], rule: str
) -> None:
    """Row Q64."""
    lot = waiting_lot(one_make, MEASURED, draft=ONE)
    spoil(one_make)
    with refused(rule, field="gauge") as no:
        read(one_make, lot, Read("length", "10.00"), gauges=("M-1",))
    assert no.value.hint
    assert db.session.scalars(select(Value)).all() == []


def test_a_number_typed_in_small_letters_names_its_gauge(make: Factory) -> None:
    lot = waiting_lot(make, MEASURED, draft=ONE)
    gauge(make, "M-1b")
    read(make, lot, Read("length", "10.00"), gauges=("m-1B",))
    assert len(db.session.scalars(select(Value)).all()) == 1


def test_a_good_gauge_of_another_type_is_not_called_bad(one_make: Factory) -> None:
    lot = waiting_lot(one_make, MEASURED, draft=ONE)
    gauge(one_make, "M-1", replace(CALIPER, type="micrometer"))
    with refused("gauge_type") as no:
        read(one_make, lot, Read("length", "10.00"), gauges=("M-1",))
    assert str(no.value.hint) == "Scan a gauge of the type Caliper."


def test_the_day_it_is_due_still_counts_and_a_later_calibration_opens_it_again(
    make: Factory,
) -> None:
    lot = waiting_lot(make, MEASURED, DEPTH, draft=ONE)
    caliper = gauge(make, "M-1", calibrated=None)
    calibrate(make, caliper, 30, due_on=days(2))
    with refused("gauge_overdue"):
        read(make, lot, Read("length", "10.00"), gauges=("M-1",))
    calibrate(make, caliper, 0, CalibrationResult.LIMITED, note="Outside only.")
    # An older one that is entered late changes nothing.
    assert calibrate(make, caliper, 100, BAD).doubtful == 0
    read(make, lot, Read("length", "10.00"), gauges=("M-1",))
    assert db.session.get_one(Gauge, caliper).state_on(days(0)) is GaugeState.LIMITED


def test_a_gauge_shows_nothing_beyond_its_range(one_make: Factory) -> None:
    """Torture 50."""
    lot = waiting_lot(one_make, replace(MEASURED, most=None), draft=ONE)
    gauge(one_make, "M-1")
    with refused("beyond_gauge", field="v:length:1"):
        read(one_make, lot, Read("length", "1000"), gauges=("M-1",), sure=True)
    read(one_make, lot, Read("length", "10.00"), gauges=("M-1",))
    with refused("beyond_gauge", field="v:length:1"):
        correct_value(
            one_make.inspector.act(),
            lot=lot,
            operation=20,
            value=Read("length", "1000"),
            reason_id=one_make.reasons["undo"],
            sure=True,
        )


def test_an_entry_made_offline_does_not_get_around_the_gauge(one_make: Factory) -> None:
    """Row Q64: what was measured with a gauge that is out of calibration is kept for a decision."""
    lot = waiting_lot(one_make, MEASURED, draft=ONE)
    gauge(one_make, "M-1", calibrated=400)
    act = offline(one_make.inspector)
    values = (Read("length", "10.00"),)
    with pytest.raises(Parked):
        read_values(act, lot=lot, operation=20, values=values, gauges=("M-1",))
    db.session.rollback()
    assert len(db.session.scalars(select(ParkedAction)).all()) == 1
    assert db.session.scalars(select(Value)).all() == []


def test_a_bad_gauge_puts_in_doubt_what_was_measured_since_it_was_good(make: Factory) -> None:
    """Row Q147."""
    caliper = gauge(make, "M-1")
    other = gauge(make, "M-9")
    lot, free = (waiting_lot(make, MEASURED, draft=ONE) for _n in range(2))
    read(make, lot, Read("length", "10.00"), gauges=("M-1",))
    read(make, free, Read("length", "10.00"), gauges=("M-9",))
    done = calibrate(make, caliper, 0, BAD, note="Jaw worn.")
    assert done.doubtful == 1
    calibration = db.session.get_one(Calibration, done.calibration_id)
    found = gauge_queries.doubtful(db.session(), make.quality.act().rights, calibration, 1)
    (row,) = found.page.rows
    assert (row.lot_code, row.count, row.held) == (lot, 1, False)
    assert found.people[row.Check.id]
    assert sum(quantity for _names, quantity in found.places[row.Check.lot_id]) == 10
    # No pass on what it has shown; measured again with another gauge it passes.
    with refused("gauge_bad", field="verdict"):
        judge(make, lot)
    correct_value(
        make.inspector.act(),
        lot=lot,
        operation=20,
        value=Read("length", "10.01", gauge="M-9"),
        reason_id=make.reasons["undo"],
    )
    assert judge(make, lot).verdict is Verdict.PASS
    assert judge(make, free).verdict is Verdict.PASS
    doubted = select(Check.doubted_by_id).order_by(Check.id)
    assert db.session.scalars(doubted).all() == [calibration.id, None]
    assert db.session.get_one(Gauge, other).result is GOOD


def test_a_gauge_that_is_good_again_clears_nothing_of_what_it_has_measured(make: Factory) -> None:
    """Row Q147: adjusted on Wednesday; Monday's values stay in doubt, also those heard of late."""
    caliper, other = gauge(make, "M-1"), gauge(make, "M-2")
    lot = waiting_lot(make, MEASURED, DEPTH, draft=ONE)
    here: dict[str, Any] = {"lot": lot, "operation": 20}

    def at(ago: int) -> Any:
        return make.inspector.act(when=When(clock.now() - timedelta(hours=ago)))

    def correct(key: str, **how: Any) -> None:
        value = Read(key, "10.01", **how)
        act = make.inspector.act()
        correct_value(act, **here, value=value, reason_id=make.reasons["undo"])

    read_values(at(40), **here, values=(Read("length", "10.00"),), gauges=("M-1",))
    calibrate(make, caliper, 0, BAD)
    calibrate(make, caliper, 0)
    with refused("gauge_bad", field="verdict"):
        judge(make, lot)
    # A slip of the finger that is corrected is no new measurement.
    correct("length")
    with refused("gauge_bad", field="verdict"):
        judge(make, lot)
    correct("length", gauge="M-1")
    read_values(at(30), **here, values=(Read("depth", "10.00"),), gauges=("M-2",))
    assert doubted_values() == [True, True, False, False]
    # Another one found bad does not make the first one good, and late values know of it.
    calibrate(make, other, 0, BAD)
    calibrate(make, other, 0)
    assert doubted_values() == [True, True, False, True]
    with refused("gauge_bad", field="verdict"):
        judge(make, lot)
    correct("depth", gauge="M-2")
    assert judge(make, lot).verdict is Verdict.PASS


def test_values_that_come_in_after_their_gauge_is_good_again_are_in_doubt(make: Factory) -> None:
    """Row Q64: read on the phone before it was found bad, and sent after it was adjusted."""
    caliper = gauge(make, "M-1")
    lot = waiting_lot(make, MEASURED, draft=ONE)
    calibrate(make, caliper, 0, BAD)
    calibrate(make, caliper, 0)
    then = replace(offline(make.inspector), when=When(clock.now() - timedelta(hours=3)))
    values = (Read("length", "10.00"),)
    read_values(then, lot=lot, operation=20, values=values, gauges=("M-1",))
    with refused("gauge_bad", field="verdict"):
        judge(make, lot)


def test_what_was_measured_before_the_last_good_calibration_is_not_in_doubt(
    one_make: Factory,
) -> None:
    caliper = gauge(one_make, "M-1")
    lot = waiting_lot(one_make, MEASURED, draft=ONE)
    earlier = one_make.inspector.act(when=When(clock.now() - timedelta(days=10)))
    values = (Read("length", "10.00"),)
    read_values(earlier, lot=lot, operation=20, values=values, gauges=("M-1",))
    calibrate(one_make, caliper, 5)
    assert calibrate(one_make, caliper, 0, BAD).doubtful == 0


def test_the_register_is_changed_by_who_keeps_it_and_never_over_another(make: Factory) -> None:
    caliper = gauge(make, "M-1")
    how: dict[str, Any] = {"gauge_id": caliper, "version": 1, "names": {"en": "Caliper 200"}}
    with refused("no_right", 403):
        change_gauge(make.operator.act(), details=CALIPER, **how)
    change_gauge(make.quality.act(), details=replace(CALIPER, high=Decimal(200)), **how)
    with pytest.raises(Overtaken):
        change_gauge(make.planner.act(), details=CALIPER, **how)
    db.session.rollback()
    assert db.session.get_one(Gauge, caliper).high == 200
    with refused("number_taken"):
        gauge(make, "M-1")
    wrongs: tuple[tuple[dict[str, Any], str], ...] = (
        ({"low": Decimal(200)}, "high"),
        ({"type": " "}, "type"),
    )
    for wrong, field in wrongs:
        with refused(f"bad_{field}", 422, field=field):
            gauge(make, "M-3", replace(CALIPER, **wrong))
    with refused("bad_day", field="day"):
        calibrate(make, caliper, -30)


def test_a_barcode_of_others_that_is_linked_to_a_gauge_names_it(make: Factory) -> None:
    lot = waiting_lot(make, MEASURED, draft=ONE)
    number = gauge(make, "MC-1")
    sent: dict[str, Any] = {"lot": lot, "operation": 20, "values": (Read("length", "10.00"),)}
    act = make.inspector.act
    with refused("gauge_unknown"):
        read_values(act(), **sent, gauges=("MITUTOYO 500-196",))
    link_barcode(make.administrator.act(), text="MITUTOYO 500-196", subject_id=number)
    with refused("gauge_unknown"):
        read_values(act(), **sent, gauges=("MITUTOYO 500-197",))
    read_values(act(), **sent, gauges=("MITUTOYO 500-196",))
    assert db.session.scalars(select(Value.gauge_id)).one() == number
