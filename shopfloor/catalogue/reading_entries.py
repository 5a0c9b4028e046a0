"""Reading items and partners from their forms."""

from shopfloor.catalogue.items import ItemDetails
from shopfloor.catalogue.models import Tracking
from shopfloor.catalogue.partners import Contact
from shopfloor.catalogue.units import read_units
from shopfloor.core.forms import Form


def read_details(form: Form) -> ItemDetails:
    """Return what an item's form says besides its number, names, unit and decimals."""
    cost = form.text("cost", 40)
    tracking = form.text("tracking", 10)
    return ItemDetails(
        tracking=Tracking(tracking) if tracking in tuple(Tracking) else Tracking.LOT,
        shelf_life_days=form.whole("shelf_life_days"),
        gtin=form.text("gtin", 40) or None,
        cost=form.quantity("cost") if cost else None,
        cost_currency=form.text("cost_currency", 3).upper() or None if cost else None,
        other_number=form.text("other_number", 80) or None,
        synonyms=form.lines("synonyms"),
        category=form.text("category", 80) or None,
        consent_required=form.text("consent_required", 1) == "1",
        units=read_units(form.lines("units"), form.text("unit", 20)),
    )


def read_contact(form: Form) -> Contact:
    """Return what a partner's form says besides its number and names."""
    return Contact(
        supplier=bool(form.text("supplier")),
        customer=bool(form.text("customer")),
        contractor=bool(form.text("contractor")),
        email=form.text("email", 200) or None,
        phone=form.text("phone", 60) or None,
        address=form.lines("address"),
        synonyms=form.lines("synonyms"),
    )
