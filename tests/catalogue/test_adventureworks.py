"""The dated, multi-level BOMs of AdventureWorks, against a second way of adding them up."""

from collections import Counter, defaultdict
from datetime import date
from fractions import Fraction

from shopfloor.catalogue.models import Bom, BomLine
from shopfloor.core.db import db
from tests.adventureworks.factory import LINES, PRODUCTS, TOPS, load
from tests.boms import exploded
from tests.make import Factory
from tests.statements import counted

DAYS = (date(2010, 5, 4), date(2014, 5, 1))
NUMBER = {row["ProductID"]: row["ProductNumber"] for row in PRODUCTS}


def added_up(top: str, day: date) -> tuple[dict[str, Fraction], set[str]]:
    """Return the totals of all parts and which are assemblies: by recursion over the bare rows."""
    text = day.isoformat()
    below: dict[str, list[tuple[str, Fraction]]] = defaultdict(list)
    for row in LINES:
        if row["StartDate"][:10] <= text and (not row["EndDate"] or text <= row["EndDate"][:10]):
            part = (row["ComponentID"], Fraction(row["PerAssemblyQty"]))
            below[row["ProductAssemblyID"]].append(part)
    sums: Counter[str] = Counter()

    def walk(whole: str, times: Fraction) -> None:
        for part, each in below[whole]:
            sums[part] += times * each  # type: ignore[assignment] # a Counter counts fractions too
            walk(part, times * each)

    walk(top, Fraction(1))
    return {NUMBER[k]: Fraction(v) for k, v in sums.items()}, {NUMBER[k] for k in sums if below[k]}


def test_the_totals_of_all_top_assemblies_are_those_of_a_second_count(make: Factory) -> None:
    ids = load(make.planner)
    assert len(TOPS) == 97
    assert db.session.query(Bom).count() == 238
    assert db.session.query(BomLine).count() == len(LINES) - sum(
        not line["ProductAssemblyID"] for line in LINES
    )
    most = 0
    for day in DAYS:
        for top in TOPS:
            with counted() as sent:
                found = exploded(ids[top], day)
            most = max(most, len(sent))
            sums, assemblies = added_up(top, day)
            assert {t.part.number: t.quantity for t in found.leaves} == {
                k: v for k, v in sums.items() if k not in assemblies
            }
            assert {t.part.number: t.quantity for t in found.assemblies} == {
                k: v for k, v in sums.items() if k in assemblies
            }
    assert most <= 12, "the number of statements follows the levels, not the parts"
