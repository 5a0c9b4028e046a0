"""The catalogue for programs: an ERP sends items and reasons here."""

from typing import Annotated

from flask import Blueprint
from pydantic import ConfigDict, Field

from shopfloor.catalogue import api_lists as lists
from shopfloor.catalogue.commands import add_item, add_reason
from shopfloor.catalogue.models import ReasonKind
from shopfloor.core.api import call
from shopfloor.core.api_fields import Asked, Body, Name, Names, Page, Thing, Yes
from shopfloor.core.db import db
from shopfloor.people.access import requires
from shopfloor.people.programs import doing

bp = Blueprint("catalogue_api", __name__)
EDIT, VIEW = "catalogue.edit", "work.view"
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
