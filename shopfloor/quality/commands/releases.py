"""Ending a hold: a second person decides about every held piece and signs for it."""

from dataclasses import dataclass
from decimal import Decimal

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from shopfloor.catalogue.chosen import require_reason
from shopfloor.catalogue.models import ReasonKind
from shopfloor.core import subjects
from shopfloor.core.commands import Gate, Tx, command
from shopfloor.core.events import Effect, EventKind, Where
from shopfloor.core.subjects import Subject
from shopfloor.holds.models import Hold
from shopfloor.people.sign_in import signer_of, use_signature
from shopfloor.people.viewer import rights_of
from shopfloor.production import progress, work
from shopfloor.production.models import Rejection, RejectionKind
from shopfloor.production.progress import require_quantity, settle_order
from shopfloor.production.saving import save
from shopfloor.production.way import Work
from shopfloor.quality import refusals
from shopfloor.quality.held import Held, families_of, held_by, other_locks, works_of
from shopfloor.quality.models import Disposition, DispositionKind
from shopfloor.stock import ledger

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
    effects: tuple[Effect, ...] = ()
    # Locks that are still on it, by id: with one of them nothing goes on yet.
    still: tuple[int, ...] = ()
    # No lot is concerned: an item, a station or a person was locked.
    thing: bool = False


@command(Gate.JUDGE, "the release is what ends the hold")
def release_hold(
    tx: Tx,
    *,
    hold_id: int,
    signature_id: int,
    reason_id: int,
    dispositions: tuple[Decided, ...] = (),
) -> Freed:
    """Release a hold with a decision for every held piece, signed by a second person.

    Raises Refused when the quantities do not sum exactly, when the signer opened the hold, or
    when he has no right to release here.
    """
    hold, works = _locked(tx, hold_id)
    subject = tx.session.get_one(Subject, hold.subject_id)
    signer_id = signer_of(tx.session, signature_id, MEANING)
    _require_second_person(tx, hold, _scopes(hold, subject, works), signer_id)
    require_reason(tx.session, reason_id, ReasonKind.RELEASE)
    plan = _plan(held_by(tx.session, hold, works), dispositions)
    moves = [move for piece, decided in plan for move in _carry_out(tx, piece, decided)]
    for lot_work in works:
        settle_order(tx, lot_work)
        save(tx.session, lot_work)
    event = tx.record(
        RELEASED,
        _where(tx, hold, subject, works),
        {
            "hold": str(hold.id),
            "signer": str(signer_id),
            "dispositions": [
                {
                    "lot": str(piece.work.lot.id),
                    "operation": str(piece.stop.operation.id),
                    "pass": str(piece.row.pass_),
                    "kind": decided.kind,
                    "quantity": decided.quantity,
                }
                for piece, decided in plan
            ],
        },
        about=[hold.subject_id, *(lot_work.lot.id for lot_work in works)],
        reason_id=reason_id,
        caused_by_id=hold.opened_event_id,
    )
    hold.released_at = tx.act.when.at
    hold.released_by_id, hold.released_event_id = signer_id, event.id
    hold.release_reason_id, hold.signature_id = reason_id, signature_id
    use_signature(tx.session, signature_id, MEANING, event.id)
    _keep(tx, hold, plan)
    tx.session.flush()
    ledger.post(tx, moves)
    first = works[0].subject if works else subject
    return Freed(
        event.id,
        hold.id,
        first.number or "",
        first.code,
        signer_id,
        dispositions,
        tx.react(),
        tuple(other.id for other in other_locks(tx.session, hold, works)),
        not works,
    )


def _locked(tx: Tx, hold_id: int) -> tuple[Hold, list[Work]]:
    """Lock every family concerned, then the held subject, and only then read the hold."""
    subject_id = tx.session.scalar(select(Hold.subject_id).where(Hold.id == hold_id))
    if subject_id is None:
        raise refusals.no_lock()
    families = families_of(tx.session, hold_id, subject_id)
    subjects.lock_all(tx.session, families)
    subjects.lock(tx.session, subject_id)
    if families_of(tx.session, hold_id, subject_id) - families:
        raise refusals.changed_meanwhile()
    hold = tx.session.get_one(Hold, hold_id, with_for_update=True)
    if hold.released_at is not None:
        raise refusals.already_released()
    return hold, works_of(tx.session, hold)


def _scopes(hold: Hold, subject: Subject, works: list[Work]) -> set[int | None]:
    """Return where a right to release must hold: at the failed operation, or all over the order."""
    stops = [(w, s) for w in works for s in w.stops]
    judged = [(w, s) for w, s in stops if s.operation.id == hold.operation_id]
    reach = [{*w.scopes(s)} for w, s in judged or stops]
    return {subject.site_id, subject.id, *(set.intersection(*reach) if reach else ())}


def _where(tx: Tx, hold: Hold, subject: Subject, works: list[Work]) -> Where:
    if not works:
        return Where(site_id=subject.site_id)
    stops = works[0].stops
    stop = next((s for s in stops if s.operation.id == hold.operation_id), stops[0])
    return work.where(tx, works[0], stop)[0]


def _require_second_person(tx: Tx, hold: Hold, scopes: set[int | None], signer_id: int) -> None:
    if signer_id == hold.opened_by_id:
        raise refusals.same_person()
    if not rights_of(tx.session, signer_id).may("hold.release", *scopes):
        raise refusals.signer_may_not()


def _plan(held: list[Held], dispositions: tuple[Decided, ...]) -> list[tuple[Held, Decided]]:
    """Match the decisions with the held pieces; every piece is decided about exactly once."""
    pieces = {(h.work.subject.number, h.stop.operation.sequence, h.row.pass_): h for h in held}
    codes = {h.work.subject.code: h.work.subject.number for h in held}
    decided: dict[tuple[str | None, int, int], Decimal] = dict.fromkeys(pieces, ZERO)
    plan = []
    for each in dispositions:
        key = (codes.get(each.lot, each.lot), each.operation, each.pass_)
        if key not in pieces:
            raise refusals.nothing_held(each.lot, each.operation)
        if pieces[key].elsewhere:
            raise refusals.held_elsewhere()
        require_quantity(pieces[key].work.item, each.quantity, "dispositions")
        decided[key] += each.quantity
        if each.quantity:
            plan.append((pieces[key], each))
    for key, piece in pieces.items():
        if decided[key] != piece.row.held and not piece.elsewhere:
            raise refusals.sum_differs(piece.row.held, key[1], decided[key])
    return plan


def _carry_out(tx: Tx, piece: Held, decided: Decided) -> list[ledger.Move]:
    row, quantity = piece.row, decided.quantity
    row.held -= quantity
    if decided.kind is DispositionKind.USE_AS_IS:
        return progress.pass_on(tx, piece.work, piece.stop, row, quantity)
    row.good -= quantity
    if decided.kind is DispositionKind.REWORK:
        row.rework += quantity
        # Reworked pieces come back for inspection, also where none was planned.
        progress.feed(piece.stop, row.pass_ + 1, quantity, inspect=True)
        return []
    row.scrap += quantity
    return progress.scrap_out(tx, piece.work, quantity)


def _keep(tx: Tx, hold: Hold, plan: list[tuple[Held, Decided]]) -> None:
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
