"""Ending a hold: a second person decides about every held piece and signs for it."""

from dataclasses import dataclass
from decimal import Decimal

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from shopfloor.core.commands import Gate, Tx, command
from shopfloor.core.events import EventKind
from shopfloor.core.refusals import Malformed, NotFound, NotYours, Refused
from shopfloor.holds.models import Hold
from shopfloor.people.sign_in import signer_of, use_signature
from shopfloor.people.viewer import rights_of
from shopfloor.production import work
from shopfloor.production.commands.orders import require_quantity
from shopfloor.production.commands.reports import settle_order
from shopfloor.production.models import LotOperation, Rejection, RejectionKind
from shopfloor.production.work import Stop, Work
from shopfloor.quality.models import Disposition, DispositionKind
from shopfloor.stock import ledger
from shopfloor.stock.models import Lot

RELEASED = EventKind(
    "hold.released",
    _l("Lock released"),
    no_inverse_because="a release is followed by a new lock when it was wrong",
)
MEANING = "hold.release"
ZERO = Decimal(0)


@dataclass(frozen=True)
class Decided:
    """What becomes of a quantity of held pieces of a lot at an operation."""

    lot: str
    operation: int
    kind: DispositionKind
    quantity: Decimal
    pass_: int = 1


@dataclass(frozen=True)
class Freed:
    """A released hold and what was decided about its pieces."""

    event_id: int
    hold_id: int
    lot: str
    lot_code: str
    released_by_id: int
    dispositions: tuple[Decided, ...]


@dataclass
class _Held:
    """Held pieces of one lot at one operation in one pass."""

    work: Work
    stop: Stop
    row: LotOperation


@command(Gate.JUDGE, "the release is what ends the hold")
def release_hold(
    tx: Tx,
    *,
    hold_id: int,
    signature_id: int,
    reason_id: int,
    dispositions: tuple[Decided, ...] = (),
    note: str = "",
) -> Freed:
    """Release a hold with a decision for every held piece, signed by a second person.

    Raises Refused when the quantities do not sum exactly, when the signer opened the hold, or
    when he has no right to release here.
    """
    hold, works = _locked(tx, hold_id)
    signer_id = signer_of(tx.session, signature_id, MEANING)
    _require_second_person(tx, hold, works[0], signer_id)
    reason = reason_id
    held = [
        _Held(lot_work, stop, row)
        for lot_work in works
        for stop in lot_work.stops
        for row in stop.passes
        if row.held > 0
    ]
    plan = _plan(held, dispositions)
    moves = [move for piece, decided in plan for move in _carry_out(tx, piece, decided)]
    for lot_work in works:
        settle_order(tx, lot_work)
    stop = next(
        (s for s in works[0].stops if s.operation.id == hold.operation_id), works[0].stops[0]
    )
    where, _turn = work.where(tx, works[0], stop)
    event = tx.record(
        RELEASED,
        where,
        {
            "hold": str(hold.id),
            "signer": str(signer_id),
            "dispositions": [
                [d.lot, str(d.operation), str(d.pass_), d.kind, d.quantity] for d in dispositions
            ],
        },
        about=[hold.subject_id, *(lot_work.lot.id for lot_work in works)],
        reason_id=reason,
        caused_by_id=hold.opened_event_id,
    )
    hold.released_at = tx.act.when.at
    hold.released_by_id, hold.released_event_id = signer_id, event.id
    hold.release_reason_id, hold.signature_id = reason, signature_id
    use_signature(tx.session, signature_id, MEANING, event.id)
    _keep(tx, hold, plan)
    tx.session.flush()
    ledger.post(tx, moves)
    first = works[0]
    return Freed(
        event.id,
        hold.id,
        first.subject.number or "",
        first.subject.code,
        signer_id,
        dispositions,
    )


def _locked(tx: Tx, hold_id: int) -> tuple[Hold, list[Work]]:
    """Lock the hold's family, then read the hold and every lot of the family."""
    hold = tx.session.get(Hold, hold_id)
    if hold is None:
        raise NotFound(_l("There is no such lock."), rule="not_found")
    lots = tx.session.scalars(
        select(Lot.id)
        .where((Lot.family_id == hold.subject_id) | (Lot.id == hold.subject_id))
        .order_by(Lot.id)
    ).all()
    if not lots:
        raise NotFound(_l("Nothing is locked by this lock any more."), rule="not_found")
    first = work.load(tx.session, lots[0])
    work.lock_family(tx.session, first.subject.code)
    tx.session.expire_all()
    hold = tx.session.get_one(Hold, hold_id)
    if hold.released_at is not None:
        raise Refused(
            _l("This lock has already been released."),
            _l("Open the lot again to see what was decided."),
            rule="already_released",
        )
    return hold, [work.load(tx.session, lot_id) for lot_id in lots]


def _require_second_person(tx: Tx, hold: Hold, lot_work: Work, signer_id: int) -> None:
    if signer_id == hold.opened_by_id:
        raise NotYours(
            _l("Whoever locked it cannot release it."),
            _l("A second person with the right signs with badge and PIN."),
            rule="four_eyes",
            field="badge",
        )
    if not rights_of(tx.session, signer_id).may("hold.release", *lot_work.scopes()):
        raise NotYours(
            _l("The person who signed has no right to release this."),
            _l("A second person with the right signs with badge and PIN."),
            rule="no_right",
            field="badge",
        )


def _plan(held: list[_Held], dispositions: tuple[Decided, ...]) -> list[tuple[_Held, Decided]]:
    """Match the decisions with the held pieces; every piece is decided about exactly once."""
    pieces = {(h.work.subject.number, h.stop.operation.sequence, h.row.pass_): h for h in held}
    codes = {h.work.subject.code: h.work.subject.number for h in held}
    decided: dict[tuple[str | None, int, int], Decimal] = dict.fromkeys(pieces, ZERO)
    plan = []
    for each in dispositions:
        key = (codes.get(each.lot, each.lot), each.operation, each.pass_)
        if key not in pieces:
            raise Malformed(
                _l(
                    "Nothing of %(lot)s is held at operation %(sequence)s.",
                    lot=each.lot,
                    sequence=each.operation,
                ),
                rule="nothing_held",
            )
        require_quantity(pieces[key].work.item, each.quantity, "dispositions")
        decided[key] += each.quantity
        if each.quantity:
            plan.append((pieces[key], each))
    for key, piece in pieces.items():
        if decided[key] != piece.row.held:
            raise Refused(
                _l(
                    "%(held)s pieces are held at operation %(sequence)s, but %(decided)s"
                    " are decided.",
                    held=piece.row.held,
                    sequence=key[1],
                    decided=decided[key],
                ),
                _l("Use as is, rework and scrap together must be exactly the held quantity."),
                rule="sum_differs",
                field="dispositions",
            )
    return plan


def _carry_out(tx: Tx, piece: _Held, decided: Decided) -> list[ledger.Move]:
    row, quantity = piece.row, decided.quantity
    row.held -= quantity
    if decided.kind is DispositionKind.USE_AS_IS:
        return work.pass_on(tx, piece.work, piece.stop, row, quantity)
    row.good -= quantity
    if decided.kind is DispositionKind.REWORK:
        row.rework += quantity
        # Reworked pieces come back for inspection, also where none was planned.
        work.feed(tx, piece.work, piece.stop, row.pass_ + 1, quantity, inspect=True)
        return []
    row.scrap += quantity
    return work.scrap_out(tx, piece.work, quantity)


def _keep(tx: Tx, hold: Hold, plan: list[tuple[_Held, Decided]]) -> None:
    if tx.event is None:
        raise RuntimeError("a disposition belongs to an event")
    for piece, decided in plan:
        operation_id = piece.stop.operation.id
        tx.session.add(
            Disposition(
                hold_id=hold.id,
                lot_id=piece.work.lot.id,
                operation_id=operation_id,
                pass_=piece.row.pass_,
                kind=decided.kind,
                quantity=decided.quantity,
            )
        )
        if decided.kind is not DispositionKind.USE_AS_IS:
            scrapped = decided.kind is DispositionKind.SCRAP
            tx.session.add(
                Rejection(
                    event_id=tx.event.id,
                    lot_id=piece.work.lot.id,
                    kind=RejectionKind.SCRAP if scrapped else RejectionKind.REWORK,
                    quantity=decided.quantity,
                    reason_id=hold.reason_id,
                    found_at_id=hold.operation_id or operation_id,
                    made_at_id=operation_id,
                )
            )
