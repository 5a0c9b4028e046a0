"""Where the pieces of a work order are now: which lots have some at which operation."""

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from shopfloor.catalogue.models import Item
from shopfloor.core.subjects import Subject
from shopfloor.production.models import LotOperation, Operation, WorkOrder

# Not yet reported, waiting for an inspection, or held: everything that has not gone on.
_HERE = func.sum(
    LotOperation.came - LotOperation.scrap - LotOperation.rework - LotOperation.onward,
    type_=LotOperation.came.type,
)
MOST = 100


@dataclass(frozen=True)
class PiecesAt:
    """The pieces of one lot at one operation."""

    lot_code: str
    lot: str | None
    operation_id: int
    sequence: int
    names: dict[str, str]
    quantity: Decimal
    unit: str


@dataclass(frozen=True)
class OperationPage:
    """An operation of an order, the lots that have pieces there, and where the others are."""

    operation: Operation
    order_code: str
    order: str | None
    here: list[PiecesAt]
    elsewhere: list[PiecesAt]


def operation_page(session: Session, operation_id: int) -> OperationPage:
    """Return where the pieces of an operation's order are, in the order of the work.

    Two statements. The lot whose last operation has let its pieces go has none anywhere.
    """
    operation, order = session.execute(
        select(Operation, Subject)
        .join(Subject, Subject.id == Operation.order_id)
        .where(Operation.id == operation_id)
    ).one()
    lot = aliased(Subject)
    found = session.execute(
        select(lot.code, lot.number, Operation.id, Operation.sequence, Operation.names)
        .add_columns(_HERE, Item.unit)
        .join(LotOperation, LotOperation.operation_id == Operation.id)
        .join(lot, lot.id == LotOperation.lot_id)
        .join(WorkOrder, WorkOrder.id == Operation.order_id)
        .join(Item, Item.id == WorkOrder.item_id)
        .where(Operation.order_id == operation.order_id)
        .group_by(lot.id, Operation.id, Item.id)
        .having(_HERE > 0)
        .order_by(Operation.sequence, lot.id)
        .limit(MOST)
    )
    pieces = [PiecesAt(*row) for row in found]
    return OperationPage(
        operation,
        order.code,
        order.number,
        [each for each in pieces if each.operation_id == operation_id],
        [each for each in pieces if each.operation_id != operation_id],
    )
