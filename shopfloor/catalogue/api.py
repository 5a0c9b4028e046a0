"""The catalogue for programs: an ERP sends and changes items, partners and reasons here."""

from typing import Any

from flask import Blueprint
from flask_babel import lazy_gettext as _l
from pydantic import ConfigDict
from sqlalchemy.orm import Session

from shopfloor.catalogue import api_lists as lists
from shopfloor.catalogue.changes import change_item, change_partner, change_reason
from shopfloor.catalogue.commands import add_item, add_reason
from shopfloor.catalogue.entries import contact_of, details_of, item_entry, partner_entry
from shopfloor.catalogue.entry_fields import (
    ItemChange,
    NewItem,
    NewPartner,
    PartnerChange,
    ReasonChange,
    named_over,
)
from shopfloor.catalogue.items import ItemDetails
from shopfloor.catalogue.models import ITEM, REASON, Reason, ReasonKind
from shopfloor.catalogue.partners import NO_CONTACT, add_partner
from shopfloor.core.api import call
from shopfloor.core.api_fields import Body, Name, Names, Page, Thing, Yes
from shopfloor.core.db import db
from shopfloor.core.references import id_of
from shopfloor.core.refusals import Malformed
from shopfloor.core.sought import Sought
from shopfloor.core.subjects import find
from shopfloor.people.access import requires, viewer
from shopfloor.people.programs import doing

bp = Blueprint("catalogue_api", __name__)
EDIT, VIEW = "catalogue.edit", "work.view"


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
    """Add an item, a model with its features, or a variant of a model."""
    made = add_item(
        doing(), number=body.number, names=body.names.given(), **_as_sent(db.session(), body)
    )
    return Thing.of(made)


@bp.get("/items")
@requires(VIEW)
@call(asks=lists.AskedItems, gives=Page[lists.ItemTold])
def items(asked: lists.AskedItems) -> Page[lists.ItemTold]:
    """List the items, oldest first; their cost is told to who may edit them."""
    return lists.items(db.session(), asked, with_cost=viewer().rights.has(EDIT))


@bp.patch("/items/<code>")
@requires(EDIT)
@call(takes=ItemChange, gives=Thing)
def save_item(code: str, body: ItemChange) -> Thing:
    """Change some fields of an item; 409 with both sides when it was changed since `version`."""
    known = item_entry(db.session(), code, used=False)
    saved = change_item(
        doing(),
        item_id=known.item.id,
        version=body.version,
        names=named_over(body.names, known.item.names),
        unit=body.unit or known.item.unit,
        decimals=known.item.decimals if body.decimals is None else body.decimals,
        details=body.over(details_of(known.item, known.units)),
        features=body.wanted() if "features" in body.model_fields_set else None,
    )
    return Thing.of(saved)


@bp.post("/partners")
@requires(EDIT)
@call(takes=NewPartner, gives=Thing, status=201)
def new_partner(body: NewPartner) -> Thing:
    """Add a partner."""
    contact = body.over(NO_CONTACT)
    made = add_partner(doing(), number=body.number, names=body.names.given(), contact=contact)
    return Thing.of(made)


@bp.get("/partners")
@requires(EDIT)
@call(asks=Sought, gives=Page[lists.PartnerTold])
def partners(asked: Sought) -> Page[lists.PartnerTold]:
    """List the partners, oldest first."""
    return lists.partners(db.session(), asked)


@bp.patch("/partners/<code>")
@requires(EDIT)
@call(takes=PartnerChange, gives=Thing)
def save_partner(code: str, body: PartnerChange) -> Thing:
    """Change some fields of a partner; 409 with both sides when it was changed since `version`."""
    known = partner_entry(db.session(), code).partner
    saved = change_partner(
        doing(),
        partner_id=known.id,
        version=body.version,
        names=named_over(body.names, known.names),
        contact=body.over(contact_of(known)),
    )
    return Thing.of(saved)


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
@call(asks=Sought, gives=Page[lists.ReasonTold])
def reasons(asked: Sought) -> Page[lists.ReasonTold]:
    """List the reasons, oldest first."""
    return lists.reasons(db.session(), asked)


@bp.patch("/reasons/<code>")
@requires(EDIT)
@call(takes=ReasonChange, gives=Thing)
def save_reason(code: str, body: ReasonChange) -> Thing:
    """Change a reason; 409 with both sides when it was changed since `version`."""
    known = db.session.get_one(Reason, find(db.session(), REASON, code).id)
    saved = change_reason(
        doing(),
        reason_id=known.id,
        version=body.version,
        names=named_over(body.names, known.names),
        photo=known.photo if body.photo is None else body.photo,
    )
    return Thing.of(saved)


def _as_sent(session: Session, body: NewItem) -> dict[str, Any]:
    """Return what an item is made of; what a variant leaves out it takes from its model."""
    sent: dict[str, Any] = {"unit": body.unit, "decimals": body.decimals, "details": body.over()}
    if body.model is None:
        if body.choices:
            raise Malformed(_l("Name the model of the variant."), rule="bad_model", field="model")
        return sent | {"features": body.wanted()}
    id_of(session, ITEM, body.model, "model")
    model = item_entry(session, body.model, used=False)
    # What tells one item from all others is not taken over.
    alike = ItemDetails(
        tracking=model.item.tracking,
        shelf_life_days=model.item.shelf_life_days,
        units=tuple(model.units),
        consent_required=model.item.consent_required,
    )
    kept = {"unit", "decimals"} - body.model_fields_set
    return sent | {
        **{name: getattr(model.item, name) for name in kept},
        "details": body.over(alike),
        "features": body.wanted(),
        "model_id": model.item.id,
        "choices": body.choices,
    }
