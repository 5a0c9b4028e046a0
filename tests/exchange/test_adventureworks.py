"""A bicycle maker's items and BOMs come in in one go each, and a second time change nothing."""

from sqlalchemy import func, select

from shopfloor.catalogue.models import Bom, BomLine, Item
from shopfloor.core.actions import Action
from shopfloor.core.db import db
from shopfloor.core.events import Event, EventChange
from shopfloor.core.imported import IMPORTED
from shopfloor.exchange.models import ImportState
from tests.exchange.bringing import FILES, booked, counts
from tests.make import Factory

ITEMS = (FILES / "Product.csv").read_bytes()
LINES = (FILES / "BillOfMaterials.csv").read_bytes()


def test_504_items_and_all_lines_come_in_without_touching_a_column(make: Factory) -> None:
    items = booked(make, "items", ITEMS)
    assert (items.state, counts(items)) == (ImportState.DONE, (504, 0, 0))
    assert db.session.scalar(select(func.count(Item.id))) == 504
    lines = booked(make, "boms", LINES)
    assert lines.state is ImportState.DONE, lines.result
    assert lines.result["rows"] == 2679
    assert lines.result["notes"] == ["Rows that name no assembly and were left out: 103."]
    assert db.session.scalar(select(func.count(BomLine.id))) == 2679 - 103
    units = db.session.execute(select(Item.unit, func.count()).group_by(Item.unit)).all()
    assert {unit for unit, _count in units} == {"pcs", "EA", "OZ", "IN"}
    dated = select(func.count(BomLine.id)).where(BomLine.valid_to.is_not(None))
    assert (db.session.scalar(dated) or 0) > 100
    for kind, content, same in (("items", ITEMS, 504), ("boms", LINES, lines.result["new"])):
        second = booked(make, kind, content)
        assert counts(second) == (0, 0, same)
    assert db.session.scalar(select(func.max(Bom.revision))) == 1


def test_an_import_is_one_action_with_one_event_and_every_change(make: Factory) -> None:
    before = db.session.scalar(select(func.count(Event.id))) or 0
    run = booked(make, "items", ITEMS)
    events = db.session.scalars(select(Event).order_by(Event.id).offset(before)).all()
    assert [event.kind for event in events] == [IMPORTED.name]
    assert run.sha256 in events[0].payload
    assert run.event_id == events[0].id
    action = db.session.get_one(Action, run.action_id)
    assert (action.command, action.actor_id) == ("apply_import", make.administrator.id)
    changes = select(func.count(EventChange.id)).where(
        EventChange.event_id == events[0].id, EventChange.field == "number"
    )
    assert db.session.scalar(changes) == 504
