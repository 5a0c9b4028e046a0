"""How long it takes from a failed inspection to the card on a hundred pages that are open."""

import http.client
import statistics
import tempfile
import threading
import time
from decimal import Decimal
from pathlib import Path

import click

from shopfloor.application import create_app
from shopfloor.core.db import db
from shopfloor.core.migrate import prepare_database
from shopfloor.production.commands.reports import report_quantities
from shopfloor.quality.commands.inspections import record_inspection
from shopfloor.quality.models import Verdict
from tests.browse import Browser
from tests.make import Factory
from tests.server import Server, serving

LISTENERS = 100
ROUNDS = 7


class Listener(threading.Thread):
    """An open page: hears that there is news, asks for its cards, and notes when they are there."""

    def __init__(self, server: Server, cookie: str) -> None:
        super().__init__(daemon=True)
        self.server, self.headers = server, {"Cookie": f"shopfloor_session={cookie}"}
        self.at: list[float] = []
        self.open = threading.Event()

    def run(self) -> None:
        stream = http.client.HTTPConnection(self.server.host, timeout=120)
        stream.request("GET", "/live", headers=self.headers)
        heard = stream.getresponse()
        while line := heard.readline():
            self.open.set()
            if line.strip() == b"event: alerts":
                answer = self.server.send("GET", "/alerts/now", **self.headers)
                assert b"data-alert" in answer.body
                self.at.append(time.monotonic())


def main() -> None:
    """Print the median, the slowest of ten, and the slowest of all in milliseconds."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = f"sqlite:///{folder / 'shopfloor.db'}"
        app = create_app({"SECRET_KEY": "only for tests", "SQLALCHEMY_DATABASE_URI": url})
        app.instance_path = str(folder)
        prepare_database(app)
        with app.app_context():
            make = Factory.founded()
            signed_in = Browser(app).sign_in(make.supervisor).client.get_cookie("shopfloor_session")
            assert signed_in is not None
            with serving(folder, url) as server:
                listeners = [Listener(server, signed_in.value) for _ in range(LISTENERS)]
                for listener in listeners:
                    listener.start()
                for listener in listeners:
                    assert listener.open.wait(30), "no place for a stream"
                took = sorted(took for n in range(ROUNDS) for took in _fail(make, listeners, n))
            db.session.remove()
    said = (statistics.median(took), took[int(len(took) * 0.9)], took[-1])
    words = ", ".join(f"{1000 * each:.0f} ms" for each in said)
    click.echo(f"fail → card on {LISTENERS} open pages: {words} (median, nine of ten, slowest)")


def _fail(make: Factory, listeners: list[Listener], before: int) -> list[float]:
    lot = make.lot(10, inspect=(10,))
    report_quantities(make.operator.act(), lot=lot, operation=10, good=Decimal(10))
    # Another part of the half second between two looks at the log each time.
    time.sleep(1.5 + 0.07 * before)
    record_inspection(make.inspector.act(), lot=lot, operation=10, verdict=Verdict.FAIL)
    began, ends = time.monotonic(), time.monotonic() + 30
    while any(len(each.at) <= before for each in listeners) and time.monotonic() < ends:
        time.sleep(0.01)
    return [each.at[before] - began for each in listeners]


if __name__ == "__main__":
    main()
