"""Nonconformances as programs hear of them and write about them."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Self

from pydantic import ConfigDict, Field
from sqlalchemy import Row

from shopfloor.core.api_fields import (
    Body,
    Day,
    Exact,
    Id,
    Name,
    Named,
    Sequence,
    Text,
    Told,
    name_of,
)
from shopfloor.quality.commands.ncrs import MOST_PHOTOS, NcrKept
from shopfloor.quality.models import DispositionKind
from shopfloor.quality.ncr_models import Cause, Concession, NcrState, Nonconformance
from shopfloor.quality.ncr_money import Spent
from shopfloor.quality.ncr_queries import Decision, NcrPage
from shopfloor.quality.photo_api import Photo


class NcrListed(Named):
    """A nonconformance without what was decided; `hold` is the lock that a release names."""

    state: NcrState
    hold: Id
    item: str | None
    lot: str | None
    quantity: Exact
    decided: Exact
    cause: Cause | None
    owner: str | None
    deadline: date | None
    opened_at: datetime
    closed_at: datetime | None
    version: int

    @classmethod
    def told(cls, row: Row[Any]) -> Self:
        """Tell one of a list."""
        lot = row.lot_number or row.family_number
        facts = _facts(row.Nonconformance, row.item_number, lot, row.owner)
        return cls(code=row.Subject.code, number=row.Subject.number, **facts)


class DecisionTold(Told):
    """What was decided about a quantity."""

    lot: Named
    operation: int
    pass_: int = Field(alias="pass")
    kind: DispositionKind
    quantity: Exact
    back_to: int | None
    made: Named | None

    @classmethod
    def of(cls, decision: Decision) -> Self:
        """Tell one decision."""
        return cls.model_validate(
            {
                "lot": name_of(decision.lot),
                "operation": decision.sequence,
                "pass": decision.row.pass_,
                "kind": decision.row.kind,
                "quantity": decision.row.quantity,
                "back_to": decision.back_to,
                "made": name_of(decision.made) if decision.made else None,
            }
        )


class ConcessionTold(Told):
    """Why pieces that are not right may go on, and who has approved it."""

    number: str
    quantity: Exact
    words: str
    expires_on: date | None
    consent: str
    consent_photo: str | None
    approved_by: str
    approved_at: datetime
    used: bool

    @classmethod
    def of(cls, concession: Concession, approved_by: str) -> Self:
        """Tell a concession."""
        return cls(
            number=concession.number,
            quantity=concession.quantity,
            words=concession.words,
            expires_on=concession.expires_on,
            consent=concession.consent,
            consent_photo=concession.consent_sha256,
            approved_by=approved_by,
            approved_at=concession.approved_at,
            used=concession.used,
        )


class AmountTold(Told):
    """An amount in a currency."""

    amount: Exact
    currency: str


class SpentTold(Told):
    """What is known of a cost, and what of it is not: that is never counted as nothing."""

    known: list[AmountTold]
    unknown: list[str]

    @classmethod
    def of(cls, spent: Spent) -> Self:
        """Tell what was spent."""
        known = [AmountTold(amount=each.amount, currency=each.currency) for each in spent.money]
        return cls(known=known, unknown=spent.unknown)


class NcrTold(NcrListed):
    """A nonconformance with everything about it; `open` says what keeps it so.

    Photos are told by their SHA-256; `GET /ncrs/{code}/photos/{sha256}` sends one.
    """

    reason: dict[str, str] | None
    note: str
    found_at: int | None
    made_at: int | None
    cause_note: str
    photos: list[str]
    decisions: list[DecisionTold]
    concessions: list[ConcessionTold]
    open: list[str]
    material: SpentTold
    wages: SpentTold
    wages_between: SpentTold

    @classmethod
    def of(cls, found: NcrPage) -> Self:
        """Tell everything about one."""
        ncr, lot = found.ncr, found.lot or found.family
        found_at, made_at = found.operation(ncr.found_at_id), found.operation(ncr.made_at_id)
        owner = found.name(ncr.owner_id) or None
        return cls(
            code=found.subject.code,
            number=found.subject.number,
            reason=found.reason,
            note=found.hold.note,
            found_at=found_at.sequence if found_at else None,
            made_at=made_at.sequence if made_at else None,
            cause_note=ncr.cause_note,
            photos=found.photos,
            decisions=[DecisionTold.of(each) for each in found.decisions],
            concessions=[
                ConcessionTold.of(each, found.name(each.approved_by_id))
                for each in found.concessions
            ],
            open=[str(point) for point in found.open],
            material=SpentTold.of(found.money.material),
            wages=SpentTold.of(found.money.wages),
            wages_between=SpentTold.of(found.money.between),
            **_facts(ncr, found.item_subject.number, lot.number, owner),
        )


class NcrChange(Body):
    """What changes of a nonconformance as it was heard at `version`."""

    version: Id
    reason: Name | None = None
    quantity: Exact | None = None
    found_at: Sequence | None = None
    made_at: Sequence | None = None
    cause: Cause | None = None
    cause_note: Text | None = None
    owner: Name | None = Field(None, description="The code or number of a person.")
    deadline: Day | None = None
    photos: Annotated[tuple[Photo, ...], Field(max_length=MOST_PHOTOS)] = Field(
        (), description="Further ones; those that are there stay."
    )

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"version": 1, "cause": "machine", "made_at": 10, "quantity": "12"}]
        }
    )


class KeptTold(Named):
    """A nonconformance that was completed or closed."""

    event: Id
    state: NcrState
    version: int

    @classmethod
    def of(cls, kept: NcrKept) -> Self:
        """Tell how it stands now."""
        return cls(
            event=kept.event_id,
            code=kept.code,
            number=kept.number,
            state=kept.state,
            version=kept.version,
        )


def _facts(
    ncr: Nonconformance, item: str | None, lot: str | None, owner: str | None
) -> Mapping[str, Any]:
    return {
        "state": ncr.state,
        "hold": ncr.hold_id,
        "item": item,
        "lot": lot,
        "quantity": ncr.quantity,
        "decided": ncr.decided,
        "cause": ncr.cause,
        "owner": owner,
        "deadline": ncr.deadline,
        "opened_at": ncr.opened_at,
        "closed_at": ncr.closed_at,
        "version": ncr.version,
    }
