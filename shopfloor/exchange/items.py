"""Importing items."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from shopfloor.catalogue.items import ItemDetails, alter_item, put_item
from shopfloor.catalogue.limits import read_category
from shopfloor.catalogue.models import ITEM, Item, Tracking
from shopfloor.catalogue.units import UnitFactor
from shopfloor.core import subjects
from shopfloor.core.commands import Tx
from shopfloor.core.gtin import read_gtin
from shopfloor.core.refusals import Refused
from shopfloor.core.uses import measured_by
from shopfloor.exchange.findings import (
    Deed,
    Entry,
    Finding,
    Keys,
    Outcome,
    Problem,
    Setting,
    Written,
    missing,
    nameless,
)
from shopfloor.exchange.item_fields import FIELDS
from shopfloor.exchange.lookups import Found, by_reference, pieces, rows_of
from shopfloor.exchange.measures import details_of, units_by_item


class Items:
    """Compares rows with the items that there are."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        self._numbers, self._others, self._gtins = Keys(), Keys(), Keys()

    def take(self, session: Session, entries: Sequence[Entry]) -> Iterable[Finding]:
        """Look at some rows."""
        known = by_number(session, [e.get("number") for e in entries])
        items = rows_of(session, Item, (found.id for found in known.values()))
        units = units_by_item(session, items)
        taken = _taken(session, entries)
        for entry in entries:
            problems = [*missing(entry, FIELDS), *self._doubled(entry)]
            found = known.get(_number(entry))
            item = items.get(found.id) if found else None
            problems += self._problems(session, entry, found, item, taken)
            if problems:
                yield from problems
            elif item is None:
                yield self._new(entry)
            else:
                yield self._old(entry, item, units.get(item.id, ()))

    def finish(self, session: Session) -> Iterable[Finding]:
        """Find nothing more."""
        return ()

    def _doubled(self, entry: Entry) -> Iterator[Problem]:
        for keys, name in (
            (self._numbers, "number"),
            (self._others, "other_number"),
            (self._gtins, "gtin"),
        ):
            if entry.get(name) is not None:
                problem = keys.again(entry.get(name), entry, name)
                if problem:
                    yield problem

    def _problems(
        self,
        session: Session,
        entry: Entry,
        found: Found | None,
        item: Item | None,
        taken: dict[tuple[str, str], int],
    ) -> Iterator[Problem]:
        if found and found.archived:
            yield entry.wrong("number", _l("an item in use; this one is archived"))
        if item is None and not (entry.get("name_en") or entry.get("name_zh")):
            yield nameless(entry)
        for name in ("number", "other_number"):
            try:
                subjects.clean_number(entry.get(name))
            except Refused as no:
                yield entry.wrong(name, no.sentence)
        try:
            gtin = read_gtin(entry.get("gtin") or "")
        except Refused as no:
            gtin = None
            yield entry.wrong("gtin", no.sentence)
        for name, value in (("gtin", gtin), ("other_number", entry.get("other_number"))):
            owner = taken.get((name, value or ""))
            if owner is not None and owner != (item.id if item else None):
                yield entry.wrong(name, _l("a number that no other item has"))
        yield from self._measure(session, entry, item)

    def _measure(self, session: Session, entry: Entry, item: Item | None) -> Iterator[Problem]:
        decimals, unit = entry.get("decimals"), entry.get("unit")
        if decimals is not None and decimals > 6:
            yield entry.wrong("decimals", _l("0 to 6"))
        life = entry.get("shelf_life_days")
        if life is not None and not 0 < life <= 36_500:
            yield entry.wrong("shelf_life_days", _l("1 to 36500 days"))
        if item is None or (unit in (None, item.unit) and (decimals or 99) >= item.decimals):
            return
        fewer = decimals is not None and decimals < item.decimals
        if (unit not in (None, item.unit) or fewer) and measured_by(session, ITEM, item.id):
            name = "unit" if unit not in (None, item.unit) else "decimals"
            yield entry.wrong(
                name, _l("%(unit)s: the item is already used in this unit", unit=item.unit)
            )

    def _new(self, entry: Entry) -> Deed:
        details = self._details(entry, ItemDetails())
        number, names = str(entry.get("number")), _names(entry, {})

        def do(tx: Tx) -> Written:
            made, changes = put_item(
                tx, number, names, entry.get("unit") or "pcs", entry.get("decimals") or 0, details
            )
            return Written([made.id], changes=changes)

        return Deed(Outcome.NEW, entry.line, number, do)

    def _old(self, entry: Entry, item: Item, units: tuple[UnitFactor, ...]) -> Deed:
        before = details_of(item, units)
        details, names = self._details(entry, before), _names(entry, item.names)
        decimals = entry.get("decimals")
        measure = (
            entry.get("unit") or item.unit,
            item.decimals if decimals is None else decimals,
        )
        number = str(entry.get("number"))
        same = (details, names, measure) == (before, item.names, (item.unit, item.decimals))
        if same:
            return Deed(Outcome.SAME, entry.line, number)

        def do(tx: Tx) -> Written:
            stored = tx.session.get_one(Item, item.id, with_for_update={"key_share": True})
            return Written([item.id], changes=alter_item(tx, stored, names, *measure, details))

        return Deed(Outcome.CHANGED, entry.line, number, do)

    def _details(self, entry: Entry, before: ItemDetails) -> ItemDetails:
        said: dict[str, Any] = {
            name: entry.get(name)
            for name in ("shelf_life_days", "cost", "cost_currency", "other_number", "synonyms")
            if entry.get(name) is not None
        }
        if entry.get("category"):
            # As it is kept: a row that says the same again changes nothing.
            said["category"] = read_category(entry.get("category"))
        if entry.get("tracking"):
            said["tracking"] = Tracking(entry.get("tracking"))
        if entry.get("gtin"):
            said["gtin"] = read_gtin(entry.get("gtin"))
        after = replace(before, **said)
        currency = after.cost_currency or self._setting.currency
        return replace(after, cost_currency=None if after.cost is None else currency)


def by_number(session: Session, numbers: Iterable[Any]) -> dict[str, Found]:
    """Return the items that have exactly these numbers, in the form in which numbers are kept."""
    wanted = {_clean(str(number)) for number in numbers if number is not None}
    found = by_reference(session, ITEM, wanted)
    return {number: record for number, record in found.items() if record.number == number}


def _taken(session: Session, entries: Sequence[Entry]) -> dict[tuple[str, str], int]:
    """Return which items have the GTINs and other numbers of these rows."""
    others = {e.get("other_number") for e in entries if e.get("other_number")}
    gtins = {str(e.get("gtin")).zfill(14) for e in entries if e.get("gtin")}
    found: dict[tuple[str, str], int] = {}
    for column, values in ((Item.other_number, others), (Item.gtin, gtins)):
        for piece in pieces(values):
            for value, item_id in session.execute(select(column, Item.id).where(column.in_(piece))):
                found[column.key, str(value)] = item_id
    return found


def _names(entry: Entry, before: dict[str, str]) -> dict[str, str]:
    said = {
        language: " ".join(entry.get(f"name_{language}").split())
        for language in ("en", "zh")
        if entry.get(f"name_{language}")
    }
    return {**before, **said}


def _number(entry: Entry) -> str:
    return _clean(str(entry.get("number") or ""))


def _clean(number: str) -> str:
    try:
        return subjects.clean_number(number) or number
    except Refused:
        return number
