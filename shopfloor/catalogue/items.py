"""What an item is, checked and written by one function for pages, programs and imports."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from shopfloor.catalogue.limits import read_category
from shopfloor.catalogue.models import ITEM, BomLine, Item, ItemUnit, Tracking
from shopfloor.catalogue.units import LONGEST_UNIT, UnitFactor, require_units, write_units
from shopfloor.core import subjects
from shopfloor.core.commands import Tx
from shopfloor.core.editing import name_fields
from shopfloor.core.events import Change
from shopfloor.core.gtin import read_gtin, shown_gtin
from shopfloor.core.refusals import Malformed, Refused, Sentence
from shopfloor.core.subjects import Made, Subject
from shopfloor.core.types import Money, plain
from shopfloor.core.uses import measured_by, named
from shopfloor.core.words import require_names

MOST_COST = 10**10
LONGEST_LIFE = 36_500
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)


@dataclass(frozen=True)
class ItemDetails:
    """What an item has besides number, names, unit and decimals; everything may be left out."""

    tracking: Tracking = Tracking.LOT
    shelf_life_days: int | None = None
    gtin: str | None = None
    cost: Decimal | None = None
    cost_currency: str | None = None
    other_number: str | None = None
    synonyms: str = ""
    units: tuple[UnitFactor, ...] = ()
    consent_required: bool = False
    category: str | None = None


NO_DETAILS = ItemDetails()


def put_item(
    tx: Tx,
    number: str,
    names: Mapping[str, str],
    unit: str = "pcs",
    decimals: int = 0,
    details: ItemDetails = NO_DETAILS,
) -> tuple[Made, list[Change]]:
    """Insert an item; records no event: a command does that, once for all that it writes."""
    columns, units = _checked(tx.session, None, names, unit, decimals, details)
    made = subjects.create(tx.session, ITEM, number)
    item = Item(id=made.id, **columns)
    tx.session.add(item)
    tx.session.flush()
    if units:
        _put_units(tx.session, item.id, units)
    changes = [Change(made.id, "number", None, made.number)]
    told = _told(columns, units).items()
    return made, changes + [Change(made.id, field, None, value) for field, value in told if value]


def alter_item(
    tx: Tx,
    item: Item,
    names: Mapping[str, str],
    unit: str,
    decimals: int,
    details: ItemDetails,
) -> list[Change]:
    """Change an item that the caller has locked, and return what changed; records no event."""
    columns, units = _checked(tx.session, item, names, unit, decimals, details)
    before = units_of(tx.session, item.id)
    _require_same_measure(tx.session, item, columns["unit"], decimals)
    _require_units_kept(tx.session, item, units)
    old = _told({name: getattr(item, name) for name in columns}, before)
    changes = [
        Change(item.id, field, old[field], new) for field, new in _told(columns, units).items()
    ]
    for name, new in columns.items():
        setattr(item, name, new)
    if before != units:
        _put_units(tx.session, item.id, units)
    item.version += 1
    tx.session.flush()
    return changes


def units_of(session: Session, item_id: int) -> tuple[UnitFactor, ...]:
    """Return the other units of an item, in order; one statement."""
    rows = session.execute(
        select(ItemUnit.unit, ItemUnit.numerator, ItemUnit.denominator)
        .where(ItemUnit.item_id == item_id)
        .order_by(ItemUnit.unit)
    )
    return tuple(sorted((UnitFactor(*row) for row in rows), key=lambda each: each.unit))


def item_fields(item: Item, units: Sequence[UnitFactor]) -> dict[str, str]:
    """Return what is stored of an item, by the fields of its form."""
    return name_fields(item.names) | {
        "unit": item.unit,
        "decimals": str(item.decimals),
        "units": write_units(units, item.unit),
        "tracking": item.tracking.value,
        "shelf_life_days": "" if item.shelf_life_days is None else str(item.shelf_life_days),
        "gtin": shown_gtin(item.gtin),
        "cost": "" if item.cost is None else f"{plain(item.cost):f}",
        "cost_currency": item.cost_currency or "",
        "other_number": item.other_number or "",
        "synonyms": item.synonyms,
        "category": item.category or "",
        "consent_required": "1" if item.consent_required else "",
    }


def _told(columns: Mapping[str, Any], units: Sequence[UnitFactor]) -> dict[str, Any]:
    """Return the fields of an item as the list of changes tells them."""
    told = dict(columns) | {"units": write_units(units, columns["unit"])}
    cost, currency = told.pop("cost"), told.pop("cost_currency")
    return told | {"cost": None if cost is None else Money(cost, currency)}


def _checked(
    session: Session,
    item: Item | None,
    names: Mapping[str, str],
    unit: str,
    decimals: int,
    details: ItemDetails,
) -> tuple[dict[str, Any], tuple[UnitFactor, ...]]:
    """Return the columns of an item and its other units; Malformed for the first wrong field."""
    unit = unit.strip()
    if not 0 <= decimals <= 6 or not unit or len(unit) > LONGEST_UNIT:
        raise _wrong("unit", _l("An item needs a unit and 0 to 6 decimals."))
    life = details.shelf_life_days
    if life is not None and not 0 < life <= LONGEST_LIFE:
        raise _wrong("shelf_life_days", _l("A shelf life is 1 to 36500 days."))
    gtin = read_gtin(details.gtin or "")
    other = subjects.clean_number(details.other_number) if details.other_number else None
    _require_own(session, item, gtin, other)
    synonyms = details.synonyms.strip()
    if len(synonyms) > 2000 or "\x00" in synonyms:
        raise _wrong("synonyms", _l("Synonyms have at most 2000 characters."))
    cost, currency = _checked_cost(details.cost, details.cost_currency)
    columns = {
        "names": require_names(names),
        "unit": unit,
        "decimals": decimals,
        "tracking": details.tracking,
        "shelf_life_days": life,
        "gtin": gtin,
        "cost": cost,
        "cost_currency": currency,
        "other_number": other,
        "synonyms": synonyms,
        "category": read_category(details.category),
        "consent_required": details.consent_required,
    }
    return columns, require_units(details.units, unit)


def _checked_cost(cost: Decimal | None, currency: str | None) -> tuple[Decimal | None, str | None]:
    if cost is None:
        return None, None
    if not 0 <= cost < MOST_COST or cost != round(cost, 4):
        raise _wrong("cost", _l("A cost is 0 or more, with at most four decimals."))
    if not _CURRENCY.fullmatch(currency or ""):
        raise _wrong("cost_currency", _l("Write the currency with three capitals, like CNY."))
    return cost, currency


def _require_own(session: Session, item: Item | None, gtin: str | None, other: str | None) -> None:
    """Refuse a GTIN or other number that another item has, and say which one."""
    # What is not given is asked of nobody: compared with nothing, it would fit every item.
    given = [each for each in ((Item.gtin, gtin), (Item.other_number, other)) if each[1]]
    if not given:
        return
    query = (
        select(Item.gtin, Subject.number, Subject.archived_at)
        .join(Subject, Subject.id == Item.id)
        .where(or_(*(column == value for column, value in given)))
    )
    rows = session.execute(query if item is None else query.where(Item.id != item.id)).all()
    for has_gtin, number, archived in rows:
        same_gtin = gtin is not None and has_gtin == gtin
        sentence = (
            _l("Item “%(number)s” already has this GTIN.", number=number)
            if same_gtin
            else _l("Item “%(number)s” already has this other number.", number=number)
        )
        hint = _l("It is archived; take the number away from it first.") if archived else ""
        field = "gtin" if same_gtin else "other_number"
        raise Refused(sentence, hint, rule="taken", field=field)


def _require_same_measure(session: Session, item: Item, unit: str, decimals: int) -> None:
    """Refuse another unit, or fewer decimals, once something is measured in it."""
    if unit == item.unit and decimals >= item.decimals:
        return
    users = measured_by(session, ITEM, item.id)
    if users is not None:
        raise Refused(
            _l(
                "The unit stays %(unit)s with %(decimals)s decimals. %(what)s: %(first)s.",
                unit=item.unit,
                decimals=item.decimals,
                what=users.label,
                first=named(users),
            ),
            _l("Decimals may be added. For another unit, make a new item or add it below."),
            rule="unit_in_use",
            field="decimals" if unit == item.unit else "unit",
        )


def _require_units_kept(session: Session, item: Item, units: Sequence[UnitFactor]) -> None:
    """Refuse to take away a unit in which a BOM says how much of the item goes in."""
    kept = {item.unit, *(each.unit for each in units)}
    used = session.scalars(select(BomLine.unit).where(BomLine.item_id == item.id).distinct())
    for unit in used:
        if unit is not None and unit not in kept:
            raise Refused(
                _l("A BOM uses the unit “%(unit)s” of this item.", unit=unit),
                _l("Leave it in; another BOM revision can do without it."),
                rule="unit_in_use",
                field="units",
            )


def _put_units(session: Session, item_id: int, units: Sequence[UnitFactor]) -> None:
    session.execute(delete(ItemUnit).where(ItemUnit.item_id == item_id))
    session.add_all(
        ItemUnit(item_id=item_id, unit=e.unit, numerator=e.numerator, denominator=e.denominator)
        for e in units
    )
    session.flush()


def _wrong(field: str, sentence: Sentence) -> Malformed:
    return Malformed(sentence, rule=f"bad_{field}", field=field)
