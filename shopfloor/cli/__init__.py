"""The commands of the terminal."""

from importlib import import_module
from keyword import iskeyword

import click
from flask import Flask
from flask.cli import AppGroup

COMMANDS = {
    "backup": "shopfloor.cli.backup",
    "demo": "shopfloor.cli.demo",
    "explode": "shopfloor.cli.explode",
    "generate": "shopfloor.cli.generate",
    "import": "shopfloor.cli.import_file",
    "reconcile": "shopfloor.cli.reconcile",
    "replay-log": "shopfloor.cli.replay",
    "routes-matrix": "shopfloor.cli.routes_matrix",
    "serve": "shopfloor.cli.serve",
    "work": "shopfloor.cli.work",
}


class Commands(AppGroup):
    """Commands that are imported when somebody asks for them, so that the web server never does."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return sorted({*super().list_commands(ctx), *COMMANDS})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command: the one of its name in the module that COMMANDS gives."""
        if cmd_name not in COMMANDS:
            return super().get_command(ctx, cmd_name)
        module = import_module(COMMANDS[cmd_name])
        # A word of the language can be the name of no function: that command has its module's.
        name = COMMANDS[cmd_name].rpartition(".")[2] if iskeyword(cmd_name) else cmd_name
        command: click.Command = getattr(module, name.replace("-", "_"))
        return command


def register(app: Flask) -> None:
    """Give the app its commands."""
    app.cli = Commands(app.name)
