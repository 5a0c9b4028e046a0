"""How an item is made."""

from dataclasses import replace

import pytest
from sqlalchemy import func, select

from shopfloor.catalogue.commands import add_item
from shopfloor.catalogue.models import Routing
from shopfloor.catalogue.routings import Step, add_routing
from shopfloor.core import clock
from shopfloor.core.db import db, transaction
from shopfloor.core.subjects import Subject
from shopfloor.plant.changes import archive_piece
from tests.make import Factory
from tests.refusing import refused


@pytest.fixture
def item(make: Factory) -> int:
    return add_item(make.planner.act(), number="A", names={"en": "A"}).id


def test_each_routing_is_the_next_revision(make: Factory, item: int) -> None:
    for _ in range(2):
        add_routing(
            make.planner.act(), item_id=item, steps=(Step(10, {"en": "Saw"}, make.stations[0]),)
        )
    assert db.session.scalar(select(func.max(Routing.revision))) == 2


def test_a_routing_without_sense_is_refused(make: Factory, item: int) -> None:
    saw = Step(10, {"en": "Saw"}, make.stations[0])
    zero = Step(0, {"en": "Saw"}, make.stations[0])
    large = Step(10, {"en": "Saw"}, make.stations[0], tolerance_percent=101)
    for steps in ((), (saw, saw), (zero,)):
        with refused("bad_routing", 422, "sequence_1"):
            add_routing(make.planner.act(), item_id=item, steps=steps)
    with refused("bad_routing", 422, "tolerance_2"):
        add_routing(make.planner.act(), item_id=item, steps=(replace(saw, sequence=5), large))
    with refused("bad_names", 422):
        add_routing(make.planner.act(), item_id=item, steps=(Step(10, {}, make.stations[0]),))
    with refused("not_found", 404):
        add_routing(make.planner.act(), item_id=make.site_id, steps=(saw,))
    with refused("no_right", 403):
        add_routing(make.inspector.act(), item_id=item, steps=(saw,))


def test_a_station_out_of_use_takes_no_operation_and_no_order(make: Factory, item: int) -> None:
    steps = (Step(10, {"en": "Saw"}, make.stations[0]),)
    add_routing(make.planner.act(), item_id=item, steps=steps)
    with refused("in_use"):
        archive_piece(make.administrator.act(), subject_id=make.stations[0], archived=True)
    with transaction() as session:  # as if it had been archived in the moment between
        session.get_one(Subject, make.stations[0]).archived_at = clock.now()
    with refused("not_in_use", field="station_1"):
        add_routing(make.planner.act(), item_id=item, steps=steps)
    with refused("not_in_use", field="station_1"):
        nowhere = (Step(10, {"en": "Saw"}, make.site_id),)
        add_routing(make.planner.act(), item_id=item, steps=nowhere)
    with refused("not_in_use"):
        make.order(5, item_id=item)
