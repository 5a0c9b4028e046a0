"""Lists of names without a blank: they fit the phone and the desk, and nothing is cut off."""

from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, ViewportSize
from sqlalchemy import update

from shopfloor.core.db import transaction
from shopfloor.people.models import Person
from tests.browser.conftest import Phone, sign_in
from tests.browser.test_long_names import LISTS, wide
from tests.make import Factory
from tests.many import fill

pytestmark = [pytest.mark.browser, pytest.mark.processes]
SEARCHES = ("/search?q=mortise", "/search?q=LONG", "/items?q=%E9%94%81%E4%BD%93", "/orders?page=2")
DESK = ViewportSize(width=1280, height=800)


def cut(page: Page) -> str:
    """Return what ends at its box without a sign of it, or runs out of it; or nothing."""
    return str(
        page.evaluate(
            """() => {
              const hides = (kind) => kind === "hidden" || kind === "clip";
              const wrong = (e) => {
                const s = getComputedStyle(e);
                if (!e.clientWidth || s.position === "absolute") return false;
                if (s.clipPath !== "none") return false;
                if (s.textOverflow === "ellipsis" || s.webkitLineClamp !== "none") return false;
                return (hides(s.overflowX) && e.scrollWidth > e.clientWidth + 1)
                    || (hides(s.overflowY) && e.scrollHeight > e.clientHeight + 3);
              };
              const shown = "main *:not(input, select, textarea, svg *)";
              const first = [...document.querySelectorAll(shown)].find(wrong);
              return first ? first.outerHTML.slice(0, 160) : "";
            }"""
        )
    )


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_list_of_long_names_fits_the_phone_and_the_desk(
    language: str, one_app: Flask, one_make: Factory, address: str, phone: Phone
) -> None:
    fill(one_make, 120)
    with transaction() as session:
        session.execute(update(Person).values(language=language))
    page = phone(locale="zh-CN" if language == "zh" else "en-GB").new_page()
    administrator: Any = SimpleNamespace(login=one_make.administrator.login)
    sign_in(page, address, administrator)
    narrow, found = page.viewport_size, []
    assert narrow is not None
    for each in [*LISTS, *SEARCHES]:
        answer = page.goto(address + each)
        assert answer is not None
        assert answer.status == 200, each
        for size in (narrow, DESK):
            page.set_viewport_size(size)
            found += [
                f"{size['width']} {each}: {wrong}" for wrong in (wide(page), cut(page)) if wrong
            ]
        page.set_viewport_size(narrow)
    assert not found, "\n".join(found)
