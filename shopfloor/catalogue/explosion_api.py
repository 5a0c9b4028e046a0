"""What goes into an item, for programs: the numbers of the page and of the terminal's command."""

from decimal import Decimal
from fractions import Fraction

from flask import Blueprint
from pydantic import Field

from shopfloor.catalogue.explosion import explode
from shopfloor.catalogue.explosion_told import MOST_MADE, told, too_much
from shopfloor.catalogue.models import ITEM
from shopfloor.core.api import call
from shopfloor.core.api_fields import Body, Day, Exact, Told
from shopfloor.core.db import db
from shopfloor.core.subjects import find
from shopfloor.people.access import requires, viewer

bp = Blueprint("explosion_api", __name__)


class AskedExplosion(Body):
    """On which day, today at the token's site if none is named; for how much of the item."""

    on: Day | None = None
    quantity: Exact = Decimal(1)


class TotalTold(Told):
    """How much of an item goes in, in its own unit; what never ends is a fraction like 1/3."""

    number: str
    quantity: str
    unit: str


class BranchTold(Told):
    """A line of the tree: `quantity` for one of what it goes into, `total` for the whole."""

    level: int
    path: list[str]
    number: str
    quantity: str
    quantity_unit: str
    total: str
    unit: str
    assembly: bool


class UnresolvedTold(Told):
    """A line of a BOM of which nobody knows what goes in; it counts for nothing."""

    into: str = Field(alias="in")
    line: int
    number: str
    why: str


class ExplosionTold(Told):
    """Everything that goes into a quantity of an item: totals, and the tree line by line."""

    item: str
    on: Day
    quantity: str
    leaves: list[TotalTold]
    assemblies: list[TotalTold]
    lines: list[BranchTold]
    unresolved: list[UnresolvedTold]


@bp.get("/items/<code>/explosion")
@requires("work.view")
@call(asks=AskedExplosion, gives=ExplosionTold)
def explosion(code: str, asked: AskedExplosion) -> ExplosionTold:
    """Tell everything that goes into an item on a day; of a model ask for one of its variants."""
    if asked.quantity > MOST_MADE:
        raise too_much()
    subject = find(db.session(), ITEM, code)
    day = asked.on or viewer().today
    found = explode(db.session(), subject.id, day, Fraction(asked.quantity))
    return ExplosionTold.model_validate(told(found))
