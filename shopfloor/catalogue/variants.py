"""Models and variants: one BOM and one routing carry many items that differ in size or colour."""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from shopfloor.catalogue.items import ItemDetails, put_item, units_of
from shopfloor.catalogue.models import Item
from shopfloor.catalogue.revisions import locked_item
from shopfloor.core.commands import Gate, Tx, command
from shopfloor.core.editing import require_unchanged
from shopfloor.core.events import Change, EventKind, Where
from shopfloor.core.refusals import Malformed, Refused
from shopfloor.core.subjects import Made, Subject
from shopfloor.core.types import canonical
from shopfloor.core.words import LANGUAGES, LONGEST

MOST_FEATURES, MOST_VALUES, MOST_AT_ONCE = 6, 60, 300
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
Features = list[dict[str, Any]]


@command(Gate.NONE, _BECAUSE)
def set_features(tx: Tx, *, item_id: int, version: int, features: str) -> Made:
    """Say what the variants of an item differ in, one feature a line: Size / 尺寸 = S, M, L.

    What a variant already has cannot be taken away. `version` is the one the person has seen.
    """
    tx.act.rights.require("catalogue.edit")
    item = locked_item(tx, item_id)
    require_unchanged(tx.session, item, version, {"features": write_features(item.features)})
    if item.model_id is not None:
        raise Refused(
            _l("This is a variant itself; its model has the features."), rule="is_variant"
        )
    before, item.features = item.features, read_features(features, item.features)
    _require_kept(tx, item)
    item.version += 1
    tx.session.flush()
    subject = tx.session.get_one(Subject, item.id)
    tx.record(
        FEATURES_SET,
        Where(),
        {"number": subject.number},
        about=[item.id],
        changes=[
            Change(item.id, "features", write_features(before), write_features(item.features))
        ],
    )
    return Made(item.id, subject.code, subject.number)


@command(Gate.NONE, _BECAUSE)
def add_variants(tx: Tx, *, model_id: int, choices: tuple[dict[str, str], ...]) -> tuple[Made, ...]:
    """Add variants of a model, each with one value of every feature."""
    tx.act.rights.require("catalogue.edit")
    model = locked_item(tx, model_id)
    missing = [canonical(each) for each in missing_choices(model.features, _known(tx, model))]
    if not choices or any(canonical(each) not in missing for each in choices):
        raise Refused(
            _l("Choose variants that the model does not have yet."),
            _l("Each has one value of every feature."),
            rule="bad_variants",
        )
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


def read_features(text: str, before: Features) -> Features:
    """Read one feature a line; what was there under the same name keeps its key."""
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) > MOST_FEATURES:
        raise _unread(_l("A model has at most %(most)s features.", most=MOST_FEATURES))
    found: Features = []
    for line in lines:
        left, equals, right = line.replace("＝", "=").partition("=")
        values = [each for each in re.split("[,，、]", right) if each.strip()]
        if not equals or not left.strip() or not 0 < len(values) <= MOST_VALUES:
            raise _unread(_l("“%(typed)s” is not a feature with its values.", typed=line[:60]))
        names = _names(left)
        old = _same(names, before)
        feature = {"key": old["key"] if old else _key(names, found + before), "names": names}
        known = old["values"] if old else []
        kept: Features = []
        for each in values:
            value = _names(each)
            same = _same(value, known)
            kept.append({"key": same["key"] if same else _key(value, kept + known), "names": value})
        feature["values"] = kept
        found.append(feature)
        if len({each["key"] for each in kept}) < len(kept):
            raise _unread(_l("A value is there twice in “%(typed)s”.", typed=line[:60]))
    if len({each["key"] for each in found}) < len(found):
        raise _unread(_l("A feature is there twice."))
    return found


def write_features(features: Features) -> str:
    """Write features one a line, as read_features reads them back."""
    return "\n".join(
        f"{_said(feature)} = {', '.join(_said(value) for value in feature['values'])}"
        for feature in features
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
    )
    called = "-".join([number, *(each["key"].upper() for each in values)])
    made, _changes = put_item(tx, called, names, model.unit, model.decimals, details)
    item = tx.session.get_one(Item, made.id)
    item.model_id, item.choices = model.id, choices
    tx.session.flush()
    return made


def _known(tx: Tx, model: Item) -> list[dict[str, str]]:
    return list(tx.session.scalars(select(Item.choices).where(Item.model_id == model.id)))


def _require_kept(tx: Tx, item: Item) -> None:
    """Refuse to take away a feature or a value that a variant has."""
    kept = {
        (feature["key"], value["key"]) for feature in item.features for value in feature["values"]
    }
    for choices in _known(tx, item):
        lost = [value for key, value in choices.items() if (key, value) not in kept]
        if lost:
            raise Refused(
                _l("A variant has the value “%(value)s”; it cannot be taken away.", value=lost[0]),
                _l("Keep it, or archive the variant and leave the value."),
                rule="value_in_use",
                field="features",
            )


def _names(text: str) -> dict[str, str]:
    """Read a name in one language or two: Size / 尺寸."""
    parts = [" ".join(part.split())[:60] for part in text.split("/") if part.strip()][:2]
    names: dict[str, str] = {}
    for part in parts:
        language = "zh" if re.search("[\u3400-\u9fff]", part) else "en"
        names.setdefault(language, part)
    return names


def _said(each: Mapping[str, Any]) -> str:
    return " / ".join(
        each["names"][language] for language in LANGUAGES if language in each["names"]
    )


def _same(names: Mapping[str, str], known: Features) -> dict[str, Any] | None:
    """Return what has one of these names already."""
    for each in known:
        if any(each["names"].get(language) == name for language, name in names.items()):
            return each
    return None


def _key(names: Mapping[str, str], taken: Features) -> str:
    """Return a short word of letters and digits that nothing else here has."""
    word = re.sub("[^a-z0-9]", "", names.get("en", "").lower())[:16] or "x"
    used = {each["key"] for each in taken}
    free = (f"{word}{n}" for n in range(2, 1000))
    return word if word not in used and word != "x" else next(k for k in free if k not in used)


def _unread(sentence: Any) -> Malformed:
    return Malformed(
        sentence,
        _l("Write one feature a line, like: Size / 尺寸 = S, M, L"),
        rule="bad_features",
        field="features",
    )
