"""Explosion: everything that goes into an item on a day, level by level and in total, exactly."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import islice

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from shopfloor.catalogue import loops
from shopfloor.catalogue.contents import Contents, Need, Part, contents, parts, variants_of
from shopfloor.core.refusals import Malformed, Refused
from shopfloor.core.shown import listed

# Different items in one explosion; each is kept once, however often it goes in.
MOST_ITEMS = 20_000
# Lines of the tree that are told at once; the totals are of all of them in any case.
MOST_LINES = 50_000


@dataclass(frozen=True)
class Branch:
    """One line of the tree: what goes in there, for one of its parent and for the whole."""

    level: int
    path: tuple[Part, ...]
    need: Need
    total: Fraction
    assembly: bool


@dataclass(frozen=True)
class Total:
    """How much of one item goes into the whole, in its own unit."""

    part: Part
    quantity: Fraction
    assembly: bool


@dataclass(frozen=True)
class Explosion:
    """What goes into a quantity of an item on a day.

    An assembly is what has itself something in it on that day; everything else is a leaf.
    """

    item: Part
    day: date
    quantity: Fraction
    made_of: dict[int, Contents]
    totals: dict[int, Fraction]

    @property
    def leaves(self) -> list[Total]:
        """Return the totals of what is bought or drawn as it is, by number."""
        return [total for total in self._totals() if not total.assembly]

    @property
    def assemblies(self) -> list[Total]:
        """Return the totals of what is made on the way, by number."""
        return [total for total in self._totals() if total.assembly]

    @property
    def unresolved(self) -> list[tuple[Part, Need]]:
        """Return the lines of which nobody knows what goes in, each with what it goes into."""
        return [(each.item, need) for each in self.made_of.values() for need in each.unresolved]

    def lines(self, most: int = MOST_LINES) -> list[Branch]:
        """Return the tree line by line, each under what it goes into, cut after so many."""
        return list(islice(self._walk(), most))

    def is_assembly(self, item_id: int) -> bool:
        """Say whether something goes into an item on this day."""
        return bool(self.made_of[item_id].needs)

    def _totals(self) -> list[Total]:
        found = [
            Total(self.made_of[item_id].item, quantity, self.is_assembly(item_id))
            for item_id, quantity in self.totals.items()
            if item_id != self.item.id
        ]
        return sorted(found, key=lambda total: total.part.number)

    def _walk(self) -> Iterator[Branch]:
        # Kept as a stack: a deep tree needs no deep calls.
        ahead = [iter(self._branches(self.item, (self.item,), self.quantity))]
        while ahead:
            branch = next(ahead[-1], None)
            if branch is None:
                ahead.pop()
                continue
            yield branch
            part = branch.need.part
            if part is not None and branch.assembly:
                ahead.append(iter(self._branches(part, (*branch.path, part), branch.total)))

    def _branches(self, item: Part, path: tuple[Part, ...], quantity: Fraction) -> Iterator[Branch]:
        for need in self.made_of[item.id].needs:
            assembly = need.part is not None and self.is_assembly(need.part.id)
            yield Branch(len(path), path, need, need.each * quantity, assembly)


def explode(session: Session, item_id: int, day: date, quantity: Fraction) -> Explosion:
    """Return what goes into a quantity of an item on a day; at most four statements a level.

    Refuses a model, of which one variant must be chosen, and what would never end.
    """
    if quantity <= 0:
        raise Malformed(_l("The quantity is above zero."), rule="bad_quantity", field="quantity")
    item = parts(session, [item_id])[item_id]
    require_no_model(session, item)
    made_of: dict[int, Contents] = {}
    ahead = {item.id: item}
    while ahead:
        made_of |= contents(session, ahead.values(), day)
        if len(made_of) > MOST_ITEMS:
            raise Refused(
                _l("More than %(most)s different items go into this.", most=MOST_ITEMS),
                _l("Look at one of its assemblies instead."),
                rule="too_many_items",
            )
        ahead = {
            need.part.id: need.part
            for whole in ahead
            for need in made_of[whole].needs
            if need.part is not None and need.part.id not in made_of
        }
    return Explosion(item, day, quantity, made_of, _totals(session, item, made_of, quantity))


def require_no_model(session: Session, item: Part) -> None:
    """Refuse a model and name its variants: nobody makes a shirt of no size."""
    if not item.features:
        return
    variants = [variant.number for variant in variants_of(session, [item.id])[item.id]]
    raise Refused(
        _l("%(item)s is a model: what goes in depends on the variant.", item=item.number),
        _l("Choose one of its variants: %(variants)s", variants=listed(variants[:10]))
        if variants
        else _l("Generate its variants on its page first."),
        rule="is_model",
        field="item",
    )


def _totals(
    session: Session, item: Part, made_of: dict[int, Contents], quantity: Fraction
) -> dict[int, Fraction]:
    """Add up each item once all that it goes into is added up; refuse what goes into itself."""
    waiting = Counter(need.part.id for each in made_of.values() for need in each.needs if need.part)
    totals = dict.fromkeys(made_of, Fraction(0))
    totals[item.id] = quantity
    ready, done = [item.id] if not waiting[item.id] else [], 0
    while ready:
        done += 1
        whole = ready.pop()
        for need in made_of[whole].needs:
            if need.part is not None:
                totals[need.part.id] += totals[whole] * need.each
                waiting[need.part.id] -= 1
                if not waiting[need.part.id]:
                    ready.append(need.part.id)
    if done < len(made_of):
        raise loops.refusal(session, _circle(made_of, waiting))
    return totals


def _circle(made_of: dict[int, Contents], waiting: Counter[int]) -> list[int]:
    """Return the way round: what still waits goes, step by step, into what waits as well."""
    into = {
        need.part.id: whole
        for whole, each in made_of.items()
        for need in each.needs
        if need.part and waiting[whole] > 0
    }
    path = [next(part for part, left in waiting.items() if left > 0 and part in into)]
    while path.count(path[-1]) == 1:
        path.append(into[path[-1]])
    return path[path.index(path[-1]) :][::-1]
