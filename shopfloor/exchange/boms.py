"""Importing BOMs: the lines of a file become one revision for each assembly that differs."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from shopfloor.catalogue import boms, loops
from shopfloor.catalogue.boms import Material
from shopfloor.catalogue.limits import MOST_PER_PIECE
from shopfloor.catalogue.models import ITEM, Item
from shopfloor.catalogue.revisions import locked_item
from shopfloor.core.commands import Tx
from shopfloor.core.events import Change
from shopfloor.exchange.bom_fields import FIELDS, TAKE_UNITS
from shopfloor.exchange.bom_ways import (
    graph_of,
    key_of,
    lines_holding,
    on_one_day,
    way_back,
    with_variants,
)
from shopfloor.exchange.findings import (
    Deed,
    Entry,
    Finding,
    Note,
    Outcome,
    Problem,
    Setting,
    Written,
    missing,
)
from shopfloor.exchange.lookups import Found, by_reference, refers, rows_of
from shopfloor.exchange.measures import measured_among, units_by_item


@dataclass
class _Assembly:
    """What the file says of one assembly."""

    found: Found
    first: Entry
    lines: list[tuple[Entry, Material]] = field(default_factory=list)


class Boms:
    """Gathers the lines by assembly and compares them with the revision that holds today."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        self._assemblies: dict[int, _Assembly] = {}
        self._units: dict[int, dict[str, Entry]] = defaultdict(dict)
        self._tops = 0
        self._wrong = self._no_way_back = False

    def take(self, session: Session, entries: Sequence[Entry]) -> Iterable[Finding]:
        """Look at some rows."""
        texts = (e.get(name) for e in entries for name in ("assembly", "component"))
        found = by_reference(session, ITEM, texts)
        for entry in entries:
            problems = [*self._line(found, entry)]
            self._wrong = self._wrong or bool(problems)
            yield from problems

    def _line(self, found: dict[str, Found], entry: Entry) -> Iterator[Problem]:
        top = entry.get("assembly") is None
        assembly, no_assembly = refers(found, entry, "assembly", ITEM.label)
        component, no_component = refers(found, entry, "component", ITEM.label)
        problems = [p for p in (no_assembly, no_component) if p]
        if not top:
            problems += missing(entry, FIELDS)
        quantity = entry.get("quantity")
        if quantity is not None and quantity > MOST_PER_PIECE:
            problems.append(entry.wrong("quantity", _l("a smaller number")))
        first, last = entry.get("valid_from"), entry.get("valid_to")
        if first and last and last < first:
            problems.append(entry.wrong("valid_to", _l("a day not before the first one")))
        yield from problems
        if component and entry.get("unit"):
            self._units[component.id].setdefault(entry.get("unit"), entry)
        if top:
            self._tops += 1
        elif assembly and component and not problems:
            known = self._assemblies.setdefault(assembly.id, _Assembly(assembly, entry))
            material = Material(component.id, quantity, entry.get("unit"), first, last)
            known.lines.append((entry, material))

    def finish(self, session: Session) -> Iterable[Finding]:
        """Compare assembly by assembly, when every line could be read."""
        if self._tops:
            yield Note(
                _l("Rows that name no assembly and were left out: %(count)s.", count=self._tops)
            )
        ids = {m.item_id for a in self._assemblies.values() for _e, m in a.lines}
        items = rows_of(session, Item, {*ids, *self._units, *self._assemblies})
        taken, problems = self._settle_units(session, items)
        for problem in problems:
            self._wrong = True
            yield problem
        if not self._wrong:
            yield from self._loops(session)
        for item_id, unit in taken.items():
            entry = self._units[item_id][unit]
            yield _takes_unit(entry, item_id, str(entry.get("component")), unit)
        units = {item.id: taken.get(item.id, item.unit) for item in items.values()}
        yield from self._compared(session, units)

    def _settle_units(
        self, session: Session, items: dict[int, Item]
    ) -> tuple[dict[int, str], list[Problem]]:
        """Return which items take a unit from the file, and the lines whose unit is unknown."""
        takes, problems = {}, []
        others = units_by_item(session, items)
        measured = measured_among(session, self._units)
        for item_id, said in self._units.items():
            item = items[item_id]
            known = {item.unit, *(unit.unit for unit in others.get(item_id, ()))}
            if said.keys() <= known:
                continue
            free = TAKE_UNITS.name in self._setting.options and len(said) == 1
            if free and not others.get(item_id) and item_id not in measured:
                takes[item_id] = next(iter(said))
                continue
            problems += [
                entry.wrong("unit", _l("a unit of this item: %(units)s", units=", ".join(known)))
                for unit, entry in said.items()
                if unit not in known
            ]
        return takes, problems

    def _compared(self, session: Session, units: dict[int, str]) -> Iterator[Finding]:
        stored = lines_holding(session, self._assemblies, self._setting)
        for item_id, assembly in self._assemblies.items():
            lines = [
                Material(m.item_id, m.quantity, _other(m, units), m.valid_from, m.valid_to)
                for _entry, m in assembly.lines
            ]
            number, line = assembly.found.number, assembly.first.line
            if len(lines) > boms.MOST_LINES:
                yield assembly.first.wrong(
                    "assembly", _l("at most %(most)s lines for one", most=boms.MOST_LINES)
                )
            elif sorted(map(key_of, lines)) == stored.get(item_id):
                yield Deed(Outcome.SAME, line, number)
            else:
                outcome = Outcome.CHANGED if item_id in stored else Outcome.NEW
                yield _puts(outcome, line, number, item_id, lines, self._no_way_back)

    def _loops(self, session: Session) -> Iterator[Problem]:
        """Find an item that would go into itself, through the file and what it leaves alone.

        Without any way back no day has a loop. Where there is one, or variants take the place of
        their model, each BOM is looked at once more, day by day, when it is written.
        """
        below: dict[int, list[Material]] = {
            item_id: [material for _entry, material in assembly.lines]
            for item_id, assembly in self._assemblies.items()
        }
        graph = graph_of(session, below, self._setting)
        path = way_back(graph)
        self._no_way_back = not path and not with_variants(session, graph)
        if path and on_one_day(path, below):
            entry = next(self._assemblies[i].first for i in path if i in self._assemblies)
            yield entry.wrong("assembly", loops.refusal(session, path).sentence)


def _puts(
    outcome: Outcome,
    line: int,
    number: str,
    item_id: int,
    lines: list[Material],
    no_way_back: bool,
) -> Deed:
    def do(tx: Tx) -> Written:
        loops.write_alone(tx.session)
        item = locked_item(tx, item_id)
        bom = boms.put(tx, item, lines, loops_looked_for=no_way_back)
        change = Change(item_id, "bom", bom.revision - 1 or None, bom.revision)
        return Written([item_id, bom.id], changes=[change])

    return Deed(outcome, line, number, do)


def _takes_unit(entry: Entry, item_id: int, number: str, unit: str) -> Deed:
    def do(tx: Tx) -> Written:
        # That nothing is measured in the old one was asked for all items at once.
        item = locked_item(tx, item_id)
        change = Change(item_id, "unit", item.unit, unit)
        item.unit, item.version = unit, item.version + 1
        return Written([item_id], changes=[change])

    return Deed(Outcome.CHANGED, entry.line, f"{number}: {unit}", do)


def _other(line: Material, units: dict[int, str]) -> str | None:
    return None if line.unit in (None, "", units.get(line.item_id)) else line.unit
