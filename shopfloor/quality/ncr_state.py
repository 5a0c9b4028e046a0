"""What keeps a nonconformance open, and when the last of it is done."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from shopfloor.core.commands import Tx
from shopfloor.core.events import Effect, Recorded
from shopfloor.core.refusals import Sentence
from shopfloor.holds.models import Hold
from shopfloor.production.models import LEFT, WAITING, LotOperation, Operation
from shopfloor.quality.disposing import AGAIN, CONCEDED
from shopfloor.quality.models import Disposition, DispositionKind
from shopfloor.quality.ncr_decisions import decisions
from shopfloor.quality.ncr_models import NcrState, Nonconformance
from shopfloor.stock.models import Lot


def still_open(session: Session, ncr: Nonconformance) -> list[Sentence]:
    """Return what is to be done before a nonconformance can be closed; at most four statements."""
    if session.get_one(Hold, ncr.hold_id).released_at is None:
        return [_l("The lock is not released yet.")]
    asked: list[tuple[Select[Any], Sentence]] = [
        (_held(ncr), _l("Pieces still wait for a decision.")),
        (
            _coming_back(ncr),
            _l("Pieces come back from rework, repair or sorting and are not inspected yet."),
        ),
        (_not_conceded(ncr), _l("Pieces went on without a concession.")),
    ]
    return [sentence for query, sentence in asked if session.scalar(query) is not None]


def settle(tx: Tx, event: Recorded) -> Effect | None:
    """Close what a decision, a verdict or a scrap has settled; one statement if none is open."""
    for ncr in open_of(tx, event):
        if not still_open(tx.session, ncr):
            close(tx, ncr, event.id)
    return None


def count_decided(tx: Tx, event: Recorded) -> None:
    """Keep how many pieces were decided about, by whichever lock was the last on them."""
    total = func.coalesce(func.sum(Disposition.quantity), 0, type_=Disposition.quantity.type)
    for ncr in open_of(tx, event):
        ncr.decided = tx.session.scalar(decisions(total).where(Nonconformance.id == ncr.id))


def open_of(tx: Tx, event: Recorded) -> Sequence[Nonconformance]:
    """Return the open nonconformances about whose pieces an event is; one statement.

    Pieces of a lock on something else than an order are told by their lots.
    """
    lots = {int(each["lot"]) for each in event.payload.get("dispositions", ())}
    lots |= {int(event.payload["lot"])} if "lot" in event.payload else set()
    families = select(Lot.family_id).where(Lot.id.in_(lots))
    hold_id = int(event.payload.get("hold", 0))
    return tx.session.scalars(
        select(Nonconformance)
        .where(
            Nonconformance.state == NcrState.OPEN,
            or_(Nonconformance.family_id.in_(families), Nonconformance.hold_id == hold_id),
        )
        .order_by(Nonconformance.id)
    ).all()


def close(tx: Tx, ncr: Nonconformance, event_id: int, by_id: int | None = None) -> None:
    """Close a nonconformance; nobody has closed it when what was done last did."""
    ncr.state, ncr.closed_at = NcrState.CLOSED, tx.act.when.at
    ncr.closed_by_id, ncr.closed_event_id = by_id, event_id


def reopen(tx: Tx, lot_id: int, event_id: int) -> None:
    """Open what an entry has settled that is taken back: its pieces are there again."""
    family = select(Lot.family_id).where(Lot.id == lot_id).scalar_subquery()
    settled = Nonconformance.closed_event_id == event_id, Nonconformance.closed_by_id.is_(None)
    for ncr in tx.session.scalars(
        select(Nonconformance).where(Nonconformance.family_id == family, *settled)
    ):
        ncr.state, ncr.closed_at, ncr.closed_event_id = NcrState.OPEN, None, None


def _held(ncr: Nonconformance) -> Select[Any]:
    where: list[ColumnElement[bool]] = [Lot.family_id == ncr.family_id, LotOperation.held > 0]
    if ncr.found_at_id is not None:
        where.append(LotOperation.operation_id == ncr.found_at_id)
    lots = select(LotOperation.lot_id).join(Lot, Lot.id == LotOperation.lot_id)
    return lots.where(*where).limit(1)


def _coming_back(ncr: Nonconformance) -> Select[Any]:
    """Find pieces of the family on the way that the reworked ones take, in a pass like theirs.

    Pieces have no names: while others are on that way in the same pass, it stays open.
    """
    first, here, last = aliased(Operation), aliased(Operation), aliased(Operation)
    again = and_(
        Disposition.kind.in_(AGAIN),
        here.sequence >= first.sequence,
        here.sequence <= last.sequence,
        LotOperation.pass_ > Disposition.pass_,
        or_(LEFT > 0, WAITING > 0, LotOperation.held > 0),
    )
    sorted_ = and_(
        Disposition.kind == DispositionKind.SORT,
        here.id == last.id,
        LotOperation.pass_ == Disposition.pass_,
        or_(WAITING > 0, LotOperation.held > 0),
    )
    return (
        decisions(Disposition.id)
        .join(last, last.id == Disposition.operation_id)
        .join(first, first.id == Disposition.back_to_id, isouter=True)
        .join(here, here.order_id == last.order_id)
        .join(LotOperation, LotOperation.operation_id == here.id)
        .where(Nonconformance.id == ncr.id, or_(again, sorted_))
        .limit(1)
    )


def _not_conceded(ncr: Nonconformance) -> Select[Any]:
    return (
        decisions(Disposition.id)
        .where(
            Nonconformance.id == ncr.id,
            Disposition.kind.in_(CONCEDED),
            Disposition.concession_id.is_(None),
        )
        .limit(1)
    )
