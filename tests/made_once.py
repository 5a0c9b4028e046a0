"""What every test's product has in common, made once a process: a product is new for each test."""

from types import CodeType
from typing import Any

from flask import Flask
from flask_babel import get_locale
from werkzeug.routing import Rule

from shopfloor.core.templates import Templates

_code: dict[tuple[object, ...], CodeType | str] = {}
_compile = Templates.compile


class LateRule(Rule):
    """A rule that learns to build its address when it is asked to: most rules of a test are not."""

    def _compile_builder(self, append_unknown: bool = True) -> Any:
        known: list[Any] = []

        def build(rule: Rule, **values: Any) -> Any:
            if not known:
                known.append(super(LateRule, self)._compile_builder(append_unknown))
            return known[0](rule, **values)

        return build


def compile_once(self: Templates, source: Any, *about: Any, **how: Any) -> Any:
    """Return what a template is compiled to in the language of now, remembered by its text."""
    key = (str(get_locale()), source, *about, *sorted(how.items()))
    if not isinstance(source, str):
        return _compile(self, source, *about, **how)
    if key not in _code:
        _code[key] = _compile(self, source, *about, **how)
    return _code[key]


def make_less_anew() -> None:
    """Let every product that is made in this process from now on share what is always the same."""
    Flask.url_rule_class = LateRule
    Templates.compile = compile_once  # type: ignore[method-assign,assignment]  # for the tests only
