"""The command that tells how to sign in to the demo."""

import json
from typing import Any

import click
from flask.cli import with_appcontext

from shopfloor.core.this_app import this_app


@click.command("demo")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for scripts.")
@with_appcontext
def demo(as_json: bool) -> None:
    """Print how to sign in to the demo, and what to look at; without a demo it makes nothing."""
    from shopfloor.people.setup import demo_file

    kept = demo_file(this_app())
    if not kept.exists():
        raise click.ClickException(
            f"There is no demo in {kept.parent}. `bin/run --demo` loads it. If yours lies in "
            "another folder, set SHOPFLOOR_INSTANCE here as it was set for bin/run."
        )
    told = json.loads(kept.read_text())
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
