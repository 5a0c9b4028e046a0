"""Paging: counted and cut by the database, and never to the end of what has no end."""

import pytest
from flask import Flask
from sqlalchemy import select

from shopfloor.core import paging
from shopfloor.core.db import db
from shopfloor.core.paging import page_of
from shopfloor.core.subjects import Subject
from tests.make import Factory
from tests.statements import counted


def test_a_list_is_counted_only_so_far(
    app: Flask, make: Factory, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _n in range(3):
        make.item()
    query = select(Subject.id).order_by(Subject.id)
    every = db.session.scalars(query).all()
    monkeypatch.setattr(paging, "PAGE_SIZE", 5)
    whole = page_of(db.session(), query, 10**6)
    assert (whole.total, whole.more) == (len(every), False)
    assert [row.id for row in whole.rows] == every[(whole.pages - 1) * 5 :]
    monkeypatch.setattr(paging, "MOST_ROWS", 10)
    with counted() as statements:
        cut = page_of(db.session(), query, 10**6)
    assert len(statements) == 2
    assert (cut.total, cut.pages, cut.number, cut.more) == (10, 2, 2, True)
    assert [row.id for row in cut.rows] == every[5:10]
