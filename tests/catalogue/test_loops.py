"""An item never goes into itself, on any day, whoever saves at the same time."""

import random
from datetime import date, timedelta
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select

from shopfloor.catalogue.boms import Material
from shopfloor.catalogue.models import Bom, BomLine
from shopfloor.catalogue.revisions import holding, holding_days
from shopfloor.core.db import db, transaction
from shopfloor.core.refusals import Refused
from tests.api.program import Program
from tests.boms import bom, exploded, items, model, variant
from tests.make import Factory
from tests.refusing import refused
from tests.server import Server, at_once

ONE = Decimal(1)
JANUARY, MAY, JUNE = date(2026, 1, 1), date(2026, 5, 31), date(2026, 6, 1)


def test_an_item_never_goes_into_itself_through_any_number_of_levels(make: Factory) -> None:
    """Torture 16."""
    a, b, c, d = items(make, "A", "B", "C", "D")
    with pytest.raises(Refused, match="A → A"):
        bom(make, a, a)
    bom(make, a, b)
    bom(make, b, c)
    bom(make, c, d)
    with pytest.raises(Refused, match="D → A → B → C → D") as loop:
        bom(make, d, a)
    assert loop.value.rule == "bom_loop"


def test_only_the_revision_that_holds_counts_for_a_loop(make: Factory) -> None:
    a, b, c = items(make, "A", "B", "C")
    bom(make, a, b)
    bom(make, a, c)
    bom(make, b, a)


def test_it_is_a_loop_only_if_there_is_a_day_on_which_every_line_holds(make: Factory) -> None:
    a, b, c = items(make, "A", "B", "C")
    bom(make, a, Material(b, ONE, valid_to=MAY))
    bom(make, b, Material(c, ONE), valid_from=JANUARY)
    bom(make, c, Material(a, ONE, valid_from=JUNE))
    with pytest.raises(Refused, match="C → A → B → C"):
        bom(make, c, Material(a, ONE, valid_from=MAY))


def test_an_older_revision_counts_on_the_days_that_the_newer_one_leaves_it(make: Factory) -> None:
    a, b, c = items(make, "A", "B", "C")
    bom(make, a, b)
    bom(make, a, c, valid_from=JUNE)
    with refused("bom_loop"):
        bom(make, b, a)
    bom(make, b, a, valid_from=JUNE)
    with refused("bom_loop"):
        bom(make, a, b, valid_from=JUNE, valid_to=JUNE)


def test_many_ways_to_the_same_part_are_walked_once(make: Factory) -> None:
    chain = items(make, *(f"N{n}" for n in range(24)))
    for whole, part in zip(chain[1:], chain[:-1], strict=True):
        bom(make, whole, part, part)
    with refused("bom_loop"):
        bom(make, chain[0], chain[-1])
    found = exploded(chain[-1], JUNE)
    assert found.leaves[0].quantity == 2**23
    assert len(found.lines(most=1000)) == 1000


def test_a_model_goes_into_none_of_its_variants(make: Factory) -> None:
    shirt, box = model(make, "SHIRT", size="s l"), model(make, "BOX", size="s l")
    small = variant(make, "SHIRT-S", shirt, size="s")
    (pack,) = items(make, "PACK")
    bom(make, shirt, box)
    with pytest.raises(Refused, match="BOX → SHIRT-S → BOX"):
        bom(make, box, small)
    with pytest.raises(Refused, match="SHIRT → SHIRT-S"):
        bom(make, shirt, small)
    bom(make, pack, small)
    twin = variant(make, "SHIRT-2", shirt, size="l")
    bom(make, twin, small)
    with refused("bom_loop"):
        bom(make, small, twin)


def test_on_every_day_the_database_and_the_days_name_the_same_revision(make: Factory) -> None:
    whole, part = items(make, "A", "B")
    chance = random.Random(7)
    for _ in range(12):
        first, last = sorted(JANUARY + timedelta(chance.randrange(30)) for _ in range(2))
        ends = (first, last) if chance.random() < 0.7 else (None, last)
        bom(make, whole, part, valid_from=ends[0], valid_to=ends[1])
    known = holding_days(db.session.scalars(select(Bom).where(Bom.item_id == whole)).all())
    for n in range(-1, 31):
        day = JANUARY + timedelta(n)
        here = [i for i, on in known.items() if any(a <= day.toordinal() <= b for a, b in on)]
        assert db.session.scalars(select(Bom.id).where(holding(Bom, day))).all() == here


def test_an_explosion_of_what_should_not_be_there_ends_with_the_way_round(make: Factory) -> None:
    """Torture 16: planning never loops, not even over rows that nothing has checked."""
    a, b, c = items(make, "A", "B", "C")
    bom(make, a, b)
    bom(make, b, c)
    below = bom(make, c, *items(make, "D"))
    with transaction() as session:
        session.scalars(select(BomLine).where(BomLine.bom_id == below)).one().item_id = b
    with pytest.raises(Refused, match="B → C → B"):
        exploded(a, JUNE)


@pytest.mark.processes
def test_of_two_saves_that_only_together_make_a_loop_one_wins(
    app: Flask, make: Factory, server: Server
) -> None:
    """Torture 16, in two processes at once; the two BOMs have no item in common."""
    token = Program(app, make.planner).token
    for n in range(8):
        a, b, x, y = items(make, f"A{n}", f"B{n}", f"X{n}", f"Y{n}")
        bom(make, x, b)
        bom(make, y, a)
        ways = [(f"A{n}", f"X{n}"), (f"B{n}", f"Y{n}")]

        def save(way: int, ways: list[tuple[str, str]] = ways) -> int:
            whole, part = ways[way]
            body = {"item": whole, "materials": [{"item": part, "quantity": "1"}]}
            key = f"loop-of-{whole}-and-{part}"
            return server.send("POST", "/api/v1/boms", body, token, Idempotency_Key=key).status

        assert sorted(at_once(2, save)) == [201, 409]
