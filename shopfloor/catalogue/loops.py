"""Loops: on no day does an item go into itself, through however many levels of BOMs."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from shopfloor.catalogue import days
from shopfloor.catalogue.contents import fits
from shopfloor.catalogue.days import Days
from shopfloor.catalogue.models import Bom, BomLine, Item
from shopfloor.catalogue.revisions import holding_days
from shopfloor.core.refusals import Refused
from shopfloor.core.subjects import Subject

# The number is only ours to know: everybody who writes a BOM waits for the same one.
_BOMS = 0x424F4D53
_ALONE = select(func.pg_advisory_xact_lock(_BOMS))


@dataclass(frozen=True)
class Way:
    """One item goes into another on these days."""

    into: int
    part: int
    on: Days


def write_alone(session: Session) -> None:
    """Let nobody else write a BOM until the transaction ends; called before items are locked.

    Two BOMs that make a loop only together touch no common row: A into B, while another puts B
    into A. On SQLite whoever writes is alone anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(_ALONE)


def require_no_loop(session: Session, item: Item, bom: Bom, older: Iterable[Bom]) -> None:
    """Refuse, with its path, a BOM by which an item would go into itself on some day.

    `bom` is the revision to be written, `older` are those that the item has. Walks down level by
    level, a few statements each, and meets no item twice.
    """
    targets = {item.id, *_taking(session, item)}
    if item.model_id is not None:
        # Where a BOM names the model, this variant of it may go in.
        targets.add(item.model_id)
    held = holding_days([*older, bom])[bom.id]
    first = [
        Way(item.id, line.item_id, days.both(held, days.between(line.valid_from, line.valid_to)))
        for line in bom.lines
    ]
    known: dict[int, list[Way]] = {item.id: first}
    reached: dict[int, Days] = {}
    ahead = _go_on(first, days.ALL, reached)
    while ahead:
        missing = {part for part in ahead if part not in known and part not in targets}
        known |= _below(session, missing)
        ahead = {
            part
            for whole in ahead
            if whole not in targets
            for part in _go_on(known[whole], reached[whole], reached)
        }
    for target in sorted(targets & reached.keys()):
        raise _loop(session, item.id, target, known, reached[target][0][0])


def refusal(session: Session, path: list[int]) -> Refused:
    """Return the refusal of a loop, with the numbers along its way."""
    found = session.execute(select(Subject.id, Subject.number).where(Subject.id.in_(path)))
    numbers = {row.id: row.number or "" for row in found}
    return Refused(
        _l("An item cannot go into itself: %(path)s", path=" → ".join(numbers[i] for i in path)),
        _l("Take one of them out of the BOM."),
        rule="bom_loop",
        field="item_1",
    )


def _go_on(ways: Iterable[Way], on: Days, reached: dict[int, Days]) -> set[int]:
    """Follow the ways of some days; return the parts that are reached on days that are new."""
    further = set()
    for way in ways:
        before = reached.get(way.part, ())
        after = days.either(before, days.both(way.on, on))
        if after != before:
            reached[way.part] = after
            further.add(way.part)
    return further


def _taking(session: Session, item: Item) -> Collection[int]:
    """Return the variants that take this model's BOM on some day."""
    variants = session.scalars(select(Item.id).where(Item.model_id == item.id)).all()
    if not variants:
        return ()
    revisions = _revisions(session, variants)
    return [variant for variant in variants if _left(revisions.get(variant, []))]


def _below(session: Session, ids: Collection[int]) -> dict[int, list[Way]]:
    """Return what goes into some items, on which days; at most five statements."""
    if not ids:
        return {}
    items = {item.id: item for item in session.scalars(select(Item).where(Item.id.in_(ids)))}
    models = [item.model_id for item in items.values() if item.model_id]
    revisions = _revisions(session, [*ids, *models])
    ways: dict[int, list[Way]] = {}
    for item in items.values():
        own = revisions.get(item.id, [])
        ways[item.id] = _ways(item.id, own, days.ALL)
        if item.model_id:
            shared = revisions.get(item.model_id, [])
            ways[item.id] += _ways(item.id, shared, _left(own), item.choices)
    for variant in _with_own(session, ids):
        ways[variant.model_id or 0].append(Way(variant.model_id or 0, variant.id, days.ALL))
    return ways


def _with_own(session: Session, model_ids: Collection[int]) -> Iterable[Item]:
    own = select(Bom.id).where(Bom.item_id == Item.id).exists()
    return session.scalars(select(Item).where(Item.model_id.in_(model_ids), own))


def _revisions(session: Session, item_ids: Collection[int]) -> Mapping[int, list[Bom]]:
    found: dict[int, list[Bom]] = defaultdict(list)
    query = select(Bom).where(Bom.item_id.in_(item_ids)).options(selectinload(Bom.lines))
    for bom in session.scalars(query):
        found[bom.item_id].append(bom)
    return found


def _left(own: list[Bom]) -> Days:
    """Return the days on which a variant has no BOM of its own, so that its model's holds."""
    held: Days = ()
    for revision in own:
        held = days.either(held, days.between(revision.valid_from, revision.valid_to))
    return days.without(days.ALL, held)


def _ways(
    into: int, revisions: list[Bom], on: Days, choices: Mapping[str, str] | None = None
) -> list[Way]:
    held = holding_days(revisions)
    ways = []
    for bom in revisions:
        shared = days.both(held[bom.id], on)
        for line in bom.lines if shared else ():
            way = Way(into, line.item_id, days.both(shared, _days_of(line)))
            if way.on and (choices is None or fits(line.only_for, choices)):
                ways.append(way)
    return ways


def _days_of(line: BomLine) -> Days:
    return days.between(line.valid_from, line.valid_to)


def _loop(
    session: Session, item_id: int, target: int, known: Mapping[int, list[Way]], day: int
) -> Refused:
    """Return the refusal, with the shortest way on one of the days of the loop."""
    made_of: dict[int, int] = {}
    ahead = [item_id]
    while ahead and target not in made_of:
        ahead = [
            way.part
            for whole in ahead
            for way in known.get(whole, ())
            if way.part not in made_of
            and days.both(way.on, ((day, day),))
            and made_of.setdefault(way.part, whole) == whole
        ]
    path = [target]
    while path[-1] != item_id or len(path) == 1:
        path.append(made_of[path[-1]])
    return refusal(session, path[::-1])
