"""What programs send about items and partners; what a change leaves out stays as it is."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Annotated, Any, TypeVar

from pydantic import ConfigDict, Field

from shopfloor.catalogue.features import MOST_FEATURES, MOST_VALUES, Wanted
from shopfloor.catalogue.items import NO_DETAILS, ItemDetails
from shopfloor.catalogue.models import Tracking
from shopfloor.catalogue.partners import Contact
from shopfloor.catalogue.units import UnitFactor
from shopfloor.core.api_fields import Body, Exact, Id, Name, Names, Yes

Unit = Annotated[str, Field(min_length=1, max_length=20)]
Decimals = Annotated[int, Field(strict=True, ge=0, le=6)]
Category = Annotated[str, Field(max_length=80)]
Long = Annotated[str, Field(max_length=2000)]
Key = Annotated[str, Field(pattern=r"^[a-z0-9]{1,20}$")]
T = TypeVar("T", ItemDetails, Contact)


class OtherUnit(Body):
    """Another unit: one of it is exactly numerator/denominator of the item's own."""

    unit: Unit
    numerator: Id
    denominator: Id = 1


class ValueSent(Body):
    """A value of a feature; without a key it keeps that of the value of the same name."""

    key: Key | None = None
    names: Names

    def wanted(self) -> Wanted:
        """Return what is wanted."""
        return Wanted(self.names.given(), self.key)


class FeatureSent(ValueSent):
    """What the variants of a model differ in, such as size or colour."""

    values: Annotated[tuple[ValueSent, ...], Field(min_length=1, max_length=MOST_VALUES)]

    def wanted(self) -> Wanted:
        """Return what is wanted."""
        values = tuple(value.wanted() for value in self.values)
        return Wanted(self.names.given(), self.key, values)


class Details(Body):
    """What an item has besides its names and its own unit."""

    tracking: Tracking = Tracking.LOT
    shelf_life_days: Annotated[int, Field(strict=True, ge=1, le=36500)] | None = None
    gtin: Annotated[str, Field(max_length=20)] | None = Field(
        None, description="8, 12, 13 or 14 digits with their check digit; told with 14."
    )
    cost: Exact | None = None
    cost_currency: Annotated[str, Field(max_length=3)] | None = None
    other_number: Name | None = None
    synonyms: Long = ""
    category: Category | None = Field(
        None, description="What it is a kind of; plans and lists take such items together."
    )
    consent_required: Yes = Field(
        False, description="Pieces that are not right go on only when the customer agrees."
    )
    units: Annotated[tuple[OtherUnit, ...], Field(max_length=20)] = ()
    features: Annotated[tuple[FeatureSent, ...], Field(max_length=MOST_FEATURES)] = Field(
        (), description="What the variants of a model differ in; a variant has none of its own."
    )

    def wanted(self) -> tuple[Wanted, ...]:
        """Return the features that were sent."""
        return tuple(feature.wanted() for feature in self.features)

    def over(self, details: ItemDetails = NO_DETAILS) -> ItemDetails:
        """Return the details with what was sent put over them."""
        units = tuple(UnitFactor(u.unit, u.numerator, u.denominator) for u in self.units)
        return _over(self, details, {"units": units})


class NewItem(Details):
    """A material, a part or a product; or a variant, which takes from its model what is left out.

    `choices` of a variant name one value of every feature of its model, by their keys.
    """

    number: Name
    names: Names
    unit: Unit = "pcs"
    decimals: Decimals = 0
    model: Name | None = None
    choices: Annotated[dict[Name, Name], Field(max_length=MOST_FEATURES)] = Field(
        default_factory=dict
    )

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"number": "A-100", "names": {"en": "Housing", "zh": "外壳"}}]
        }
    )


class ItemChange(Details):
    """What changes of an item as it was heard at `version`; names are put over those there are."""

    version: Id
    names: Names = Names()
    unit: Unit | None = None
    decimals: Decimals | None = None


class Contacts(Body):
    """What a partner is to us, and how one reaches him."""

    supplier: Yes = False
    customer: Yes = False
    contractor: Yes = False
    email: Annotated[str, Field(max_length=200)] | None = None
    phone: Annotated[str, Field(max_length=40)] | None = None
    address: Long = ""
    synonyms: Long = ""

    def over(self, contact: Contact) -> Contact:
        """Return the contact with what was sent put over it."""
        return _over(self, contact, {})


class NewPartner(Contacts):
    """Another company: a supplier, a customer, a contract manufacturer."""

    number: Name
    names: Names

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"number": "V-1", "names": {"en": "Castings Ltd"}, "supplier": True}]
        }
    )


class PartnerChange(Contacts):
    """What changes of a partner as it was heard at `version`."""

    version: Id
    names: Names = Names()


class ReasonChange(Body):
    """What changes of a reason as it was heard at `version`."""

    version: Id
    names: Names = Names()
    photo: Yes | None = None


def named_over(sent: Names, names: Mapping[str, str]) -> dict[str, str]:
    """Return names with those that were sent put over them; null takes one away."""
    over = dict(names) | {each: getattr(sent, each) for each in sent.model_fields_set}
    return {language: text for language, text in over.items() if text is not None}


def _over(body: Body, known: T, read: Mapping[str, Any]) -> T:
    sent = {each.name for each in fields(known)} & body.model_fields_set
    return replace(known, **{name: read.get(name, getattr(body, name)) for name in sent})
