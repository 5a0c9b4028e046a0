"""`reconcile`: the self-check of the ledger at the terminal."""

import json

import click
from flask.cli import with_appcontext

from shopfloor.cli.database import prepared
from shopfloor.core import reconcile as checks


@click.command("reconcile")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of sentences.")
@with_appcontext
@prepared
def reconcile(as_json: bool) -> None:
    """Recount stock, work, locks and pay; print what differs, and exit 1 if anything does."""
    found = checks.run_checks()
    if as_json:
        differences = [
            {"check": check, "rule": rule, "sentence": checks.in_words(check, rule, facts), **facts}
            for check, rule, facts in found.differences
        ]
        answer = {"seconds": found.milliseconds / 1000, "differences": differences}
        click.echo(json.dumps(answer, ensure_ascii=False, indent=2))
    else:
        for difference in found.differences:
            click.echo(checks.in_words(*difference))
        click.echo(f"{len(found.differences)} differences in {found.milliseconds / 1000:.1f} s.")
    if found.differences:
        raise SystemExit(1)
