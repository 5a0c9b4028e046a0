"""Revisions: how BOMs and routings are numbered, one after the other."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shopfloor.catalogue.models import ITEM, Bom, Item, Routing
from shopfloor.core import subjects
from shopfloor.core.commands import Tx
from shopfloor.core.refusals import NotFound


def locked_item(tx: Tx, item_id: int) -> Item:
    """Return an item in use and hold its row until the transaction ends.

    Two revisions made at once would take the same number: the item's row keeps them in line.
    """
    item = tx.session.get(Item, item_id, with_for_update={"key_share": True})
    if item is None:
        raise NotFound(_l("There is no such item."), rule="not_found", field="item")
    subjects.require_in_use(tx.session, ITEM, [item_id], "item")
    return item


def next_revision(session: Session, table: type[Bom | Routing], item_id: int) -> int:
    """Return the number of an item's next revision; its row is locked. One statement."""
    newest = session.scalar(select(func.max(table.revision)).where(table.item_id == item_id))
    return 1 + (newest or 0)
