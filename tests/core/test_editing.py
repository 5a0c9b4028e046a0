"""Who has saved a record meanwhile: read from the log, and only when somebody saves late."""

from decimal import Decimal
from typing import Any

import pytest

from shopfloor.catalogue.boms import Material, add_bom
from shopfloor.catalogue.changes import archive_entry, change_item
from shopfloor.catalogue.items import NO_DETAILS
from shopfloor.catalogue.variants import set_features
from shopfloor.core.db import db
from shopfloor.core.editing import Overtaken, Saver, last_saver
from shopfloor.core.events import Event
from shopfloor.people.commands import add_crew, join_crew
from shopfloor.people.crews import change_crew
from tests.boms import items
from tests.make import Factory
from tests.statements import counted

REST: dict[str, Any] = {"unit": "pcs", "decimals": 0, "details": NO_DETAILS}


def named(saver: Saver | None) -> str | None:
    return saver.name if saver else None


def test_a_late_save_hears_who_saved_and_when_in_two_statements_more(make: Factory) -> None:
    """Torture 10."""
    (item,) = items(make, "A")
    change_item(make.planner.act(), item_id=item, version=1, names={"en": "Theirs"}, **REST)
    archive_entry(make.administrator.act(), subject_id=item, archived=True)
    with pytest.raises(Overtaken) as late, counted() as sent:
        change_item(make.planner.act(), item_id=item, version=1, names={"en": "Mine"}, **REST)
    saver = late.value.saver
    assert saver is not None
    changed = db.session.get_one(Event, last_event(item))
    assert saver == Saver("Planner", changed.happened_at)
    assert late.value.more["saved_by"] == "Planner"
    assert len([s for s in sent if "event_change" in s or "person.name" in s]) == 2
    with counted() as sent:
        change_item(make.planner.act(), item_id=item, version=2, names={"en": "Mine"}, **REST)
    assert not [s for s in sent if "SELECT" in s and "event_change" in s]


def last_event(item: int) -> int:
    db.session.rollback()
    kind, about = Event.kind == "catalogue.item_changed", Event.id
    return int(db.session.query(about).filter(kind).order_by(about.desc()).limit(1).scalar() or 0)


def test_a_bom_and_the_item_have_savers_of_their_own(make: Factory) -> None:
    item, material = items(make, "A", "B")
    change_item(make.planner.act(), item_id=item, version=1, names={"en": "A2"}, **REST)
    add_bom(
        make.administrator.act(), item_id=item, materials=(Material(material, Decimal(1)),), seen=0
    )
    db.session.rollback()
    assert named(last_saver(db.session(), item)) == "Planner"
    assert named(last_saver(db.session(), item, "bom")) == "Administrator"
    assert named(last_saver(db.session(), item, "routing")) is None
    set_features(make.administrator.act(), item_id=item, version=2, features="Color = Red, Blue")
    db.session.rollback()
    assert named(last_saver(db.session(), item)) == "Administrator"


def test_who_joins_a_crew_has_not_saved_it_unless_its_leader_changes(make: Factory) -> None:
    admin, operator = make.administrator, make.operator
    crew = add_crew(admin.act(), site_id=make.site_id, number="N", names={"en": "Night"}).id
    change_crew(admin.act(), crew_id=crew, version=1, names={"en": "Nights"}, leader_id=None)
    hr = make.person("administrator", "hr")
    join_crew(hr.act(), person_id=operator.id, crew_id=crew)
    db.session.rollback()
    assert named(last_saver(db.session(), crew)) == "Administrator"
    join_crew(hr.act(), person_id=operator.id, crew_id=crew, leads=True)
    db.session.rollback()
    assert named(last_saver(db.session(), crew)) == "Hr"
