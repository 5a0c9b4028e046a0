"""Work in hand under a lock: reported once per job, however many locks stand."""

from decimal import Decimal

from shopfloor.core.reconcile import run_checks
from shopfloor.holds.commands import place_hold
from shopfloor.production.commands.jobs import start_work
from shopfloor.production.commands.reports import report_quantities
from shopfloor.quality.commands.releases import Decided, release_hold
from shopfloor.quality.models import DispositionKind
from tests.invariants import require_invariants
from tests.make import FITS, Factory
from tests.refusing import refused


def lock(make: Factory, subject_id: int) -> int:
    act = make.inspector.act()
    return place_hold(act, subject_id=subject_id, reason_id=make.reasons["hold"]).hold_id


def unlock(make: Factory, hold_id: int, *decided: Decided) -> None:
    release_hold(
        make.supervisor.act(),
        hold_id=hold_id,
        signature_id=make.supervisor.signs(),
        reason_id=make.reasons["release"],
        concession=FITS,
        dispositions=decided,
    )


def report(make: Factory, lot: str, pieces: int = 1) -> Decimal:
    act = make.operator.act()
    return report_quantities(act, lot=lot, operation=10, good=Decimal(pieces)).held


def test_under_two_locks_a_job_reports_once(make: Factory) -> None:
    """The older lock is released: the newer one has stood all the time."""
    released = make.order(10, inspect=())
    lot = released.lot.code
    start_work(make.operator.act(), lot=lot, operation=10)
    first = lock(make, released.lot.id)
    second = lock(make, released.order.id)
    assert report(make, lot, 3) == 3
    with refused("held"):
        report(make, lot)
    unlock(make, first)
    with refused("held"):
        report(make, lot)
    # A third lock that follows on without a gap changes nothing.
    third = lock(make, released.lot.id)
    unlock(make, second)
    with refused("held"):
        report(make, lot)
    unlock(make, third, Decided(lot, 10, DispositionKind.USE_AS_IS, Decimal(3)))
    assert report(make, lot) == 0
    require_invariants()


def test_the_last_of_two_locks_decides_about_what_was_reported_under_the_first(
    make: Factory,
) -> None:
    item = make.item(inspect=())
    for subject in (item, make.stations[0], make.line_id):
        released = make.order(10, item_id=item)
        lot = released.lot.code
        start_work(make.operator.act(), lot=lot, operation=10)
        first, second = lock(make, released.lot.id), lock(make, subject)
        assert report(make, lot, 3) == 3
        unlock(make, first)
        unlock(make, second, Decided(lot, 10, DispositionKind.USE_AS_IS, Decimal(3)))
        assert run_checks().differences == ()
    require_invariants()


def test_a_job_that_was_free_meanwhile_reports_once_under_the_next_lock(make: Factory) -> None:
    released = make.order(10, inspect=())
    lot = released.lot.code
    start_work(make.operator.act(), lot=lot, operation=10)
    first = lock(make, released.lot.id)
    assert report(make, lot, 3) == 3
    unlock(make, first, Decided(lot, 10, DispositionKind.USE_AS_IS, Decimal(3)))
    lock(make, released.lot.id)
    assert report(make, lot, 2) == 2
    with refused("held"):
        report(make, lot)
    require_invariants()
