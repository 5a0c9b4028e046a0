"""Shifts for programs: a planning system reads the hours, adds shifts and changes them."""

from typing import Annotated, Any

from flask import Blueprint
from pydantic import ConfigDict, Field
from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased

from shopfloor.catalogue.entry_fields import named_over
from shopfloor.core.api import call, part_of
from shopfloor.core.api_fields import Body, Id, Name, Named, Names, Page, Thing, name_of
from shopfloor.core.db import db
from shopfloor.core.editing import Overtaken
from shopfloor.core.references import id_or_none, names_of, nothing_under
from shopfloor.core.sought import Sought, narrowed
from shopfloor.core.subjects import Subject, find
from shopfloor.people.access import requires, viewer
from shopfloor.people.models import PERSON
from shopfloor.people.programs import doing
from shopfloor.plant.changes import change_shift, piece_of
from shopfloor.plant.commands import add_shift
from shopfloor.plant.models import SHIFT, SITE, Shift

bp = Blueprint("shifts_api", __name__)
EDIT, VIEW = "plant.edit", "work.view"
Minute = Annotated[int, Field(strict=True, ge=0, le=1439)]


class NewShift(Body):
    """A shift in minutes after midnight on its site's clock; one that ends earlier crosses it."""

    number: Name
    names: Names
    site: Name | None = None
    starts_minute: Minute
    ends_minute: Minute
    leader: Name | None = None

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "number": "early",
                    "names": {"en": "Early", "zh": "早班"},
                    "starts_minute": 360,
                    "ends_minute": 840,
                }
            ]
        }
    )


class ShiftChange(Body):
    """What changes of a shift as it was heard at `version`; null takes the leader away."""

    version: Id
    names: Names = Names()
    starts_minute: Minute = 0
    ends_minute: Minute = 0
    leader: Name | None = None

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"version": 1, "starts_minute": 420, "ends_minute": 900}]}
    )


class ShiftTold(Named):
    """A shift in minutes after midnight on its site's clock; one that ends earlier crosses it."""

    names: dict[str, str]
    site: Named
    starts_minute: int
    ends_minute: int
    leader: Named | None
    version: int
    archived: bool


@bp.get("/shifts")
@requires(VIEW)
@call(asks=Sought, gives=Page[ShiftTold])
def shifts(asked: Sought) -> Page[ShiftTold]:
    """List the shifts, oldest first."""
    return listed(db.session(), asked, viewer().rights.scopes(VIEW))


@bp.post("/shifts")
@requires(EDIT)
@call(takes=NewShift, gives=Thing, status=201)
def new_shift(body: NewShift) -> Thing:
    """Add a shift to a site, the token's if none is named."""
    site_id = id_or_none(db.session(), SITE, body.site, "site") or viewer().site_id
    made = add_shift(
        doing(),
        site_id=site_id,
        number=body.number,
        names=body.names.given(),
        starts_minute=body.starts_minute,
        ends_minute=body.ends_minute,
        leader_id=_leader(db.session(), body.leader, site_id),
    )
    return Thing.of(made)


@bp.patch("/shifts/<code>")
@requires(EDIT)
@call(takes=ShiftChange, gives=Thing)
def save_shift(code: str, body: ShiftChange) -> Thing:
    """Change a shift; 409 with both sides when it was changed since `version`.

    What was booked before keeps the shift that it was booked in.
    """
    subject = find(db.session(), SHIFT, code)
    piece_of(db.session(), subject.code, viewer().rights)
    shift = db.session.get_one(Shift, subject.id)
    over = _over(db.session(), shift, body)
    try:
        saved = change_shift(doing(), shift_id=shift.id, version=body.version, **over)
    except Overtaken as late:
        late.more = {**late.more, "now": _now(db.session(), late)}
        raise
    return Thing.of(saved)


def listed(session: Session, asked: Sought, scopes: frozenset[int] | None) -> Page[ShiftTold]:
    """Return a part of the shifts of some sites (None: all) with their leaders; two statements."""
    site = aliased(Subject)
    query = select(Subject, Shift, site).join(Shift, Shift.id == Subject.id)
    query = query.join(site, site.id == Shift.site_id)
    if scopes is not None:
        query = query.where(or_(Shift.site_id.in_(scopes), Shift.id.in_(scopes)))
    rows, after = part_of(session, narrowed(query, asked, Shift.found_by), Shift.id, asked)
    leaders = names_of(session, (shift.leader_id for _subject, shift, *_ in rows))
    told = [
        ShiftTold(
            code=subject.code,
            number=subject.number,
            names=shift.names,
            site=name_of(at),
            starts_minute=shift.starts_minute,
            ends_minute=shift.ends_minute,
            leader=leaders.get(shift.leader_id or 0),
            version=shift.version,
            archived=subject.archived_at is not None,
        )
        for subject, shift, at, _id in rows
    ]
    return Page(entries=told, next=after)


def _over(session: Session, shift: Shift, body: ShiftChange) -> dict[str, Any]:
    """Return what the shift shall be: what was sent, and what there is of all the rest."""
    known = {name: getattr(shift, name) for name in ("starts_minute", "ends_minute", "leader_id")}
    sent = body.model_dump(include=known.keys() & body.model_fields_set)
    if "leader" in body.model_fields_set:
        sent["leader_id"] = _leader(session, body.leader, shift.site_id)
    return {**known, **sent, "names": named_over(body.names, shift.names)}


def _leader(session: Session, reference: str | None, site_id: int) -> int | None:
    """Return who leads; somebody of another site is not there, so that no login is found out."""
    leader_id = id_or_none(session, PERSON, reference, "leader")
    if leader_id is not None and session.get_one(Subject, leader_id).site_id != site_id:
        raise nothing_under(reference or "", "leader")
    return leader_id


def _now(session: Session, late: Overtaken) -> dict[str, str]:
    """Return what is stored under the names that programs know."""
    now = dict(late.now)
    starts, ends, leader = (now.pop(name) for name in ("starts", "ends", "leader"))
    leaders = names_of(session, [int(leader)] if leader else [])
    return now | {
        "starts_minute": str(_minute(starts)),
        "ends_minute": str(_minute(ends)),
        "leader": next((each.code for each in leaders.values()), ""),
    }


def _minute(wall_clock: str) -> int:
    hours, minutes = wall_clock.split(":")
    return int(hours) * 60 + int(minutes)
