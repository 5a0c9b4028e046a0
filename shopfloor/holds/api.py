"""Locking for programs."""

from typing import Self

from flask import Blueprint
from pydantic import ConfigDict, Field

from shopfloor.catalogue.models import REASON
from shopfloor.core.api import call
from shopfloor.core.api_fields import Booking, Id, Name, Text, Thing, Told, Yes
from shopfloor.core.db import db
from shopfloor.core.references import anything, id_of
from shopfloor.core.subjects import Made
from shopfloor.holds.commands import Placed, place_hold
from shopfloor.people.access import requires
from shopfloor.people.programs import doing

bp = Blueprint("holds_api", __name__)


class NewHold(Booking):
    """What is locked and why; `kind` tells things apart that have the same number."""

    subject: Name
    kind: Name | None = None
    reason: Name
    note: Text = ""
    nonconformance: Yes = Field(
        False, description="Pieces of this lot or order are bad: open a nonconformance, too."
    )

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"subject": "1042-1", "kind": "lot", "reason": "doubt", "note": "dents"}]
        }
    )


class PlacedTold(Told):
    """A lock that was opened; its id is what a release names."""

    id: Id
    subject: Thing

    @classmethod
    def of(cls, placed: Placed) -> Self:
        """Tell which lock was opened."""
        made = Made(placed.subject_id, placed.code, placed.number)
        return cls(id=placed.hold_id, subject=Thing.of(made))


@bp.post("/holds")
@requires("hold.place")
@call(takes=NewHold, gives=PlacedTold, status=201)
def hold(body: NewHold) -> PlacedTold:
    """Lock a lot, an order, an item, a station or a person until a second person releases it."""
    placed = place_hold(
        doing(body),
        subject_id=anything(db.session(), body.subject, body.kind, "subject").id,
        reason_id=id_of(db.session(), REASON, body.reason, "reason"),
        note=body.note,
        nonconformance=body.nonconformance,
    )
    return PlacedTold.of(placed)
