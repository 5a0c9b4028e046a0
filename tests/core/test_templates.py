"""Templates compiled once per language: a fixed sentence is part of the compiled page."""

from contextvars import Context

from flask import Flask, g

from shopfloor.core.templates import Templates


def compiled(app: Flask, language: str, source: str) -> str:
    def compile_it() -> str:
        with app.test_request_context():
            g.language = language
            template = app.jinja_env.get_or_select_template("_layout/refused.html")
            code: str = template.environment.compile(source, raw=True)
        return code

    # In a context of its own, as a request is: the language of the last one is not kept.
    return Context().run(compile_it)


def test_each_language_has_its_own_templates_with_its_words_in_them(one_app: Flask) -> None:
    assert isinstance(one_app.jinja_env, Templates)
    english = compiled(one_app, "en", "{{ _('Lot') }}{{ 'tag'|icon }}{{ _('100 %%') }}")
    chinese = compiled(one_app, "zh", "{{ _('Lot') }}")
    assert "yield 'Lot<svg" in english
    assert "100 %" in english
    assert "批次" in chinese
    assert "context.call" not in english + chinese


def test_a_sentence_with_values_is_filled_in_for_each_page(one_app: Flask) -> None:
    assert "context.call" in compiled(one_app, "zh", "{{ _('%(count)s scrap', count=n) }}")


def test_what_a_sentence_holds_is_escaped(one_app: Flask) -> None:
    code = compiled(one_app, "en", "{{ _('<b> & others') }}")
    assert "&lt;b&gt; &amp; others" in code
