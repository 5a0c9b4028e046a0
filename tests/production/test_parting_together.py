"""Several phones split, join, number and report the pieces of one order at the same time."""

import random
from decimal import Decimal
from multiprocessing.synchronize import Barrier

import pytest
from sqlalchemy import select

from shopfloor.core.actions import Act
from shopfloor.core.db import db, transaction
from shopfloor.core.reconcile import run_checks
from shopfloor.core.refusals import Refused
from shopfloor.core.subjects import Subject
from shopfloor.production import work
from shopfloor.production.commands.parting import merge_lots, split_lot
from shopfloor.production.commands.reports import report_quantities
from shopfloor.production.models import Operation
from shopfloor.production.serials import following
from shopfloor.stock.models import Lot
from tests.crowd import PATIENCE, send, together
from tests.invariants import require_invariants
from tests.make import Factory

STEPS = 60


@pytest.mark.processes
def test_pieces_are_neither_lost_nor_doubled(make: Factory) -> None:
    """Torture 11: what exists of it by now."""
    lot = make.lot(200, item_id=make.item(inspect=()))
    for operation, quantity in ((10, 140), (20, 70)):
        report_quantities(make.operator.act(), lot=lot, operation=operation, good=Decimal(quantity))
    acts = [[make.operator.act() for _ in range(STEPS)] for _ in range(3)]

    done = together([(wander, lot, seed, each) for seed, each in enumerate(acts)])

    assert sum(done) > 20
    db.session.rollback()
    family = work.load(db.session(), lot).lot.family_id
    lots = db.session.scalars(select(Lot.id).where(Lot.family_id == family)).all()
    ways = [work.load(db.session(), lot_id) for lot_id in lots]
    pieces = sum(
        (row.came - row.onward for way in ways for stop in way.stops for row in stop.passes),
        Decimal(0),
    )
    finished = sum((row.onward for way in ways for row in way.stops[-1].passes), Decimal(0))
    assert pieces + finished == 200
    require_invariants()
    assert run_checks().differences == ()


@pytest.mark.processes
def test_two_who_give_the_same_numbers_do_not_both_have_them(make: Factory) -> None:
    """Torture 9."""
    lots = [make.lot(20, item_id=make.item(inspect=())) for _ in range(2)]
    for lot in lots:
        operation = work.load(db.session(), lot).stop(10).operation.id
        with transaction() as session:
            session.get_one(Operation, operation).serialise = True
    serials = following("SN0001", 10)

    answers = together(
        [
            (
                send,
                "serialise_pieces",
                make.operator.act(),
                {"lot": lot, "operation": 10, "serials": serials},
            )
            for lot in lots
        ]
    )

    # Whoever comes second meets the numbers when he looks for them, or when he writes the first.
    refused = {answer for answer in answers if isinstance(answer, str)}
    assert len(refused) == 1
    assert refused < {"serial_taken", "number_taken"}
    db.session.rollback()
    taken = db.session.scalars(select(Subject.number).where(Subject.number.in_(serials))).all()
    assert sorted(str(number) for number in taken) == list(serials)
    require_invariants()


def wander(start: Barrier, lot: str, seed: int, acts: list[Act]) -> int:
    """A job: do something with a lot of the family that chance chooses; count what was done."""
    chance, done = random.Random(seed), 0
    start.wait(PATIENCE)
    for act in acts:
        db.session.rollback()
        family = work.load(db.session(), lot).lot.family_id
        numbers = db.session.scalars(
            select(Subject.number)
            .join(Lot, Lot.id == Subject.id)
            .where(Lot.family_id == family)
            .order_by(Lot.id)
        ).all()
        mine, other = (str(chance.choice(numbers)) for _ in range(2))
        operation, quantity = chance.choice((10, 20, 30)), Decimal(chance.randint(1, 30))
        try:
            match chance.randrange(3):
                case 0:
                    split_lot(act, lot=mine, operation=operation, quantity=quantity)
                case 1:
                    merge_lots(act, lot=mine, operation=operation, other=other)
                case _:
                    report_quantities(act, lot=mine, operation=operation, good=quantity)
        except Refused:
            continue
        done += 1
    return done
