"""The program itself, for what outlives the request that asked for it, such as a thread."""

from flask import Flask, current_app


def this_app() -> Flask:
    """Return the running program instead of the stand-in that only this context knows."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # as Flask has it
    return app
