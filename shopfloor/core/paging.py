"""Paging: a list is counted, ordered and cut by the database, whatever its length."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import request
from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

PAGE_SIZE = 50
# Nobody turns so many pages: beyond them a list is searched, and counting it to its end would
# take the longer the longer a factory works.
MOST_ROWS = 10_000


@dataclass(frozen=True)
class Page:
    """One page of a list, and how many rows there are; `more` when nobody has counted them all."""

    rows: Sequence[Any]
    number: int
    pages: int
    total: int
    more: bool = False


def asked_page() -> int:
    """Return the page that the address names; the first one for anything unreadable."""
    asked = request.args.get("page", "")
    return max(1, int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 10 else 1


def page_of(session: Session, query: Select[*tuple[Any, ...]], number: int) -> Page:
    """Return a page of an ordered query, and the last page beyond the end.

    At most two statements; what fits on the first page is not counted a second time.
    """
    if number == 1:
        rows = session.execute(query.limit(PAGE_SIZE)).all()
        if len(rows) < PAGE_SIZE:
            return Page(rows, 1, 1, len(rows))
    first = query.order_by(None).limit(MOST_ROWS + 1).subquery()
    counted = session.scalar(select(func.count()).select_from(first)) or 0
    total = min(counted, MOST_ROWS)
    pages = max(1, -(-total // PAGE_SIZE))
    if number > 1:
        number = min(number, pages)
        rows = session.execute(query.limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE)).all()
    return Page(rows, number, pages, total, counted > total)


def page_of_list(rows: Sequence[Any], number: int) -> Page:
    """Return a page of a list that is in memory already, and the last page beyond the end."""
    pages = max(1, -(-len(rows) // PAGE_SIZE))
    number = min(number, pages)
    first = (number - 1) * PAGE_SIZE
    return Page(rows[first : first + PAGE_SIZE], number, pages, len(rows))


def contains(
    column: ColumnElement[Any] | InstrumentedAttribute[Any], text: str
) -> ColumnElement[bool]:
    """Return the condition that a text column contains what was typed, in any case."""
    return column.icontains(text, autoescape=True)


def named_like(names: InstrumentedAttribute[dict[str, str]], text: str) -> ColumnElement[bool]:
    """Return the condition that a name in any language contains what was typed.

    Names are kept as one JSON text; its language marks are taken out, or "en" would find all.
    """
    spoken: Any = names
    for mark in ('{"en":', ',"zh":', '{"zh":'):
        spoken = func.replace(spoken, mark, " ")
    return contains(spoken, json.dumps(text, ensure_ascii=False)[1:-1])
