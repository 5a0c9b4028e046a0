"""Revisions of BOMs and routings: how they are numbered, and which of them holds on which day."""

from collections.abc import Iterable
from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, aliased

from shopfloor.catalogue import days
from shopfloor.catalogue.days import Days
from shopfloor.catalogue.models import ITEM, Bom, BomLine, Item, Routing
from shopfloor.core import subjects
from shopfloor.core.commands import Tx
from shopfloor.core.refusals import Malformed, NotFound

Revised = type[Bom] | type[Routing]


def locked_item(tx: Tx, item_id: int) -> Item:
    """Return an item in use and hold its row until the transaction ends.

    Two revisions made at once would take the same number: the item's row keeps them in line.
    """
    item = tx.session.get(Item, item_id, with_for_update={"key_share": True})
    if item is None:
        raise NotFound(_l("There is no such item."), rule="not_found", field="item")
    subjects.require_in_use(tx.session, ITEM, [item_id], "item")
    return item


def newest_revision(session: Session, table: Revised, item_id: int) -> int:
    """Return the number of an item's newest revision, or 0; one statement."""
    newest = session.scalar(select(func.max(table.revision)).where(table.item_id == item_id))
    return newest or 0


def require_days(valid_from: date | None, valid_to: date | None, field: str = "valid_to") -> None:
    """Refuse a last day before the first one."""
    if valid_from and valid_to and valid_to < valid_from:
        raise Malformed(
            _l("The last day is before the first one."),
            _l("Both days are good days; leave one empty to keep that side open."),
            rule="bad_days",
            field=field,
        )


def in_days(table: Revised | type[BomLine], day: date) -> ColumnElement[bool]:
    """Return the condition that a row's own days contain a day."""
    return or_(table.valid_from.is_(None), table.valid_from <= day) & or_(
        table.valid_to.is_(None), table.valid_to >= day
    )


def holding(table: Revised, day: date) -> ColumnElement[bool]:
    """Return the condition that a revision holds on a day: the newest whose days contain it."""
    other = aliased(table)
    newest = select(func.max(other.revision)).where(
        other.item_id == table.item_id, in_days(other, day)
    )
    return table.revision == newest.scalar_subquery()


def holding_days(revisions: Iterable[Bom | Routing]) -> dict[int, Days]:
    """Return the days on which each revision of one item holds, by its id: as holding() says."""
    held: dict[int, Days] = {}
    taken: Days = ()
    for revision in sorted(revisions, key=lambda each: each.revision, reverse=True):
        own = days.between(revision.valid_from, revision.valid_to)
        held[revision.id] = days.without(own, taken)
        taken = days.either(taken, own)
    return held
