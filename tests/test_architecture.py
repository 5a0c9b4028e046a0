"""The house rules that a machine can watch; each says why it is there."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from shopfloor.core import events
from shopfloor.core.settings import ROOT

PACKAGE = ROOT / "shopfloor"
SOURCES = sorted(PACKAGE.rglob("*.py"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
# Words that say nothing about what is inside.
EMPTY_WORDS = {"utils", "helpers", "manager", "service", "data", "process", "misc", "common"}


def trees() -> Iterator[tuple[Path, ast.Module]]:
    for path in SOURCES:
        yield path, ast.parse(path.read_text())


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def decorator_names(function: ast.FunctionDef) -> set[str]:
    return {
        ast.unparse(node.func if isinstance(node, ast.Call) else node)
        for node in function.decorator_list
    }


def test_a_handler_parses_calls_one_command_and_renders() -> None:
    """A handler of more than 15 lines holds a rule that belongs into a command."""
    long = []
    for path, tree in trees():
        for function in functions(tree):
            names = decorator_names(function)
            if any(re.fullmatch(r"\w*bp\.(get|post|put|delete|route)", name) for name in names):
                body = [n for n in function.body if not _is_docstring(n)]
                lines = (function.end_lineno or 0) - body[0].lineno + 1
                if lines > 15:
                    long.append(f"{path.relative_to(ROOT)}:{function.name} has {lines} lines")
    assert not long


def test_only_the_database_module_commits() -> None:
    """A second place that commits is a second idea of what one action is."""
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr in ("commit", "begin", "begin_nested")
        and path not in (PACKAGE / "core/db.py", PACKAGE / "core/migrate.py")
    ]
    assert not found


def test_only_the_ledger_writes_movements_and_balances() -> None:
    """Quantities that change in two places stop adding up in one of them."""
    writes = re.compile(r"(insert|update|delete)\((Movement|Balance)\b|\b(Movement|Balance)\(\w+=")
    ledger = PACKAGE / "stock/ledger.py"
    found = [p for p in SOURCES if p != ledger and writes.search(p.read_text())]
    assert not found


def test_commands_do_not_know_the_web() -> None:
    """A command that sees the request cannot be called by the loop, the replay or the API."""
    found = []
    for path, tree in trees():
        if "commands" not in path.parts and path.stem != "commands":
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module == "flask":
                found.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert not found


def test_names_say_what_is_inside() -> None:
    found = [p for p in SOURCES if {p.stem, p.parent.name} & EMPTY_WORDS]
    assert not found


@pytest.mark.parametrize(
    "path", [*SOURCES, *TEMPLATES, *sorted((ROOT / "static").rglob("*.js"))], ids=lambda p: p.name
)
def test_a_file_is_one_thing(path: Path) -> None:
    """A file that passes 250 lines is two things."""
    if "vendor" not in path.parts:
        assert len(path.read_text().splitlines()) <= 250


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: str(p.relative_to(ROOT / "templates")))
def test_templates_keep_the_content_security_policy(path: Path) -> None:
    """Inline style and script are what an injected comment would bring."""
    text = path.read_text()
    assert not re.search(r"\sstyle=|\son\w+=\"|<style|javascript:|\|safe\b", text)
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)


def test_nothing_calls_out_to_the_internet() -> None:
    """A factory without internet must work; a page that waits for a foreign host does not."""
    foreign = re.compile(r"""(src|href|action)=["']https?:|@import|url\(["']?https?:""")
    files = [*TEMPLATES, *(ROOT / "static").rglob("*.css")]
    assert not [path for path in files if foreign.search(path.read_text())]


def test_every_route_names_its_verb_or_why_it_is_public(one_app: Flask) -> None:
    for rule in one_app.url_map.iter_rules():
        if rule.endpoint == "static":
            continue
        view = one_app.view_functions[rule.endpoint]
        assert hasattr(view, "verb") != hasattr(view, "public"), rule


def test_every_event_kind_names_its_inverse_or_why_it_has_none(one_app: Flask) -> None:
    for kind in events.KINDS.values():
        assert (kind.inverse is None) == bool(kind.no_inverse_because), kind.name


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
