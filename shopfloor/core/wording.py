"""The program's own sentences in the reader's language: each is looked up once per process."""

from functools import lru_cache
from typing import Any

from babel.support import NullTranslations
from flask import Flask, g, has_app_context
from flask_babel import Babel, Domain
from markupsafe import Markup


class _Sentences(Domain):  # type: ignore[misc]  # Flask-Babel brings no types
    """Flask-Babel's catalogues; the reader's is found once per request, not once per sentence."""

    def get_translations(self) -> NullTranslations:
        # Flask-Babel's own place for it, which it empties when the language is changed.
        chosen = g.get("_flask_babel") if has_app_context() else None
        found: NullTranslations | None = getattr(chosen, "babel_translations", None)
        if found is None:
            found = super().get_translations()
            if has_app_context() and "_flask_babel" in g:
                g._flask_babel.babel_translations = found
        return found


_SENTENCES = _Sentences()


def init_wording(app: Flask, babel: Babel) -> None:
    """Let templates and sentences of the program look their words up here."""
    babel.domain_instance = _SENTENCES
    app.jinja_env.globals.update(_=say, gettext=say)


def say(sentence: str, **values: Any) -> Markup:
    """Return a sentence of a template in the reader's language, with its values in place.

    A page has dozens of them: what does not change between two requests is kept.
    """
    if values:
        return _markup(_SENTENCES.get_translations(), sentence) % values
    return _plain(_SENTENCES.get_translations(), sentence)


@lru_cache(maxsize=4096)
def _markup(translations: NullTranslations, sentence: str) -> Markup:
    return Markup(translations.ugettext(sentence))  # noqa: S704 - our own catalogue


@lru_cache(maxsize=4096)
def _plain(translations: NullTranslations, sentence: str) -> Markup:
    # Every sentence is a pattern, also without values: "100 %%" means one sign.
    return _markup(translations, sentence) % {}
