"""What a decision does with held pieces: they go on, come back, become another lot, or leave."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from shopfloor.catalogue.models import ITEM, Item
from shopfloor.core import subjects
from shopfloor.core.commands import Tx
from shopfloor.core.refusals import Refused
from shopfloor.core.subjects import Made, Subject, named
from shopfloor.plant.models import PLACE, Place, PlaceKind
from shopfloor.production import progress
from shopfloor.production.models import Rejection, RejectionKind
from shopfloor.production.new_lots import origin_of
from shopfloor.production.progress import require_quantity
from shopfloor.production.way import Stop
from shopfloor.quality import disposing_refusals, refusals
from shopfloor.quality.held import Held
from shopfloor.quality.models import Disposition, DispositionKind
from shopfloor.stock import ledger
from shopfloor.stock.ledger import Move, Spot
from shopfloor.stock.models import LOT, Lot

ZERO = Decimal(0)
# Pieces that are not as they should be and go on nevertheless: somebody answers for it by name.
CONCEDED = (DispositionKind.USE_AS_IS, DispositionKind.REPAIR)
AGAIN = (DispositionKind.REWORK, DispositionKind.REPAIR)


@dataclass(frozen=True)
class Decided:
    """What becomes of a quantity of held pieces of a lot at an operation.

    `back_to` is where rework or repair begins again, without it at the same operation; `to_item`
    what downgraded pieces are from now on, and `place` the store they go to.
    """

    lot: str
    operation: int
    kind: DispositionKind
    quantity: Decimal
    pass_: int = 1
    back_to: int | None = None
    to_item: str | None = None
    place: str | None = None


@dataclass
class Deed:
    """One decision that is being carried out, and what came of it."""

    piece: Held
    decided: Decided
    moves: list[Move] = field(default_factory=list)
    back_to: Stop | None = None
    made: Made | None = None
    excess: Decimal = ZERO

    def facts(self) -> dict[str, Any]:
        """Return what the event keeps of it."""
        facts: dict[str, Any] = {
            "lot": str(self.piece.work.lot.id),
            "operation": str(self.piece.stop.operation.id),
            "pass": str(self.piece.row.pass_),
            "kind": self.decided.kind,
            "quantity": self.decided.quantity,
        }
        if self.back_to is not None:
            facts["back_to"] = str(self.back_to.operation.id)
        if self.made is not None:
            facts["made"] = str(self.made.id)
        if self.excess:
            facts["excess"] = self.excess
        return facts


def match(held: list[Held], dispositions: tuple[Decided, ...]) -> list[Deed]:
    """Match the decisions with the held pieces; every piece is decided about exactly once."""
    pieces = {(h.work.subject.number, h.stop.operation.sequence, h.row.pass_): h for h in held}
    codes = {h.work.subject.code: h.work.subject.number for h in held}
    decided: dict[tuple[str | None, int, int], Decimal] = dict.fromkeys(pieces, ZERO)
    deeds = []
    for each in dispositions:
        key = (codes.get(each.lot, each.lot), each.operation, each.pass_)
        if key not in pieces:
            raise refusals.nothing_held(each.lot, each.operation)
        if pieces[key].elsewhere:
            raise refusals.held_elsewhere()
        require_quantity(pieces[key].work.item, each.quantity, "dispositions")
        decided[key] += each.quantity
        if each.quantity:
            deeds.append(Deed(pieces[key], each))
    for key, piece in pieces.items():
        if decided[key] != piece.row.held and not piece.elsewhere:
            raise refusals.sum_differs(piece.row.held, key[1], decided[key])
    return deeds


def carry_out(tx: Tx, deed: Deed) -> None:
    """Change the counters of the pieces, and keep the movements for when the event is written."""
    row, quantity, kind = deed.piece.row, deed.decided.quantity, deed.decided.kind
    work, stop = deed.piece.work, deed.piece.stop
    row.held -= quantity
    if kind is DispositionKind.USE_AS_IS:
        deed.moves = progress.pass_on(tx, work, stop, row, quantity)
    elif kind is DispositionKind.SORT:
        # They wait for an inspection again, also where none was planned.
        row.inspect = True
    elif kind in AGAIN:
        row.good -= quantity
        row.rework += quantity
        _begin_again(deed)
    elif kind is DispositionKind.SCRAP:
        row.good -= quantity
        row.scrap += quantity
        deed.moves = progress.scrap_out(tx, work, quantity)
    else:
        row.good -= quantity
        row.came -= quantity
        # No pass has more in excess than has come: the rest of the mark leaves with the pieces.
        deed.excess = max(row.excess - row.came, ZERO)
        row.excess -= deed.excess
        deed.moves = _leave(tx, deed)


def _begin_again(deed: Deed) -> None:
    """Let the pieces run again from an operation up to where they were held, in a new pass.

    What is inspected on the way is inspected again, and at its end they are in any case.
    """
    work, here, number = deed.piece.work, deed.piece.stop, deed.piece.row.pass_ + 1
    first = here if deed.decided.back_to is None else work.stop(deed.decided.back_to)
    if first.operation.sequence > here.operation.sequence:
        raise disposing_refusals.not_before(deed.decided.back_to, here.operation.sequence)
    deed.back_to = first
    progress.feed(here, number, ZERO, inspect=True)
    progress.feed(first, number, deed.decided.quantity, inspect=first.operation.inspect)


def _leave(tx: Tx, deed: Deed) -> list[Move]:
    work, quantity = deed.piece.work, deed.decided.quantity
    if deed.decided.kind is DispositionKind.RETURN:
        if not work.lot.bought:
            raise disposing_refusals.made_here(work.subject.number)
        supplier = ledger.place_of(tx.session, work.order.site_id, PlaceKind.SUPPLIER)
        return [Move(work.lot.id, work.wip, supplier, quantity)]
    item = _other_item(tx.session, deed)
    target = _target(tx.session, work.order.site_id, deed.decided.place)
    deed.made = _new_lot(tx, deed, item)
    production = ledger.place_of(tx.session, work.order.site_id, PlaceKind.PRODUCTION)
    return [
        Move(work.lot.id, work.wip, production, quantity),
        Move(deed.made.id, production, target, quantity),
    ]


def _other_item(session: Session, deed: Deed) -> Item:
    name = (deed.decided.to_item or "").strip()
    subject = session.scalar(named(name, ITEM)) if name else None
    if subject is None or subject.archived_at is not None:
        raise disposing_refusals.no_item(name)
    item, own = session.get_one(Item, subject.id), deed.piece.work.item
    if item.id == own.id:
        raise disposing_refusals.same_item()
    if item.unit != own.unit:
        raise disposing_refusals.other_unit(item.unit)
    require_quantity(item, deed.decided.quantity, "dispositions")
    return item


def _target(session: Session, site_id: int, place: str | None) -> Spot:
    if not place or not place.strip():
        return ledger.place_of(session, site_id, PlaceKind.FINISHED)
    found = session.execute(
        select(Place.id, Place.kind)
        .join(Subject, Subject.id == Place.id)
        .where(
            Place.site_id == site_id,
            Place.kind.in_((PlaceKind.STORE, PlaceKind.FINISHED)),
            Subject.archived_at.is_(None),
            Subject.id.in_(named(place, PLACE).with_only_columns(Subject.id)),
        )
    ).first()
    if found is None:
        raise disposing_refusals.no_store(place)
    return Spot(found.id, found.kind)


def _new_lot(tx: Tx, deed: Deed, item: Item) -> Made:
    """Make the lot that downgraded pieces are from now on: a family of its own, of another item."""
    work, n = deed.piece.work, 0
    while True:
        n += 1
        try:
            number = f"{(work.subject.number or work.subject.code)[:70]}-D{n}"
            made = subjects.create(tx.session, LOT, number, work.order.site_id)
            break
        except Refused as taken:
            if taken.rule != "number_taken":
                raise
    tx.session.add(Lot(id=made.id, item_id=item.id, family_id=made.id, **origin_of(work.lot)))
    tx.session.flush()
    return made


def keep(
    tx: Tx,
    hold_id: int,
    reason_id: int | None,
    found_at_id: int | None,
    deeds: Iterable[Deed],
    concession_id: int | None,
) -> None:
    """Write what was decided, and the rejected quantities of it with where they were made."""
    if tx.event is None:
        raise RuntimeError("a disposition belongs to an event")
    for deed in deeds:
        kind, operation_id = deed.decided.kind, deed.piece.stop.operation.id
        tx.session.add(
            Disposition(
                hold_id=hold_id,
                lot_id=deed.piece.work.lot.id,
                operation_id=operation_id,
                pass_=deed.piece.row.pass_,
                kind=kind,
                quantity=deed.decided.quantity,
                concession_id=concession_id if kind in CONCEDED else None,
                back_to_id=deed.back_to.operation.id if deed.back_to else None,
                made_lot_id=deed.made.id if deed.made else None,
            )
        )
        if kind is DispositionKind.SCRAP or kind in AGAIN:
            tx.session.add(
                Rejection(
                    event_id=tx.event.id,
                    lot_id=deed.piece.work.lot.id,
                    kind=RejectionKind.REWORK if kind in AGAIN else RejectionKind.SCRAP,
                    quantity=deed.decided.quantity,
                    reason_id=reason_id,
                    found_at_id=found_at_id or operation_id,
                    made_at_id=operation_id,
                )
            )
