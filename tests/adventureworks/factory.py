"""The bicycle maker AdventureWorks: its products and dated BOMs, written as an import would."""

import csv
from collections import defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path

from shopfloor.catalogue import boms, loops
from shopfloor.catalogue.boms import Material
from shopfloor.catalogue.models import ITEM, Item
from shopfloor.core import subjects
from shopfloor.core.commands import Gate, Tx
from shopfloor.core.db import transaction
from tests.make import Worker

HERE = Path(__file__).parent
LINES = list(csv.DictReader((HERE / "BillOfMaterials.csv").read_text().splitlines()))
PRODUCTS = list(csv.DictReader((HERE / "Product.csv").read_text().splitlines()))
TOPS = sorted({line["ComponentID"] for line in LINES if not line["ProductAssemblyID"]}, key=int)


def day_of(text: str) -> date | None:
    """Return the day of a cell, or None."""
    return date.fromisoformat(text[:10]) if text else None


def load(planner: Worker) -> dict[str, int]:
    """Write products and BOMs in one transaction; returns item ids by ProductID."""
    units = {line["ComponentID"]: line["UnitMeasureCode"].strip() for line in LINES}
    act = planner.act()
    with transaction() as session:
        tx = Tx(session, act, Gate.NONE)
        loops.write_alone(session)
        ids = {}
        for row in PRODUCTS:
            ids[row["ProductID"]] = subjects.create(session, ITEM, row["ProductNumber"]).id
            session.add(
                Item(
                    id=ids[row["ProductID"]],
                    names={"en": row["Name"]},
                    unit=units.get(row["ProductID"], "EA"),
                    decimals=2,
                    other_number=row["ProductID"],
                )
            )
        session.flush()
        goes_in = defaultdict(list)
        for line in LINES:
            if line["ProductAssemblyID"]:
                goes_in[line["ProductAssemblyID"]].append(
                    Material(
                        ids[line["ComponentID"]],
                        Decimal(line["PerAssemblyQty"]),
                        None,
                        day_of(line["StartDate"]),
                        day_of(line["EndDate"]),
                    )
                )
        for product, lines in goes_in.items():
            boms.put(tx, session.get_one(Item, ids[product]), lines)
    return ids
