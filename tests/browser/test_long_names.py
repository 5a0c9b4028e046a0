"""Names of 80 characters in both languages: no page is wider than the phone that shows it."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page
from sqlalchemy import update

from shopfloor.cli.generate.extent import Extent
from shopfloor.cli.generate.run import generate
from shopfloor.core import clock
from shopfloor.core.db import transaction
from shopfloor.people.models import Person
from tests.bench.size import Visitor
from tests.browser.conftest import Phone, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.processes]
LISTS = (
    "/orders", "/orders?state=closed", "/items", "/people", "/plant", "/plant/all",
    "/plant/all?kind=place", "/partners", "/skills", "/skills/matrix", "/crews", "/reasons",
    "/labels", "/labels?kind=item", "/board", "/events", "/search?q=valve", "/import", "/export",
    "/printers", "/devices", "/webhooks", "/my-actions", "/my-record",
    "/ncrs?show=all", "/exceptions", "/alerts", "/plans", "/gauges", "/samples",
)  # fmt: skip
BELOW = ("/lots/<code>", "/orders/<code>", "/items/<code>", "/people/<code>", "/history/<code>")


def wide(page: Page) -> str:
    """Return what reaches beyond the phone, or nothing."""
    return str(
        page.evaluate(
            """() => {
              if (document.documentElement.scrollWidth <= innerWidth + 1) return "";
              const all = [...document.querySelectorAll("main *, header *, nav *")];
              const out = all.filter((e) => e.getBoundingClientRect().right > innerWidth + 1);
              return out.slice(-1).map((e) => e.outerHTML.slice(0, 160)).join() || "?";
            }"""
        )
    )


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_page_is_wider_than_the_phone(
    language: str, one_app: Flask, address: str, phone: Phone
) -> None:
    until = clock.now().date() - timedelta(days=1)
    generate(Extent(100, 500, 3, 60, until), "a password", lambda _words: None)
    visitor = Visitor(one_app)
    with transaction() as session:
        session.execute(update(Person).values(language=language))
    rules = {rule.rule: rule for rule in one_app.url_map.iter_rules()}
    below = [visitor._filled(rules[name]) or "" for name in BELOW]
    page = phone(locale="zh-CN" if language == "zh" else "en-GB").new_page()
    worker: Any = SimpleNamespace(login="administrator")
    sign_in(page, address, worker)
    found = []
    for each in [*LISTS, *below]:
        page.goto(address + each)
        if wide(page):
            found.append(f"{each}: {wide(page)}")
    assert not found, "\n".join(found)
