"""The command that loads the demo and tells how to sign in."""

import json
from typing import Any

import click
from flask.cli import with_appcontext

from shopfloor.cli.database import prepared
from shopfloor.core.this_app import this_app


@click.command("demo")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for scripts.")
@with_appcontext
@prepared
def demo(as_json: bool) -> None:
    """Load the demo into an empty database; run again it prints the same sign-ins."""
    from shopfloor.core.refusals import Refused
    from shopfloor.demo.load import load_demo
    from shopfloor.people.setup import stage

    app = this_app()
    if stage(app) == "new":
        # Beside the answer, not in it: a script reads that.
        click.echo(
            f"Loading the demo factory into {app.instance_path}. "
            "For another folder set SHOPFLOOR_INSTANCE.",
            err=True,
        )
    try:
        told = load_demo(app)
    except Refused as refusal:
        raise click.ClickException(f"{refusal.sentence} {refusal.hint}") from None
    click.echo(json.dumps(told, ensure_ascii=False, indent=1) if as_json else _table(told))


def _table(told: dict[str, Any]) -> str:
    head = ("role", "login", "password", "pin", "badge")
    rows = [head, *(tuple(str(person[key]) for key in head) for person in told["sign_ins"])]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        for row in rows
    ]
    lots = [f"lot {lot['number']} ({lot['code']}): {lot['state']}" for lot in told["lots"]]
    return "\n".join([*lines, "", *lots])
