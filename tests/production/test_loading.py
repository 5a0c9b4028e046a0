"""The rows that a lot's work is loaded from: what stands where."""

from dataclasses import fields

from shopfloor.production import work
from shopfloor.production.way import LotFacts, OperationFacts, Pass
from shopfloor.quality import in_stock

# Columns that are called otherwise than their fields, as others have the same name.
CALLED = {"lot_id": "id", "operation_id": "id", "inspected": "inspect"}


def test_columns_stand_as_the_fields_do_that_are_made_of_them() -> None:
    """A column that comes in between would shift all behind it."""
    called = [CALLED.get(name, name) for name in work.COLUMNS]
    stored = [each.name for each in fields(Pass)]
    assert called[work.OF_LOT] == list(LotFacts._fields)
    assert called[work.OF_OPERATION] == list(OperationFacts._fields)
    assert [*called[work.OF_PASS], "stored"] == stored
    in_store = in_stock._query(1).selected_columns.keys()
    assert in_store[work.OF_LOT] == list(LotFacts._fields)
