"""Locked numbers for programs: a supplier's recall may come out of another program."""

from datetime import datetime
from typing import Annotated, Self

from flask import Blueprint
from pydantic import ConfigDict, Field

from shopfloor.catalogue.models import REASON
from shopfloor.core.api import call, part_of
from shopfloor.core.api_fields import Asked, Booking, Id, Name, Page, Text, Told
from shopfloor.core.db import db
from shopfloor.core.references import id_of, id_or_none
from shopfloor.holds import number_queries as queries
from shopfloor.holds.number_commands import (
    MEANING,
    NumbersFreed,
    NumbersLocked,
    lift_numbers,
    lock_numbers,
)
from shopfloor.holds.number_models import NumberKind, NumberLock
from shopfloor.people.access import requires, viewer
from shopfloor.people.programs import doing, signed
from shopfloor.plant.models import SITE

bp = Blueprint("numbers_api", __name__)
SEE, LOCK = "work.view", "hold.place"


class AskedNumberLocks(Asked):
    """Which part of the locked numbers: those in force, or those that were lifted."""

    search: Annotated[str, Field(max_length=80)] | None = None
    lifted: bool = False


class NumberLockTold(Told):
    """Locked numbers; `lots` is how many lots have been held because of them."""

    id: Id
    kind: NumberKind
    first: str
    last: str | None
    reason: dict[str, str]
    note: str
    placed_by: str
    placed_at: datetime
    lifted_at: datetime | None
    lots: int


class NewNumberLock(Booking):
    """Numbers to lock: one, a pattern with *, or with `last` the ends of a row."""

    kind: NumberKind = NumberKind.LOT
    first: Name
    last: Name | None = None
    site: Name | None = Field(None, description="Without one they are locked at every site.")
    reason: Name
    note: Text = ""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"kind": "supplier_lot", "first": "H-70*", "reason": "doubt", "note": "recalled"}
            ]
        }
    )


class NumbersLockedTold(Told):
    """Numbers that are locked from now on, and how many lots with them were held at once."""

    event: Id
    id: Id
    lots: int

    @classmethod
    def of(cls, locked: NumbersLocked) -> Self:
        """Tell what was locked."""
        return cls(event=locked.event_id, id=locked.number_lock_id, lots=locked.lots)


class Lifting(Booking):
    """Why the numbers are free again, signed with badge and PIN by a second person."""

    reason: Name
    badge: Name
    pin: Name

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"reason": "sorted", "badge": "ZZ0123456789ABCDEFGHJK", "pin": "0000"}]
        }
    )


class NumbersFreedTold(Told):
    """Numbers that are free again; lots that were held stay so until they are released."""

    event: Id
    id: Id

    @classmethod
    def of(cls, freed: NumbersFreed) -> Self:
        """Tell what was lifted."""
        return cls(event=freed.event_id, id=freed.number_lock_id)


@bp.get("/number-locks")
@requires(SEE)
@call(asks=AskedNumberLocks, gives=Page[NumberLockTold])
def number_locks(asked: AskedNumberLocks) -> Page[NumberLockTold]:
    """List the locked numbers, oldest first."""
    query = queries.number_locks(viewer().rights, asked.search or "", lifted=asked.lifted)
    rows, after = part_of(db.session(), query.order_by(None), NumberLock.id, asked)
    return Page(
        entries=[_told(lock, names, by, held) for lock, names, by, held, _ in rows], next=after
    )


@bp.post("/number-locks")
@requires(LOCK)
@call(takes=NewNumberLock, gives=NumbersLockedTold, status=201)
def lock(body: NewNumberLock) -> NumbersLockedTold:
    """Lock numbers: lots that have one now are held at once, later ones when they are made."""
    locked = lock_numbers(
        doing(body),
        kind=body.kind,
        first=body.first,
        last=body.last,
        site_id=id_or_none(db.session(), SITE, body.site, "site"),
        reason_id=id_of(db.session(), REASON, body.reason, "reason"),
        note=body.note,
    )
    return NumbersLockedTold.of(locked)


@bp.post("/number-locks/<int:number>/lift")
@requires("hold.release")
@call(takes=Lifting, gives=NumbersFreedTold)
def lift(number: int, body: Lifting) -> NumbersFreedTold:
    """Lift a lock on numbers."""
    queries.number_lock(db.session(), viewer().rights, number)
    reason_id = id_of(db.session(), REASON, body.reason, "reason")
    signature_id = signed(body.badge, body.pin, MEANING)
    return NumbersFreedTold.of(
        lift_numbers(
            doing(body), number_lock_id=number, signature_id=signature_id, reason_id=reason_id
        )
    )


def _told(lock: NumberLock, reason: dict[str, str], placed_by: str, lots: int) -> NumberLockTold:
    return NumberLockTold(
        id=lock.id,
        kind=lock.kind,
        first=lock.first,
        last=lock.last,
        reason=reason,
        note=lock.note,
        placed_by=placed_by,
        placed_at=lock.placed_at,
        lifted_at=lock.lifted_at,
        lots=lots,
    )
