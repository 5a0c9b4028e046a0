"""Splitting, joining and numbering lots for programs."""

from typing import Annotated, Self

from flask import Blueprint
from pydantic import ConfigDict, Field

from shopfloor.catalogue.models import REASON
from shopfloor.core.api import call
from shopfloor.core.api_fields import Booking, Exact, Id, Name, Named, Sequence, Text, Told
from shopfloor.core.db import db
from shopfloor.core.references import id_of
from shopfloor.core.subjects import Made
from shopfloor.people.access import requires
from shopfloor.people.programs import doing
from shopfloor.production.commands.parting import Parted, merge_lots, split_lot
from shopfloor.production.commands.serialising import Serialised, serialise_pieces
from shopfloor.production.commands.setting_apart import hold_part
from shopfloor.production.portions import Standing
from shopfloor.production.serials import MOST

bp = Blueprint("parting_api", __name__)
REPORT = "work.report"


class Split(Booking):
    """Pieces at an operation that become a lot: not yet reported, or waiting for an inspection."""

    operation: Sequence
    quantity: Exact
    standing: Standing = Standing.LEFT

    model_config = ConfigDict(json_schema_extra={"examples": [{"operation": 20, "quantity": "40"}]})


class LockPart(Split):
    """Pieces of a lot that are locked, and why; the rest of the lot goes on."""

    reason: Name
    note: Text = ""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"operation": 20, "quantity": "30", "reason": "doubt"}]}
    )


class Join(Booking):
    """The other lot of the same order, all of whose pieces at the operation join."""

    operation: Sequence
    other: Name

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"operation": 20, "other": "1042-2"}]}
    )


class Serials(Booking):
    """The serial numbers of pieces at an operation, one each."""

    operation: Sequence
    serials: Annotated[list[Name], Field(min_length=1, max_length=MOST)]

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"operation": 30, "serials": ["SN0001", "SN0002"]}]}
    )


class PartedTold(Told):
    """What went from one lot to the other, and what stands in each at the operation now."""

    event: int
    source: Named
    target: Named
    operation: int
    unit: str
    quantity: Exact
    source_here: Exact
    target_here: Exact

    @classmethod
    def of(cls, parted: Parted) -> Self:
        """Tell of a split or a join."""
        return cls(
            event=parted.event_id,
            source=_named(parted.source),
            target=_named(parted.target),
            operation=parted.operation,
            unit=parted.unit,
            quantity=parted.quantity,
            source_here=parted.source_here,
            target_here=parted.target_here,
        )


class PartHeldTold(PartedTold):
    """The lot that was made for the locked pieces; the lock's id is what a release names."""

    hold: Id


class SerialisedTold(Told):
    """The pieces that have their own numbers now; `left` are still without."""

    event: int
    lot: Named
    serials: list[Named]
    operation: int
    left: Exact

    @classmethod
    def of(cls, serialised: Serialised) -> Self:
        """Tell which pieces got which number."""
        return cls(
            event=serialised.event_id,
            lot=_named(serialised.lot),
            serials=[_named(made) for made in serialised.serials],
            operation=serialised.operation,
            left=serialised.left,
        )


def _named(made: Made) -> Named:
    return Named(code=made.code, number=made.number)


@bp.post("/lots/<code>/split")
@requires(REPORT)
@call(takes=Split, gives=PartedTold)
def split(code: str, body: Split) -> PartedTold:
    """Make counted pieces at an operation a lot of their own."""
    parted = split_lot(
        doing(body),
        lot=code,
        operation=body.operation,
        quantity=body.quantity,
        standing=body.standing,
    )
    return PartedTold.of(parted)


@bp.post("/lots/<code>/lock-part")
@requires("hold.place")
@call(takes=LockPart, gives=PartHeldTold)
def lock_part(code: str, body: LockPart) -> PartHeldTold:
    """Lock counted pieces of a lot at an operation; the rest of the lot goes on."""
    apart = hold_part(
        doing(body),
        lot=code,
        operation=body.operation,
        quantity=body.quantity,
        reason_id=id_of(db.session(), REASON, body.reason, "reason"),
        standing=body.standing,
        note=body.note,
    )
    return PartHeldTold(**vars(PartedTold.of(apart.parted)), hold=apart.hold_id)


@bp.post("/lots/<code>/join")
@requires(REPORT)
@call(takes=Join, gives=PartedTold)
def join(code: str, body: Join) -> PartedTold:
    """Let all pieces that another lot has at an operation join this lot."""
    merged = merge_lots(doing(body), lot=code, operation=body.operation, other=body.other)
    return PartedTold.of(merged)


@bp.post("/lots/<code>/serials")
@requires(REPORT)
@call(takes=Serials, gives=SerialisedTold)
def serials(code: str, body: Serials) -> SerialisedTold:
    """Give pieces at an operation their serial numbers."""
    serialised = serialise_pieces(
        doing(body), lot=code, operation=body.operation, serials=tuple(body.serials)
    )
    return SerialisedTold.of(serialised)
