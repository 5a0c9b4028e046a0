"""The catalogue for programs: an ERP sends items, BOMs, routings and reasons here."""

from typing import Annotated

from flask import Blueprint
from pydantic import ConfigDict, Field

from shopfloor.catalogue import api_lists as lists
from shopfloor.catalogue.boms import Material, add_bom
from shopfloor.catalogue.commands import add_item, add_reason
from shopfloor.catalogue.models import ITEM, ReasonKind
from shopfloor.catalogue.routings import Step, add_routing
from shopfloor.core.api import call
from shopfloor.core.api_fields import Asked, Body, Exact, Name, Names, Page, Sequence, Thing, Yes
from shopfloor.core.db import db
from shopfloor.core.references import id_of, id_or_none, ids_of
from shopfloor.people.access import requires
from shopfloor.people.programs import doing
from shopfloor.plant.models import STATION

bp = Blueprint("catalogue_api", __name__)
EDIT, VIEW = "catalogue.edit", "work.view"
Percent = Annotated[int, Field(strict=True, ge=0, le=100)]
Decimals = Annotated[int, Field(strict=True, ge=0, le=6)]


class NewItem(Body):
    """A material, a part or a product."""

    number: Name
    names: Names
    unit: Annotated[str, Field(min_length=1, max_length=20)] = "pcs"
    decimals: Decimals = 0

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"number": "A-100", "names": {"en": "Housing", "zh": "外壳"}}]
        }
    )


class NewMaterial(Body):
    """How much of an item goes into one piece, in the item's own unit."""

    item: Name
    quantity: Exact


class NewBom(Body):
    """The next revision of what goes into an item."""

    item: Name
    materials: Annotated[list[NewMaterial], Field(min_length=1, max_length=1000)]

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"item": "A-100", "materials": [{"item": "R-7", "quantity": "1.5"}]}]
        }
    )


class NewOperation(Body):
    """One step of a routing; `inspect` lets nothing go on before a pass."""

    sequence: Sequence
    names: Names
    station: Name
    inspect: Yes = False
    tolerance_percent: Percent = 0


class NewRouting(Body):
    """The next revision of how an item is made."""

    item: Name
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


class NewReason(Body):
    """A reason people choose instead of typing; `photo` asks for a picture with it."""

    explains: ReasonKind
    number: Name
    names: Names
    photo: Yes = False

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"explains": "scrap", "number": "burr", "names": {"en": "Burr"}}]
        }
    )


class AskedOfItem(Asked):
    """Which part of a list, and of which item only."""

    item: Name | None = None


@bp.post("/items")
@requires(EDIT)
@call(takes=NewItem, gives=Thing, status=201)
def new_item(body: NewItem) -> Thing:
    """Add an item."""
    made = add_item(
        doing(),
        number=body.number,
        names=body.names.given(),
        unit=body.unit,
        decimals=body.decimals,
    )
    return Thing.of(made)


@bp.get("/items")
@requires(VIEW)
@call(asks=Asked, gives=Page[lists.ItemTold])
def items(asked: Asked) -> Page[lists.ItemTold]:
    """List the items, oldest first."""
    return lists.items(db.session(), asked)


@bp.post("/boms")
@requires(EDIT)
@call(takes=NewBom, gives=Thing, status=201)
def new_bom(body: NewBom) -> Thing:
    """Add the next revision of a BOM; running orders keep theirs."""
    wanted = [body.item, *(line.item for line in body.materials)]
    ids = ids_of(db.session(), ITEM, wanted, "item")
    materials = tuple(Material(ids[line.item], line.quantity) for line in body.materials)
    return Thing.of(add_bom(doing(), item_id=ids[body.item], materials=materials))


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
    stations = ids_of(db.session(), STATION, {o.station for o in body.operations}, "station")
    steps = tuple(
        Step(o.sequence, o.names.given(), stations[o.station], o.inspect, o.tolerance_percent)
        for o in body.operations
    )
    return Thing.of(add_routing(doing(), item_id=item_id, steps=steps))


@bp.get("/routings")
@requires(VIEW)
@call(asks=AskedOfItem, gives=Page[lists.RoutingTold])
def routings(asked: AskedOfItem) -> Page[lists.RoutingTold]:
    """List the revisions of all routings or of one item's, oldest first."""
    item_id = id_or_none(db.session(), ITEM, asked.item, "item")
    return lists.routings(db.session(), asked, item_id)


@bp.post("/reasons")
@requires(EDIT)
@call(takes=NewReason, gives=Thing, status=201)
def new_reason(body: NewReason) -> Thing:
    """Add a reason."""
    made = add_reason(
        doing(),
        kind=body.explains,
        number=body.number,
        names=body.names.given(),
        photo=body.photo,
    )
    return Thing.of(made)


@bp.get("/reasons")
@requires(VIEW)
@call(asks=Asked, gives=Page[lists.ReasonTold])
def reasons(asked: Asked) -> Page[lists.ReasonTold]:
    """List the reasons, oldest first."""
    return lists.reasons(db.session(), asked)
