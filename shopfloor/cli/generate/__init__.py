"""`generate`: a believable factory of any size, to try lists, searches and pages on."""

import secrets
import time
from datetime import timedelta
from zoneinfo import ZoneInfo

import click
from flask.cli import with_appcontext

from shopfloor.cli.database import prepared
from shopfloor.cli.generate import run
from shopfloor.cli.generate.extent import MOST_ITEMS, Extent
from shopfloor.cli.generate.factory import ZONE
from shopfloor.core import clock
from shopfloor.core.db import db
from shopfloor.core.migrate import exclusive
from shopfloor.core.this_app import this_app


@click.command("generate")
@click.option("--lots", type=click.IntRange(100), default=200_000, show_default=True)
@click.option("--reports", type=click.IntRange(100), default=1_000_000, show_default=True)
@click.option("--items", type=click.IntRange(50), help="Items of the catalogue.")
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True)
@with_appcontext
@prepared
def generate(lots: int, reports: int, items: int | None, seed: int) -> None:
    """Fill an empty database with a factory that has worked for two years."""
    today = clock.now().astimezone(ZoneInfo(ZONE)).date()
    items = items or min(MOST_ITEMS, max(100, lots // 40))
    # The factory has worked until yesterday, so that nothing lies ahead of the clock.
    extent = Extent(lots, reports, seed, items, today - timedelta(days=1))
    began, password = time.monotonic(), secrets.token_urlsafe(9)
    with exclusive(this_app()):
        written = run.generate(extent, password, lambda words: _tell(began, words))
    db.session.rollback()
    if not written:
        click.echo("This factory is here already.")
        return
    for table, number in written.items():
        click.echo(f"{number:>12,} {table}")
    click.echo(f"{time.monotonic() - began:.0f} s. Sign in as planner, operator or any other role")
    click.echo(f"(see `routes-matrix`) with the password {password}")


def _tell(began: float, words: str) -> None:
    click.echo(f"{time.monotonic() - began:7.1f} s  {words}", err=True)
