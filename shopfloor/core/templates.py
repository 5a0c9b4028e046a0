"""Templates, compiled once per language: what is fixed in a page costs nothing when it is shown."""

from collections.abc import Iterator, MutableMapping
from functools import lru_cache
from typing import Any

from flask import Flask
from flask.templating import Environment
from flask_babel import get_locale
from jinja2 import Template
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream
from markupsafe import Markup

from shopfloor.core.assets import asset
from shopfloor.core.shown import FILTERS
from shopfloor.core.thumbnails import small_picture
from shopfloor.core.wording import say

# `_`, `(`, a string, `)`: a sentence that has no values.
_FIXED = ("name", "lparen", "string", "rparen")


class Templates(Environment):
    """Jinja with one set of compiled templates for each language."""

    def __init__(self, app: Flask, **options: Any) -> None:
        super().__init__(app, **options)
        self._in_language: dict[str, Environment] = {}

    def get_or_select_template(self, *args: Any, **kwargs: Any) -> Template:
        """Return a template in the language of this request."""
        language = str(get_locale())
        spoken = self._in_language.get(language)
        if spoken is None:
            spoken = self.overlay(extensions=[FixedSentences])
            self._in_language[language] = spoken
        return Environment.get_or_select_template(spoken, *args, **kwargs)

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Return what every template knows: Jinja's chain of maps is walked anew for each page."""
        return {**self.globals, **(d or {})}


class FixedSentences(Extension):
    """Puts the translation of a sentence without values into the template as it is compiled."""

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        """Yield the tokens of a template with `_('sentence')` replaced by what the reader reads."""
        tokens = list(stream)
        at = 0
        while at < len(tokens):
            token = tokens[at]
            following = tokens[at : at + len(_FIXED)]
            if token.value == "_" and tuple(each.type for each in following) == _FIXED:
                yield Token(token.lineno, "string", str(say(following[2].value)))
                at += len(_FIXED)
            else:
                yield token
                at += 1


def init_templates(app: Flask) -> None:
    """Give the app's templates their language, their filters and their icons."""
    app.jinja_environment = Templates  # type: ignore[assignment]  # as Flask's docs have it
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    app.jinja_env.filters.update(FILTERS, icon=icon, small_picture=small_picture)


@lru_cache(maxsize=1024)
def icon(name: str, label: str | None = None) -> Markup:
    """Return an icon of ours: a picture with a name, or decoration when it has none."""
    named = Markup('role="img" aria-label="{}"').format(label) if label else 'aria-hidden="true"'
    return Markup('<svg class="icon" {}><use href="{}#{}"/></svg>').format(
        Markup(named),  # noqa: S704 - either of the two above
        asset("icons.svg"),
        name,
    )
