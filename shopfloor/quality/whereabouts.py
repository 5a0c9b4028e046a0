"""Where every piece of what is locked is at this moment: at which operation, and in which place."""

from dataclasses import dataclass, field
from decimal import Decimal

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from shopfloor.catalogue.models import Item
from shopfloor.core.rights import Rights
from shopfloor.core.subjects import Subject
from shopfloor.core.types import Quantity
from shopfloor.plant.models import Place, PlaceKind
from shopfloor.production.models import LEFT, TO_DO, TO_JUDGE, WAITING, LotOperation, Operation
from shopfloor.quality.order_reach import within
from shopfloor.stock.models import Balance, Lot

ZERO = Decimal(0)
# Pieces in work are at an operation; scrap is no piece any more.
LYING = (PlaceKind.STORE, PlaceKind.FINISHED)


@dataclass(frozen=True)
class PiecesAt:
    """Pieces of a lot at an operation, or in a place of the store; operation 0 is a place."""

    lot: str
    lot_code: str
    unit: str
    operation: int
    names: dict[str, str]
    to_do: Decimal = ZERO
    waiting: Decimal = ZERO
    held: Decimal = ZERO
    stored: Decimal = ZERO

    @property
    def pieces(self) -> Decimal:
        """Return how many pieces are here."""
        return self.to_do + self.waiting + self.held + self.stored


@dataclass(frozen=True)
class Whereabouts:
    """Every spot with pieces, along the routing and then place by place."""

    spots: list[PiecesAt] = field(default_factory=list)

    @property
    def pieces(self) -> Decimal:
        """Return how many pieces there are in all."""
        return sum((spot.pieces for spot in self.spots), ZERO)

    @property
    def unit(self) -> str:
        """Return the unit of the pieces."""
        return self.spots[0].unit if self.spots else ""


def whereabouts(session: Session, rights: Rights, subject_id: int) -> Whereabouts:
    """Return where the pieces of a lot, an order or an item are, in reach; two statements.

    Pieces that are finished, or not yet begun, lie in a place; the others are at an operation. An
    item is made everywhere: nobody hears of its lots at a site where he sees nothing else.
    """
    which = or_(Lot.id == subject_id, Lot.family_id == subject_id, Lot.item_id == subject_id)
    scopes = rights.scopes("work.view")
    if scopes is not None:
        which = and_(which, within(scopes, Lot.family_id))
    return Whereabouts([*_at_operations(session, which), *_in_places(session, which)])


def _at_operations(session: Session, which: ColumnElement[bool]) -> list[PiecesAt]:
    sums = [func.sum(column, type_=Quantity()) for column in (LEFT, WAITING, LotOperation.held)]
    rows = session.execute(
        select(Subject.number, Subject.code, Item.unit, Operation.sequence, Operation.names, *sums)
        .select_from(Lot)
        .join(LotOperation, LotOperation.lot_id == Lot.id)
        .join(Operation, Operation.id == LotOperation.operation_id)
        .join(Subject, Subject.id == Lot.id)
        .join(Item, Item.id == Lot.item_id)
        .where(which, or_(TO_DO, TO_JUDGE, LotOperation.held > 0))
        .group_by(Lot.id, Subject.id, Item.id, Operation.id)
        .order_by(Operation.sequence, Subject.number)
    )
    return [
        PiecesAt(number or code, code, unit, sequence, names, to_do, waiting, held)
        for number, code, unit, sequence, names, to_do, waiting, held in rows
    ]


def _in_places(session: Session, which: ColumnElement[bool]) -> list[PiecesAt]:
    rows = session.execute(
        select(Subject.number, Subject.code, Item.unit, Place.names, Balance.quantity)
        .select_from(Lot)
        .join(Balance, Balance.lot_id == Lot.id)
        .join(Place, Place.id == Balance.place_id)
        .join(Subject, Subject.id == Lot.id)
        .join(Item, Item.id == Lot.item_id)
        .where(which, Balance.quantity > 0, Place.kind.in_(LYING))
        .order_by(Place.id, Subject.number)
    )
    return [
        PiecesAt(number or code, code, unit, 0, names, stored=quantity)
        for number, code, unit, names, quantity in rows
    ]
