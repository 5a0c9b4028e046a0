"""Adding items, changing their names, taking them out of use."""

from typing import Any

import pytest

from shopfloor.catalogue.changes import archive_entry, change_item
from shopfloor.catalogue.commands import add_item
from shopfloor.catalogue.items import NO_DETAILS
from shopfloor.catalogue.models import Item
from shopfloor.core.db import db
from shopfloor.core.editing import Overtaken
from shopfloor.core.subjects import Subject
from tests.make import Factory
from tests.refusing import refused

LONG = "阀" * 200


def test_an_item_keeps_its_names_without_line_ends(make: Factory) -> None:
    made = add_item(
        make.planner.act(), number=" HV-32 ", names={"en": "Valve\r\n body", "zh": LONG}
    )
    assert (made.number, made.code[0]) == ("HV-32", "M")
    assert db.session.get_one(Item, made.id).names == {"en": "Valve body", "zh": LONG}


def test_an_item_needs_a_number_of_its_own_a_name_and_a_unit(make: Factory) -> None:
    add_item(make.planner.act(), number="A", names={"en": "A"})
    with refused("number_taken", field="number"):
        add_item(make.planner.act(), number="A", names={"en": "B"})
    with refused("bad_names", 422):
        add_item(make.planner.act(), number="B", names={"en": " "})
    with refused("bad_names", 422):
        add_item(make.planner.act(), number="B", names={"en": LONG + "a"})
    with refused("bad_unit", 422, "unit"):
        add_item(make.planner.act(), number="B", names={"en": "B"}, unit=" ")
    with refused("no_right", 403):
        add_item(make.operator.act(), number="B", names={"en": "B"})


def test_a_repeated_entry_makes_one_item(make: Factory) -> None:
    act = make.planner.act()
    first = add_item(act, number="A", names={"en": "A"})
    assert add_item(act, number="A", names={"en": "A"}) == first
    with refused("already_booked"):
        add_item(act, number="B", names={"en": "B"})


def test_a_late_save_carries_what_somebody_else_has_stored(make: Factory) -> None:
    """Torture 10."""
    made = add_item(make.planner.act(), number="A", names={"en": "A"})
    rest: dict[str, Any] = {"item_id": made.id, "unit": "pcs", "decimals": 0, "details": NO_DETAILS}
    change_item(make.planner.act(), version=1, names={"en": "Theirs"}, **rest)
    with pytest.raises(Overtaken) as late:
        change_item(make.administrator.act(), version=1, names={"en": "Mine"}, **rest)
    assert late.value.version == 2
    assert late.value.now["name_en"] == "Theirs"
    change_item(make.administrator.act(), version=2, names={"en": "Mine"}, **rest)
    db.session.rollback()
    assert db.session.get_one(Item, made.id).names == {"en": "Mine"}


def test_an_archived_item_is_not_used_anew_and_can_come_back(make: Factory) -> None:
    item = make.item()
    archive_entry(make.planner.act(), subject_id=item, archived=True)
    with refused("not_in_use", field="item"):
        make.order(5, item_id=item)
    archive_entry(make.planner.act(), subject_id=item, archived=False)
    assert make.order(5, item_id=item).sequences == (10, 20, 30)
    with refused("no_right", 403):
        archive_entry(make.operator.act(), subject_id=item, archived=True)
    with refused("not_found", 404):
        archive_entry(make.planner.act(), subject_id=make.site_id, archived=True)
    assert db.session.get_one(Subject, item).archived_at is None
