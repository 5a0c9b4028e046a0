"""Every field that is kept before and after has a name that people know."""

import ast
from collections.abc import Iterator

import pytest
from flask import Flask

from shopfloor.catalogue.models import Item, Partner
from shopfloor.core.db import Base
from shopfloor.core.settings import ROOT
from shopfloor.labels.models import Printer
from shopfloor.plant.models import Shift, Site
from shopfloor.records.fields import _NAMED_BY_START, FIELDS, field_of
from shopfloor.records.values import as_money, as_text, stored

# What is never changed by hand, or not told as a change of its own.
NEVER = {"id", "version", "site_id", "found_by", "cost_currency"}


def fields_in_the_program() -> Iterator[str]:
    """Yield the fields that are written out where a change is recorded."""
    for path in (ROOT / "shopfloor").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Change":
                name = node.args[1] if len(node.args) > 1 else None
                if isinstance(name, ast.Constant):
                    yield str(name.value)
                elif isinstance(name, ast.JoinedStr) and isinstance(name.values[0], ast.Constant):
                    yield str(name.values[0].value)


@pytest.mark.parametrize("name", sorted(set(fields_in_the_program())))
def test_a_field_that_is_recorded_has_a_name(name: str) -> None:
    assert name in FIELDS or name.startswith(tuple(_NAMED_BY_START)), name


@pytest.mark.parametrize("table", [Item, Partner, Printer, Shift, Site])
def test_a_column_that_is_edited_has_a_name(table: type[Base]) -> None:
    columns = {column.name for column in table.__table__.columns}
    assert columns - NEVER <= FIELDS.keys()


def test_a_field_that_nobody_has_named_yet_is_called_as_it_is_stored(one_app: Flask) -> None:
    with one_app.test_request_context():
        assert str(field_of("dwell_time").label) == "dwell time"
        assert str(field_of("x\ny").label) == "x␊y"


def test_values_of_any_form_are_readable(one_app: Flask) -> None:
    with one_app.test_request_context():
        assert as_text(stored("x", '"2026-11-22T05:00:00+00:00"'), {}).startswith("22 Nov 2026 ")
        assert as_text(stored("x", "2026-13-40"), {}) == "2026-13-40"
        assert as_text(stored("x", "true"), {}) == "yes"
        assert as_text(stored("x", '["a","b"]'), {}) == "a, b"
        assert as_text(stored("x", "{broken"), {}) == "{broken"
        assert as_money({"amount": "1.25", "currency": "EUR"}, {}) == "€1.25"
        assert as_money("0.12", {}) == "0.12"
        assert as_money({"amount": "x", "currency": "EUR"}, {}) == "x EUR"
