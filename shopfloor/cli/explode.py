"""`explode`: everything that goes into an item on a day, at the terminal."""

import json
from datetime import datetime
from fractions import Fraction

import click
from flask.cli import with_appcontext

from shopfloor.catalogue.explosion import explode as exploded
from shopfloor.catalogue.explosion_told import item_called, told, written
from shopfloor.cli.database import prepared
from shopfloor.core.db import db
from shopfloor.core.forms import read_quantity
from shopfloor.core.refusals import Refused


@click.command("explode")
@click.argument("item")
@click.option(
    "--on", required=True, type=click.DateTime(["%Y-%m-%d"]), help="The day, as 2026-11-30."
)
@click.option("--quantity", default="1", show_default=True, help="How much of the item is made.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@with_appcontext
@prepared
def explode(item: str, on: datetime, quantity: str, as_json: bool) -> None:
    """Print what goes into ITEM (its number, code or other number): totals, level by level."""
    session = db.session()
    try:
        subject = item_called(session, item)
        much = Fraction(read_quantity(quantity, "quantity"))
        found = exploded(session, subject.id, on.date(), much)
    except Refused as no:
        raise click.ClickException(" ".join(filter(None, (str(no), str(no.hint))))) from no
    if as_json:
        click.echo(json.dumps(told(found), ensure_ascii=False, indent=2))
        return
    for branch in found.lines():
        part = branch.need.part or branch.need.named
        indent = "  " * (branch.level - 1)
        click.echo(f"{indent}{part.number}  {written(branch.total)} {part.unit}")
    for whole, need in found.unresolved:
        click.echo(f"{whole.number}, line {need.position}: {need.named.number}. {need.why}")
    click.echo(f"{len(found.leaves)} leaves, {len(found.assemblies)} assemblies.")
