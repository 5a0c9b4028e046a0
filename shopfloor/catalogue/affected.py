"""Orders that a new BOM or routing affects: the rooms above say which, pages here show them."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from sqlalchemy.orm import Session

from shopfloor.catalogue.contents import Part, variants_of
from shopfloor.core.db import db
from shopfloor.core.rights import Rights
from shopfloor.people.access import viewer


@dataclass(frozen=True)
class OrderAffected:
    """An order on its page."""

    code: str
    number: str
    url: str


@dataclass(frozen=True)
class Affected:
    """Planned orders take what holds when they are released; running ones keep what they took."""

    planned: list[OrderAffected]
    planned_count: int
    running: list[OrderAffected]
    running_count: int


Tell = Callable[[Session, Rights, Collection[int]], Affected]
_TELL: list[Tell] = []


def register(tell: Tell) -> None:
    """Take the answer to which orders make some items."""
    _TELL[:] = [tell]


def orders_affected(item: Part) -> Affected:
    """Return the orders of an item, or of all variants of a model, that the reader may see."""
    variants = variants_of(db.session(), [item.id])[item.id] if item.features else []
    ids = [item.id, *(variant.id for variant in variants)]
    return _TELL[0](db.session(), viewer().rights, ids)
