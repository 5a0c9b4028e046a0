"""How much goes over the wire: a phone in a hall has little of it."""

import pytest
from playwright.sync_api import Page, Response

from tests.browser.conftest import Phone, sign_in
from tests.make import Factory

pytestmark = [pytest.mark.browser, pytest.mark.processes]
FIRST_VISIT = 60_000
LATER_PAGE = 8_000


class Wire:
    """Counts what a page fetches, as it is sent: compressed, with its headers."""

    def __init__(self, page: Page) -> None:
        self.answers: list[Response] = []
        page.on("response", lambda answer: self.answers.append(answer))

    def taken(self) -> dict[str, int]:
        """Return the bytes of each answer since the last look."""
        sizes = {}
        for answer in self.answers:
            # A stream has no size before it ends, and it does not end.
            endless = answer.headers.get("content-type", "").startswith("text/event-stream")
            if not answer.from_service_worker and not endless:
                told = answer.request.sizes()
                sizes[answer.url] = told["responseBodySize"] + told["responseHeadersSize"]
        self.answers.clear()
        return sizes


def test_a_first_visit_and_every_page_after_it_are_small(
    one_make: Factory, address: str, phone: Phone
) -> None:
    """The decoder of the camera apart; compressed as `bin/run` and `bin/test` do it."""
    lot = one_make.lot(40)
    page = phone(service_workers="block").new_page()
    wire = Wire(page)
    sign_in(page, address, one_make.operator)
    first = wire.taken()
    assert sum(first.values()) <= FIRST_VISIT, sorted(first.items(), key=lambda at: -at[1])[:12]
    for path in (f"/lots/{lot}", f"/lots/{lot}/10/report", "/my-actions", "/scan"):
        page.goto(address + path)
        page.wait_for_load_state("networkidle")
        later = {url: size for url, size in wire.taken().items() if "/static/" not in url}
        assert sum(later.values()) <= LATER_PAGE, later
