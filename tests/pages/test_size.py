"""Lists, boards and pages of a large factory ask as much of the database as those of a small one.

And no name, however long, makes a page wider than a phone: see tests/browser/test_long_names.py.
"""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask

from shopfloor.cli.generate.extent import Extent
from shopfloor.cli.generate.run import generate
from shopfloor.core import clock
from tests.bench.size import Visitor
from tests.conftest import _app

# Their statements are of a kind, but which of them are needed depends on what is on the page.
WITHIN = 2
ADDRESSES = (
    "/", "/board", "/board/now", "/events", "/events?kind=work.reported", "/items",
    "/items?q=valve", "/labels", "/my-actions", "/my-record", "/orders", "/orders?state=closed",
    "/parked", "/partners",
    "/people", "/people?q=anna", "/plant", "/plant/all", "/plant/all?kind=place", "/reasons",
    "/search?q=valve", "/skills", "/skills/matrix", "/crews", "/ledger", "/import", "/export",
    "/printers", "/devices", "/webhooks", "/differences", "/api/v1/events", "/api/v1/items",
    "/api/v1/work-orders", "/api/v1/people",
)  # fmt: skip
BELOW = ("/lots/<code>", "/orders/<code>", "/items/<code>", "/people/<code>/record")


def statements(app: Flask, lots: int) -> dict[str, int]:
    """Return how many statements each page of a generated factory sends."""
    until = clock.now().date() - timedelta(days=1)
    generate(Extent(lots, lots * 5, 3, 60 + lots // 10, until), "a password", lambda _words: None)
    visitor = Visitor(app)
    rules = {rule.rule: rule for rule in app.url_map.iter_rules()}
    filled = {name: visitor._filled(rules[name]) or "" for name in BELOW}
    wanted = {address: address for address in ADDRESSES} | filled
    sent = {}
    for name, address in wanted.items():
        opened = visitor.open(address, visitor._role(name.partition("?")[0]))
        assert opened.status == 200, opened
        sent[name] = opened.statements
    return sent


@pytest.fixture
def other_app(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    yield from _app("sqlite", request, tmp_path_factory.mktemp("large"))


def test_a_page_asks_the_same_of_ten_times_as_many_lots(one_app: Flask, other_app: Flask) -> None:
    with one_app.app_context():
        few = statements(one_app, 100)
    with other_app.app_context():
        many = statements(other_app, 1000)
    grown = {name: (few[name], many[name]) for name in few if many[name] > few[name] + WITHIN}
    assert not grown
    assert max(many.values()) <= 25
