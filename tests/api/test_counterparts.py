"""docs/api.md: what pages book a program can book too, or the page says why not."""

import re

import pytest
from flask import Flask

from shopfloor.api.openapi import described
from shopfloor.core.settings import ROOT

ROW = re.compile(r"^\| `(/[^`]*)` \| (.+) \|$", re.MULTILINE)
CALL = re.compile(r"`(GET|POST|PATCH|PUT|DELETE) (/[^`]*)`")


@pytest.fixture(scope="module")
def page() -> str:
    return (ROOT / "docs/api.md").read_text()


def test_every_page_that_books_has_its_call_or_a_reason(one_app: Flask, page: str) -> None:
    books = {
        rule.rule
        for rule in one_app.url_map.iter_rules()
        if "POST" in (rule.methods or ()) and not rule.rule.startswith("/api/")
    }
    table = page.partition("## What pages book")[2]
    rows = dict(ROW.findall(table))
    assert books - rows.keys() == set(), "book on a page, but stand in no row of docs/api.md"
    assert rows.keys() - books == set(), "stand in docs/api.md, but book nothing"


def test_every_call_that_the_page_names_is_there(one_app: Flask, page: str) -> None:
    paths = described()["paths"]
    for method, path in CALL.findall(page):
        known = paths.get("/api/v1" + path.removeprefix("/api/v1"), {})
        assert method.lower() in known, f"{method} {path}"


def test_every_list_and_each_of_its_filters_stands_on_the_page(one_app: Flask, page: str) -> None:
    part = page.partition("## Lists")[2].partition("## ")[0]
    filters: dict[str, set[str]] = {}
    for line in re.findall(r"^\| `/.*$", part, re.MULTILINE):
        lists, _, words = line.removeprefix("| ").partition(" | ")
        for path in re.findall(r"`(/[^`]+)`", lists):
            filters[path] = set(re.findall(r"`(\w+)`", words))
    for path, methods in described()["paths"].items():
        names = {
            p["name"] for p in methods.get("get", {}).get("parameters", ()) if p["in"] == "query"
        }
        if {"after", "limit"} <= names:
            missing = names - {"after", "limit"} - filters.get(path.removeprefix("/api/v1"), set())
            assert path.removeprefix("/api/v1") in filters, path
            assert not missing, (path, missing)
