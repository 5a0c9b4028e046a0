"""What goes into an item on a day: the lines of its BOM, resolved for a variant, in exact amounts.

A variant without a BOM of its own takes its model's. There a line may be only for some choices, and
where a line names another model, the one variant of it that fits the same choices goes in.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from shopfloor.catalogue.models import Bom, BomLine, Item, ItemUnit
from shopfloor.catalogue.revisions import holding, in_days
from shopfloor.core.refusals import Sentence
from shopfloor.core.shown import listed
from shopfloor.core.subjects import Subject
from shopfloor.core.words import in_words


@dataclass(frozen=True)
class Part:
    """An item as it is met in a BOM."""

    id: int
    code: str
    number: str
    names: dict[str, str]
    unit: str
    decimals: int
    model_id: int | None
    choices: dict[str, str]
    features: list[dict[str, Any]]


@dataclass(frozen=True)
class Need:
    """A line that holds: how much goes into one, as written and exactly in the part's own unit.

    `part` is None where a line names a model and no one variant fits; then `why` says so.
    """

    position: int
    named: Part
    part: Part | None
    quantity: Decimal
    unit: str
    each: Fraction
    why: Sentence | None = None


@dataclass(frozen=True)
class Contents:
    """What goes into one item on a day; without a BOM that holds there is no revision."""

    item: Part
    bom_id: int | None = None
    revision: int | None = None
    of_model: bool = False
    needs: tuple[Need, ...] = ()

    @property
    def unresolved(self) -> tuple[Need, ...]:
        """Return the lines of which nobody knows what goes in."""
        return tuple(need for need in self.needs if need.part is None)


def parts(session: Session, ids: Collection[int]) -> dict[int, Part]:
    """Return items by their ids; one statement."""
    rows = session.execute(_PARTS.where(Item.id.in_(ids)))
    return {row.id: Part(*row) for row in rows}


def variants_of(session: Session, model_ids: Collection[int]) -> dict[int, list[Part]]:
    """Return the variants in use of some models, by number; one statement, or none."""
    found: dict[int, list[Part]] = defaultdict(list)
    if model_ids:
        query = _PARTS.where(Item.model_id.in_(model_ids), Subject.archived_at.is_(None))
        for row in session.execute(query.order_by(Subject.number)):
            found[row.model_id].append(Part(*row))
    return found


def contents(session: Session, items: Iterable[Part], day: date) -> dict[int, Contents]:
    """Return what goes into each of some items on a day; at most four statements."""
    wanted = {item.id: item for item in items}
    sources = set(wanted) | {item.model_id for item in wanted.values() if item.model_id}
    lines: dict[int, list[Row[int, int, int, BomLine]]] = defaultdict(list)
    query = (
        select(Bom.item_id, Bom.id.label("bom_id"), Bom.revision, BomLine)
        .join(BomLine, (BomLine.bom_id == Bom.id) & in_days(BomLine, day), isouter=True)
        .where(Bom.item_id.in_(sources), holding(Bom, day))
        .order_by(BomLine.position)
    )
    for row in session.execute(query):
        lines[row.item_id].append(row)
    found = [row.BomLine for rows in lines.values() for row in rows if row.BomLine]
    named = parts(session, {line.item_id for line in found}) if found else {}
    variants = variants_of(session, {part.id for part in named.values() if part.features})
    factors = factors_of(session, [(line.item_id, line.unit) for line in found])
    made = {}
    for item in wanted.values():
        own = lines.get(item.id)
        rows = own or lines.get(item.model_id or 0, [])
        needs = [
            need
            for row in rows
            if row.BomLine
            for need in _need(item, row.BomLine, named[row.BomLine.item_id], variants, factors)
        ]
        made[item.id] = Contents(item)
        if rows:
            first = rows[0]
            made[item.id] = Contents(item, first.bom_id, first.revision, not own, tuple(needs))
    return made


def factors_of(
    session: Session, wanted: Iterable[tuple[int, str | None]]
) -> dict[tuple[int, str], Fraction]:
    """Return how much of the item's own unit is one of another; one statement, or none."""
    ids = {item_id for item_id, unit in wanted if unit is not None}
    if not ids:
        return {}
    rows = session.execute(
        select(ItemUnit.item_id, ItemUnit.unit, ItemUnit.numerator, ItemUnit.denominator).where(
            ItemUnit.item_id.in_(ids)
        )
    )
    return {(row.item_id, row.unit): Fraction(row.numerator, row.denominator) for row in rows}


def fits(only_for: Mapping[str, Collection[str]], choices: Mapping[str, str]) -> bool:
    """Say whether a line is for the variant with these choices."""
    return all(choices.get(key, "") in values for key, values in only_for.items())


def choices_in_words(features: Iterable[Mapping[str, Any]], choices: Mapping[str, str]) -> str:
    """Return choices as people say them, in the order of the model's features: red, L."""
    said = []
    for feature in features:
        for value in feature["values"]:
            if value["key"] == choices.get(feature["key"]):
                said.append(in_words(value["names"]) or value["key"])
    return listed(said)


_PARTS = select(
    Item.id,
    Subject.code,
    Subject.number,
    Item.names,
    Item.unit,
    Item.decimals,
    Item.model_id,
    Item.choices,
    Item.features,
).join(Subject, Subject.id == Item.id)


def _need(
    item: Part,
    line: BomLine,
    named: Part,
    variants: Mapping[int, list[Part]],
    factors: Mapping[tuple[int, str], Fraction],
) -> list[Need]:
    """Return the line as a need, or nothing when it is for other variants."""
    unasked = [key for key in line.only_for if key not in item.choices]
    if not unasked and not fits(line.only_for, item.choices):
        return []
    unit = line.unit or named.unit
    factor = Fraction(1) if unit == named.unit else factors.get((named.id, unit))
    part, why = _resolve(item, named, variants.get(named.id, []))
    if unasked:
        part, why = None, _l("It is only for some variants, and this one has no such choice.")
    if factor is None:
        part, why = None, _l("Its unit “%(unit)s” is not known any more.", unit=unit)
    each = Fraction(line.quantity) * (factor or 1)
    return [Need(line.position, named, part, line.quantity, unit, each, why)]


def _resolve(item: Part, named: Part, variants: list[Part]) -> tuple[Part | None, Sentence | None]:
    """Return what goes in where a line names a model: the one variant with the same choices."""
    if not named.features:
        return named, None
    keys = [feature["key"] for feature in named.features]
    shared = {key: item.choices[key] for key in keys if key in item.choices}
    fitting = [
        variant
        for variant in variants
        if all(variant.choices.get(key) == value for key, value in shared.items())
    ]
    if len(fitting) == 1:
        return fitting[0], None
    wanted = choices_in_words(named.features, shared)
    if fitting:
        numbers = listed([variant.number for variant in fitting[:3]])
        return None, _l("Several variants of it fit: %(numbers)s.", numbers=numbers)
    if wanted:
        return None, _l("It has no variant with these choices: %(choices)s.", choices=wanted)
    return None, _l("It is a model without any variant.")
