"""Opens every page of a generated factory and prints how long it takes and what it asks.

    flask --app app generate --lots 200000 --reports 1000000
    python -m tests.bench.size [--over 0.2] [--only orders]

uses the database that SHOPFLOOR_INSTANCE or DATABASE_URL names, and no other than a generated one.
"""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import click
from flask import Flask
from sqlalchemy import text, update
from werkzeug.routing import Rule

from shopfloor.application import create_app
from shopfloor.cli.routes_matrix import matrix
from shopfloor.core.actions import Action
from shopfloor.core.db import db, transaction
from shopfloor.people.commands import issue_token
from shopfloor.people.models import Person
from shopfloor.people.roles import ROLES, VERBS
from shopfloor.people.secrets import digest, hash_word, new_token
from shopfloor.people.setup import founder
from tests.browse import Browser
from tests.make import PIN, new_id
from tests.statements import counted

# What stands for `<code>` and the like below an address: one line, the last of its kind.
_CODE = "SELECT code FROM subject WHERE kind = '{}' ORDER BY id DESC LIMIT 1"
_LOT = (
    "SELECT s.code FROM lot_operation p JOIN subject s ON s.id = p.lot_id"
    " JOIN operation o ON o.id = p.operation_id JOIN work_order w ON w.id = o.order_id"
    " WHERE w.state = 'released' AND o.sequence = 10 ORDER BY s.id DESC LIMIT 1"
)
_MADE = (
    "SELECT s.code FROM work_order w JOIN subject s ON s.id = w.item_id GROUP BY s.code"
    " ORDER BY count(*) DESC LIMIT 1"
)
_BUSIEST = (
    "SELECT s.code FROM event e JOIN subject s ON s.id = e.actor_id GROUP BY s.code"
    " ORDER BY count(*) DESC LIMIT 1"
)
VALUES: dict[str, str] = {
    "/lots/<code>": _LOT,
    "/api/v1/lots/<code>": _LOT,
    "/orders/<code>": _CODE.format("work_order"),
    "/api/v1/work-orders/<code>": _CODE.format("work_order"),
    "/items/<code>": _MADE,
    "/people/<code>": _BUSIEST,
    "/partners/<code>": _CODE.format("partner"),
    "/skills/<code>": _CODE.format("skill"),
    "/crews/<code>": _CODE.format("crew"),
    "/plant/<code>": _CODE.format("station"),
    "/stations/<code>": _CODE.format("station"),
    "/reasons/<code>": _CODE.format("reason"),
    "/operations/<code>": _CODE.format("operation"),
    "/barcodes/<code>": _MADE,
    "/history/<code>": _MADE,
    "/hold/<code>": _LOT,
    "/api/v1/records/<code>": _MADE,
    "/q/<code>": _LOT,
    "/Q/<code>": _LOT,
    "/undo/<int:event_id>": "SELECT max(id) FROM event WHERE kind = 'work.reported'",
    "/events/<int:event_id>": "SELECT max(id) FROM event WHERE kind = 'work.reported'",
    "/holds/<int:hold_id>": "SELECT max(id) FROM hold WHERE released_at IS NULL",
    "/jobs/<int:job_id>": "SELECT max(id) FROM job WHERE closed_at IS NULL",
    "/each/<what>": "SELECT 'lot'",
    "/import/template/<name>": "SELECT 'items'",
}
# Lists as somebody filters and searches them, and their last pages.
SEARCHES = (
    "/orders?page=9999999", "/orders?state=closed&page=2000", "/orders?q=2605", "/orders?q=valve",
    "/items?q=valve", "/items?q=%E9%98%80", "/items?page=999", "/people?q=anna",
    "/search?q=valve", "/search?q=000123", "/search?q=%E9%98%80%E4%BD%93", "/events?page=100",
    "/events?kind=work.reported", "/events?text=000123", "/events?q=000123", "/events?q=valve",
    "/my-record?page=20", "/labels?q=000123", "/labels?q=valve", "/plant/places?q=store",
    "/plant/stations?q=lock", "/next?q=valve", "/board?page=3",
    "/api/v1/work-orders?state=released", "/api/v1/events?after=1000000",
)  # fmt: skip
# A stream never ends, and a file of everything that happened is as long as it is.
NEVER = (
    "/board/stream", "/live", "/static/<path:filename>", "/healthz", "/events/export",
    "/export/everything.zip",
)  # fmt: skip


@dataclass(frozen=True)
class Opened:
    """A page that was opened: by whom, how it answered, how long it took, what it asked."""

    address: str
    role: str
    status: int
    seconds: float
    statements: int
    size: int

    def __str__(self) -> str:
        """Return its line of the table."""
        return (
            f"{self.seconds * 1000:>6.0f}  {self.statements:>10}  {self.size / 1000:>6.1f}"
            f"  {self.status:>6}  {self.address}  ({self.role})"
        )


class Visitor:
    """Opens pages of a factory as whoever may."""

    def __init__(self, app: Flask) -> None:
        """Give everybody who bears the name of his role a password, and one of them a token."""
        self.app = app
        with transaction() as session:
            if session.query(Action.id).filter(Action.id.like("generate-%")).first() is None:
                raise click.ClickException("This is no generated factory.")
            session.execute(
                update(Person).where(Person.login.in_(ROLES)).values(password_hash=hash_word(PIN))
            )
        self.token = new_token()
        administrator = _one("SELECT id FROM person WHERE login = 'administrator'")
        issue_token(
            founder(new_id()),
            person_id=administrator,
            name="size",
            token_hash=digest(self.token),
            verbs=tuple(VERBS),
        )
        self.allowed = matrix()
        self.browsers: dict[str, Browser] = {}
        self.values: dict[str, Any] = {}

    def addresses(self) -> Iterator[tuple[str, str]]:
        """Yield every address that can be opened, with the role that opens it."""
        for rule in sorted(self.app.url_map.iter_rules(), key=lambda rule: rule.rule):
            if "GET" in (rule.methods or ()) and rule.rule not in NEVER:
                address = self._filled(rule)
                if address is not None:
                    yield address, self._role(rule.rule)
        for address in SEARCHES:
            yield address, self._role(address.partition("?")[0])

    def not_opened(self) -> list[str]:
        """Return the addresses for which the factory has no example."""
        return [
            rule.rule
            for rule in self.app.url_map.iter_rules()
            if "GET" in (rule.methods or ()) and self._filled(rule) is None
        ]

    def open(self, address: str, role: str) -> Opened:
        """Open a page twice, and measure the second time."""
        how = {"headers": {"Authorization": f"Bearer {self.token}"}} if "/api/" in address else {}
        browser = Browser(self.app) if how else self._browser(role)
        browser.get(address, **how)
        with counted() as sent:
            began = time.perf_counter()
            answer = browser.get(address, **how)
            content = answer.get_data()
            seconds = time.perf_counter() - began
        return Opened(address, role, answer.status_code, seconds, len(sent), len(content))

    def _browser(self, role: str) -> Browser:
        if role not in self.browsers:
            worker: Any = SimpleNamespace(login=role)
            self.browsers[role] = Browser(self.app).sign_in(worker)
        return self.browsers[role]

    def _role(self, rule: str) -> str:
        may: Mapping[str, bool] = self.allowed.get(f"GET {rule}", {})
        for role in ("administrator", "quality", "supervisor", "planner", "inspector", *ROLES):
            if may.get(role):
                return role
        return "administrator"

    def _filled(self, rule: Rule) -> str | None:
        """Return the rule's address with something of the factory in the place of `<code>`."""
        if not rule.arguments:
            return rule.rule
        address = rule.rule.replace("<int:operation>", "10")
        address = address.replace("<any(csv, xlsx):form>", "csv")
        for start, query in VALUES.items():
            if address == start or address.startswith((f"{start}/", f"{start}.")):
                if query not in self.values:
                    self.values[query] = _one(query)
                if self.values[query] is None:
                    return None
                address = (
                    start[: start.index("<")]
                    + quote(str(self.values[query]))
                    + (address[len(start) :])
                )
                break
        return None if "<" in address else address


def _one(query: str) -> Any:
    try:
        return db.session.scalar(text(query))
    finally:
        db.session.rollback()


@click.command()
@click.option("--over", default=0.0, help="Print pages that take longer than this, in seconds.")
@click.option("--only", default="", help="Open only addresses that contain this.")
def main(over: float, only: str) -> None:
    """Print time, statements and size of every page, the slowest first."""
    app = create_app()
    with app.app_context():
        visitor = Visitor(app)
        opened = []
        for address, role in visitor.addresses():
            if only in address:
                opened.append(visitor.open(address, role))
                click.echo(opened[-1], err=True)
        click.echo("    ms  statements      KB  status  address")
        for page in sorted(opened, key=lambda page: -page.seconds):
            if page.seconds >= over or page.status >= 500:
                click.echo(page)
        click.echo(f"{len(opened)} pages; not opened: {', '.join(visitor.not_opened())}")


if __name__ == "__main__":
    main()
