"""Names in several languages: data in the factory's own words, with fallback."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from flask import g, has_app_context
from flask_babel import get_locale
from flask_babel import lazy_gettext as _l

from shopfloor.core.refusals import Malformed

LANGUAGES = {"en": "English", "zh": "中文"}
# Babel's names for them.
LOCALES = {"en": "en", "zh": "zh_Hans_CN"}
LONGEST = 200
# A name stands on one line; all else in it is kept as it was written.
_BREAKS = re.compile(r"[ \t]*[\r\n]+[ \t]*")


def require_names(names: Mapping[str, str]) -> dict[str, str]:
    """Return the names without blanks at the ends; Malformed when none is given or one too long."""
    kept = {
        language: _BREAKS.sub(" ", text.strip())
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


def reading() -> str:
    """Return the language of whoever reads this page."""
    # Flask-Babel's own place for it; asking it anew for every name costs more than the name.
    chosen = g.get("_flask_babel") if has_app_context() else None
    locale = getattr(chosen, "babel_locale", None) or get_locale()
    return locale.language if locale else "en"


def in_words(names: Mapping[str, str] | None) -> str:
    """Return the name in the reader's language, or in another one that there is."""
    if not names:
        return ""
    return names.get(reading()) or names.get("en") or next(iter(names.values()))


@dataclass(frozen=True)
class InWords:
    """A name inside a sentence that somebody else may read later, in his own language."""

    names: Mapping[str, str]

    def __str__(self) -> str:
        """Return the name in the language of the moment."""
        return in_words(self.names)
