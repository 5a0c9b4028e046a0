"""Reading a factory's event log: every row as it stands, oddities included."""

import csv
import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

from shopfloor.cli.settings import CannotStart
from shopfloor.production.models import JobKind

KINDS = {"S": JobKind.SETUP, "D": JobKind.PRODUCTION, "B": JobKind.BREAKDOWN}
COLUMNS = (
    "Case ID",
    "Activity",
    "Resource",
    "Start Timestamp",
    "Complete Timestamp",
    "Work Order Qty",
    "Part Desc.",
    "Worker ID",
    "Report Type",
    "Qty Completed",
    "Qty Rejected",
    "Qty for MRB",
)
T = TypeVar("T")


@dataclass(frozen=True)
class Row:
    """One row of the log: one person's work on one order, from start to completion.

    Rows may be equal in everything but their number; each counts.
    """

    number: int
    order: str
    activity: str
    resource: str
    worker: str
    kind: JobKind
    began: datetime
    ended: datetime
    part: str
    order_quantity: Decimal
    good: Decimal
    rejected: Decimal
    for_review: Decimal

    @property
    def lasted(self) -> timedelta:
        """Return how long the work took."""
        return self.ended - self.began

    @property
    def failed(self) -> bool:
        """Say whether pieces were rejected or put aside for the review board."""
        return bool(self.rejected or self.for_review)


@dataclass(frozen=True)
class Log:
    """A whole log in the order of its file, and the hash that names it."""

    digest: str
    rows: tuple[Row, ...]


def read_log(path: Path) -> Log:
    """Read the file whole, before anything is booked; CannotStart names the line that is wrong."""
    content = path.read_bytes()
    try:
        lines = content.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise CannotStart(f"{path.name} is not text in UTF-8.") from None
    reader = csv.reader(lines)
    # The original writes "Work Order  Qty" with two blanks.
    header = [" ".join(name.split()) for name in next(reader, [])]
    missing = [name for name in COLUMNS if name not in header]
    if missing:
        raise CannotStart(f"{path.name} has no column “{missing[0]}”.")
    rows = []
    for number, cells in enumerate(reader, 1):
        if cells:
            rows.append(_row(number, reader.line_num, dict(zip(header, cells, strict=False))))
    if not rows:
        raise CannotStart(f"{path.name} has no rows.")
    return Log(hashlib.sha256(content).hexdigest(), tuple(rows))


def by_order(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Return the rows of each order in the order in which they began."""
    orders: dict[str, list[Row]] = {}
    for row in sorted(rows, key=lambda row: (row.began, row.number)):
        orders.setdefault(row.order, []).append(row)
    return orders


def _row(number: int, line: int, cells: dict[str, str]) -> Row:
    def cell(name: str, read: Callable[[str], T]) -> T:
        try:
            return read(cells[name].strip())
        except (KeyError, ValueError, ArithmeticError):
            raise CannotStart(
                f"Line {line}: “{cells.get(name, '')}” cannot be read as {name}."
            ) from None

    return Row(
        number=number,
        order=cell("Case ID", _word),
        activity=cell("Activity", _word),
        resource=cell("Resource", _word),
        worker=cell("Worker ID", _word),
        kind=cell("Report Type", KINDS.__getitem__),
        began=cell("Start Timestamp", _instant),
        ended=cell("Complete Timestamp", _instant),
        part=cell("Part Desc.", _word),
        order_quantity=cell("Work Order Qty", Decimal),
        good=cell("Qty Completed", _quantity),
        rejected=cell("Qty Rejected", _quantity),
        for_review=cell("Qty for MRB", _quantity),
    )


def _word(text: str) -> str:
    if not text:
        raise ValueError("empty")
    return text


def _quantity(text: str) -> Decimal:
    return Decimal(text or 0)


def _instant(text: str) -> datetime:
    # The log names no zone; in UTC its minutes, days and months stay what they are.
    return datetime.strptime(text, "%Y/%m/%d %H:%M:%S.%f").replace(tzinfo=UTC)
