"""Names in several languages: data in the factory's own words, with fallback."""

from collections.abc import Iterable, Mapping

from flask_babel import get_locale, lazy_pgettext, pgettext
from flask_babel import lazy_gettext as _l

from shopfloor.core.refusals import Malformed

LANGUAGES = {"en": "English", "zh": "中文"}
LONGEST = 200
# A unit is what the factory wrote; these it may write in one language for all of them.
UNITS = {
    "pcs": lazy_pgettext("unit", "pcs"),
    "set": lazy_pgettext("unit", "set"),
    "pair": lazy_pgettext("unit", "pair"),
    "box": lazy_pgettext("unit", "box"),
    "roll": lazy_pgettext("unit", "roll"),
    "sheet": lazy_pgettext("unit", "sheet"),
    "g": lazy_pgettext("unit", "g"),
    "kg": lazy_pgettext("unit", "kg"),
    "t": lazy_pgettext("unit", "t"),
    "mm": lazy_pgettext("unit", "mm"),
    "m": lazy_pgettext("unit", "m"),
    "m²": lazy_pgettext("unit", "m²"),
    "l": lazy_pgettext("unit", "l"),
}


def require_names(names: Mapping[str, str]) -> dict[str, str]:
    """Return the names without blanks at the ends; Malformed when none is given or one too long."""
    kept = {
        language: " ".join(text.split())
        for language, text in names.items()
        if language in LANGUAGES and text and text.strip()
    }
    if not kept or any(len(text) > LONGEST for text in kept.values()):
        raise Malformed(
            _l("A name is missing or longer than 200 characters."),
            _l("Give the name in at least one language."),
            rule="bad_names",
            field="name_en",
        )
    return kept


def in_words(names: Mapping[str, str] | None) -> str:
    """Return the name in the reader's language, or in another one that there is."""
    if not names:
        return ""
    locale = get_locale()
    language = locale.language if locale else "en"
    return names.get(language) or names.get("en") or next(iter(names.values()))


def in_unit(unit: str) -> str:
    """Return a unit as the reader writes it, or as the factory wrote it."""
    return str(UNITS.get(unit, unit))


def listed(names: Iterable[str]) -> str:
    """Return names in a row, with the sign between them that the reader's language has."""
    return pgettext("between names", ", ").join(names)


def counted(quantity: str, unit: str) -> str:
    """Return a quantity for the middle of a sentence: in Chinese a number has its unit there."""
    locale = get_locale()
    return f"{quantity} {in_unit(unit)}" if locale and locale.language == "zh" else quantity
