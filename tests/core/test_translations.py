"""Both languages are complete: nothing a person reads stands outside the catalogue."""

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType

import pytest
from flask import Flask
from flask_babel import force_locale, gettext, ngettext, npgettext, pgettext
from jinja2 import Environment, nodes

from shopfloor.application import create_app
from shopfloor.core.refusals import Sentence
from shopfloor.core.settings import ROOT
from shopfloor.people.roles import ROLE_NAMES, VERBS
from shopfloor.registries import EVENT_KINDS, SUBJECT_KINDS

CHINESE = "zh_Hans_CN"
# What is the same word in both languages, with the reason.
SAME = {
    "OK": "the word on the inspector's key, in every factory",
    "NG": "the word on the inspector's key, in every factory",
    "Unicode (UTF-16)": "the encoding's own name",
    "Unicode (UTF-8)": "the encoding's own name",
    "Webhook": "a program's word in every language",
}
# What a template may show without asking the catalogue, with the reason.
NOT_TRANSLATED = {
    "Shopfloor-Signature": "the name of a header, for whoever writes a program",
    "Shopfloor": "the name of the product",
    "DEMO": "stands in every language, so that nobody takes a demo for real",
    "Asia/Shanghai": "a time zone's own name",
    "SHA-256": "the name of a fingerprint",
    "Android": "the name of a system",
    "Windows": "the name of a system",
    "Excel": "the name of a program",
    "iPhone|iPad": "names of phones and tablets",
    "Enter|Ctrl|Esc": "what stands on the keys of every keyboard",
    "Authorization: Bearer": "what a program sends, letter by letter",
}
ASKS = {"_", "gettext", "ngettext", "pgettext"}
SHOWN_ATTRIBUTES = {"aria-label", "title", "placeholder", "alt"}
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SOURCES = sorted((ROOT / "shopfloor").rglob("*.py"))


def tool() -> ModuleType:
    loader = SourceFileLoader("catalogue", str(ROOT / "bin/catalogue"))
    spec = spec_from_loader(loader.name, loader)
    assert spec
    module = module_from_spec(spec)
    loader.exec_module(module)
    return module


catalogue = tool()


@pytest.fixture(scope="module")
def speaking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The program with its words; nothing here asks its database."""
    url = f"sqlite:///{tmp_path_factory.mktemp('unused')}/unused.db"
    app = create_app({"SECRET_KEY": "only for tests", "SQLALCHEMY_DATABASE_URI": url})
    with app.app_context():
        yield app


def test_the_catalogue_is_complete() -> None:
    assert list(catalogue.check(ROOT, catalogue.PO)) == []


def test_every_sentence_says_something_else_in_chinese(speaking: Flask) -> None:
    with force_locale(CHINESE):
        for message in catalogue.read(catalogue.PO):
            if message.id:
                context, text = catalogue.key(message)
                if isinstance(message.id, str):
                    told = pgettext(context, text) if context else gettext(text)
                else:
                    one, many = message.id
                    told = npgettext(context, one, many, 2) if context else ngettext(one, many, 2)
                assert (told == text) == (text in SAME), text


@pytest.mark.parametrize(
    ("label", "name"),
    [
        *[(label, verb) for verb, label in VERBS.items()],
        *[(label, role) for role, label in ROLE_NAMES.items()],
        *[(kind.label, kind.name) for kind in EVENT_KINDS],
        *[(kind.label, kind.name) for kind in SUBJECT_KINDS],
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_verbs_roles_events_and_kinds_have_a_chinese_word(
    speaking: Flask, label: Sentence, name: str
) -> None:
    with force_locale("en"):
        english = str(label)
    with force_locale(CHINESE):
        chinese = str(label)
    assert re.search("[一-鿿]", chinese), f"{name}: {chinese}"
    assert chinese != english


# ---------- the check itself ----------


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A program of three sentences whose catalogue is complete."""
    (tmp_path / "shopfloor/room").mkdir(parents=True)
    (tmp_path / "templates/_layout").mkdir(parents=True)
    (tmp_path / "shopfloor/room/refusals.py").write_text(
        '_l("Only %(left)s are left"\n   " here.", left=left)\n'
    )
    (tmp_path / "templates/_layout/page.html").write_text(
        "<p>{{ _('Back') }}</p>{{ pgettext('verdict', 'Pass') }}"
    )
    po = tmp_path / "messages.po"
    words = {"Only %(left)s are left here.": "只剩 %(left)s。", "Back": "返回", "Pass": "通过"}
    catalog = catalogue.renewed(catalogue.extracted(tmp_path), catalogue.read(po))
    for message in catalog:
        if message.id:
            message.string = words[message.id]
    catalogue.write(catalog, po)
    return tmp_path


def said(root: Path) -> list[str]:
    return list(catalogue.check(root, root / "messages.po"))


def test_a_complete_catalogue_passes(small: Path) -> None:
    assert said(small) == []


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ('msgstr "返回"', 'msgstr ""', "“Back” is not translated"),
        ('msgid "Back"', '#, fuzzy\nmsgid "Back"', "“Back” is marked as guessed"),
        ("只剩 %(left)s。", "只剩 %(rest)s。", "have different placeholders"),
        ("只剩 %(left)s。", "没有了。", "have different placeholders"),
        ('msgstr "返回"', 'msgstr "后退"', "messages.mo is older than messages.po"),
        ('msgid "Back"', 'msgid "Forth"', "“Back” is new in the code"),
        ('msgid "Back"', 'msgid "Forth"', "“Forth” is not in the code any more"),
    ],
)
def test_the_check_says_what_is_wrong(small: Path, before: str, after: str, sentence: str) -> None:
    po = small / "messages.po"
    text = po.read_text()
    assert before in text
    po.write_text(text.replace(before, after))
    assert any(sentence in problem for problem in said(small))


def test_the_check_finds_a_sentence_that_was_not_extracted(small: Path) -> None:
    (small / "shopfloor/room/routes.py").write_text('_l("Saved.")')
    assert said(small) == ["“Saved.” is new in the code: run bin/catalogue and translate it."]


def test_an_update_keeps_remarks_and_drops_what_is_gone(small: Path) -> None:
    po = small / "messages.po"
    po.write_text(po.read_text().replace('msgid "Back"', '# as on the old phones\nmsgid "Back"'))
    (small / "shopfloor/room/refusals.py").write_text("")
    catalogue.write(catalogue.renewed(catalogue.extracted(small), catalogue.read(po)), po)
    assert "# as on the old phones" in po.read_text()
    assert "left here" not in po.read_text()
    assert said(small) == []


def test_an_update_without_news_changes_no_byte(small: Path) -> None:
    po = small / "messages.po"
    before = po.read_bytes(), po.with_suffix(".mo").read_bytes()
    catalogue.write(catalogue.renewed(catalogue.extracted(small), catalogue.read(po)), po)
    assert (po.read_bytes(), po.with_suffix(".mo").read_bytes()) == before


# ---------- nothing is said past the catalogue ----------


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT / "shopfloor")))
def test_a_refusal_is_never_a_bare_string(path: Path) -> None:
    for call in calls(path):
        if name_of(call) in {"Refused", "NotYours", "NotFound", "Malformed"}:
            for argument in call.args[:2]:
                bare = isinstance(argument, ast.JoinedStr) or (
                    isinstance(argument, ast.Constant) and argument.value
                )
                assert not bare, f"{path}:{call.lineno}"


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT / "shopfloor")))
def test_a_percent_sign_is_doubled_only_where_something_is_filled_in(path: Path) -> None:
    """Without placeholders the sentence is shown as it stands, with both signs."""
    for call in calls(path):
        if name_of(call) == "_l" and not call.keywords:
            (text,) = call.args
            assert "%%" not in ast.unparse(text), f"{path}:{call.lineno}"


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: str(p.relative_to(ROOT / "templates")))
def test_a_template_shows_no_text_of_its_own(speaking: Flask, path: Path) -> None:
    tree = speaking.jinja_env.parse(path.read_text())
    reader = Shown()
    reader.feed("".join(markup(tree)))
    reader.close()
    shown = [text for text in reader.texts if re.search("[A-Za-z]{2}", text)]
    shown += [text for text in constants(tree) if sentence_like(text)]
    assert [text for text in shown if not allowed(text)] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: str(p.relative_to(ROOT / "templates")))
def test_a_unit_is_shown_in_the_readers_language(speaking: Flask, path: Path) -> None:
    tree = speaking.jinja_env.parse(path.read_text())
    written = [
        inner
        for filtered in tree.find_all(nodes.Filter)
        if filtered.name in ("unit", "counted")
        for inner in filtered.find_all(nodes.Getattr)
    ]
    bare = [n.lineno for n in tree.find_all(nodes.Getattr) if n.attr == "unit" and n not in written]
    assert bare == []


def calls(path: Path) -> list[ast.Call]:
    return [n for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.Call)]


def name_of(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else ""


def markup(tree: nodes.Template) -> Iterator[str]:
    """Give the template's own text in its order, with a gap where an expression stands."""
    for output in tree.find_all(nodes.Output):
        for part in output.nodes:
            yield part.data if isinstance(part, nodes.TemplateData) else "\N{REPLACEMENT CHARACTER}"


def constants(node: nodes.Node) -> Iterator[str]:
    """Give the strings of all expressions except those that are asked of the catalogue."""
    for child in node.iter_child_nodes():
        if isinstance(child, nodes.Call):
            called = child.node
            if isinstance(called, nodes.Name) and called.name in ASKS:
                continue
        if isinstance(child, nodes.Const) and isinstance(child.value, str):
            yield child.value
        yield from constants(child)


def sentence_like(text: str) -> bool:
    """Say whether a string is words for people: a capital word, or three words in a row."""
    return bool(re.search(r"(?<![\w/.-])[A-Z][a-z]{2,}|[a-z]+ [a-z]+ [a-z]+", text))


def allowed(text: str) -> bool:
    return not re.search("[A-Za-z]{2}", re.sub("|".join(NOT_TRANSLATED), "", text))


class Shown(HTMLParser):
    """Collects what a reader sees or hears of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def handle_data(self, data: str) -> None:
        # a macro may write attributes alone, for the tag of another one
        self.texts.append(re.sub(r'[a-z-]+="[^"]*"', "", data).strip())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.texts += [value for name, value in attrs if name in SHOWN_ATTRIBUTES and value]


def test_the_search_for_bare_text_finds_it() -> None:
    """Tries the test above on templates that break its rule."""
    for bare in ("<p>Good day</p>", "<a{% if x %} title='Go'{% endif %}>{{ y }}</a>"):
        reader = Shown()
        reader.feed("".join(markup(Environment(autoescape=True).parse(bare))))
        assert [text for text in reader.texts if re.search("[A-Za-z]{2}", text)]
    for bare in ("{{ ui.button('Save it') }}", "{{ x or 'nothing to do' }}"):
        tree = Environment(autoescape=True).parse(bare)
        assert any(sentence_like(text) for text in constants(tree))
    asked = Environment(autoescape=True).parse("{{ ui.button(_('Save it'), 'primary') }}")
    assert not any(sentence_like(text) for text in constants(asked))
