"""BOMs and routings for programs: an ERP sends the next revision here."""

from datetime import date
from typing import Annotated, TypedDict

from flask import Blueprint
from pydantic import ConfigDict, Field

from shopfloor.catalogue import revision_lists as lists
from shopfloor.catalogue.boms import Material, add_bom
from shopfloor.catalogue.models import ITEM
from shopfloor.catalogue.routings import Step, add_routing
from shopfloor.core.api import call
from shopfloor.core.api_fields import (
    Asked,
    Body,
    Day,
    Exact,
    Name,
    Names,
    Page,
    Sequence,
    Thing,
    Yes,
)
from shopfloor.core.db import db
from shopfloor.core.references import id_of, id_or_none, ids_of
from shopfloor.people.access import requires
from shopfloor.people.models import SKILL
from shopfloor.people.programs import doing
from shopfloor.plant.models import STATION

bp = Blueprint("revisions_api", __name__)
EDIT, VIEW = "catalogue.edit", "work.view"
Percent = Annotated[int, Field(strict=True, ge=0, le=100)]
Revision = Annotated[int, Field(strict=True, ge=0, le=1_000_000)]


class NewMaterial(Body):
    """How much of an item goes into one piece, in `unit` or else the item's own.

    Both days are good days. `only_for` names choices of a model's variants, by their keys.
    """

    item: Name
    quantity: Exact
    unit: Annotated[str, Field(min_length=1, max_length=20)] | None = None
    valid_from: Day | None = None
    valid_to: Day | None = None
    only_for: dict[Name, Annotated[list[Name], Field(min_length=1, max_length=60)]] = Field(
        default_factory=dict, max_length=6
    )


class NewBom(Body):
    """The next revision of what goes into an item, for every day unless it says from when.

    `seen` is the newest revision that the sender knows, 0 for none: another one since is a 409.
    """

    item: Name
    valid_from: Day | None = None
    valid_to: Day | None = None
    seen: Revision | None = None
    materials: Annotated[list[NewMaterial], Field(min_length=1, max_length=1000)]

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"item": "A-100", "materials": [{"item": "R-7", "quantity": "1.5"}]}]
        }
    )


class NewOperation(Body):
    """One step of a routing; `inspect` lets nothing go on before a pass.

    `skill` is what its workers must have; `serialise` numbers each piece here; `confirm_count`
    lets whoever works here count first what was handed over.
    """

    sequence: Sequence
    names: Names
    station: Name
    inspect: Yes = False
    tolerance_percent: Percent = 0
    skill: Name | None = None
    serialise: Yes = False
    confirm_count: Yes = False


class NewRouting(Body):
    """The next revision of how an item is made, for every day unless it says from when.

    `seen` is the newest revision that the sender knows, 0 for none: another one since is a 409.
    """

    item: Name
    valid_from: Day | None = None
    valid_to: Day | None = None
    seen: Revision | None = None
    operations: Annotated[list[NewOperation], Field(min_length=1, max_length=200)]

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "item": "A-100",
                    "operations": [
                        {"sequence": 10, "names": {"en": "Saw"}, "station": "S1"},
                        {
                            "sequence": 20,
                            "names": {"en": "Mill"},
                            "station": "S2",
                            "inspect": True,
                        },
                    ],
                }
            ]
        }
    )


class AskedOfItem(Asked):
    """Which part of a list, and of which item only."""

    item: Name | None = None


class Days(TypedDict):
    """From when and through which day a revision is good, and what its sender has seen."""

    valid_from: date | None
    valid_to: date | None
    seen: int | None


@bp.post("/boms")
@requires(EDIT)
@call(takes=NewBom, gives=Thing, status=201)
def new_bom(body: NewBom) -> Thing:
    """Add the next revision of a BOM; running orders keep theirs."""
    wanted = [body.item, *(line.item for line in body.materials)]
    ids = ids_of(db.session(), ITEM, wanted, "item")
    materials = tuple(
        Material(
            ids[line.item],
            line.quantity,
            line.unit,
            line.valid_from,
            line.valid_to,
            line.only_for,
        )
        for line in body.materials
    )
    item_id, days = ids[body.item], _days(body)
    return Thing.of(add_bom(doing(), item_id=item_id, materials=materials, **days))


@bp.get("/boms")
@requires(VIEW)
@call(asks=AskedOfItem, gives=Page[lists.BomTold])
def boms(asked: AskedOfItem) -> Page[lists.BomTold]:
    """List the revisions of all BOMs or of one item's, oldest first."""
    item_id = id_or_none(db.session(), ITEM, asked.item, "item")
    return lists.boms(db.session(), asked, item_id)


@bp.post("/routings")
@requires(EDIT)
@call(takes=NewRouting, gives=Thing, status=201)
def new_routing(body: NewRouting) -> Thing:
    """Add the next revision of a routing; running orders keep theirs."""
    item_id = id_of(db.session(), ITEM, body.item, "item")
    return Thing.of(add_routing(doing(), item_id=item_id, steps=_steps(body), **_days(body)))


@bp.get("/routings")
@requires(VIEW)
@call(asks=AskedOfItem, gives=Page[lists.RoutingTold])
def routings(asked: AskedOfItem) -> Page[lists.RoutingTold]:
    """List the revisions of all routings or of one item's, oldest first."""
    item_id = id_or_none(db.session(), ITEM, asked.item, "item")
    return lists.routings(db.session(), asked, item_id)


def _days(body: NewBom | NewRouting) -> Days:
    return {"valid_from": body.valid_from, "valid_to": body.valid_to, "seen": body.seen}


def _steps(body: NewRouting) -> tuple[Step, ...]:
    stations = ids_of(db.session(), STATION, {o.station for o in body.operations}, "station")
    skills = ids_of(db.session(), SKILL, {o.skill for o in body.operations if o.skill}, "skill")
    return tuple(
        Step(
            o.sequence,
            o.names.given(),
            stations[o.station],
            o.inspect,
            o.tolerance_percent,
            skills[o.skill] if o.skill else None,
            o.serialise,
            o.confirm_count,
        )
        for o in body.operations
    )
