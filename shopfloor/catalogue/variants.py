"""Models and variants: one BOM and one routing carry many items that differ in size or colour."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product

from flask_babel import lazy_gettext as _l

from shopfloor.catalogue.features import (
    Features,
    known_choices,
    put_features,
    read_features,
    write_features,
)
from shopfloor.catalogue.items import ItemDetails, put_item, units_of
from shopfloor.catalogue.models import Item
from shopfloor.catalogue.revisions import locked_item
from shopfloor.core.commands import Gate, Tx, command
from shopfloor.core.editing import require_unchanged
from shopfloor.core.events import EventKind, Where
from shopfloor.core.refusals import Refused
from shopfloor.core.subjects import Made, Subject
from shopfloor.core.types import canonical
from shopfloor.core.words import LANGUAGES, LONGEST

MOST_AT_ONCE = 300
FEATURES_SET = EventKind(
    "catalogue.features_set",
    _l("Features of a model"),
    no_inverse_because="they are set again",
    edits=True,
)
VARIANTS_ADDED = EventKind(
    "catalogue.variants_added",
    _l("Variants added"),
    no_inverse_because="a variant that is not wanted is archived instead",
)
_BECAUSE = "the catalogue describes; it touches no lot"


@command(Gate.NONE, _BECAUSE)
def set_features(tx: Tx, *, item_id: int, version: int, features: str) -> Made:
    """Say what the variants of an item differ in, one feature a line: Size / 尺寸 = S, M, L.

    What a variant already has cannot be taken away. `version` is the one the person has seen.
    """
    tx.act.rights.require("catalogue.edit")
    item = locked_item(tx, item_id)
    require_unchanged(tx.session, item, version, {"features": write_features(item.features)})
    change = put_features(tx, item, read_features(features))
    item.version += 1
    tx.session.flush()
    subject = tx.session.get_one(Subject, item.id)
    tx.record(
        FEATURES_SET,
        Where(),
        {"number": subject.number},
        about=[item.id],
        changes=[change],
    )
    return Made(item.id, subject.code, subject.number)


@command(Gate.NONE, _BECAUSE)
def add_variants(tx: Tx, *, model_id: int, choices: tuple[dict[str, str], ...]) -> tuple[Made, ...]:
    """Add variants of a model, each with one value of every feature."""
    tx.act.rights.require("catalogue.edit")
    model = locked_item(tx, model_id)
    _require_missing(tx, model, choices)
    number = tx.session.get_one(Subject, model.id).number
    made = tuple(_variant(tx, model, number or "", each) for each in choices[:MOST_AT_ONCE])
    tx.record(
        VARIANTS_ADDED,
        Where(),
        {"number": number, "variants": [each.number for each in made]},
        about=[model.id, *(each.id for each in made)],
    )
    return made


def missing_choices(
    features: Features, known: Iterable[Mapping[str, str]]
) -> Iterator[dict[str, str]]:
    """Yield each combination of values that no variant has yet, in the features' order."""
    taken = {canonical(dict(each)) for each in known}
    keys = [feature["key"] for feature in features]
    for values in product(*([v["key"] for v in feature["values"]] for feature in features)):
        each = dict(zip(keys, values, strict=True))
        if keys and canonical(each) not in taken:
            yield each


def put_variant(tx: Tx, item_id: int, model_id: int, choices: dict[str, str]) -> None:
    """Make a new item a variant of a model, with one value of every feature; records no event."""
    model = locked_item(tx, model_id)
    _require_missing(tx, model, [choices])
    item = tx.session.get_one(Item, item_id)
    item.model_id, item.choices = model.id, choices
    tx.session.flush()


def _require_missing(tx: Tx, model: Item, choices: Sequence[Mapping[str, str]]) -> None:
    """Refuse choices that are not one value of every feature, or that a variant has already."""
    values = {each["key"]: {v["key"] for v in each["values"]} for each in model.features}
    taken = {canonical(each) for each in known_choices(tx, model)}
    asked = {canonical(dict(each)) for each in choices}
    if (
        not values
        or len(asked) < max(1, len(choices))
        or asked & taken
        or any(
            each.keys() != values.keys() or any(each[key] not in values[key] for key in each)
            for each in choices
        )
    ):
        raise Refused(
            _l("Choose variants that the model does not have yet."),
            _l("Each has one value of every feature."),
            rule="bad_variants",
            field="choices",
        )


def _variant(tx: Tx, model: Item, number: str, choices: dict[str, str]) -> Made:
    values = [
        value
        for feature in model.features
        for value in feature["values"]
        if value["key"] == choices[feature["key"]]
    ]
    names = {
        language: " ".join(
            [model.names.get(language) or next(iter(model.names.values()))]
            + [each["names"].get(language) or next(iter(each["names"].values())) for each in values]
        )[:LONGEST]
        for language in LANGUAGES
        if language in model.names
    }
    details = ItemDetails(
        tracking=model.tracking,
        shelf_life_days=model.shelf_life_days,
        units=units_of(tx.session, model.id),
        consent_required=model.consent_required,
    )
    called = "-".join([number, *(each["key"].upper() for each in values)])
    made, _changes = put_item(tx, called, names, model.unit, model.decimals, details)
    item = tx.session.get_one(Item, made.id)
    item.model_id, item.choices = model.id, choices
    tx.session.flush()
    return made
