"""Features of a model: what its variants differ in, written as text or sent piece by piece."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from shopfloor.catalogue.models import Item
from shopfloor.core.commands import Tx
from shopfloor.core.events import Change
from shopfloor.core.refusals import Malformed, Refused
from shopfloor.core.words import LANGUAGES

MOST_FEATURES, MOST_VALUES, LONGEST_NAME = 6, 60, 60
# What stands between names, values and features where they are written in one text.
_BETWEEN = re.compile(r"[/=＝,，、\r\n]")
Features = list[dict[str, Any]]


@dataclass(frozen=True)
class Wanted:
    """A feature with its values, or a value, as somebody wants it.

    Without a key it is the one of the same name that there is, or a new one.
    """

    names: Mapping[str, str]
    key: str | None = None
    values: tuple["Wanted", ...] = ()


def put_features(tx: Tx, item: Item, wanted: Iterable[Wanted]) -> Change:
    """Give an item its features, and return the change; records no event.

    What a variant already has cannot be taken away: whoever adds a variant holds the item's row.
    """
    tx.session.flush()
    tx.session.refresh(item, with_for_update={"key_share": True})
    before = item.features
    features = keyed(wanted, before)
    if item.model_id is not None and features:
        raise Refused(
            _l("This is a variant itself; its model has the features."), rule="is_variant"
        )
    item.features = features
    _require_kept(tx, item)
    return Change(item.id, "features", write_features(before), write_features(features))


def read_features(text: str) -> list[Wanted]:
    """Read one feature a line: Size / 尺寸 = S, M, L."""
    found = []
    for line in (line for line in text.splitlines() if line.strip()):
        left, equals, right = line.replace("＝", "=").partition("=")
        values = [each for each in re.split("[,，、]", right) if each.strip()]
        if not equals or not left.strip() or not values:
            raise _no_feature(line)
        found.append(Wanted(_names(left), values=tuple(Wanted(_names(value)) for value in values)))
    return found


def keyed(wanted: Iterable[Wanted], before: Features) -> Features:
    """Return features with their keys; what was there under the same name keeps its own."""
    found: Features = []
    for each in wanted:
        names = _checked(each.names)
        if not 0 < len(each.values) <= MOST_VALUES:
            raise _no_feature(_said({"names": names}))
        old = _with(each.key, before) if each.key else _same(names, before)
        key = each.key or (old["key"] if old else _key(names, found + before))
        if _same(names, found) or _with(key, found):
            raise _unread(_l("A feature is there twice."))
        known = old["values"] if old else []
        feature = {"key": key, "names": names, "values": _values(each.values, known, names)}
        found.append(feature)
    if len(found) > MOST_FEATURES:
        raise _unread(_l("A model has at most %(most)s features.", most=MOST_FEATURES))
    return found


def write_features(features: Features) -> str:
    """Write features one a line, as read_features reads them back."""
    return "\n".join(
        f"{_said(feature)} = {', '.join(_said(value) for value in feature['values'])}"
        for feature in features
    )


def _values(wanted: Iterable[Wanted], known: Features, of: Mapping[str, str]) -> Features:
    kept: Features = []
    for each in wanted:
        names = _checked(each.names)
        same = None if each.key else _same(names, known)
        key = each.key or (same["key"] if same else _key(names, kept + known))
        if _same(names, kept) or _with(key, kept):
            said = _said({"names": of})
            raise _unread(_l("A value is there twice in “%(typed)s”.", typed=said[:60]))
        kept.append({"key": key, "names": names})
    return kept


def known_choices(tx: Tx, model: Item) -> list[dict[str, str]]:
    """Return the choices of every variant that a model has, also of archived ones."""
    return list(tx.session.scalars(select(Item.choices).where(Item.model_id == model.id)))


def _require_kept(tx: Tx, item: Item) -> None:
    """Refuse to take away a feature or a value that a variant has."""
    kept = {
        (feature["key"], value["key"]) for feature in item.features for value in feature["values"]
    }
    for choices in known_choices(tx, item):
        lost = [value for key, value in choices.items() if (key, value) not in kept]
        if lost:
            raise Refused(
                _l("A variant has the value “%(value)s”; it cannot be taken away.", value=lost[0]),
                _l("Keep it, or archive the variant and leave the value."),
                rule="value_in_use",
                field="features",
            )


def _checked(names: Mapping[str, str]) -> dict[str, str]:
    """Return names as a text of features can be read back with them."""
    found = {language: " ".join(text.split()) for language, text in names.items()}
    if not found or any(
        not text or len(text) > LONGEST_NAME or _BETWEEN.search(text) or "\x00" in text
        for text in found.values()
    ):
        said = " / ".join(found.values())
        raise _no_feature(said)
    return found


def _names(text: str) -> dict[str, str]:
    """Read a name in one language or two: Size / 尺寸."""
    parts = [" ".join(part.split())[:LONGEST_NAME] for part in text.split("/") if part.strip()][:2]
    names: dict[str, str] = {}
    for part in parts:
        language = "zh" if re.search("[\u3400-\u9fff]", part) else "en"
        names.setdefault(language, part)
    return names


def _said(each: Mapping[str, Any]) -> str:
    return " / ".join(
        each["names"][language] for language in LANGUAGES if language in each["names"]
    )


def _with(key: str, known: Features) -> dict[str, Any] | None:
    return next((each for each in known if each["key"] == key), None)


def _same(names: Mapping[str, str], known: Features) -> dict[str, Any] | None:
    """Return what has one of these names already."""
    for each in known:
        if set(names.values()) & set(each["names"].values()):
            return each
    return None


def _key(names: Mapping[str, str], taken: Features) -> str:
    """Return a short word of letters and digits that nothing else here has."""
    word = re.sub("[^a-z0-9]", "", names.get("en", "").lower())[:16] or "x"
    used = {each["key"] for each in taken}
    free = (f"{word}{n}" for n in range(2, 1000))
    return word if word not in used and word != "x" else next(k for k in free if k not in used)


def _no_feature(typed: str) -> Malformed:
    return _unread(_l("“%(typed)s” is not a feature with its values.", typed=typed[:60]))


def _unread(sentence: Any) -> Malformed:
    return Malformed(
        sentence,
        _l("Write one feature a line, like: Size / 尺寸 = S, M, L"),
        rule="bad_features",
        field="features",
    )
