"""Why pieces run again: what whoever reworks or repairs them is to put right."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session, aliased

from shopfloor.catalogue.models import Reason
from shopfloor.core.db import rows
from shopfloor.core.subjects import Subject
from shopfloor.core.words import in_words
from shopfloor.holds.gate import said
from shopfloor.holds.models import Hold, HoldSource
from shopfloor.production.models import Operation
from shopfloor.production.queries import LotView
from shopfloor.quality.disposing import AGAIN
from shopfloor.quality.models import Disposition, DispositionKind
from shopfloor.quality.ncr_models import Nonconformance
from shopfloor.stock.models import Lot

ZERO = Decimal(0)


@dataclass(frozen=True)
class Again:
    """A decision because of which pieces run again: what was wrong, and why they may."""

    kind: DispositionKind
    names: Mapping[str, str] | None
    note: str
    source: HoldSource
    decided: Mapping[str, str] | None
    ncr: str | None

    @property
    def wrong(self) -> str:
        """Return what was wrong, with the inspector's note behind it."""
        return said(in_words(self.names), self.note, self.source)


_first, _wrong, _decided, _ncr = (
    aliased(Operation),
    aliased(Reason),
    aliased(Reason),
    aliased(Subject),
)
_AGAIN = (
    select(
        Disposition.kind,
        _wrong.names.label("names"),
        Hold.note,
        Hold.source,
        _decided.names.label("decided"),
        _ncr.code.label("ncr"),
    )
    .join(Hold, Hold.id == Disposition.hold_id)
    .join(Lot, Lot.id == Disposition.lot_id)
    .join(Operation, Operation.id == Disposition.operation_id)
    .join(_first, _first.id == Disposition.back_to_id, isouter=True)
    .join(Nonconformance, Nonconformance.hold_id == Hold.id, isouter=True)
    .join(_ncr, _ncr.id == Nonconformance.id, isouter=True)
    .join(
        _wrong, _wrong.id == func.coalesce(Nonconformance.reason_id, Hold.reason_id), isouter=True
    )
    .join(_decided, _decided.id == Hold.release_reason_id, isouter=True)
    .where(
        Lot.family_id == bindparam("family"),
        Disposition.kind.in_(AGAIN),
        Disposition.pass_.in_(bindparam("passes", expanding=True)),
        func.coalesce(_first.sequence, Operation.sequence) <= bindparam("here"),
        Operation.sequence >= bindparam("here"),
    )
    .order_by(Disposition.id.desc())
    .limit(3)
)


def again_at(session: Session, view: LotView) -> tuple[Decimal, list[Again]]:
    """Return how many pieces here run again, and why, the latest decision first.

    One statement, and none for pieces that are here for the first time.
    """
    here = [row for row in view.here.passes if row.pass_ > 1 and row.left > 0] if view.here else []
    if not here or view.here is None:
        return ZERO, []
    asked = {
        "family": view.work.lot.family_id,
        "passes": [row.pass_ - 1 for row in here],
        "here": view.here.operation.sequence,
    }
    found = [Again(*row) for row in rows(session, _AGAIN, asked)]
    return sum((row.left for row in here), ZERO), found
