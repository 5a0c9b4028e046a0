"""Five thousand rows in every list: a page of them is made in less than a second."""

import re
import time
from html import unescape

from flask import Flask

from tests.browse import Browser
from tests.make import Factory
from tests.many import fill

MANY = 5000
# Of the processor's time, which does not hang on what else the machine does.
SECOND = 1.0
LISTS = (
    "/orders", "/items", "/people", "/partners", "/plant/all", "/plant/all?kind=place", "/events",
    "/skills/matrix",
)  # fmt: skip
OTHERS = (
    "/", "/board", "/plant", "/skills", "/crews", "/reasons", "/labels?kind=item", "/labels?q=LONG",
    "/search?q=mortise", "/search?q=%E9%94%81%E4%BD%93", "/items?q=mortise", "/people?q=mortise",
    "/import", "/printers", "/devices", "/my-actions", "/my-record", "/orders/new",
)  # fmt: skip


def test_no_list_of_thousands_takes_a_second_and_its_pages_go_on(
    one_app: Flask, one_make: Factory
) -> None:
    fill(one_make, MANY)
    browser, slow = Browser(one_app).sign_in(one_make.administrator), []
    for address in [*LISTS, *OTHERS, *(_page(each, 2) for each in LISTS)]:
        began = time.process_time()
        answer = browser.get(address)
        took = time.process_time() - began
        assert answer.status_code == 200, address
        if took >= SECOND:
            slow.append(f"{address}: {took:.2f} s")
    assert not slow
    for each in LISTS:
        first = browser.get(each).text
        onward = re.search(r'<a [^>]*rel="next"[^>]*>', first)
        assert onward, f"{each} leads on"
        link = re.search('href="([^"]+)"', onward.group())
        assert link
        assert codes(first) != codes(browser.get(unescape(link.group(1))).text), each
        assert browser.get(_page(each, 99_999)).status_code == 200


def _page(address: str, number: int) -> str:
    return f"{address}{'&' if '?' in address else '?'}page={number}"


def codes(page: str) -> list[str]:
    return re.findall(r'href="/[a-z/]+/([A-Z0-9]{10}|[0-9]+)', page)
