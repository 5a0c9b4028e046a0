"""The question of the first start: the demo factory, or an empty one for real work."""

import sys
from typing import Literal

import click
from flask import Flask

from shopfloor.cli.settings import CannotStart

Answer = Literal["demo", "empty"]


def settle_first_start(app: Flask, answer: Answer | None, url: str) -> None:
    """Fill a new database as asked; remind of the set-up link while nobody has used it.

    The answer is given once: a demo never becomes a factory, and a factory never a demo.
    """
    from shopfloor.people.setup import stage

    match stage(app), answer:
        case "new", _:
            fill(app, answer or ask(), url)
        case ("waiting", "demo") | ("factory", "demo"):
            raise CannotStart(
                "This data folder holds a factory, so the demo is not loaded into it. "
                "For a demo beside it set SHOPFLOOR_INSTANCE to another folder."
            )
        case "demo", "empty":
            raise CannotStart(
                "This data folder holds the demo, and a demo never becomes a factory. "
                "For an empty factory set SHOPFLOOR_INSTANCE to another folder."
            )
        case "waiting", _:
            fill(app, "empty", url)


def ask() -> Answer:
    """Ask on a terminal; without one a machine is looking, and it gets the demo."""
    if not sys.stdin.isatty():
        return "demo"
    answer: Answer = click.prompt(
        "First start. Load the demo factory to look around, or begin with an empty one?",
        type=click.Choice(["demo", "empty"]),
        default="demo",
    )
    return answer


def fill(app: Flask, answer: Answer, url: str) -> None:
    """Load the demo, or print the one-time link that makes the first administrator."""
    if answer == "demo":
        from shopfloor.demo.load import load_demo

        click.echo("Loading the demo factory ...")
        load_demo(app)
        click.echo("Sign in with one of:  .venv/bin/flask --app app demo")
    else:
        from shopfloor.people.setup import make_setup_link

        click.echo(f"Set up the first administrator here, once:  {make_setup_link(app, url)}")
