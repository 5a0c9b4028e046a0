"""What goes into what, by a file and by what it leaves alone: equal BOMs, and ways back."""

from collections.abc import Iterable
from itertools import pairwise
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from shopfloor.catalogue import days
from shopfloor.catalogue.boms import Material
from shopfloor.catalogue.models import Bom, Item
from shopfloor.catalogue.revisions import holding
from shopfloor.exchange.findings import Setting
from shopfloor.exchange.lookups import pieces


def lines_holding(
    session: Session, item_ids: Iterable[int], setting: Setting
) -> dict[int, list[tuple[Any, ...]]]:
    """Return the lines of the BOM that holds today, for each of some items that has one."""
    found: dict[int, list[tuple[Any, ...]]] = {}
    for piece in pieces(item_ids):
        query = select(Bom).where(Bom.item_id.in_(piece), holding(Bom, setting.today))
        for bom in session.scalars(query.options(selectinload(Bom.lines))):
            found[bom.item_id] = sorted(
                key_of(Material(n.item_id, n.quantity, n.unit, n.valid_from, n.valid_to))
                for n in bom.lines
            )
    return found


def key_of(line: Material) -> tuple[Any, ...]:
    """Return by what two lines are told apart."""
    return (
        line.item_id,
        line.quantity,
        line.unit or "",
        line.valid_from.isoformat() if line.valid_from else "",
        line.valid_to.isoformat() if line.valid_to else "",
    )


def graph_of(
    session: Session, below: dict[int, list[Material]], setting: Setting
) -> dict[int, set[int]]:
    """Return what goes into what: by the file, and below it by the BOMs that are there."""
    graph = {item_id: {m.item_id for m in lines} for item_id, lines in below.items()}
    level = {part for parts in graph.values() for part in parts} - graph.keys()
    while level:
        stored = lines_holding(session, level, setting)
        graph |= {item_id: {line[0] for line in lines} for item_id, lines in stored.items()}
        level = {part for item_id in stored for part in graph[item_id]} - graph.keys()
    return graph


def way_back(graph: dict[int, set[int]]) -> list[int]:
    """Return a way from an item back to itself, or nothing; no level is too deep for it."""
    done: set[int] = set()
    for start in graph:
        path: list[int] = []
        on_path: set[int] = set()
        stack = [(start, iter(graph[start]))] if start not in done else []
        path += [start] if stack else []
        on_path |= set(path)
        while stack:
            part = next(stack[-1][1], None)
            if part is None:
                done.add(stack.pop()[0])
                on_path.discard(path.pop())
            elif part in on_path:
                return [*path[path.index(part) :], part]
            elif part not in done:
                stack.append((part, iter(graph.get(part, ()))))
                path.append(part)
                on_path.add(part)
    return []


def with_variants(session: Session, graph: dict[int, set[int]]) -> bool:
    """Say whether any item of the BOMs is a model or a variant of one."""
    ids = graph.keys() | {part for parts in graph.values() for part in parts}
    return any(
        session.scalar(
            select(Item.id)
            .where(Item.id.in_(piece), Item.model_id.is_not(None) | (Item.features != []))
            .limit(1)
        )
        for piece in pieces(ids)
    )


def on_one_day(path: list[int], below: dict[int, list[Material]]) -> bool:
    """Say whether there is a day on which the lines of a way all hold, as far as the file tells."""
    shared = days.ALL
    for whole, part in pairwise(path):
        own = days.either((), days.ALL) if whole not in below else ()
        for line in below.get(whole, ()):
            if line.item_id == part:
                own = days.either(own, days.between(line.valid_from, line.valid_to))
        shared = days.both(shared, own)
    return bool(shared)
