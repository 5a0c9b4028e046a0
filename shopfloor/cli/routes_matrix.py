"""The command that prints which role may open which route."""

import json

import click
from flask import current_app
from flask.cli import with_appcontext

from shopfloor.people.roles import ROLES


@click.command("routes-matrix")
@with_appcontext
def routes_matrix() -> None:
    """Print every route × role as JSON: true where the role may open it."""
    click.echo(json.dumps(matrix(), indent=1, sort_keys=True))


def matrix() -> dict[str, dict[str, bool]]:
    """Return for each "METHOD address" which roles have its verb; a public route admits all."""
    allowed: dict[str, dict[str, bool]] = {}
    for rule in current_app.url_map.iter_rules():
        view = current_app.view_functions[rule.endpoint]
        verb, public = getattr(view, "verb", None), getattr(view, "public", None)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            allowed[f"{method} {rule.rule}"] = {
                "nobody": bool(public),
                **{
                    role: bool(public) or verb == "" or verb in verbs
                    for role, verbs in ROLES.items()
                },
            }
    return allowed
