"""Scanning for programs: what a code stands for, what locks it, and what may be done with it."""

from datetime import date
from typing import Annotated, Self

from flask import Blueprint
from pydantic import ConfigDict, Field
from sqlalchemy.orm import Session

from shopfloor.core.api import call
from shopfloor.core.api_fields import Body, Exact, Name, Thing, Told
from shopfloor.core.db import db
from shopfloor.core.next_steps import NextStep
from shopfloor.holds.told import HoldTold, holds_on
from shopfloor.people.access import requires, viewer
from shopfloor.people.viewer import Viewer
from shopfloor.production.queries import lot_view
from shopfloor.scanning import next_steps
from shopfloor.scanning.answers import message_about
from shopfloor.scanning.label import Label
from shopfloor.scanning.reach import within_reach
from shopfloor.scanning.resolve import LONGEST, Outcome, Scanned, resolve
from shopfloor.stock.models import LOT

bp = Blueprint("scanning_api", __name__)
VIEW = "work.view"


class Scan(Body):
    """What was read, and the code of what is open, such as an order, to look there first."""

    code: Annotated[str, Field(min_length=1, max_length=2 * LONGEST)]
    context: Name | None = None

    model_config = ConfigDict(json_schema_extra={"examples": [{"code": "B7K2M9QX4T"}]})


class FoundTold(Thing):
    """What a code stands for; what is archived takes no new use."""

    archived: bool


class NextStepTold(Told):
    """One thing to do now; `refusal` says why not."""

    verb: str
    label: str
    method: str
    url: str
    fields: dict[str, str]
    primary: bool
    refusal: str | None
    note: str | None

    @classmethod
    def of(cls, step: NextStep) -> Self:
        """Tell a next step in the words of its card."""
        return cls(
            verb=step.verb,
            label=str(step.label),
            method=step.method,
            url=step.url,
            fields=step.fields,
            primary=step.primary,
            refusal=str(step.refusal) or None,
            note=str(step.note) or None,
        )


class LabelTold(Told):
    """What a supplier's label says; `lot_doubtful` when a separator may be missing behind it."""

    gtin: str | None
    part: str | None
    supplier_part: str | None
    lot: str | None
    lot_doubtful: bool
    serial: str | None
    expiry: date | None
    best_before: date | None
    made_on: date | None
    packed_on: date | None
    quantity: Exact | None
    unit: str | None
    sscc: str | None
    order: str | None
    order_line: str | None
    supplier: str | None
    place: str | None
    others: dict[str, str]

    @classmethod
    def of(cls, label: Label) -> Self:
        """Tell a label."""
        same = {name: getattr(label, name) for name in cls.model_fields if hasattr(label, name)}
        return cls(**{**same, "others": dict(label.others), "lot_doubtful": label.doubtful})


class ScannedTold(Told):
    """What a scan came to: one subject, several to choose from, a badge, or nothing known."""

    outcome: Outcome
    shown: str
    message: str
    label: LabelTold | None
    subject: FoundTold | None
    found: list[FoundTold]
    holds: list[HoldTold]
    next_steps: list[NextStepTold]


@bp.post("/scan")
@requires(VIEW)
@call(takes=Scan, gives=ScannedTold)
def scan(body: Scan) -> ScannedTold:
    """Say what a code stands for, what locks it, and what may be done with it now."""
    return told(db.session(), viewer(), resolve(db.session(), body.code, body.context or ""))


def told(session: Session, person: Viewer, scanned: Scanned) -> ScannedTold:
    """Tell a scan; what lies outside the person's scope is unknown to him."""
    scanned = scanned.among(lambda found: within_reach(session, person.rights, found))
    found = scanned.found
    things = [
        FoundTold(kind=each.kind, code=each.code, number=each.number, archived=each.archived)
        for each in found
    ]
    only = found[0] if len(found) == 1 else None
    view = lot_view(session, person, only.code) if only and only.kind == LOT.name else None
    held = [hold.subject_id for hold in view.holds] if view else [each.id for each in found]
    return ScannedTold(
        outcome=scanned.outcome,
        shown=scanned.shown,
        message=message_about(scanned),
        label=LabelTold.of(scanned.label) if scanned.label else None,
        subject=things[0] if only else None,
        found=[] if only else things,
        holds=holds_on(session, held) if only else [],
        next_steps=[NextStepTold.of(step) for step in next_steps.for_lot(view)] if view else [],
    )
