"""Importing other units of items: one box is 12 pieces."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from shopfloor.catalogue.items import alter_item
from shopfloor.catalogue.models import ITEM, Item
from shopfloor.catalogue.units import UnitFactor
from shopfloor.core.commands import Tx
from shopfloor.core.subjects import Subject
from shopfloor.exchange.fields import Field, Holds
from shopfloor.exchange.findings import (
    Deed,
    Entry,
    Finding,
    Keys,
    Outcome,
    Setting,
    Written,
    missing,
)
from shopfloor.exchange.item_fields import FIELDS as ITEM_FIELDS
from shopfloor.exchange.lookups import by_reference, refers, rows_of
from shopfloor.exchange.measures import details_of, units_by_item

FIELDS = (
    replace(ITEM_FIELDS[0], name="item"),
    Field(
        "unit",
        _l("Other unit"),
        "otherunit alternativeunit packunit uom 辅助单位 其他单位 换算单位 包装单位",
        needed=True,
        longest=20,
        example="box",
    ),
    Field(
        "numerator",
        _l("Is so many of the own unit"),
        "factor ratio conversionfactor quantity 换算率 换算系数 数量",
        Holds.NUMBER,
        needed=True,
        above_zero=True,
        places=12,
        example="12",
    ),
    Field(
        "denominator",
        _l("Divided by"),
        "per divisor 除以 分母",
        Holds.NUMBER,
        above_zero=True,
        places=12,
    ),
)


class Units:
    """Compares rows with the other units of items: all that the file says of one, in one go."""

    def __init__(self, _setting: Setting) -> None:
        self._keys = Keys()
        self._said: dict[int, tuple[Entry, dict[str, UnitFactor]]] = {}

    def take(self, session: Session, entries: Sequence[Entry]) -> Iterable[Finding]:
        """Look at some rows."""
        found = by_reference(session, ITEM, (e.get("item") for e in entries))
        for entry in entries:
            item, problem = refers(found, entry, "item", ITEM.label)
            problems = [*missing(entry, FIELDS), *([problem] if problem else [])]
            again = item and self._keys.again((item.id, entry.get("unit")), entry, "unit")
            problems += [again] if again else []
            yield from problems
            if item and not problems:
                _first, units = self._said.setdefault(item.id, (entry, {}))
                ratio = Fraction(entry.get("numerator")) / Fraction(
                    entry.get("denominator") or Decimal(1)
                )
                units[entry.get("unit")] = UnitFactor(
                    entry.get("unit"), ratio.numerator, ratio.denominator
                )

    def finish(self, session: Session) -> Iterable[Finding]:
        """Compare item by item."""
        items = rows_of(session, Item, self._said)
        stored = units_by_item(session, items)
        numbers = _numbers_of(session, items)
        for item_id, (entry, said) in self._said.items():
            item = items[item_id]
            if item.unit in said:
                yield entry.wrong(
                    "unit", _l("another unit than the own one, %(unit)s", unit=item.unit)
                )
                continue
            before = stored.get(item_id, ())
            after = {unit.unit: unit for unit in before} | said
            units = tuple(after[name] for name in sorted(after))
            if units == tuple(before):
                yield Deed(Outcome.SAME, entry.line, numbers[item_id])
            else:
                yield _with_units(entry, item_id, numbers[item_id], units, bool(before))


def _with_units(
    entry: Entry, item_id: int, number: str, units: tuple[UnitFactor, ...], had: bool
) -> Deed:
    def do(tx: Tx) -> Written:
        item = tx.session.get_one(Item, item_id, with_for_update={"key_share": True})
        before = units_by_item(tx.session, {item_id: item}).get(item_id, ())
        details = replace(details_of(item, before), units=units)
        changes = alter_item(tx, item, item.names, item.unit, item.decimals, details)
        return Written([item_id], changes=changes)

    return Deed(Outcome.CHANGED if had else Outcome.NEW, entry.line, number, do)


def _numbers_of(session: Session, ids: Iterable[int]) -> dict[int, str]:
    found = rows_of(session, Subject, ids)
    return {each.id: each.number or each.code for each in found.values()}
