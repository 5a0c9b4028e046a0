"""Clearing a suspect: somebody with the right to release says that its pieces are sound."""

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from shopfloor.catalogue.chosen import require_reason
from shopfloor.catalogue.models import ReasonKind
from shopfloor.core.commands import Gate, Tx, command
from shopfloor.core.events import EventKind
from shopfloor.core.refusals import Refused
from shopfloor.production import work
from shopfloor.quality import in_stock
from shopfloor.quality.suspect_models import Suspect

CLEARED = EventKind(
    "suspect.cleared",
    _l("Suspicion cleared"),
    no_inverse_because="what turns out to be bad after all is locked by hand",
)


@dataclass(frozen=True)
class Cleared:
    """A lot that is no longer under suspicion because of one fail."""

    event_id: int
    lot: str
    lot_code: str


@command(Gate.JUDGE, "clearing a suspect lets nothing go on that was not free before")
def clear_suspect(tx: Tx, *, hold_id: int, lot: str, reason_id: int) -> Cleared:
    """Take a lot out of the suspects of a fail, with a reason."""
    lot_id = work.lock_family(tx.session, lot)
    found = in_stock.work_of(tx.session, lot_id)
    tx.act.rights.require("hold.release", *found.scopes())
    require_reason(tx.session, reason_id, ReasonKind.RELEASE)
    marks = tx.session.scalars(
        select(Suspect).where(
            Suspect.hold_id == hold_id, Suspect.lot_id == lot_id, Suspect.cleared_at.is_(None)
        )
    ).all()
    if not marks:
        raise Refused(
            _l("This lot is not under suspicion any more."), _l("Load the page."), rule="no_suspect"
        )
    event = tx.record(
        CLEARED,
        in_stock.where(tx, found, found.stops[0]),
        {"lot": str(lot_id), "hold": str(hold_id)},
        about=sorted({lot_id, found.order.id}),
        reason_id=reason_id,
    )
    for mark in marks:
        mark.cleared_at, mark.cleared_event_id = tx.act.when.at, event.id
    tx.react()
    return Cleared(event.id, found.subject.number or "", found.subject.code)
