"""Inspections and releases for programs."""

from typing import Any, Self

from flask import Blueprint
from pydantic import ConfigDict, Field

from shopfloor.catalogue.models import REASON
from shopfloor.core.api import call
from shopfloor.core.api_fields import (
    Body,
    Booking,
    Exact,
    Id,
    Name,
    Named,
    Sequence,
    Text,
    Told,
)
from shopfloor.core.db import db
from shopfloor.core.references import id_of, id_or_none
from shopfloor.people.access import requires, viewer
from shopfloor.people.programs import doing, signed
from shopfloor.production.api_told import EffectTold
from shopfloor.quality.check_api import Stop
from shopfloor.quality.commands.inspections import Judged, record_inspection
from shopfloor.quality.commands.releases import MEANING, Decided, Freed, release_hold
from shopfloor.quality.commands.retests import judge_retest
from shopfloor.quality.hold_api import ConcessionSent
from shopfloor.quality.in_stock import IN_STOCK
from shopfloor.quality.models import DispositionKind, Verdict
from shopfloor.quality.ncr_opening import OPENED
from shopfloor.quality.queries import within_reach

bp = Blueprint("quality_api", __name__)


class NewInspection(Booking):
    """A verdict on pieces that wait; without an operation where pieces of the lot wait first."""

    lot: Name
    operation: Stop | None = None
    verdict: Verdict
    quantity: Exact | None = Field(None, description="How many pass; all that wait when left out.")
    reason: Name | None = None
    note: Text = ""
    inspection: Id | None = Field(None, description="What was looked at; 409 when another is next.")

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"lot": "1042-1", "operation": 20, "verdict": "fail", "reason": "burr"}]
        }
    )


class HoldOpened(Told):
    """A lock that a verdict has opened."""

    id: Id
    release: str


class JudgedTold(Told):
    """A verdict and the locks it has opened."""

    event: int
    verdict: Verdict
    lot: Named
    operation: int
    names: dict[str, str]
    unit: str
    quantity: Exact
    source: Named | None = Field(
        description="Of pieces that were sorted out: the lot that they have left, and that goes on."
    )
    holds: list[HoldOpened]
    ncr: Named | None = Field(description="The nonconformance that a fail has opened.")
    effects: list[EffectTold]

    @classmethod
    def of(cls, judged: Judged) -> Self:
        """Tell what an inspection has decided."""
        opened = [] if judged.hold_id is None else [judged.hold_id]
        return cls(
            event=judged.event_id,
            verdict=judged.verdict,
            lot=Named(code=judged.lot_code, number=judged.lot or None),
            operation=judged.operation,
            names=judged.names,
            unit=judged.unit,
            quantity=judged.quantity,
            source=Named(code=left.code, number=left.number) if (left := judged.source) else None,
            ncr=next((Named(**e.detail) for e in judged.effects if e.name == OPENED), None),
            holds=[HoldOpened(id=n, release=f"/api/v1/holds/{n}/release") for n in opened],
            effects=[EffectTold(name=e.name, detail=e.detail) for e in judged.effects],
        )


class DispositionSent(Body):
    """What becomes of held pieces; `pass` counts the rework loops of the operation."""

    lot: Name
    operation: Sequence
    kind: DispositionKind
    quantity: Exact
    pass_: Sequence = Field(1, alias="pass")
    back_to: Sequence | None = Field(
        None, description="The operation where rework or repair begins again; none: the same one."
    )
    to_item: Name | None = Field(None, description="What downgraded pieces are from now on.")
    place: Name | None = Field(None, description="The store of downgraded pieces.")

    def decided(self) -> Decided:
        """Return the decision."""
        return Decided(
            self.lot,
            self.operation,
            self.kind,
            self.quantity,
            self.pass_,
            self.back_to,
            self.to_item,
            self.place,
        )


class Decision(Booking):
    """A decision about every held piece, signed with badge and PIN by a second person."""

    reason: Name
    dispositions: list[DispositionSent] = Field(default_factory=list, max_length=1000)
    concession: ConcessionSent | None = Field(
        None, description="Needed for use_as_is and repair, unless one was approved before."
    )
    badge: Name
    pin: Name

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "reason": "sorted",
                    "badge": "ZZ0123456789ABCDEFGHJK",
                    "pin": "0000",
                    "concession": {"words": "Measured again: within the limits."},
                    "dispositions": [
                        {"lot": "1042-1", "operation": 20, "kind": "use_as_is", "quantity": "46"},
                        {"lot": "1042-1", "operation": 20, "kind": "scrap", "quantity": "2"},
                    ],
                }
            ]
        }
    )


class Disposed(Told):
    """What was decided about held pieces."""

    lot: str
    operation: int
    kind: DispositionKind
    quantity: Exact
    pass_: int = Field(alias="pass")
    back_to: int | None
    to_item: str | None
    place: str | None

    @classmethod
    def of(cls, decided: Decided) -> Self:
        """Tell one decision."""
        facts = {name.rstrip("_"): value for name, value in vars(decided).items()}
        return cls.model_validate(facts)


class FreedTold(Told):
    """A released lock and what was decided about its pieces."""

    event: int
    hold: int
    lot: Named
    dispositions: list[Disposed]
    effects: list[EffectTold]

    @classmethod
    def of(cls, freed: Freed) -> Self:
        """Tell what a release has decided."""
        return cls(
            event=freed.event_id,
            hold=freed.hold_id,
            lot=Named(code=freed.lot_code, number=freed.lot or None),
            dispositions=[Disposed.of(each) for each in freed.dispositions],
            effects=[EffectTold(name=e.name, detail=e.detail) for e in freed.effects],
        )


@bp.post("/inspections")
@requires("inspection.record")
@call(takes=NewInspection, gives=JudgedTold)
def inspect(body: NewInspection) -> JudgedTold:
    """Give a verdict: a pass lets pieces go on, a fail locks the order and all made from it.

    Or only the lot, where the plan says so, and of pieces that were sorted out only these.
    """
    said: dict[str, Any] = {
        "lot": body.lot,
        "verdict": body.verdict,
        "reason_id": id_or_none(db.session(), REASON, body.reason, "reason"),
        "note": body.note,
        "check_id": body.inspection,
    }
    if body.operation == IN_STOCK:
        return JudgedTold.of(judge_retest(doing(body), **said))
    where: dict[str, Any] = {"operation": body.operation, "quantity": body.quantity}
    return JudgedTold.of(record_inspection(doing(body), **where, **said))


@bp.post("/holds/<int:hold_id>/release")
@requires("hold.release")
@call(takes=Decision, gives=FreedTold)
def release(hold_id: int, body: Decision) -> FreedTold:
    """Release a lock with a decision for every held piece."""
    within_reach(db.session(), viewer(), hold_id)
    reason_id = id_of(db.session(), REASON, body.reason, "reason")
    freed = release_hold(
        doing(body),
        hold_id=hold_id,
        signature_id=signed(body.badge, body.pin, MEANING),
        reason_id=reason_id,
        dispositions=tuple(each.decided() for each in body.dispositions),
        concession=body.concession.conceded() if body.concession else None,
    )
    return FreedTold.of(freed)
