"""An explosion as programs and tables take it: with every quantity written exactly."""

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from shopfloor.catalogue.explosion import Explosion, Total
from shopfloor.catalogue.models import ITEM, Item
from shopfloor.core.refusals import Malformed, NotFound
from shopfloor.core.subjects import Subject, named
from shopfloor.core.types import plain

MOST_MADE = 10**9


def written(quantity: Fraction | Decimal) -> str:
    """Write a quantity exactly: as a decimal where it ends, else as a fraction such as 1/3."""
    exact = Fraction(quantity)
    rest, places = exact.denominator, 0
    for prime in (2, 5):
        count = 0
        while rest % prime == 0:
            rest, count = rest // prime, count + 1
        places = max(places, count)
    if rest != 1:
        return f"{exact.numerator}/{exact.denominator}"
    digits = str(int(exact * 10**places)).zfill(places + 1)
    return f"{digits[:-places]}.{digits[-places:]}" if places else digits


def shown(quantity: Fraction | Decimal) -> str:
    """Write a quantity for people: exactly up to six decimals, beyond with the sign for about."""
    exact = Fraction(quantity)
    rounded = Fraction(round(exact * 10**6), 10**6)
    text = written(plain(Decimal(rounded.numerator) / Decimal(rounded.denominator)))
    return text if rounded == exact else f"≈ {text}"


def quantity_cell(quantity: Fraction) -> Decimal | str:
    """Return a quantity for a table: a number where it ends, else the fraction as text."""
    text = written(quantity)
    return text if "/" in text else Decimal(text)


def told(found: Explosion) -> dict[str, Any]:
    """Tell an explosion to a program: totals of leaves and assemblies, and the lines of the tree.

    `unresolved` names the lines of which nobody knows what goes in; they count for nothing.
    """
    return {
        "item": found.item.number,
        "on": found.day.isoformat(),
        "quantity": written(found.quantity),
        "leaves": _totals(found.leaves),
        "assemblies": _totals(found.assemblies),
        "lines": [
            {
                "level": branch.level,
                "path": [part.number for part in branch.path],
                "number": (branch.need.part or branch.need.named).number,
                "quantity": written(branch.need.quantity),
                "quantity_unit": branch.need.unit,
                "total": written(branch.total),
                "unit": (branch.need.part or branch.need.named).unit,
                "assembly": branch.assembly,
            }
            for branch in found.lines()
        ],
        "unresolved": [
            {
                "in": item.number,
                "line": need.position,
                "number": need.named.number,
                "why": str(need.why),
            }
            for item, need in found.unresolved
        ],
    }


def item_called(session: Session, reference: str) -> Subject:
    """Return an item by number, code, or the number it has in another program; else NotFound."""
    subject: Subject | None = session.scalar(named(reference, ITEM))
    if subject is None:
        subject = session.scalar(
            select(Subject)
            .join(Item, Item.id == Subject.id)
            .where(Item.other_number == reference.strip()[:80])
        )
    if subject is None:
        raise NotFound(
            _l("There is no item “%(number)s”.", number=reference[:80]),
            _l("Write its number as it stands in the list of items."),
            rule="no_item",
            field="item",
        )
    return subject


def too_much() -> Malformed:
    """Return the refusal for a quantity above MOST_MADE."""
    return Malformed(_l("This is more than anybody makes."), rule="bad_quantity", field="quantity")


def _totals(totals: Iterable[Total]) -> list[dict[str, str]]:
    return [
        {
            "number": total.part.number,
            "quantity": written(total.quantity),
            "unit": total.part.unit,
        }
        for total in totals
    ]
